// What a page pays for us while an answer comes in, by count, in chats of 20, 200 and 2,000 messages: nothing where there is no session, and
// a few looks a second where there is one, in each layout, also in those whose messages have neither a name nor a number.
import { startSite } from '../sites/server.mjs';
import * as acts from './acts.mjs';
import { answered, expect, test, until } from './acts.mjs';
import { count, countedInTask } from './counter.mjs';
import { fill, fillAny, growAny, unname } from './long.mjs';

test.describe.configure({ timeout: 180_000 });

const SIZES = [20, 200, 2_000];
const WORDS = 100;
/** Of an answer of the history: how many there are is what counts. */
const SHORT = 400;
/** Words come 4 ms apart and slower where the machine is busy; looks are 100 ms apart. One look takes less than so many calls. */
const LOOK = 120;
const ASIDE = 'Which file do you mean?';

/** @typedef {{ entry: string, answer: string, body: string, says: string, unnamed?: boolean }} Layout */
/** @type {Layout} */
const REPLICA = {
	entry: '[data-testid=transcript-row]',
	answer: '[data-testid=assistant-message]',
	body: '[data-perf-reply-text]',
	says: 'data-is-streaming',
};

/**
 * What the words cost at each size.
 * @param {acts.Chat} chat @param {Layout} layout
 */
async function costs(chat, layout) {
	const wrong = await count(chat.bar);
	// Where the pointer rests on a button of ours, it is looked at whether that can be seen. The one that was pressed is hidden by now, and is left alone.
	await chat.page.mouse.move(0, 0);
	const found = [];
	for (const messages of SIZES) {
		if (layout.says === REPLICA.says) await fill(chat.page, messages, SHORT);
		else await fillAny(chat.page, layout, messages);
		if (layout.unnamed) await unname(chat.page);
		const begun = Date.now();
		await growAny(chat.page, layout.body, layout.says, WORDS);
		const looks = 1 + (Date.now() - begun) / 100;
		found.push({ messages, looks, ...(await countedInTask(chat.bar)) });
	}
	expect(wrong).toEqual([]);
	console.log(JSON.stringify(found));
	return found;
}

/** @param {Awaited<ReturnType<typeof costs>>} found @param {string} says */
function light(found, says) {
	for (const { messages, looks, calls, queries, layouts, timers } of found) {
		const at = `at ${messages} messages`;
		expect(calls, at).toBeGreaterThan(0);
		expect(calls, at).toBeLessThan(LOOK * looks);
		expect(timers, at).toBeLessThan(3 * looks);
		// Where an answer does not say that it grows, it may be read when it has been quiet for a while, which has the browser lay it out.
		if (says) expect({ queries, layouts }, at).toEqual({ queries: 0, layouts: 0 });
	}
	const each = found.map(({ looks, nodes }) => nodes / looks);
	expect(each[2], 'nodes of a look at 2,000 messages').toBeLessThan(2 * each[0] + 20);
}

test('a chat without a session costs nothing while an answer comes in, however long it is', async ({ open }) => {
	const stage = await open({ flags: { pace: 0, answer: ASIDE } });
	const chat = await stage.visit('/new');
	await acts.write(chat, 'Hello.');
	await answered(chat, 1);
	// Once in a run of the browser such a page is examined.
	await acts.reported(stage, 'claude.ai');
	for (const { calls, nodes, characters, timers } of await costs(chat, REPLICA)) {
		expect({ calls, nodes, characters, timers }).toEqual({ calls: 0, nodes: 0, characters: 0, timers: 0 });
	}
	await expect(chat.page.locator('[data-prompt-runner]')).toHaveCount(0);

	// The next one is not examined, and has no engine at all.
	const next = await acts.visitToo(stage, chat.page);
	await until('the page to have asked', async () => (await next.bar.evaluate('promptRunnerBooted')) === 'asleep');
	await next.page.waitForTimeout(3_000);
	expect(await next.bar.evaluate('globalThis.__promptRunnerEngine')).toBeUndefined();
	// Until a session begins there.
	const conversation = `claude.ai${new URL(next.page.url()).pathname}`;
	const popup = await stage.popup(next.page);
	await popup.evaluate(async (conversation) => {
		const request = { type: 'start', feature: 'A roof', conversation };
		await chrome.runtime.sendMessage({ to: 'host', request });
	}, conversation);
	await popup.close();
	for (const { bar } of [chat, next]) await bar.says(/^Planning: put the prompt/);
});

for (const unnamed of [false, true]) {
	const layout = unnamed ? 'whose messages have neither a name nor a number' : 'of today';
	test(`with a session, in the layout ${layout}, a few looks a second are all`, async ({ open }) => {
		const stage = await open({ flags: { pace: 0, answer: ASIDE } });
		const chat = await acts.begin(stage);
		await acts.ask(chat, 'Planning');
		await answered(chat, 1);
		await acts.reported(stage, 'claude.ai');
		light(await costs(chat, { ...REPLICA, unnamed }), REPLICA.says);
	});
}

for (const [name, path, entry, answer, body, says] of /** @type {const} */ ([
	['chatgpt', '/', '[data-testid^=conversation-turn-]', '[data-message-author-role=assistant]', '.markdown', ''],
	['gemini', '/app', '.conversation-container', 'model-response', '.markdown', 'aria-busy'],
])) {
	test(`with a session, on the stand-in for ${name}, a few looks a second are all`, async ({ open }) => {
		const stage = await open({ serve: (options) => startSite(name, options), flags: { answer: ASIDE } });
		await stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file');
		const chat = await stage.visit(path);
		await acts.put(chat, 'Planning');
		await chat.page.keyboard.press('Enter');
		await chat.bar.says('Planning: this reply is not what was asked for', 60_000);
		light(await costs(chat, { entry, answer, body, says }), says);
	});
}

test('what is scrolled to gets its buttons', async ({ open }) => {
	const stage = await open({ flags: { pace: 0, answer: ASIDE } });
	const chat = await acts.begin(stage);
	await acts.ask(chat, 'Planning');
	await answered(chat, 1);
	await fill(chat.page, 200, SHORT);
	const has = (/** @type {number} */ at) =>
		chat.page.evaluate((at) => {
			const rows = [...document.querySelectorAll('[data-testid=transcript-row]:has([data-testid=assistant-message])')];
			return Boolean(rows.at(at)?.querySelector('[data-prompt-runner=send]'));
		}, at);
	await expect.poll(() => has(-1)).toBe(true);
	expect(await has(10)).toBe(false);
	await chat.page.evaluate(() => {
		const rows = document.querySelectorAll('[data-testid=transcript-row]:has([data-testid=assistant-message])');
		rows[10].scrollIntoView({ block: 'center' });
	});
	await expect.poll(() => has(10)).toBe(true);
	expect(await has(50)).toBe(false);
});
