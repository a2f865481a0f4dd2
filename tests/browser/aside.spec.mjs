// One capture must not hold up all others for ever: what the host refuses for good leaves, what only others may pass waits, and what
// host after host ends or hangs at is set aside, for people to try again or to discard.
import * as acts from './acts.mjs';
import { expect, said, test, until } from './acts.mjs';
import { makeFaulty } from './faulty.mjs';
import { answersTo, begun, brought } from './without.mjs';

/**
 * @typedef {import('./stage.mjs').Stage} Stage
 * @typedef {import('./acts.mjs').Page} Page
 * @typedef {import('./faulty.mjs').Rule} Rule
 */

/** The popup of no tab: nobody but the test asks the host. @param {Stage} stage */
async function shown(stage) {
	const popup = await stage.context.newPage();
	await popup.goto(`chrome-extension://${stage.id}/popup.html`);
	return popup;
}

/** A stage with a faulty host, and answers that wait for it. @param {import('./acts.mjs').Open} open @param {number} count */
async function standing(open, count) {
	const stage = await open({});
	const host = await makeFaulty(stage);
	const popup = await shown(stage);
	const captures = answersTo(await begun(popup, count), (at) => `Answer ${at}.`);
	return { stage, host, popup, captures };
}

/** The captures of this stage that are stored. @param {Stage} stage @param {{ session: string }[]} captures */
async function stored(stage, captures) {
	const { sessions } = JSON.parse(await stage.cli('orchestrate', 'list', '--json'));
	const replied = (/** @type {string} */ id) =>
		sessions.some((/** @type {any} */ view) => view.session === id && view.phases[0].stand === 'replied');
	return captures.map(({ session }) => replied(session));
}

/** The places of the captures in the line, as the storage has them. @param {Stage} stage @param {{ capture: string }[]} captures */
async function left(stage, captures) {
	const names = captures.map(({ capture }) => capture);
	return (await acts.waiting(stage)).map(({ capture }) => names.indexOf(capture));
}

const perhaps = { code: 'template.invalid', message: 'Something is wrong with this one.', hint: 'Look at it.' };

test('a capture at which every host ends is set aside after three tries, the rest goes on, and a mended host takes it by a click', async ({
	open,
}) => {
	const { stage, host, popup, captures } = await standing(open, 4);
	await host.rule({ holds: 'Answer 0.', does: 'end' });
	const [first] = await brought(popup, captures.slice(0, 1));
	expect(first.queued).toBe(1);
	const [second] = await brought(popup, captures.slice(1, 2));
	expect(second.queued).toBe(2);
	const [third] = await brought(popup, captures.slice(2, 3));
	expect(third.reply?.type).toBe('captured');
	const [last] = await brought(popup, captures.slice(3));
	expect(last.reply?.type).toBe('captured');
	expect(await stored(stage, captures)).toEqual([false, true, true, true]);
	expect(await left(stage, captures)).toEqual([0]);
	await expect(popup.locator('#outbox')).toBeHidden();

	await popup.reload();
	await expect(popup.locator('#aside h2')).toHaveText(said('popup_aside'));
	await expect(popup.locator('#kept p')).toContainText('Planning: No connection to the host');
	// The same once more, as a page that is loaded anew reads it: people are told, and no host is asked.
	const asked = (await host.asked()).length;
	const [again] = await brought(popup, captures.slice(0, 1));
	expect(again.refusal?.message).toContain('The host could not take this reply');
	expect(await host.asked()).toHaveLength(asked);

	// Not mended yet: one try, and it is aside as before.
	await popup.getByRole('button', { name: said('popup_again') }).click();
	await expect.poll(async () => (await host.asked()).length).toBe(asked + 2);
	await expect(popup.getByRole('button', { name: said('popup_again') })).toBeVisible();
	await host.rule();
	await popup.getByRole('button', { name: said('popup_again') }).click();
	await expect(popup.locator('#aside')).toBeHidden();
	expect(await stored(stage, captures)).toEqual([true, true, true, true]);
	expect(await left(stage, captures)).toEqual([]);
});

test('what is set aside stays so through a stopped worker and a killed browser, and goes only when people say so twice', async ({
	open,
}) => {
	const { stage, host, popup, captures } = await standing(open, 3);
	await host.rule({ holds: 'Answer 0.', does: 'refuse', refusal: perhaps }, { holds: 'Answer 1.', does: 'end' });
	await brought(popup, captures.slice(0, 1));
	await acts.stopWorker(popup);
	await brought(popup, captures.slice(1, 2));
	await acts.stopWorker(popup);
	// Two in a row: the third try of the first makes room for the first of the second.
	await brought(popup, captures.slice(2));
	await acts.killBrowser(stage);
	await stage.launch();
	const page = await shown(stage);
	await until('the rest to be stored', async () => {
		await page.evaluate(() => chrome.runtime.sendMessage({ to: 'host', request: { type: 'ping' } }));
		return (await stored(stage, captures))[2];
	});
	expect(await left(stage, captures)).toEqual([0, 1]);
	await page.reload();
	await expect(page.locator('#kept li')).toHaveCount(2);
	await expect(page.locator('#kept li').first()).toContainText('Something is wrong with this one.');
	const row = page.locator('#kept li').first();
	await row.getByRole('button', { name: said('popup_discard') }).click();
	await expect(row).toContainText(said('popup_discard_sure'));
	await row.getByRole('button', { name: said('popup_discard_no') }).click();
	expect(await left(stage, captures)).toEqual([0, 1]);
	await row.getByRole('button', { name: said('popup_discard') }).click();
	await row.getByRole('button', { name: said('popup_discard_yes') }).click();
	await expect(page.locator('#kept li')).toHaveCount(1);
	expect(await left(stage, captures)).toEqual([1]);
	const worker = await stage.worker();
	const names = await worker.evaluate(async () => Object.keys(await chrome.storage.local.get()));
	expect(names.filter((name) => name.startsWith('tries:'))).toHaveLength(1);
});

test('a capture at which every host hangs does not hold up the rest', async ({ open }) => {
	test.setTimeout(240_000);
	const { stage, host, popup, captures } = await standing(open, 2);
	await host.rule({ holds: 'Answer 0.', does: 'hang' });
	const both = brought(popup, captures);
	// It is asked once in 20 seconds; meanwhile the terminal writes, and that news is no sign of life.
	const writes = setInterval(() => void stage.cli('orchestrate', 'plan', 'Something else'), 5_000);
	await both;
	clearInterval(writes);
	await until(
		'the rest to be stored',
		async () => {
			await popup.evaluate(() => chrome.runtime.sendMessage({ to: 'host', request: { type: 'ping' } }));
			return (await stored(stage, captures))[1];
		},
		150_000,
	);
	expect(await left(stage, captures)).toEqual([0]);
});

for (const [what, refusal, stays] of /** @type {const} */ ([
	['text.pruned', { code: 'text.pruned', message: 'Dropped.', hint: 'Look.', again: 'never' }, []],
	['text.pruned of a host that says no more', { code: 'text.pruned', message: 'Dropped.', hint: 'Look.' }, []],
	['a code of a newer host, for good', { code: 'reply.odd', message: 'Odd.', hint: 'Look.', again: 'never' }, []],
	['store.full', { code: 'store.full', message: 'Full.', hint: 'Free some.', again: 'later' }, [0, 1]],
	['store.busy of a host that says no more', { code: 'store.busy', message: 'Busy.', hint: 'Wait.' }, [0, 1]],
	['a code of a newer host, for all', { code: 'store.odd', message: 'Odd.', hint: 'Wait.', again: 'later' }, [0, 1]],
	['internal', { code: 'internal', message: 'A fault.', hint: 'Report it.' }, [0]],
	['a broken text of its own', { code: 'store.broken', message: 'Gone.', hint: 'Run.', again: 'perhaps' }, [0]],
])) {
	test(`refused with ${what}: ${stays.length === 0 ? 'it leaves' : stays.length === 1 ? 'it is set aside' : 'it stays in line'}`, async ({
		open,
	}) => {
		const { stage, host, popup, captures } = await standing(open, 2);
		await host.rule({ holds: 'Answer 0.', does: 'refuse', refusal });
		const [first] = await brought(popup, captures.slice(0, 1));
		for (let time = 0; time < 4; time++) await brought(popup, captures.slice(1));
		expect(await left(stage, captures)).toEqual(stays);
		expect(await stored(stage, captures)).toEqual([false, stays.length < 2]);
		// Whoever waits for the answer is told so at once.
		if (stays.length === 0) expect(first.refusal?.code).toBe(refusal.code);
		await host.rule();
		await brought(popup, captures.slice(1));
		if (stays.length === 2) expect(await left(stage, captures)).toEqual([]);
	});
}

test('a host that is missing, or hangs at everything, is held against no capture', async ({ open }) => {
	const { stage, popup, captures } = await standing(open, 2);
	await acts.unplug(stage);
	for (let time = 0; time < 6; time++) await brought(popup, captures);
	expect(await left(stage, captures)).toEqual([0, 1]);
	const worker = await stage.worker();
	const names = await worker.evaluate(async () => Object.keys(await chrome.storage.local.get()));
	expect(names.filter((name) => name.startsWith('tries:'))).toEqual([]);
	await stage.install();
	await acts.ring(stage);
	await expect.poll(() => left(stage, captures)).toEqual([]);
	expect(await stored(stage, captures)).toEqual([true, true]);
});

test('what cannot be read in the storage holds up nothing and is shown, and can only be discarded', async ({
	open,
}) => {
	const { stage, popup, captures } = await standing(open, 1);
	const worker = await stage.worker();
	await worker.evaluate(() =>
		chrome.storage.local.set({
			'outbox:1': null,
			'outbox:2': {},
			'outbox:3': { capture: 'c', session: 7 },
			'outbox:four': 'a text',
			'outbox:5': { type: 'capture', capture: 'no-body', session: '20261122_141129_1a2b3c4d' },
			'tries:5': 'often',
			'outbox:6': [],
			'refused:x': null,
		}),
	);
	await acts.stopWorker(popup);
	const [sent] = await brought(popup, captures);
	expect(sent.reply?.type).toBe('captured');
	await popup.reload();
	await expect(popup.locator('#kept li')).toHaveCount(5);
	await expect(popup.locator('#kept li').first()).toContainText(said('outbox_unreadable'));
	await expect(popup.getByRole('button', { name: said('popup_again') })).toHaveCount(0);
	// The one that only the host finds unreadable was turned down for good.
	await expect(popup.locator('#notes li')).toHaveCount(1);
	await popup
		.locator('#kept li')
		.first()
		.getByRole('button', { name: said('popup_discard') })
		.click();
	await popup.getByRole('button', { name: said('popup_discard_yes') }).click();
	await expect(popup.locator('#kept li')).toHaveCount(4);
});
