// A reply is the same reply whether it comes out of a page or out of a file: every case of tests/replies is drawn by the stand-in,
// sent by its "Send to Prompt-Runner" button, caught on its way to the host, and read again from the blocks that the engine made.
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as acts from './acts.mjs';
import { expect, test, until } from './acts.mjs';

/** @typedef {string | (string | { repeat: string, times: number })[]} Text */
/** @typedef {{ state: string, text?: Text }} Section */
/** @typedef {{ phase: string, problem: string | null, trailer: string, oddities: string[], sections: Record<string, Section | string> }} Expected */
/** @typedef {{ name: string, reply: string, expected: Expected }} Case */

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const REPLIES = join(ROOT, 'tests/replies');
const PROGRAM = join(ROOT, 'target/debug/prompt-runner');
const PROOF = ['--session', '20261122_141129_1a2b3c4d', '--nonce', '0123456789abcdef'];
/** So many messages of a conversation are always mounted. */
const AT_ONCE = 8;
/** The corpus in so many tests: each has a browser of its own and stays well below the time that a test has. */
const PARTS = 5;

/** @param {Text} text */
const written = (text) =>
	typeof text === 'string'
		? text
		: text.map((part) => (typeof part === 'string' ? part : part.repeat.repeat(part.times))).join('');

/** @returns {Promise<Case[]>} */
async function cases() {
	const all = [];
	for (const category of (await readdir(REPLIES, { withFileTypes: true })).filter((entry) => entry.isDirectory())) {
		const folder = join(REPLIES, category.name);
		const expectations = JSON.parse(await readFile(join(folder, 'expect.json'), 'utf8'));
		for (const [name, expected] of Object.entries(expectations)) {
			const text = await readFile(join(folder, `${name}.md`), 'utf8').catch(async () =>
				written(JSON.parse(await readFile(join(folder, `${name}.recipe.json`), 'utf8'))),
			);
			all.push({ name: `${category.name}/${name}`, reply: text, expected });
		}
	}
	return all;
}

/** What the command line reads in the blocks of a page. @param {string} file @param {string} phase */
async function reading(file, phase) {
	const words = ['read', file, '--blocks', '--json', '--phase', phase, ...PROOF];
	const run = promisify(execFile)(PROGRAM, words, { maxBuffer: 1 << 26 });
	// One that is not complete ends with 1, and says the same.
	const { stdout } = await run.catch((error) => (error.code === 1 ? error : Promise.reject(error)));
	return JSON.parse(stdout);
}

/**
 * A body without a fence has been through a renderer: blank lines, in quotes too, the blanks at the ends of lines, the sign for a line
 * break and the fences are those of the page: how long one was it does not show, and it ends each.
 * @param {string} text
 */
const asRendered = (text) =>
	text
		.split('\n')
		.map((line) => line.trim().replace(/\\$/, ''))
		.filter((line) => line !== '' && line !== '>' && !/^`{3,}/.test(line))
		.join('\n');

/**
 * What is said of a reply that was drawn. A body without a fence may not be what was written, and where words stand beside a fence, nobody
 * sees whether it is the one that the contract asks for. How far a fence stood in is not seen, and means nothing.
 * @param {string[]} oddities Those of the reply as it was written.
 */
const drawn = (oddities) => {
	const said = oddities.filter((oddity) => oddity !== 'rendered' && oddity !== 'talk_left_out');
	if (oddities.includes('talk_left_out')) said.push('body_unfenced');
	return said.includes('body_unfenced') ? [...said, 'rendered'] : said;
};

for (let part = 0; part < PARTS; part++) {
	test(`every reply of the corpus is read out of the page as it is read out of a file, part ${part + 1} of ${PARTS}`, async ({
		open,
	}) => {
		// The prompt has its conversation; its answer is none, so that it goes on waiting.
		const stage = await open({ flags: { pace: 0, foreignNonce: true } });
		const chat = await acts.begin(stage);
		const { page, bar } = chat;
		await acts.ask(chat, 'Planning');
		await acts.answered(chat, 1);
		const id = new URL(page.url()).pathname.replace('/chat/', '');
		const conversation = stage.replica.conversations.open(id);
		const worker = await stage.worker();
		await worker.evaluate(() => {
			const heard = Object.assign(globalThis, { heard: /** @type {unknown[]} */ ([]) }).heard;
			chrome.runtime.onMessage.addListener((message) => {
				if (message.request?.type === 'capture') heard.push(message.request.body.content);
			});
		});
		/** The messages sent since the last time, once there are so many in all. */
		const heard = async (/** @type {number} */ count) => {
			const taken = (/** @type {number} */ from) =>
				worker.evaluate((from) => /** @type {any} */ (globalThis).heard.slice(from), from);
			await until(`${count} messages to be sent`, async () => (await taken(count - 1)).length > 0);
			return taken(Math.floor((count - 1) / AT_ONCE) * AT_ONCE);
		};

		/** @type {string[]} */
		const wrong = [];
		// What has no text has no message, and a byte order mark is a thing of files: a page draws it like a letter.
		const shown = (await cases()).filter(({ reply }) => reply.trim() !== '' && !reply.startsWith('\ufeff'));
		const all = shown.filter((_, at) => at % PARTS === part);
		for (let from = 0; from < all.length; from += AT_ONCE) {
			const some = all.slice(from, from + AT_ONCE);
			conversation.chat_messages = [];
			for (const { reply } of some) stage.replica.conversations.add(conversation, { sender: 'assistant', text: reply });
			await page.reload();
			await bar.says(/./);
			await expect.poll(async () => (await bar.buttons()).length).toBe(some.length);
			for (const at of some.keys()) {
				// Whoever has no mouse presses a button with a key; it has to be in plain view all the same.
				const focused = `(() => {
				const host = document.querySelectorAll('[data-prompt-runner=send]')[${at}];
				const button = chrome.dom.openOrClosedShadowRoot(host).querySelector('button');
				host.scrollIntoView({ block: 'center' });
				button.focus();
				const place = button.getBoundingClientRect();
				return document.elementFromPoint(place.x + place.width / 2, place.y + place.height / 2) === host;
			})()`;
				await until('the button to be in view', () => bar.evaluate(focused));
				await page.keyboard.press('Enter');
			}
			const bodies = await heard(from + some.length);
			const read = async (/** @type {Case} */ { name, expected }, /** @type {number} */ at) => {
				const file = join(stage.home, `blocks-${at}.json`);
				await writeFile(file, JSON.stringify(bodies[at]));
				return differences(name, await reading(file, expected.phase), expected);
			};
			wrong.push(...(await Promise.all(some.map(read))).flat());
		}
		expect(wrong).toEqual([]);
		expect(all.length).toBeGreaterThan(200 / PARTS);
	});
}

/** @param {string} name @param {any} found @param {Expected} expected */
function differences(name, found, expected) {
	/** @type {string[]} */
	const wrong = [];
	const same = (/** @type {string} */ what, /** @type {unknown} */ is, /** @type {unknown} */ should) => {
		if (is !== should) wrong.push(`${name}: ${what} is ${JSON.stringify(is)}, not ${JSON.stringify(should)}`);
	};
	same('problem', found.problem, expected.problem);
	same('trailer', found.trailer, expected.trailer);
	const oddities = drawn(expected.oddities);
	same('oddities', found.oddities.toSorted().join(), oddities.toSorted().join());
	const rendered = oddities.includes('body_unfenced') ? asRendered : (/** @type {string} */ text) => text;
	for (const { name: section, state, text } of found.sections) {
		const should = expected.sections[section];
		const whole = typeof should === 'string' ? { state: 'ok', text: should } : should;
		same(section, state, whole.state);
		if (whole.text === undefined) continue;
		const [is, wanted] = [rendered(text), rendered(written(whole.text))];
		// The words beside it stay.
		if (!expected.oddities.includes('talk_left_out') || !is.includes(wanted)) same(section, is, wanted);
	}
	return wrong;
}
