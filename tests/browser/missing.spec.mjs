// The host is missing: not installed yet, gone before the answer ends, or gone before the prompt is sent. The page is left in peace, people
// are told what is wrong, and what was answered meanwhile is stored when the host is back.
import * as acts from './acts.mjs';
import { FIRST, KEPT_IN_BROWSER, PHASE, PLANNING_DONE, answer, answered, expect, test } from './acts.mjs';

/** Slow enough that an answer is still on its way when something happens to it. */
const SLOWLY = { pace: 60 };
const AT_ONCE = { pace: 0 };

test('without a host the page is left in peace, the toolbar and the popup say what is missing, and an install mends it', async ({
	open,
}) => {
	const stage = await open({ host: false, flags: AT_ONCE });
	await stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file');
	const { page, bar } = await stage.visit('/new');
	const missing = { text: '!', title: 'Prompt-Runner: the host does not answer. Run prompt-runner doctor.' };
	await expect.poll(() => stage.badge(page)).toEqual(missing);
	await acts.write({ page, bar }, 'Which of my tests is the slowest?');
	await answered({ page, bar }, 1);
	await expect(page.locator('[data-prompt-runner]')).toHaveCount(0);
	const popup = await stage.popup(page);
	await expect(popup.locator('#news')).toContainText(
		'The host does not answer. Install it with “prompt-runner install”, then see “prompt-runner doctor”.',
	);
	await expect(popup.locator('#new')).toBeHidden();
	await expect(popup.locator('#none')).toBeHidden();

	await stage.install();
	await popup.reload();
	await expect(popup.locator('#none')).toHaveText('No session in this tab.');
	await expect(popup.locator('#list')).toContainText('Export the task list as a CSV file');
	const fresh = await stage.visit('/new');
	await fresh.bar.says('Planning: put the prompt into the composer.');
	expect(await acts.store(stage)).toEqual({ stands: ['prompted', 'pending', 'pending'], events: 2 });
});

test('a host that goes away before the answer ends: the answer waits in the browser and is stored after a reload', async ({
	open,
}) => {
	const stage = await open({ flags: SLOWLY });
	const { page, bar } = await acts.begin(stage);
	await acts.answerWithoutHost(stage, { page, bar });
	expect((await bar.shown())?.button).toBe('');
	expect(await acts.waiting(stage)).toEqual([expect.objectContaining({ type: 'capture', phase: 'planning' })]);
	expect((await stage.badge(page)).text).toBe('!');
	const popup = await stage.popup(page);
	await expect(popup.locator('#outbox')).toHaveText('1 captured replies wait in this browser for the host.');
	expect(await acts.store(stage)).toEqual({ stands: ['awaiting', 'pending', 'pending'], events: FIRST + PHASE - 1 });

	// Still no host: a reload changes nothing for the better, and nothing for the worse.
	await page.reload();
	await bar.says(KEPT_IN_BROWSER);
	expect((await bar.shown())?.steps).toEqual(['Planning', 'Analysis', 'Implementation']);
	expect(await acts.waiting(stage)).toHaveLength(1);

	await stage.install();
	await page.reload();
	await bar.says(/^(Planning stored: 3 of 3 sections|Analysis: put the prompt into the composer)/);
	expect(await acts.store(stage)).toEqual(PLANNING_DONE);
	expect(await acts.waiting(stage)).toEqual([]);
	await expect.poll(() => stage.badge(page)).toEqual({ text: 'A', title: 'Prompt-Runner: Analysis, ready for you.' });
	await expect(popup.locator('#outbox')).toBeHidden();
	expect((await stage.status()).phases[0]).toMatchObject({ sections_ok: 3, problem: null, trusted: true });
});

test('a host that goes away between the prompt and Enter, in a new chat: the bar stays and says that the answer waits', async ({
	open,
}) => {
	const stage = await open({ flags: AT_ONCE });
	const chat = await acts.begin(stage);
	await acts.put(chat, 'Planning');
	await acts.unplug(stage);
	await chat.page.keyboard.press('Enter');
	await chat.bar.says(KEPT_IN_BROWSER);
	// Longer than it takes to decide that a session stayed behind.
	await chat.page.waitForTimeout(4_000);
	await chat.bar.says(KEPT_IN_BROWSER, 100);
	await stage.install();
	await chat.bar.says('Planning stored: 3 of 3 sections');
	expect(await acts.store(stage)).toMatchObject({ stands: PLANNING_DONE.stands });
});

test('what the worker hears late does not take back that the answer waits in the browser', async ({ open }) => {
	const stage = await open({ flags: AT_ONCE });
	const chat = await acts.begin(stage);
	await acts.ask(chat, 'Planning');
	await chat.bar.says('Planning stored: 3 of 3 sections');
	await acts.put(chat, 'Analysis');
	await acts.unplug(stage);
	await chat.bar.evaluate(`{
		const send = chrome.runtime.sendMessage.bind(chrome.runtime);
		const kept = Promise.withResolvers();
		globalThis.told = 0;
		chrome.runtime.sendMessage = async (message) => {
			if (message.to === 'here') await kept.promise;
			const answer = await send(message);
			if (message.request?.type === 'capture') setTimeout(kept.resolve, 100);
			if (message.request?.type === 'sent') told += 1;
			return answer;
		};
	}`);
	await chat.page.keyboard.press('Enter');
	await expect.poll(() => chat.bar.evaluate('told')).toBe(1);
	await chat.bar.says(KEPT_IN_BROWSER);
});

test('answers of two conversations wait and are stored in their order when the host is back, with no hand on any page', async ({
	open,
}) => {
	const stage = await open({ flags: { ...SLOWLY, answer: answer('planning') } });
	const one = await acts.begin(stage, 'The first feature');
	await acts.ask(one, 'Planning');
	await one.bar.says('Planning: the reply is coming in');
	const first = await stage.status();
	stage.replica.setFlags({ answer: null });
	const two = await acts.begin(stage, 'The second feature');
	await acts.ask(two, 'Planning');
	await two.bar.says('Planning: the reply is coming in');
	await acts.unplug(stage);

	stage.replica.setFlags({ pace: 400 });
	await one.bar.says(KEPT_IN_BROWSER);
	await two.bar.says('Planning: the reply is coming in');
	stage.replica.setFlags(AT_ONCE);
	await two.bar.says(KEPT_IN_BROWSER);
	const second = await stage.status();
	expect((await acts.waiting(stage)).map(({ session }) => session)).toEqual([first.session, second.session]);

	await stage.install();
	await acts.ring(stage);
	for (const { page, bar } of [one, two]) {
		await bar.says('Planning stored: 3 of 3 sections');
		expect((await bar.shown())?.button).toBe('Put the Analysis prompt in');
		await expect.poll(async () => (await stage.badge(page)).title).toBe('Prompt-Runner: Analysis, ready for you.');
	}
	expect(await acts.waiting(stage)).toEqual([]);
	const views = await Promise.all(
		[first, second].map(async ({ session }) =>
			JSON.parse(await stage.cli('orchestrate', 'status', '--session', session, '--json')),
		),
	);
	expect(views.map(({ view }) => view.phases[0].stand)).toEqual(['replied', 'replied']);
	expect(views.map(({ view }) => view.seq)).toEqual([2 * (FIRST + PHASE) - 1, 2 * (FIRST + PHASE)]);
});
