// The work that the engine makes a page do, by count: none of it grows with the conversation, an answer is read once, and a page in
// which nothing happens is left alone. No milliseconds here: those are for `cargo xtask bench`.
import { stat } from 'node:fs/promises';
import * as acts from './acts.mjs';
import { answered, expect, test, until } from './acts.mjs';
import { count, counted, countedInTask } from './counter.mjs';
import { fill, grow } from './long.mjs';

const WORDS = 500;
/** Of an answer of the history: how many there are is what counts. */
const SHORT = 400;

test('a word of a growing answer costs the same in a conversation of 20 and of 2,000 messages', async ({ open }) => {
	const stage = await open({ flags: { pace: 0, answer: 'Which file do you mean?' } });
	const chat = await acts.begin(stage);
	await acts.ask(chat, 'Planning');
	await answered(chat, 1);
	const wrong = await count(chat.bar);
	const costs = [];
	for (const messages of [20, 2_000]) {
		await fill(chat.page, messages, SHORT);
		// After a first one the bar says the same at both sizes.
		await grow(chat.page, 1);
		await grow(chat.page, WORDS);
		costs.push(await countedInTask(chat.bar));
	}
	expect(wrong).toEqual([]);
	const [short, long] = costs;
	console.log(`${WORDS} words, 20 messages: ${JSON.stringify(short)}; 2,000 messages: ${JSON.stringify(long)}`);
	// It is noticed that the answer grows, and not word by word.
	expect(short.nodes).toBeGreaterThan(0);
	expect(short.nodes).toBeLessThan(WORDS);
	expect(long).toEqual(short);
	expect(short).toMatchObject({ queries: 0, layouts: 0 });
});

test('a history that comes at once costs the same for each of its messages, be they 200 or 2,000', async ({ open }) => {
	const stage = await open({ flags: { pace: 0, answer: 'Which file do you mean?' } });
	const chat = await acts.begin(stage);
	await acts.ask(chat, 'Planning');
	await answered(chat, 1);
	// The page is examined once, which is another thing.
	await acts.reported(stage, 'claude.ai');
	const wrong = await count(chat.bar);
	const each = [];
	let there = 2;
	for (const messages of [200, 2_000]) {
		await fill(chat.page, messages, SHORT);
		const { calls, nodes, queries } = await countedInTask(chat.bar);
		const came = messages - there;
		each.push({ came, calls: calls / came, nodes: nodes / came, queries });
		there = messages;
	}
	console.log(`a history at once, each message: ${JSON.stringify(each)}`);
	expect(wrong).toEqual([]);
	const [short, long] = each;
	expect(long.calls).toBeLessThan(1.2 * short.calls);
	expect(long.nodes).toBeLessThan(1.2 * short.nodes);
	// What is before the newest is looked at when it is scrolled to.
	const buttons = (await chat.bar.buttons()).length;
	expect(buttons).toBeGreaterThan(5);
	expect(buttons).toBeLessThan(30);
});

test('a streamed answer is read once', async ({ open }) => {
	const stage = await open({ flags: { pace: 40_000 } });
	const chat = await acts.begin(stage);
	await acts.put(chat, 'Planning');
	const wrong = await count(chat.bar);
	await chat.page.keyboard.press('Enter');
	await chat.bar.says(/^Planning stored/);
	const { answer } = await counted(chat.bar);
	const [, { text }] = await chat.page.evaluate(() => window.__replica.turns);
	console.log(`an answer of ${text.length} characters: ${answer} read`);
	expect(answer).toBeGreaterThan(text.length / 2);
	expect(answer).toBeLessThanOrEqual(1.1 * text.length);

	await until('nothing to happen for a second', async () => {
		await count(chat.bar);
		await new Promise((resolve) => setTimeout(resolve, 1_000));
		const { calls, timers } = await counted(chat.bar);
		return calls + timers === 0;
	});
	expect(wrong).toEqual([]);
});

test('what is put into a page is small', async () => {
	const size = async (/** @type {string} */ name) =>
		(await stat(new URL(`../../extension/${name}`, import.meta.url))).size;
	const [boot, wasm] = [await size('boot.js'), await size('engine/wasm.js')];
	expect(boot + wasm).toBeLessThanOrEqual(260_000);
});
