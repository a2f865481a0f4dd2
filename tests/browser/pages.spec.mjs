// Every selector of a site profile must have a stored page in which it finds its part. For each page this holds what the profile finds in it and
// by which candidate, what the self-test of the engine makes of it, and what the engine reads as the text of its messages. A JSON file beside the
// page says all that to the letter; a page without one is held to what every sound page is: what the engine needs is found, nothing has
// drifted, and each answer has a text.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { SITES } from '../../extension/sites.js';
import { Stage } from './stage.mjs';

const PAGES = fileURLToPath(new URL('../pages/', import.meta.url));
/** For whoever collects how faithful the profiles are. */
const FIDELITY = process.env.PROMPT_RUNNER_FIDELITY_DIR;

/** Keeps what the engine tells the worker. Runs in the extension's world. */
const LISTEN = `(() => {
	const send = chrome.runtime.sendMessage;
	globalThis.told = [];
	chrome.runtime.sendMessage = (message) => {
		if (message.request) told.push(message.request);
		return send.call(chrome.runtime, message);
	};
})()`;

/** @type {Record<string, { elements: number, found: number }>} */
const layouts = {};
/** @type {Stage} */
let stage;
/** @type {import('@playwright/test').Page} A page of the extension's own. */
let ours;

// In one worker: they share a browser, and what they count is one list.
test.describe.configure({ mode: 'default' });

test.beforeAll(async () => {
	stage = await Stage.open();
	ours = await stage.context.newPage();
	await ours.goto(`chrome-extension://${stage.id}/options.html`);
});

test.afterAll(async () => {
	await stage.close();
	if (!FIDELITY) return;
	await mkdir(FIDELITY, { recursive: true });
	await writeFile(join(FIDELITY, 'layouts.json'), `${JSON.stringify({ layouts }, null, 2)}\n`);
});

/** @param {object} request @returns {Promise<any>} What the host answers. */
const ask = (request) => ours.evaluate((request) => chrome.runtime.sendMessage({ to: 'host', request }), request);

/** What may be in a page or not. */
const OPTIONAL = ['send', 'stop', 'copy', 'retry', 'artifact', 'approval', 'limit'];

/** @param {string} name @returns {Promise<any>} What is written down of a page, if anything is. */
const written = async (name) => {
	const text = await readFile(join(PAGES, `${name}.json`), 'utf8').catch(() => 'null');
	return JSON.parse(text);
};

/** @param {Record<string, { candidate: number, count: number }>} found @returns {any} What a page is held to of which nothing is written down. */
const sound = (found) => {
	const needed = Object.entries(found).filter(([name]) => !OPTIONAL.includes(name));
	expect(needed.filter(([, { count }]) => count === 0)).toEqual([]);
	const block = expect.objectContaining({ text: expect.stringMatching(/\S/) });
	const answer = expect.arrayContaining([block]);
	return { elements: found, drift: [], messages: Array.from({ length: found.assistant.count }, () => answer) };
};

for (const { host, conversationPath } of SITES) {
	const profile = JSON.parse(await readFile(join(PAGES, host, 'profile.json'), 'utf8'));
	const files = (await readdir(join(PAGES, host))).filter((file) => file.endsWith('.html'));
	for (const [at, file] of files.entries()) {
		const name = `${host}/${file.replace('.html', '')}`;
		test(`${name} is found, judged and read`, async () => {
			const known = await written(name);
			const conversation = `${host}${conversationPath}0000-${at}`;
			const started = await ask({ type: 'start', feature: 'Export the task list as a CSV file', conversation });
			const { session } = started.reply.view;
			await ask({ type: 'prompt', session });
			const body = await readFile(join(PAGES, host, file), 'utf8');
			await stage.context.route(`https://${conversation}`, (route) =>
				route.fulfill({ contentType: 'text/html', body }),
			);
			const { page, bar } = await stage.visit(`https://${conversation}`);
			await bar.says(/./);
			await bar.evaluate(LISTEN);

			const found = await page.evaluate(count, { profile, beside: known?.beside });
			const expected = known ?? sound(found);
			const names = Object.keys(expected.elements);
			const equal = names.filter((name) => JSON.stringify(found[name]) === JSON.stringify(expected.elements[name]));
			layouts[name] = { elements: names.length, found: equal.length };
			expect(found).toEqual(expected.elements);

			const told = async (/** @type {string} */ type) =>
				((await bar.evaluate('told')) ?? []).filter((/** @type {any} */ request) => request.type === type);
			for (const [at, message] of expected.messages.entries()) {
				await bar.press(async () => (await bar.buttons())[at]);
				await expect.poll(async () => (await told('capture')).length).toBe(at + 1);
				expect((await told('capture'))[at].body).toEqual({ format: 'blocks', content: message });
			}

			if (expected.elements.stop.count > 0) {
				// While the page says that the model is at work it is not examined, however long that takes.
				await page.waitForFunction(() => performance.now() > 5_000);
				expect(await told('page_report')).toEqual([]);
				await page.evaluate((stop) => document.querySelector(stop)?.remove(), profile.stop.join());
			}
			await expect.poll(async () => (await told('page_report')).length, { timeout: 15_000 }).toBe(1);
			const [{ report }] = await told('page_report');
			for (const { name, counts } of report.elements.filter((/** @type {any} */ { name }) => name !== 'stop')) {
				const candidate = counts.findIndex((/** @type {number} */ count) => count > 0);
				expect({ candidate, count: counts[candidate] ?? 0 }, name).toEqual(expected.elements[name]);
			}
			const judged = await ask({ type: 'page_report', report });
			expect(judged.reply.drift.map((/** @type {{ key: string }} */ { key }) => key)).toEqual(expected.drift);

			const status = await ask({ type: 'status', session });
			expect(status.reply.view.phases[0].stand, 'nothing here proves to be the awaited answer').not.toBe('replied');
			await page.close();
		});
	}
}

test('every candidate of every profile finds something in a stored page', async () => {
	const page = await stage.context.newPage();
	for (const { host } of SITES) {
		const profile = JSON.parse(await readFile(join(PAGES, host, 'profile.json'), 'utf8'));
		const unproven = new Set(Object.values(profile).flat());
		for (const file of (await readdir(join(PAGES, host))).filter((file) => file.endsWith('.html'))) {
			await page.setContent(await readFile(join(PAGES, host, file), 'utf8'));
			const finds = (/** @type {string[]} */ all) => all.filter((selector) => document.querySelector(selector));
			for (const selector of await page.evaluate(finds, [...unproven])) unproven.delete(selector);
		}
		expect([...unproven], host).toEqual([]);
	}
	await page.close();
});

/**
 * In the page: which candidate finds each element, and how often, without what stands beside the conversation.
 * @param {{ profile: Record<string, string[]>, beside?: string }} how
 */
function count({ profile, beside }) {
	const shown = (/** @type {string} */ selector) =>
		[...document.querySelectorAll(selector)].filter((element) => !beside || !element.closest(beside));
	/** @param {string[]} candidates */
	const first = (candidates) => {
		const candidate = candidates.findIndex((selector) => shown(selector).length > 0);
		return { candidate, count: candidate < 0 ? 0 : shown(candidates[candidate]).length };
	};
	return Object.fromEntries(Object.entries(profile).map(([name, candidates]) => [name, first(candidates)]));
}
