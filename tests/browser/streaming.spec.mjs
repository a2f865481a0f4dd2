// While an answer streams the page belongs to the answer: no query over the whole document, no read that forces a layout, and the same
// work per change in a long conversation as in a short one. Counted in the extension's own world, so the page's work is not in it.
import { readFile } from 'node:fs/promises';
import { answer, expect, test } from './acts.mjs';

/** Counts what the engine does from now on. Runs in the extension's world. */
const COUNT = `(() => {
	const work = (globalThis.work = { document: [], layout: [], calls: 0, visited: 0, batches: 0, pieces: 0, early: 0, read: 0, answer: 0 });
	const { querySelector } = Document.prototype;
	const { closest, querySelectorAll } = Element.prototype;
	const text = Object.getOwnPropertyDescriptor(Node.prototype, 'textContent').get;
	const streaming = () => querySelector.call(document, '[data-is-streaming=true]');
	/** Has something done before each use of a method or a property. */
	const before = (owner, names, note) => {
		for (const name of names) {
			const given = Object.getOwnPropertyDescriptor(owner, name);
			const { value, get } = given ?? {};
			if (value) Object.defineProperty(owner, name, { ...given, value(...args) { note.call(this, name, args); return value.apply(this, args); } });
			else if (get) Object.defineProperty(owner, name, { ...given, get() { note.call(this, name); return get.call(this); } });
			else throw new Error('nobody has ' + name);
		}
	};
	const whileStreaming = (list) => (name) => { if (streaming()) list.push(name); };
	before(Document.prototype, ['querySelector', 'querySelectorAll', 'getElementsByTagName', 'getElementsByClassName', 'getElementById',
		'getElementsByName', 'evaluate', 'createTreeWalker', 'createNodeIterator'], whileStreaming(work.document));
	const layout = whileStreaming(work.layout);
	before(Document.prototype, ['elementFromPoint', 'elementsFromPoint', 'caretRangeFromPoint'], layout);
	before(Element.prototype, ['getBoundingClientRect', 'getClientRects', 'scrollIntoView', 'checkVisibility', 'clientWidth', 'clientHeight',
		'clientTop', 'clientLeft', 'scrollTop', 'scrollLeft', 'scrollWidth', 'scrollHeight'], layout);
	before(HTMLElement.prototype, ['innerText', 'outerText', 'offsetTop', 'offsetLeft', 'offsetWidth', 'offsetHeight', 'offsetParent', 'focus'], layout);
	before(Range.prototype, ['getBoundingClientRect', 'getClientRects'], layout);
	before(globalThis, ['getComputedStyle', 'getSelection', 'scrollX', 'scrollY', 'innerWidth', 'innerHeight'], layout);
	before(Element.prototype, ['closest', 'matches'], () => { if (streaming()) work.calls += 1; });
	before(Element.prototype, ['querySelector', 'querySelectorAll', 'getElementsByTagName', 'getElementsByClassName'], function () {
		if (!streaming()) return;
		work.calls += 1;
		work.visited += querySelectorAll.call(this, '*').length;
	});
	const note = function () {
		const element = this.nodeType === 1 ? this : this.parentElement;
		if (!element || !closest.call(element, '[data-testid=assistant-message]')) return;
		const length = text.call(this).length;
		work.read += length;
		if (streaming()) work.early += length;
	};
	before(Node.prototype, ['textContent', 'nodeValue'], note);
	before(CharacterData.prototype, ['data'], note);
	before(Element.prototype, ['innerHTML', 'outerHTML'], note);
	// A slow machine gets the same nodes in fewer batches, so both are counted.
	new MutationObserver((records) => {
		if (!streaming()) return;
		work.batches += 1;
		work.pieces += 1 + records.reduce((sum, record) => sum + record.addedNodes.length, 0);
	}).observe(document.body, { childList: true, characterData: true, subtree: true });
	work.end = () => {
		const last = [...querySelectorAll.call(document.body, '[data-perf-reply-text]')].at(-1);
		const headings = [...querySelectorAll.call(last, 'h1, h2, h3, h4, h5, h6')];
		const length = (node) => text.call(node).length;
		const { end, ...counted } = work;
		return { ...counted, answer: length(last), headings: headings.reduce((sum, heading) => sum + length(heading), 0) };
	};
})()`;

/** Prose of every kind, and one paragraph of the length that reasoning can have. */
const PROSE = Array.from({ length: 60 }, (_, at) =>
	[
		`## ${at}. What the export needs`,
		`The export reads the rows that the filter of the list lets through, with \`code\`, **bold** and [a link](https://example.org/${at}).`,
		`- one\n- two, and ${'more '.repeat(20)}\n  1. inside\n  2. inside`,
		'| a | b |\n|---|---|\n| 1 | 2 |',
		`> quoted ${'text '.repeat(10)}`,
		'```ts\nconst rows = await listTasks(db, board, filters, page);\n```',
	].join('\n\n'),
).join('\n\n');
const LONG = `\n\n## One long paragraph\n\n${'It goes on and on without a break. '.repeat(200)}`;
const CODE = Array.from({ length: 150 }, (_, at) => `export const row${at} = (task) => [task.id, task.title];`).join(
	'\n',
);

/** Streams one long answer into a conversation with so many turns before it. @param {import('./acts.mjs').Open} open @param {number} turns */
async function streamed(open, turns) {
	const stage = await open({ flags: { pace: 15_000 } });
	const texts = Array.from({ length: turns }, (_, at) => `Turn ${at}.\n\nSome text with \`code\`.`);
	const id = stage.replica.conversations.seed('An old chat', texts);
	const { page, bar } = await stage.visit(`/chat/${id}`);
	await page.getByTestId('assistant-message').first().waitFor();
	const popup = await stage.popup(page);
	await popup.evaluate(async (conversation) => {
		const request = { type: 'start', feature: 'Export the task list as a CSV file', conversation };
		await chrome.runtime.sendMessage({ to: 'host', request });
	}, `claude.ai/chat/${id}`);
	await popup.close();
	await page.bringToFront();
	stage.replica.setFlags({ answer: [PROSE, LONG, answer('planning', [], CODE)].join('\n\n') });
	await bar.click('Put the Planning prompt in');
	await bar.says(/the prompt is in the composer/);
	await bar.evaluate(COUNT);
	await page.keyboard.press('Enter');
	// Not by looking at the bar, which would be counted.
	await page.waitForFunction(() => window.__replica.lastTokenAt > 0, undefined, { timeout: 60_000 });
	await bar.says(/^Planning stored: 3 of 3 sections/);
	return bar.evaluate('work.end()');
}

test('the page belongs to the answer while it streams, in a short conversation and in a long one', async ({ open }) => {
	const short = await streamed(open, 6);
	const long = await streamed(open, 200);
	for (const work of [short, long]) {
		expect(work.batches, 'the answer came in many pieces').toBeGreaterThan(20);
		expect(work.document, 'queries over the whole document').toEqual([]);
		expect(work.layout, 'reads that force a layout').toEqual([]);
		expect(work.early, 'characters read before the end').toBeLessThanOrEqual(0.1 * work.answer);
		expect(work.read, 'characters read in all').toBeLessThanOrEqual(1.1 * work.answer + work.headings);
		expect(work.read, 'the answer was read').toBeGreaterThan(0.9 * work.answer);
	}
	expect(long.calls / long.pieces, 'calls').toBeLessThanOrEqual(1.2 * (short.calls / short.pieces));
	expect(long.visited / long.pieces, 'visited').toBeLessThanOrEqual(1.2 * (short.visited / short.pieces));
	expect(long.read / long.answer, 'read').toBeLessThanOrEqual(1.2 * (short.read / short.answer));
});

test('the engine in WebAssembly is at most 60 KB in a package', async () => {
	const sizes = JSON.parse(await readFile(new URL('../../extension/engine/sizes.json', import.meta.url), 'utf8'));
	expect(sizes.wasm.brotli).toBeLessThanOrEqual(60 * 1024);
});
