// Where the answer cannot be had, or not yet: limits, withdrawn turns, cards that wait, broken lines, and texts that are not in the
// page. What the store holds then; it never calls such an answer whole.
import { acts, expect, test } from './scene.mjs';

const FAILED = { stands: ['failed', 'pending', 'pending'], problem: 'cut' };

test('n22 the line breaks in the middle: what came is kept as cut, and the next try replaces it', async ({ scene }) => {
	await scene.begin({ interruptAt: 0.6 });
	await scene.ask();
	await expect(scene.page.getByText("Claude's response was interrupted.")).toBeVisible();
	await expect.poll(async () => (await scene.store()).stands[0]).toBe('failed');
	await scene.holds({ ...FAILED, sections_ok: 1, captures: 1 });
	expect(await scene.reply()).not.toContain('interrupted');
	scene.flags({});
	await scene.page.getByRole('button', { name: 'Try again' }).click();
	await scene.stored(1);
});

test('n22 the line breaks before anything of the answer came: nothing is kept, and the next try is stored', async ({
	scene,
}) => {
	await scene.begin({ interruptAt: 0.02 });
	await scene.ask();
	await expect(scene.page.getByText("Claude's response was interrupted.")).toBeVisible();
	await scene.awaited();
	scene.flags({});
	await scene.page.getByRole('button', { name: 'Try again' }).click();
	await scene.stored();
});

test('n23 a limit is reached: the turn is drawn and taken back, and nothing is recorded as an answer', async ({
	scene,
}) => {
	await scene.begin({ withdrawTurn: true });
	await acts.put({ page: scene.page, bar: scene.bar }, 'Planning');
	await scene.page.keyboard.press('Enter');
	await scene.flagsNow({
		limitBanner: 'You are out of free messages until 9:00 PM.',
		limitResets: '2026-11-22T21:00:00Z',
	});
	await expect.poll(() => scene.page.evaluate(() => window.__replica.turns.length)).toBe(0);
	const [{ bytes, captured_ms }] = (await scene.status()).phases;
	expect({ bytes, captured_ms }).toEqual({ bytes: 0, captured_ms: null });
	// The reset time is in the log, and counted down; it is long past or far away, as the day of the test has it.
	await scene.bar.says(/^The usage limit (of this site is reached\. It says it ends in \d+ h \d+ min|should be over)/);
	const { limit } = await scene.status();
	expect(limit).toEqual({ resets_ms: Date.parse('2026-11-22T21:00:00Z') });
	expect((await scene.bar.shown())?.button).toBe('Put the Planning prompt in again');
});

test('n23 a limit in words: the countdown says when the prompt can be put in again, and then it is sent as before', async ({
	scene,
}) => {
	await scene.begin({ withdrawTurn: true });
	await acts.put({ page: scene.page, bar: scene.bar }, 'Planning');
	await scene.page.keyboard.press('Enter');
	await scene.flagsNow({ limitBanner: 'You are out of free messages. Try again in 2 hours.' });
	await scene.bar.says(
		'The usage limit of this site is reached. It says it ends in 2 h 0 min; then put the prompt in again.',
	);
	await expect.poll(() => scene.page.evaluate(() => window.__replica.turns.length)).toBe(0);
	const status = await scene.stage.cli('orchestrate', 'status', '--session', scene.id);
	expect(status).toMatch(/The usage limit of the site is reached until \d{4}-\d\d-\d\d \d\d:\d\d\./);
	scene.flags({});
	await scene.flagsNow({ limitBanner: '', withdrawTurn: false });
	await scene.bar.click('Put the Planning prompt in again');
	await scene.bar.says('Planning: the prompt is in the composer.');
	await scene.page.keyboard.press('Enter');
	await scene.bar.says('Planning stored: 3 of 3 sections');
	expect((await scene.status()).limit).toBeNull();
});

test('n23 a turn is taken back without a word of a limit: the bar says that the prompt was not sent', async ({
	scene,
}) => {
	await scene.begin({ withdrawTurn: true });
	await acts.put({ page: scene.page, bar: scene.bar }, 'Planning');
	await scene.page.keyboard.press('Enter');
	await scene.bar.says('Planning: the site took the prompt back, so it was not sent.');
	expect((await scene.bar.shown())?.button).toBe('Put the Planning prompt in again');
	expect((await scene.status()).phases[0].captured_ms).toBeNull();
});

test('n28 an approval blocks the answer longer than any pause: nothing is kept until it goes on, and then the whole of it', async ({
	scene,
}) => {
	await scene.begin({ approvalAt: 0.6 });
	await scene.ask();
	await expect(scene.page.locator('[data-approval-card-root]')).toBeVisible();
	await scene.bar.says('Planning: the site waits for your permission to use a tool.');
	await scene.awaited();
	expect(await scene.reply().catch(() => '')).toBe('');
	await scene.page.locator('[data-approval-digit="3"]').click();
	await scene.stored();
});

test('n30 only the first lines of a code block are in the page: the answer is never called whole', async ({
	scene,
}) => {
	await scene.begin({ windowedCode: 5 });
	await scene.withoutCopy();
	await scene.ask();
	await expect.poll(async () => (await scene.bar.shown())?.text ?? '').toMatch(/^Planning: .*(not|stopped)/);
	const { stands, problem } = await scene.store();
	expect(stands).toEqual(['failed', 'pending', 'pending']);
	expect(problem).not.toBeNull();
});

test('n30 what is not mounted is taken from the copy button of the message, and the clipboard stays as it was', async ({
	scene,
}) => {
	await scene.begin({ windowedCode: 5 });
	await scene.page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: 'https://claude.ai' });
	await scene.page.evaluate(() => navigator.clipboard.writeText('of the developer'));
	await scene.ask();
	await scene.stored();
	expect(await scene.page.evaluate(() => navigator.clipboard.readText())).toBe('of the developer');
});

test('n30 where there is no copy button, the site is asked for its record only if the user lets it be', async ({
	scene,
}) => {
	const read = async (/** @type {boolean} */ readRecord) => {
		const worker = await scene.stage.worker();
		await worker.evaluate((readRecord) => chrome.storage.local.set({ options: { readRecord } }), readRecord);
	};
	const asked = () =>
		scene.stage.replica.requests.filter(({ method, path }) => method === 'GET' && path.includes('/chat_conversations/'))
			.length;
	await scene.begin({ windowedCode: 5 });
	const { bar } = scene;
	await scene.withoutCopy();
	await scene.ask();
	await expect.poll(async () => (await scene.store()).stands[0]).toBe('failed');
	const before = asked();
	await bar.press(async () => (await bar.buttons())[0]);
	await expect.poll(async () => (await bar.buttons())[0].button).toBe('Stored already');
	expect(asked()).toBe(before);

	await read(true);
	try {
		await bar.press(async () => (await bar.buttons())[0]);
		await bar.says('Planning stored: 3 of 3 sections');
		expect(asked()).toBe(before + 1);
	} finally {
		await read(false);
	}
});

test('n33 the complete answer is in an artifact: the message is empty, and nothing is recorded as an answer', async ({
	scene,
}) => {
	await scene.begin({ artifactOnly: true });
	await scene.ask();
	await expect(scene.page.locator('.artifact-block-cell')).toBeVisible();
	await acts.answered({ page: scene.page, bar: scene.bar }, 1);
	await scene.bar.says('Planning: the reply is in an artifact, not in the chat, so nothing of it was stored.');
	await scene.awaited();
	scene.flags({});
	await scene.bar.click('Put the Planning prompt in again');
	await scene.bar.says('Planning: the prompt is in the composer.');
	await scene.page.keyboard.press('Enter');
	await scene.bar.says('Planning stored: 3 of 3 sections');
});

test('an answer that ends at its limit goes on in the same message: cut at first, then whole', async ({ scene }) => {
	await scene.begin({ continueAt: 0.6 });
	await scene.ask();
	await scene.bar.says('Planning: the reply stopped early, 1 of 3 sections. What came is kept.');
	await scene.holds({ ...FAILED, sections_ok: 1, captures: 1 });
	await scene.page.getByRole('button', { name: 'Continue', exact: true }).click();
	await scene.stored(1);
});

test('an answer that goes on in another message is never called whole by its second half alone', async ({ scene }) => {
	await scene.begin({ continueAt: 0.6, continueAs: 'message', continueOverlap: 2 });
	await scene.ask();
	await scene.bar.says('Planning: the reply stopped early, 1 of 3 sections. What came is kept.');
	await scene.page.getByRole('button', { name: 'Continue', exact: true }).click();
	await acts.answered({ page: scene.page, bar: scene.bar }, 2);
	// It went on inside a fence that the page of the second message knows nothing of: what came is text without its blanks and marks.
	await expect.poll(async () => (await scene.bar.shown())?.button).toMatch(/^Ask for/);
	expect((await scene.store()).stands[0]).toBe('failed');
	scene.flags({});
	await scene.bar.click('Ask for Planning again');
	await scene.bar.says('Planning: the prompt is in the composer');
	await scene.page.keyboard.press('Enter');
	await scene.bar.says('Planning stored: 3 of 3 sections');
});
