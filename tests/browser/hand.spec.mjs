// Where a page is not as its profile says, a person gets on by hand: the prompt goes through the clipboard, the answer through a box that
// reads it before it stores, or by what is selected. And what is wrong with such a page is not blamed on the answer.
import * as acts from './acts.mjs';
import { expect, PLANNING_DONE, said, test, until } from './acts.mjs';

/**
 * @typedef {import('./stage.mjs').Stage} Stage
 * @typedef {import('./acts.mjs').Page} Page
 * @typedef {import('./acts.mjs').Chat} Chat
 */

const SLOWLY = { pace: 60 };
const PLANNING = ['@phase_planning'];

// ---- pages that are not as expected; each runs in the page before anything else ----

/** Whatever is put into the page goes through a function first. @param {string} change Its body, for an `element`. */
const each = (change) =>
	`new MutationObserver((records) => {
		const change = (element) => { ${change} };
		for (const { type, target, addedNodes } of records) for (const node of type === 'attributes' ? [target] : addedNodes) {
			if (node instanceof Element) for (const element of [node, ...node.querySelectorAll('*')]) change(element);
		}
	}).observe(document, { childList: true, subtree: true, attributeFilter: ['data-is-streaming', 'class'] });`;

const NO_COPY_BUTTON = each(`if (element.matches('[data-testid=message-actions]')) element.remove();`);
/** Messages and rows have other names; the composer has not. */
const RENAMED = each(`if (element.closest('[data-chat-input-container], [data-prompt-runner], head')) return;
	for (const { name } of [...element.attributes]) if (/^(data-|role|aria-|class)/.test(name)) element.removeAttribute(name);`);
/** Code is drawn line by line, as if it were text. */
const NO_PRE = each(`if (!element.matches('pre') || !element.isConnected) return;
	const lines = element.textContent.split('\\n').map((line) => Object.assign(document.createElement('p'), { textContent: line }));
	const drawn = document.createElement('div');
	drawn.append(...lines);
	element.replaceWith(drawn);`);
/** The text of an answer stands in a tree of its own. @param {'open' | 'closed'} mode */
const shadow = (mode) =>
	each(`if (!element.matches('.standard-markdown, .progressive-markdown') || !element.isConnected) return;
	const host = document.createElement('div');
	host.attachShadow({ mode: '${mode}' }).append(...element.childNodes);
	element.append(host);`);
/** Another field stands in the composer's place, in another frame. */
const NO_COMPOSER = each(`if (!element.matches('[data-chat-input-container], fieldset') || !element.isConnected) return;
	element.replaceWith(document.createElement('textarea'));`);

// ---- what is done in them ----

/** An answer that went on while its page was away, in a page that is changed before it opens again. @param {Stage} stage @param {string[]} changes */
async function reopened(stage, ...changes) {
	const chat = await acts.begin(stage);
	await acts.ask(chat, 'Planning');
	await chat.bar.says('Planning: the reply is coming in');
	const address = chat.page.url();
	await chat.page.goto('about:blank');
	await acts.finishWithoutPage(stage, address);
	for (const change of changes) await chat.page.addInitScript(change);
	await chat.page.goto(address);
	return chat;
}

/** What the model would answer to the prompt that is awaited. @param {Stage} stage */
const whole = (stage) => acts.answerInFull(stage);

/** @param {Page} page @param {string} text */
const select = (page, text) =>
	page.evaluate((text) => {
		const box = document.body.appendChild(document.createElement('pre'));
		box.textContent = text;
		getSelection()?.selectAllChildren(box);
	}, text);

/** What the clipboard holds, by the keys with which people paste. @param {Page} page */
async function clipboard(page) {
	await page.evaluate(() => document.body.appendChild(document.createElement('textarea')).focus());
	await page.keyboard.press('ControlOrMeta+V');
	const box = page.locator('textarea').last();
	await expect(box).not.toHaveValue('');
	return box.evaluate((box) => {
		const { value } = /** @type {HTMLTextAreaElement} */ (box);
		box.remove();
		return value;
	});
}

/** @param {Stage} stage @param {Page} page @param {'selection' | 'answer'} menuItemId */
async function choose(stage, page, menuItemId) {
	const worker = await stage.worker();
	const id = await stage.tab(page);
	await worker.evaluate(
		([menuItemId, id]) => {
			const clicked = /** @type {any} */ (chrome.contextMenus.onClicked);
			clicked.dispatch({ menuItemId, frameId: 0 }, { id });
		},
		/** @type {const} */ ([menuItemId, id]),
	);
}

/** The buttons of the bar. @param {Chat} chat */
const buttons = async ({ bar }) => (await bar.shown())?.buttons.map(({ name }) => name);

const BY_HAND = [said('button_copy', PLANNING), said('button_paste'), said('button_selection')];

// ---- the wrong diagnoses ----

test('messages under other names: the session stays, the bar says that the page is not as expected and offers what goes by hand', async ({
	open,
}) => {
	const stage = await open({ flags: { pace: 0 } });
	await stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file');
	const chat = await stage.visit('/new');
	await chat.bar.says('Planning: put the prompt into the composer.');
	await chat.page.evaluate(RENAMED);
	await acts.put(chat, 'Planning');
	await chat.page.keyboard.press('Enter');
	await expect.poll(() => new URL(chat.page.url()).pathname).toMatch(/^\/chat\//);
	await chat.bar.says(said('bar_drifted', ['@drift_messages']));
	expect(await buttons(chat)).toEqual(BY_HAND);
	const view = await stage.status();
	expect(view.conversation).toBe(`claude.ai${new URL(chat.page.url()).pathname}`);
	await select(chat.page, (await whole(stage)).replace(/^#+ |^`{3,}.*\n/gm, ''));
	await chat.bar.click(said('button_selection'));
	await chat.bar.says(/^Planning stored: 3 of 3 sections/);
});

/** The page still cannot be read once the answer is stored, and so it is said again. */
const SHADOWED = said('bar_drifted', ['@drift_shadow']);

for (const [what, change, live, after] of /** @type {const} */ ([
	['code that is not in pre', NO_PRE, 'bar_astray', 'Analysis: put the prompt into the composer.'],
	['text in an open shadow root', shadow('open'), 'bar_unread', SHADOWED],
	['text in a closed shadow root', shadow('closed'), 'bar_unread', SHADOWED],
])) {
	test(`${what}: the copy button has the answer, and without it the bar says what is wrong with the page`, async ({
		open,
	}) => {
		const stage = await open({ flags: SLOWLY });
		const chat = await reopened(stage, change, NO_COPY_BUTTON);
		await chat.bar.says(said(live, PLANNING));
		expect((await buttons(chat))?.slice(-3)).toEqual(BY_HAND);
		expect((await acts.store(stage)).stands[0]).toBe('awaiting');
		const another = await stage.context.newPage();
		await another.addInitScript(change);
		await another.goto(chat.page.url());
		await chat.bar.says(after);
		expect((await buttons(chat))?.[0]).toBe(said('button_place', ['@phase_analysis']));
		expect(await acts.store(stage)).toEqual(PLANNING_DONE);
	});
}

// ---- the bar follows ----

for (const [what, flags, says] of /** @type {const} */ ([
	['while the answer comes in', SLOWLY, 'Planning: the reply is coming in'],
	['after a cut answer', { pace: 0, cutAt: 0.6 }, 'Planning: the reply stopped early'],
	['after an answer beside the point', { pace: 0, answer: 'What do you mean?' }, 'Planning: this reply is not'],
])) {
	test(`what a terminal stores moves the bar on ${what}`, async ({ open }) => {
		const stage = await open({ flags });
		const chat = await acts.begin(stage);
		await acts.ask(chat, 'Planning');
		await chat.bar.says(says);
		await acts.answerByHand(stage, 'planning');
		await chat.bar.says('Analysis: put the prompt into the composer.');
		expect(await buttons(chat)).toEqual([said('button_place', ['@phase_analysis'])]);
	});
}

// ---- by hand ----

test('without a composer the bar puts the prompt into the clipboard, and opens the box for the answer', async ({
	open,
}) => {
	const stage = await open({ flags: { pace: 0 } });
	await stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file');
	const page = await stage.context.newPage();
	await page.addInitScript(NO_COMPOSER);
	const { Bar } = await import('./bar.mjs');
	const bar = await Bar.in(page, stage.id);
	await page.goto(`${stage.replica.origin}/new`);
	await bar.says(said('bar_drifted', ['@drift_composer']));
	await bar.click(said('button_copy', PLANNING));
	await bar.says(said('bar_copied', PLANNING));
	const prompt = await stage.cli('orchestrate', 'show', '--prompt', 'planning');
	expect(await clipboard(page)).toBe(prompt.trimEnd());

	const opened = stage.context.waitForEvent('page');
	await bar.click(said('button_paste'));
	const popup = await opened;
	await expect.poll(() => popup.evaluate(() => document.activeElement?.id)).toBe('answer');
	const answer = await whole(stage);
	await popup.locator('#answer').fill(answer.slice(0, -60));
	await expect(popup.locator('#found')).toContainText(said('popup_found', ['@phase_planning', '3', '3']).slice(0, 9));
	await expect(popup.locator('#found')).toContainText('Press the answer');
	await expect(popup.locator('#store')).toBeDisabled();
	await popup.locator('#answer').fill(answer);
	await expect(popup.locator('#found')).toHaveText(said('popup_found_whole', ['@phase_planning', '3', '3']));
	expect((await acts.store(stage)).stands[0]).toBe('prompted');
	await popup.locator('#store').focus();
	await popup.keyboard.press('Enter');
	await expect(popup.locator('#handed')).toHaveText(said('popup_stored', ['@phase_planning', '3', '3']));
	await expect.poll(async () => (await bar.shown())?.current).toBe('Analysis');
	expect(await buttons({ page, bar })).toContain(said('button_copy', ['@phase_analysis']));
	expect((await acts.store(stage)).stands[0]).toBe('replied');
});

test('the popup copies the prompt, takes what is selected in the tab, and reads a clipboard that holds a page', async ({
	open,
}) => {
	const stage = await open({ flags: { pace: 0 } });
	const chat = await acts.begin(stage);
	const popup = await stage.popup(chat.page);
	await popup.locator('#hand summary').click();
	await popup.getByRole('button', { name: said('popup_copy') }).click();
	await expect(popup.locator('#handed')).toHaveText(said('popup_copied'));
	const prompt = await stage.cli('orchestrate', 'show', '--prompt', 'planning');
	expect(await clipboard(popup)).toBe(prompt.trimEnd());

	await popup.getByRole('button', { name: said('popup_selection') }).click();
	await expect(popup.locator('#handed')).toHaveText(said('popup_unselected'));
	const marked = await whole(stage);
	const bare = marked.replace(/^#+ /gm, '').replace(/^`{3,}(\w*)$/gm, '');
	await select(chat.page, bare.slice(0, -40));
	await popup.getByRole('button', { name: said('popup_selection') }).click();
	await expect(popup.locator('#found')).toContainText('use “Paste a reply”');
	await expect(popup.locator('#store')).toBeDisabled();

	const html = marked.replace(/^#+ (.*)$/gm, '<h3>$1</h3>').replace(/^`{3,}\w*\n([^`]*)^`{3,}/gm, '<pre>$1</pre>');
	await popup.locator('#answer').fill('');
	await popup.locator('#answer').evaluate((box, html) => {
		const clipboardData = new DataTransfer();
		clipboardData.setData('text/html', html);
		box.dispatchEvent(new ClipboardEvent('paste', { clipboardData, cancelable: true, bubbles: true }));
	}, html);
	await expect(popup.locator('#found')).toContainText(said('popup_found_whole', ['@phase_planning', '3', '3']));
	await expect(popup.locator('#found')).toContainText(said('oddity_rendered'));
	await popup.locator('#store').click();
	await expect(popup.locator('#handed')).toHaveText(said('popup_stored', ['@phase_planning', '3', '3']));
	await chat.bar.says(/^Analysis: put the prompt/);
});

test('the browser’s menu takes a selection, and an answer under the pointer; where it cannot, it says what to use', async ({
	open,
}) => {
	const stage = await open({ flags: { pace: 0, cutAt: 0.6 } });
	const chat = await acts.begin(stage);
	await acts.ask(chat, 'Planning');
	await chat.bar.says('Planning: the reply stopped early');
	const answer = await whole(stage);
	await select(chat.page, answer.slice(0, 400));
	await choose(stage, chat.page, 'selection');
	await chat.bar.says(/use “Paste a reply”/);
	expect((await acts.store(stage)).stands[0]).toBe('failed');
	await chat.page.evaluate(() => getSelection()?.removeAllRanges());
	await choose(stage, chat.page, 'selection');
	await chat.bar.says(said('bar_unselected'));
	await choose(stage, chat.page, 'answer');
	await chat.bar.says(said('bar_unselected'));
	await chat.page.locator('[data-testid=assistant-message]').first().click({ button: 'right' });
	await choose(stage, chat.page, 'answer');
	await chat.bar.says('Planning: the reply stopped early');
	await select(chat.page, answer);
	await choose(stage, chat.page, 'selection');
	await chat.bar.says(/^Planning stored: 3 of 3 sections/);

	// Where no session is, the box opens, and says so.
	const elsewhere = await stage.visit('/recents');
	const opened = stage.context.waitForEvent('page');
	await choose(stage, elsewhere.page, 'selection');
	const popup = await opened;
	await until('the popup to say so', () => popup.locator('#none').isVisible());
});
