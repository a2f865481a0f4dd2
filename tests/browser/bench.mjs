// `cargo xtask bench waits`: how long a person waits. How long after its last word an answer is on the disk, and a prompt after the click in
// the editor; what has no yardstick has milliseconds for a goal, and no test depends on them. Prints raw samples.
import { parseArgs } from 'node:util';
import { answer, put } from './acts.mjs';
import { Stage, until } from './stage.mjs';
import { Story } from './story.mjs';

/** @typedef {{ what: string, times: number[], goal?: number }} Measured */

const { values } = parseArgs({ options: { repeats: { type: 'string', default: '9' } } });
const REPEATS = Number(values.repeats);
const SESSIONS = 4;
const PINGS = 200;

/** @type {Measured[]} */
const measured = [...(await captures()), ...(await insertions()), await starts('none'), await starts('strict')];
console.log(
	JSON.stringify({
		samples: measured.map(({ what, times, goal }) => ({ goal: 'wait', what, unit: 'ms', ours: times, most: goal })),
	}),
);

/** Four features of five phases: twenty captures. And pings through the same worker to the same host. */
async function captures() {
	const stage = await Stage.open({ csp: 'strict', flags: { pace: 20_000 } });
	try {
		const times = [];
		for (let at = 1; at <= SESSIONS; at += 1) {
			const told = await new Story(stage).play(`Export the task list as a CSV file (${at})`, 'full');
			times.push(...told.capture_to_recorded_ms);
		}
		const worker = await stage.worker();
		const pings = await worker.evaluate(async (count) => {
			const port = chrome.runtime.connectNative('io.github.prompt_runner');
			/** @param {number} id */
			const ping = (id) =>
				new Promise((resolve) => {
					const hear = (/** @type {any} */ message) => {
						if (message.id !== String(id)) return;
						port.onMessage.removeListener(hear);
						resolve(null);
					};
					port.onMessage.addListener(hear);
					port.postMessage({ v: 1, id: String(id), request: { type: 'ping' } });
				});
			// The first one starts the host.
			await ping(0);
			const times = [];
			for (let id = 1; id <= count; id += 1) {
				const begun = performance.now();
				await ping(id);
				times.push(performance.now() - begun);
			}
			port.disconnect();
			return times;
		}, PINGS);
		return [
			{ what: 'last word to disk', times, goal: 300 },
			{ what: 'bare ping to the host', times: pings },
		];
	} finally {
		await stage.close();
	}
}

/** From the click until TipTap's own document holds the whole prompt, as the page sees it: the first of 10 KB, the next of 100 KB. */
async function insertions() {
	const lines = (/** @type {number} */ bytes) =>
		Array.from(
			{ length: bytes / 70 },
			(_, at) => `${10_000 + at}: look at src/tasks/query.ts,\tthen at the 2nd column of it.  `,
		).join('\n');
	const reply = answer('planning').replace('In one line.', () => lines(100_000));
	const stage = await Stage.open({ csp: 'strict', flags: { pace: 0, answer: reply } });
	/** @type {Record<'short' | 'long', { ours: number, whole: number }[]>} */
	const times = { short: [], long: [] };
	try {
		for (let at = 0; at < REPEATS; at += 1) {
			await stage.cli('orchestrate', 'plan', lines(8_000));
			const chat = await stage.visit('/new');
			for (const [name, size] of /** @type {const} */ ([
				['Planning', 'short'],
				['Analysis', 'long'],
			])) {
				await chat.bar.says(/./);
				await watchEditor(chat.page);
				await put(chat, name);
				times[size].push(await insertedAfter(stage, chat.page, name.toLowerCase()));
				if (size === 'long') continue;
				await chat.page.keyboard.press('Enter');
				await chat.bar.says(/^Planning stored: 3 of 3 sections/);
			}
			await chat.page.close();
		}
	} finally {
		await stage.close();
	}
	return [
		{ what: 'click to editor, 10 KB', times: times.short.map(({ whole }) => whole), goal: 300 },
		{ what: 'click to editor, 100 KB', times: times.long.map(({ whole }) => whole), goal: 300 },
		{ what: 'of it, until the page has it', times: times.long.map(({ ours }) => ours) },
	];
}

/** From now on notes when there was a click, when the text stood in the page, and what the editor held after each of its changes. @param {import('@playwright/test').Page} page */
function watchEditor(page) {
	return page.evaluate(() => {
		const seen = { click: 0, put: 0, changes: /** @type {[number, string][]} */ ([]) };
		Object.assign(window, { seen });
		addEventListener('click', () => (seen.click ||= performance.now()), true);
		const element = document.querySelector('[data-testid=chat-input]');
		element?.addEventListener('input', () => (seen.put ||= performance.now()));
		const editor = element && Reflect.get(element, 'editor');
		editor.on('update', () => seen.changes.push([performance.now(), window.__replica.editorText()]));
	});
}

/** @param {Stage} stage @param {import('@playwright/test').Page} page @param {string} phase */
async function insertedAfter(stage, page, phase) {
	const prompt = (await stage.cli('orchestrate', 'show', '--prompt', phase)).replace(/\n$/, '');
	return until('the prompt to be in the editor', () =>
		page.evaluate((prompt) => {
			const { click, put, changes } = Reflect.get(window, 'seen');
			const there = changes.find((/** @type {[number, string]} */ [, text]) => text === prompt);
			return there && { ours: put - click, whole: there[0] - click };
		}, prompt),
	);
}

/** From the moment that the page itself is drawn until our bar is in it. @param {'none' | 'strict'} csp */
async function starts(csp) {
	const stage = await Stage.open({ csp });
	try {
		await stage.context.addInitScript(() => {
			const seen = { page: 0, bar: 0 };
			Object.assign(window, { seen });
			new MutationObserver(() => {
				if (document.querySelector('[data-testid=chat-input]')) seen.page ||= performance.now();
				if (document.querySelector('[data-prompt-runner=bar]')) seen.bar ||= performance.now();
			}).observe(document, { childList: true, subtree: true });
		});
		await stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file');
		const { page, bar } = await stage.visit('/new');
		const times = [];
		for (let at = 0; at < REPEATS; at += 1) {
			await page.reload();
			await bar.says(/./);
			times.push(await page.evaluate(() => Reflect.get(window, 'seen').bar - Reflect.get(window, 'seen').page));
		}
		return { what: `page drawn to bar, engine ${(await bar.shown())?.engine}`, times };
	} finally {
		await stage.close();
	}
}
