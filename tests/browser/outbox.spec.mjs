// What waits in the browser: how much of it there may be, that people are told before it is too much, that it keeps its order, and
// that nothing which waited goes away unsaid.
import * as acts from './acts.mjs';
import { answered, expect, said, test } from './acts.mjs';
import { FULL, report } from './chance.mjs';
import { begun, captured } from './without.mjs';

const SLOWLY = { pace: 60 };
const AT_ONCE = { pace: 0 };

/** A session has three sections of filler; by count the answers are as short as they can be. */
const ROOMS = [
	{ by: 'bytes', fit: 98, characters: 33_600 },
	...(FULL ? [{ by: 'count', fit: 999, characters: 0 }] : []),
];

/** The newest sessions, and the place of the newest event. @param {import('./stage.mjs').Stage} stage */
async function recorded(stage) {
	/** @type {import('./stage.mjs').View[]} */
	const views = JSON.parse(await stage.cli('orchestrate', 'list', '--limit', '500', '--json')).sessions;
	return { views, seq: Math.max(...views.map(({ seq }) => seq)) };
}

for (const { by, fit, characters } of ROOMS) {
	test(`the room in the browser is used up by ${by}: people are told before, and what was kept is stored in its order`, async ({
		open,
	}) => {
		test.setTimeout(FULL ? 300_000 : 90_000);
		const stage = await open({ flags: SLOWLY });
		const chat = await acts.begin(stage, 'The first of all');
		await acts.ask(chat, 'Planning');
		await chat.bar.says('Planning: the reply is coming in');
		const popup = await stage.popup(chat.page);
		const sessions = await begun(popup, fit + 1);
		const before = await recorded(stage);
		await acts.unplug(stage);

		// From four fifths on, and not before.
		const told = Math.ceil(fit * 0.8);
		const few = await captured(popup, sessions.slice(0, told - 1), characters);
		expect(few.map(({ queued, filling }) => [queued, filling])).toContainEqual([told - 1, false]);
		expect(few.some(({ filling }) => filling)).toBe(false);
		const many = await captured(popup, sessions.slice(told - 1, told + 3), characters);
		expect(many.every(({ filling }) => filling)).toBe(true);

		stage.replica.setFlags(AT_ONCE);
		await chat.bar.says(said('bar_outbox_filling'));
		const title = said('badge_outbox_filling');
		await expect.poll(() => stage.badge(chat.page)).toEqual({ text: '!', title });
		await popup.reload();
		await expect(popup.locator('#outbox')).toHaveText(said('popup_outbox_filling', [String(told + 4)]));

		const rest = await captured(popup, sessions.slice(told + 3), characters);
		const refused = rest.flatMap(({ refusal, queued }) => (queued === undefined ? [refusal] : []));
		expect(refused.length).toBeGreaterThan(0);
		for (const refusal of refused) expect(refusal?.code).toBe('store.full');
		const waiting = await acts.waiting(stage);
		expect(waiting).toHaveLength(sessions.length - refused.length + 1);

		// The page looks for the host by itself, and with that what waits goes on its way.
		await stage.install();
		await expect.poll(async () => (await acts.waiting(stage)).length, { timeout: 60_000 }).toBe(0);
		await chat.bar.says('Planning stored: 3 of 3 sections');
		const { views, seq } = await recorded(stage);
		const stored = views
			.filter((view) => view.phases[0].stand === 'replied')
			.sort((one, other) => one.seq - other.seq)
			.map(({ session }) => session);
		const inOrder = waiting.map(({ session }) => session);
		expect(stored).toEqual(inOrder.slice(-stored.length));
		expect(stored).toHaveLength(Math.min(inOrder.length, 500));
		// Each has added one event, also those that a list is too short for.
		const more = seq - before.seq - waiting.length;
		const numbers = { stored: waiting.length + more, lost: Math.max(0, -more), doubled: Math.max(0, more) };
		await report('outbox', numbers);
		expect(numbers).toEqual({ stored: waiting.length, lost: 0, doubled: 0 });
	});
}

test('an answer that waited and is then turned down: the popup says so, with its reason and its place, until it was seen', async ({
	open,
}) => {
	const stage = await open({ flags: SLOWLY });
	const chat = await acts.begin(stage);
	await acts.ask(chat, 'Planning');
	await chat.bar.says('Planning: the reply is coming in');
	await acts.unplug(stage);
	stage.replica.setFlags(AT_ONCE);
	await chat.bar.says(said('bar_outbox'));
	const address = chat.page.url();
	// Nobody is left to hear it, and meanwhile the phase is answered by hand and the next one built on that.
	await chat.page.goto('about:blank');
	await acts.answerByHand(stage, 'planning');
	await stage.cli('orchestrate', 'analyze');
	const before = await acts.store(stage);
	await stage.install();
	await acts.ring(stage);
	await expect.poll(async () => (await acts.waiting(stage)).length).toBe(0);
	expect(await acts.store(stage)).toEqual(before);

	await chat.page.goto(`${stage.replica.origin}/new`);
	const popup = await stage.popup(chat.page);
	await expect(popup.locator('#refused h2')).toHaveText(said('popup_refused'));
	await expect(popup.locator('#notes p')).toHaveText(
		'Planning: The next phase was built without this reply of the planning phase. What is recorded stays. Run `prompt-runner orchestrate redo PHASE` to take the phase up anew.',
	);
	await expect(popup.locator('#notes a')).toHaveAttribute('href', address);
	await popup.reload();
	await popup.getByRole('button', { name: said('popup_seen') }).click();
	await expect(popup.locator('#refused')).toBeHidden();
	await popup.reload();
	await expect(popup.locator('#sessions')).toBeVisible();
	await expect(popup.locator('#refused')).toBeHidden();

	await chat.page.goto(address);
	await answered(chat, 1);
	await expect(chat.page.getByText('FINDINGS').or(chat.page.getByText('EXECUTION_NOTES')).first()).toBeVisible();
});
