// What a nasty composer does with a prompt, and nasty buttons with a click: it stands there to the letter or the bar says that it
// does not, it is sent once, and nobody is told that it was sent when it was not.
import { BRISK, acts, expect, test } from './scene.mjs';

/** @typedef {import('./scene.mjs').Scene} Scene */

/** @param {Scene} scene */
const written = ({ page }) => page.evaluate(() => window.__replica.editorText());

/** The prompt as it is stored; the terminal ends it with a line break of its own. @param {Scene} scene */
const prompt = async ({ stage }) => (await stage.cli('orchestrate', 'show', '--prompt', 'planning')).replace(/\n$/, '');

/** What a click shall do, as the developer chose it in the options. @param {Scene} scene @param {boolean} sendOnClick */
async function choose({ stage }, sendOnClick) {
	const worker = await stage.worker();
	await worker.evaluate((sendOnClick) => chrome.storage.local.set({ options: { sendOnClick } }), sendOnClick);
}

test.afterEach(({ scene }) => choose(scene, false));

test('n20 the address of a new chat changes late, and the composer is another one then', async ({ scene }) => {
	await scene.begin({ addressDelayMs: 1200 });
	await scene.page.evaluate(() => Object.assign(window, { sameDocument: true }));
	await scene.ask();
	await scene.stored();
	expect(await scene.page.evaluate(() => 'sameDocument' in window)).toBe(true);
});

test('n24 the send button comes late, is another one each time, and speaks another language', async ({ scene }) => {
	await choose(scene, true);
	await scene.begin({ sendLateMs: 600, language: 'ja' });
	await scene.bar.click('Put the Planning prompt in');
	await scene.stored();
	expect(await scene.page.evaluate(() => window.__replica.turns.length)).toBe(2);
});

test('n25 the composer is a plain field at first, and what is in that is lost: the prompt goes into the real one', async ({
	scene,
}) => {
	await scene.begin({ ssrComposerMs: 2500 });
	await expect(scene.page.getByTestId('chat-input-ssr')).toBeVisible();
	await scene.bar.click('Put the Planning prompt in');
	await scene.bar.says('Planning: the prompt is in the composer. Press Enter to send it.');
	await expect(scene.page.getByTestId('chat-input')).toBeVisible();
	expect(await written(scene)).toBe(await prompt(scene));
	await scene.page.keyboard.press('Enter');
	await scene.stored();
});

test('n26 a draft that the page has kept is not overwritten by the first click', async ({ scene }) => {
	await scene.begin({ drafts: true });
	await scene.page.getByTestId('chat-input').click();
	await scene.page.keyboard.insertText('Not sent yet.');
	await scene.page.reload();
	await expect(scene.page.getByTestId('chat-input')).toHaveText('Not sent yet.');
	await scene.bar.click('Put the Planning prompt in');
	await scene.bar.says('Your own text is in the composer. Click again to replace it with the prompt.');
	expect(await written(scene)).toBe('Not sent yet.');
	expect((await scene.store()).stands).toEqual(['prompted', 'pending', 'pending']);
	await scene.bar.click('Put the Planning prompt in');
	await scene.bar.says('Planning: the prompt is in the composer. Press Enter to send it.');
	expect(await written(scene)).toBe(await prompt(scene));
	await scene.page.keyboard.press('Enter');
	await scene.stored();
});

test('n27 a prompt that is pasted by hand becomes an attachment: a proven answer to it is stored, a cut one is not', async ({
	scene,
}) => {
	await scene.begin({ composerPasteChip: 500, cutAt: 0.6 });
	const paste = async () => {
		await scene.page.getByTestId('chat-input').evaluate(
			(editor, text) => {
				const clipboardData = new DataTransfer();
				clipboardData.setData('text/plain', text);
				editor.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
			},
			await prompt(scene),
		);
		await expect(scene.page.locator('fieldset').getByTestId('file-thumbnail')).toBeVisible();
		await scene.page.getByTestId('chat-input-send').click();
	};
	await paste();
	await acts.answered({ page: scene.page, bar: scene.bar }, 1);
	expect((await scene.store()).stands).toEqual(['prompted', 'pending', 'pending']);
	await scene.page.close();

	scene.flags({ composerPasteChip: 500 });
	await scene.open();
	await paste();
	await scene.bar.says(/^Planning stored: 3 of 3 sections/);
	// Nobody saw it placed or sent: the session, its prompt, its conversation, the answer.
	expect(await scene.store()).toMatchObject({ stands: ['replied', 'pending', 'pending'], problem: null, events: 4 });
});

test('n46 a prompt is sent twice at once: both answers are proven, one is stored', async ({ scene }) => {
	await scene.begin({ sendTwice: true, pace: BRISK });
	await scene.ask();
	await scene.stored();
	await acts.answered({ page: scene.page, bar: scene.bar }, 2);
	await scene.page.reload();
	await scene.bar.says('Analysis: put the prompt into the composer.');
	await expect.poll(async () => (await scene.bar.buttons()).length).toBe(2);
	await scene.holds({ stands: ['replied', 'pending', 'pending'], problem: null, sections_ok: 3, captures: 1 });
});

test('n47 the page may not use the clipboard: nothing of ours needs it', async ({ scene }) => {
	await scene.begin();
	const { session } = scene.bar;
	for (const name of ['clipboard-read', 'clipboard-write'])
		await session.send('Browser.setPermission', { permission: { name }, setting: 'denied' });
	const denied = () =>
		navigator.clipboard.writeText('x').then(
			() => 'written',
			(error) => error.name,
		);
	expect(await scene.page.evaluate(denied)).toBe('NotAllowedError');
	await scene.ask();
	await scene.stored();
	await session.send('Browser.resetPermissions');
});

test('n50 the send button wants a whole press of the pointer: the bar says that the prompt still stands there', async ({
	scene,
}) => {
	await choose(scene, true);
	await scene.begin({ pointerSend: true });
	await scene.bar.click('Put the Planning prompt in');
	await scene.bar.says('Planning: the prompt is in the composer. Press Enter to send it.');
	expect(await written(scene)).toBe(await prompt(scene));
	expect((await scene.store()).stands).toEqual(['prompted', 'pending', 'pending']);
	await scene.page.getByTestId('chat-input-send').click();
	await scene.stored();
});
