// What the page does to its rows: they are recycled, shuffled, edited, answered anew and switched, and others write into them. An
// answer is stored once, under the message that it is, and nothing else is.
import { BRISK, SLOW, acts, expect, test } from './scene.mjs';

/** @typedef {import('./scene.mjs').Scene} Scene */

/** A conversation of so many messages. @param {number} count */
const long = (count) => Array.from({ length: count }, (_, at) => `Turn ${at}.\n\n${'Some words. '.repeat(40)}`);

/** Where our things stand in the list of messages: the place of the row that each is in. @param {import('./scene.mjs').Page} page @param {string} name */
const places = (page, name) =>
	page.evaluate(
		(name) =>
			[...document.querySelectorAll(`[data-prompt-runner=${name}]`)].map(
				(host) => host.closest('[data-index]')?.getAttribute('data-index') ?? null,
			),
		name,
	);

/** What the button says that stands under the message at this place. @param {Scene} scene @param {string} index */
async function buttonAt(scene, index) {
	const all = await places(scene.page, 'send');
	return (await scene.bar.buttons())[all.indexOf(index)]?.button;
}

test('n2 nodes are used again for other messages while one scrolls: each button speaks of the message that it stands under', async ({
	scene,
}) => {
	await scene.beginIn(long(40), { recycle: true });
	await scene.ask();
	await scene.stored();
	const scroll = (/** @type {number} */ to) =>
		scene.page.locator('[data-autoscroll-container]').evaluate((scroller, to) => scroller.scrollTo(0, to), to);
	for (const to of [0, 3000, 0, 1e6]) {
		await scroll(to);
		await expect.poll(() => buttonAt(scene, '41')).toBe('Stored');
	}
	await scroll(0);
	await expect.poll(() => buttonAt(scene, '1')).toBe('Send to Prompt-Runner');
	await scene.bar.press(async () => (await scene.bar.buttons())[(await places(scene.page, 'send')).indexOf('1')]);
	await scene.holds({ stands: ['replied', 'pending', 'pending'], problem: null, sections_ok: 3, captures: 1 });
});

test('n2 the node of a stored answer shows another conversation: nothing of it is stored, and nothing is called stored', async ({
	scene,
}) => {
	const other = scene.stage.replica.conversations.seed('About the weather', ['Will it rain?', 'Take a coat.']);
	await scene.begin({ recycle: true });
	await scene.ask();
	await scene.stored();
	const here = scene.page.url();
	await scene.page.getByRole('link', { name: 'About the weather' }).first().click();
	await expect(scene.page.getByText('Take a coat.', { exact: true })).toBeVisible();
	// An ordinary conversation has nothing of ours, not even what stood in a node that is used again.
	await expect.poll(async () => (await scene.bar.buttons()).length).toBe(0);
	await expect.poll(() => scene.bar.shown()).toBeUndefined();
	expect(scene.page.url()).toContain(other);
	await scene.page.goBack();
	await expect(scene.page).toHaveURL(here);
	await scene.bar.says('Analysis: put the prompt into the composer.');
	await scene.ask('Analysis');
	await scene.bar.says('Analysis stored: 3 of 3 sections');
	expect((await scene.store()).events).toBe(acts.FIRST + 2 * acts.PHASE);
});

test('n9 of a long conversation only some rows are in the page, the last ones always', async ({ scene }) => {
	await scene.beginIn(long(142), { pace: BRISK });
	expect(await scene.page.getByTestId('transcript-row').count()).toBeLessThan(20);
	await scene.ask();
	await scene.bar.says('Planning: the reply is coming in');
	await scene.page.locator('[data-autoscroll-container]').evaluate((scroller) => scroller.scrollTo(0, 0));
	await scene.stored();
	expect(await places(scene.page, 'bar')).toEqual(['143']);
});

test('n10 rows with nothing but an attachment, and rows of answers that were broken off at once', async ({ scene }) => {
	const { conversations } = scene.stage.replica;
	scene.flags({});
	const id = conversations.seed('Old', ['Hello.', 'Hello.']);
	const old = conversations.open(id);
	const file = { file_name: 'notes.txt', extracted_content: 'PROMPT-RUNNER/1' };
	conversations.add(old, { sender: 'human', text: '', attachments: [file] });
	conversations.add(old, { sender: 'assistant', text: '', stopReason: 'user_canceled' });
	await scene.adopt(id);
	await scene.ask();
	await scene.stored();
	expect(await places(scene.page, 'bar')).toEqual(['5']);
});

for (const language of /** @type {const} */ (['de', 'ja', 'fr', 'ar'])) {
	test(`n13 every label and every hidden heading is in another language: ${language}`, async ({ scene }) => {
		await scene.begin({ language, pace: BRISK });
		await scene.ask();
		await scene.stored();
		expect(await scene.reply()).not.toMatch(/Claude hat|Claudeの|Claude a rép|رد Claude/);
	});
}

test('n14 the developer edits the prompt while it is answered: the broken answer is none, the new one is stored', async ({
	scene,
}) => {
	await scene.begin({ pace: SLOW });
	await scene.ask();
	await scene.bar.says('Planning: the reply is coming in');
	await scene.page.evaluate(() => {
		const { turns, edit, setFlags } = window.__replica;
		window.__replica.stop();
		return setFlags({ pace: 0 }).then(() => void edit(0, `${turns[0].text}\n\nKeep it short.`));
	});
	await scene.stored();
	expect(await scene.page.evaluate(() => window.__replica.turns.length)).toBe(2);
});

test('n14 the developer edits a message after the answer is stored: the record stays, and the new answer is not taken', async ({
	scene,
}) => {
	await scene.begin();
	await scene.ask();
	await scene.stored();
	const before = await scene.reply();
	scene.flags({ answer: 'Something else altogether.' });
	await scene.page.evaluate(() => void window.__replica.edit(0, 'Never mind. What is the time?'));
	await expect(scene.page.getByText('Something else altogether.', { exact: true })).toBeVisible();
	await acts.answered({ page: scene.page, bar: scene.bar }, 1);
	await expect.poll(() => buttonAt(scene, '1')).toBe('Send to Prompt-Runner');
	expect((await scene.bar.shown())?.steps).toEqual(['✓ Planning', 'Analysis', 'Implementation']);
	await scene.holds({ stands: ['replied', 'pending', 'pending'], problem: null, sections_ok: 3, captures: 1 });
	expect(await scene.reply()).toBe(before);
});

test('n15 an older answer is asked for anew, which takes all rows after it away: what is stored stays', async ({
	scene,
}) => {
	await scene.beginIn(['One?', 'One.', 'Two?', 'Two.']);
	await scene.ask();
	await scene.stored();
	const before = await scene.reply();
	scene.flags({ answer: 'Another one.' });
	await scene.page.evaluate(() => void window.__replica.retry(1));
	await expect(scene.page.getByText('Another one.', { exact: true })).toBeVisible();
	await acts.answered({ page: scene.page, bar: scene.bar }, 1);
	await expect.poll(() => places(scene.page, 'bar')).toEqual(['1']);
	await scene.holds({ stands: ['replied', 'pending', 'pending'], problem: null, sections_ok: 3, captures: 1 });
	expect(await scene.reply()).toBe(before);
});

test('n16 one switches between two versions of an answer: the same place, other text, stored once', async ({
	scene,
}) => {
	await scene.begin();
	await scene.ask();
	await scene.stored();
	scene.flags({ answer: 'Another version.' });
	await scene.page.evaluate(() => void window.__replica.retry(1));
	await expect(scene.page.getByText('Another version.', { exact: true })).toBeVisible();
	await acts.answered({ page: scene.page, bar: scene.bar }, 1);
	for (const text of ['EXECUTION_NOTES', 'Another version.', 'EXECUTION_NOTES']) {
		await scene.page.evaluate(() => window.__replica.switchBranch(1));
		await expect(scene.page.getByTestId('assistant-message')).toContainText(text);
		await expect.poll(async () => (await scene.bar.buttons()).length).toBe(1);
	}
	await scene.holds({ stands: ['replied', 'pending', 'pending'], problem: null, sections_ok: 3, captures: 1 });
});

test('n36 toolbars come only under the pointer', async ({ scene }) => {
	await scene.begin({ deferActions: true });
	await scene.ask();
	await scene.stored();
	await expect(scene.page.getByTestId('message-actions')).toHaveCount(0);
	await scene.page.locator('[data-perf-reply-text]').hover();
	await expect(scene.page.getByTestId('message-actions')).toHaveCount(1);
	expect((await scene.bar.buttons()).map(({ button }) => button)).toEqual(['Stored']);
});

test('n44 another extension writes into messages, between their blocks, and beside the composer', async ({ scene }) => {
	await scene.begin({ intruder: true, pace: BRISK });
	await scene.ask();
	await scene.stored();
	expect(await scene.reply()).not.toMatch(/AI checked|Summarise|Translate/);
	expect((await scene.status()).phases[0]).toMatchObject({ lines: (await scene.said())[0].split('\n').length });
});

test('n45 the page draws itself anew and takes away what is not its own: bar and buttons are back, each once', async ({
	scene,
}) => {
	await scene.begin();
	await scene.page.evaluate(() => window.__replica.hydrate());
	await scene.bar.says('Planning: put the prompt into the composer.');
	scene.flags({ pace: SLOW });
	await scene.ask();
	await scene.bar.says('Planning: the reply is coming in');
	await scene.page.evaluate(() => window.__replica.hydrate());
	await scene.bar.says('Planning: the reply is coming in');
	scene.flags({});
	await scene.stored();
	for (let time = 0; time < 3; time++) {
		await scene.page.evaluate(() => window.__replica.hydrate());
		await scene.bar.says(/^Planning stored/);
		await expect.poll(async () => (await scene.bar.buttons()).length).toBe(1);
	}
	await scene.holds({ stands: ['replied', 'pending', 'pending'], problem: null, sections_ok: 3, captures: 1 });
});

test('n49 rows stand in the document in another order than on the screen: the bar stands under the last', async ({
	scene,
}) => {
	await scene.beginIn(['One?', 'One.', 'Two?', 'Two.'], { shuffleRows: true });
	expect(await places(scene.page, 'bar')).toEqual(['3']);
	await scene.ask();
	await scene.stored();
	expect(await places(scene.page, 'bar')).toEqual(['5']);
});
