// What the tests of recovery and of honesty are told in: what a developer does in the page, what befalls the machine meanwhile,
// and what the store holds after it.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test as base, expect } from '@playwright/test';
import { defaults } from '../replica/flags.mjs';
import { answerTo } from '../replica/model.mjs';
import { Stage, until } from './stage.mjs';

export { expect, until };

/**
 * @typedef {import('./stage.mjs').View} View
 * @typedef {import('@playwright/test').Page} Page
 * @typedef {import('./bar.mjs').Bar} Bar
 * @typedef {{ page: Page, bar: Bar }} Chat
 * @typedef {(options?: import('./stage.mjs').Options) => Promise<Stage>} Open
 */

/** @type {import('@playwright/test').Fixtures<{ open: Open }, {}, {}, import('@playwright/test').PlaywrightWorkerArgs>} */
const fixtures = {
	// biome-ignore lint/correctness/noEmptyPattern: Playwright wants to see what a fixture asks for, be it nothing.
	open: async ({}, use) => {
		/** @type {Stage[]} */
		const stages = [];
		await use(async (options) => {
			const stage = await Stage.open(options);
			stages.push(stage);
			return stage;
		});
		for (const stage of stages) {
			// One that a failed test left frozen would stay for ever.
			for (const pid of await stage.hosts()) process.kill(pid, 'SIGCONT');
			await stage.close();
		}
	},
};

/** A test that opens a stage; it is closed whatever comes of the test. */
export const test = base.extend(fixtures);

const SECTIONS = {
	planning: ['ANALYSIS_TEMPLATE', 'IMPLEMENTATION_TEMPLATE', 'EXECUTION_NOTES'],
	analysis: ['FINDINGS', 'DESIGN', 'TASKS'],
	implementation: ['FILES', 'NOTES'],
};

/**
 * An answer by the contract as the stand-in may give it, whole unless sections are left out.
 * @param {keyof typeof SECTIONS} phase @param {string[]} without @param {string} body What stands in each section.
 */
export function answer(phase, without = [], body = 'In one line.') {
	const names = SECTIONS[phase].filter((name) => !without.includes(name));
	const sections = names.map((name) => `## ${name}\n\n\`\`\`\`\n${body}\n\`\`\`\``);
	return [...sections, trailer(names)].join('\n\n');
}

/** The proof at the end of an answer, which the stand-in fills in. @param {string[]} names */
export function trailer(names) {
	const sections = names.map((name) => `section: ${name}\n`).join('');
	return `\`\`\`promptrunner\nPROMPT-RUNNER/1 {{session}} {{phase}} {{nonce}}\n${sections}PROMPT-RUNNER/END {{nonce}}\n\`\`\``;
}

// ---- what the developer does ----

/** Starts a session on the command line and opens a new chat, where the bar offers the first prompt. @param {Stage} stage */
export async function begin(stage, feature = 'Export the task list as a CSV file', workflow = 'feature') {
	await stage.cli('orchestrate', 'plan', feature, '--workflow', workflow);
	const chat = await stage.visit('/new');
	await chat.bar.says(/^Planning: put the prompt into the composer\.$/);
	return chat;
}

/** One click puts the prompt in. @param {Chat} chat @param {string} name Of the phase, as people read it. */
export async function put({ bar }, name) {
	await bar.click(`Put the ${name} prompt in`);
	await bar.says(`${name}: the prompt is in the composer. Press Enter to send it.`);
}

/** One click and one key: the prompt is in the conversation. @param {Chat} chat @param {string} name */
export async function ask(chat, name) {
	await put(chat, name);
	await chat.page.keyboard.press('Enter');
	await expect.poll(() => new URL(chat.page.url()).pathname).toMatch(/^\/chat\//);
}

/** Writes and sends a message of the developer's own. @param {Chat} chat @param {string} text */
export async function write({ page }, text) {
	// An answer may be stored before its page has closed the stream, and until then Enter sends nothing.
	await until('the page takes a message', () => page.evaluate(() => !window.__replica.streaming));
	await page.getByTestId('chat-input').click();
	await page.keyboard.insertText(text);
	await page.keyboard.press('Enter');
}

/** How a developer gets at a prompt in the terminal. @type {Record<keyof typeof SECTIONS, string[]>} */
const PROMPT = { planning: ['show', '--prompt', 'planning'], analysis: ['analyze'], implementation: ['implement'] };

/** Answers phases without any page, by the command line alone. @param {Stage} stage @param {(keyof typeof SECTIONS)[]} phases */
export async function answerByHand(stage, ...phases) {
	for (const phase of phases) {
		const prompt = await stage.cli('orchestrate', ...PROMPT[phase]);
		const file = join(stage.home, 'reply.md');
		await writeFile(file, answerTo(prompt, { ...defaults }).text);
		await stage.cli('orchestrate', 'process', '--file', file);
	}
}

/** What the model would answer in full to the first prompt. @param {Stage} stage */
export const answerInFull = async (stage) =>
	answerTo(await stage.cli('orchestrate', 'show', '--prompt', 'planning'), { ...defaults }).text;

/** Opens the conversation of another page once more, in another tab. @param {Stage} stage @param {Page} page */
export const visitToo = (stage, page) => stage.visit(new URL(page.url()).pathname);

// ---- what befalls the machine ----

/** @param {Stage} stage @param {NodeJS.Signals} name */
export async function signalHosts(stage, name) {
	const hosts = await until('a host to be there', async () => {
		const found = await stage.hosts();
		return found.length > 0 && found;
	});
	for (const pid of hosts) process.kill(pid, name);
}

/** The host is gone and the browser is not told of another one. @param {Stage} stage */
export async function unplug(stage) {
	await stage.cli('uninstall', '--browser', 'chromium', '--user-data-dir', stage.profile);
	await signalHosts(stage, 'SIGKILL');
	await until('the host to be gone', async () => (await stage.hosts()).length === 0);
}

/**
 * The host goes away while the answer to the first prompt comes in: it is kept in the browser.
 * @param {Stage} stage Whose answers come slowly. @param {Chat} chat
 */
export async function answerWithoutHost(stage, chat) {
	await ask(chat, 'Planning');
	await chat.bar.says('Planning: the reply is coming in');
	await unplug(stage);
	stage.replica.setFlags({ pace: 0 });
	await chat.bar.says(KEPT_IN_BROWSER);
}

/** Stops the worker of the extension, as the browser does when it likes. @param {Page} page Any page. */
export async function stopWorker(page) {
	const session = await page.context().newCDPSession(page);
	const stopped = new Promise((resolve) => {
		session.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
			if (versions.some(({ runningStatus }) => runningStatus === 'stopped')) resolve(null);
		});
	});
	await session.send('ServiceWorker.enable');
	await session.send('ServiceWorker.stopAllWorkers');
	await stopped;
	await session.detach();
}

/** Ends the browser as a power cut does, and starts it again with the same profile. @param {Stage} stage */
export async function killBrowser(stage) {
	const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid,args', '--no-headers'], { maxBuffer: 1 << 24 });
	const lines = stdout.split('\n').filter((line) => line.includes(`--user-data-dir=${stage.profile} `));
	const main = lines.filter((line) => !line.includes(' --type=')).map((line) => Number.parseInt(line, 10));
	const closed = stage.context.waitForEvent('close');
	for (const pid of main) process.kill(pid, 'SIGKILL');
	await closed;
	await until('the host to end with its browser', async () => (await stage.hosts()).length === 0);
}

/**
 * On the site an answer goes on when the page goes away; the stand-in cuts it, so this writes the rest of it.
 * @param {Stage} stage @param {string} address Of the conversation.
 */
export async function finishWithoutPage(stage, address) {
	const id = new URL(address).pathname.split('/').at(-1) ?? '';
	const [question, reply] = stage.replica.conversations.find(id)?.chat_messages.slice(-2) ?? [];
	if (reply?.sender !== 'assistant') throw new Error('no answer has begun');
	await until('the stand-in to notice that the page is gone', async () => reply.stop_reason !== null);
	reply.content[0].text = answerTo(question.content[0].text, { ...defaults }).text;
	reply.stop_reason = 'end_turn';
}

// ---- what came of it ----

/**
 * What the store holds: where each phase stands, and how many events the log has. It holds one session in these tests, so the
 * number of the newest event is their count.
 * @param {Stage} stage
 */
export async function store(stage) {
	const view = await stage.status();
	return { stands: view.phases.map(({ stand }) => stand), events: view.seq };
}

/** The events of a phase that goes well: rendered, placed, sent, captured. */
export const PHASE = 4;
/** What the first one has besides: the session began, and has found its conversation. */
export const FIRST = 2;

/** The store when a session's planning has gone well, and nothing else has happened. */
export const PLANNING_DONE = { stands: ['replied', 'pending', 'pending'], events: FIRST + PHASE };
/** What the bar says of an answer that has nowhere to go yet. */
export const KEPT_IN_BROWSER =
	'The host does not answer. The reply is kept in this browser and stored as soon as the host is back. Run prompt-runner doctor to see what is wrong.';

/** The page has drawn so many answers, with all that belongs to them. @param {Chat} chat @param {number} count */
export async function answered({ page }, count) {
	await expect(page.locator('[data-testid=message-actions]')).toHaveCount(count, { timeout: 20_000 });
}

/**
 * The page has asked where it stands: it was told that it has no session, or its engine runs and has asked the host, answered or not. Its
 * first messages, which go one after the other, have passed the worker.
 * @param {Chat} chat
 */
export async function asked({ page, bar }) {
	const looked = "globalThis.promptRunnerBooted === 'asleep' || globalThis.__promptRunnerEngine !== undefined";
	await expect.poll(() => bar.evaluate(looked)).toBe(true);
	const conversation = JSON.stringify(`claude.ai${new URL(page.url()).pathname}`);
	for (let trip = 0; trip < 3; trip++) {
		await bar.evaluate(`chrome.runtime.sendMessage({ to: 'here', conversation: ${conversation} })`);
	}
}

/** What `doctor --page` prints, however it ends. @param {Stage} stage @param {string[]} args */
export async function doctor(stage, ...args) {
	return stage.cli('doctor', '--page', ...args).catch((/** @type {{ stdout: string }} */ error) => error.stdout);
}

/** The report on this site, once there is one. @param {Stage} stage @param {string} site */
export const reported = (stage, site) =>
	until(`a report on ${site}`, async () => {
		const { pages } = JSON.parse(await doctor(stage, '--json'));
		return pages.find((/** @type {any} */ page) => page.report.site === site && page.report.rows !== '');
	});

/** The captures that wait in the browser, oldest first. @param {Stage} stage */
export async function waiting(stage) {
	const worker = await stage.worker();
	const kept = await worker.evaluate(() => chrome.storage.local.get());
	const names = Object.keys(kept).filter((name) => name.startsWith('outbox:'));
	const place = (/** @type {string} */ name) => Number(name.split(':')[1]);
	return names.sort((one, other) => place(one) - place(other)).map((name) => kept[name]);
}

/** The alarm with which the worker looks after what waits goes off now, and not in half a minute. @param {Stage} stage */
export async function ring(stage) {
	const worker = await stage.worker();
	const period = await worker.evaluate(async () => {
		const alarm = await chrome.alarms.get('outbox');
		await chrome.alarms.create('outbox', { when: Date.now() });
		return alarm?.periodInMinutes;
	});
	expect(period).toBe(0.5);
}

const catalogue = JSON.parse(
	await readFile(new URL('../../extension/_locales/en/messages.json', import.meta.url), 'utf8'),
);

/** A text of the catalogue. @param {string} key @param {string[]} args @returns {string} */
export function said(key, args = []) {
	const text = args.map((arg) => (arg.startsWith('@') ? said(arg.slice(1)) : arg));
	return catalogue[key].message.replace(/\$(\d)/g, (/** @type {string} */ _, /** @type {string} */ n) => text[+n - 1]);
}
