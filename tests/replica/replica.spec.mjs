// The stand-in is only worth something if it behaves as described, so it is tested before it tests anything.
import { expect } from '@playwright/test';
import { cspNames } from './csp.mjs';
import { defaults } from './flags.mjs';
import { answerTo } from './model.mjs';
import { test } from './replica-test.mjs';

const prompt = `Plan the feature.
Feature: Export of a task list
End with a fence tagged promptrunner:
PROMPT-RUNNER/1 s-17 planning 9f3ab2
section: ANALYSIS_TEMPLATE
section: IMPLEMENTATION_TEMPLATE
section: EXECUTION_NOTES
PROMPT-RUNNER/END 9f3ab2`;
const sections = ['ANALYSIS_TEMPLATE', 'IMPLEMENTATION_TEMPLATE', 'EXECUTION_NOTES'];
const trailer = prompt.slice(prompt.indexOf('PROMPT-RUNNER/1'));

/** @typedef {import('@playwright/test').Page} Page */

/** @param {Page} page */
const answer = (page) => page.getByTestId('assistant-message').last();

/**
 * Types as a user does: Shift+Enter inside the message, Enter at its end.
 * @param {Page} page
 * @param {string} text
 */
async function send(page, text) {
	await page.getByTestId('chat-input').click();
	for (const [index, line] of text.split('\n').entries()) {
		if (index > 0) await page.keyboard.press('Shift+Enter');
		await page.keyboard.insertText(line);
	}
	expect(await page.evaluate(() => window.__replica.editorText())).toBe(text);
	await page.keyboard.press('Enter');
}

/** @param {Page} page */
async function finished(page) {
	await expect(answer(page)).toHaveAttribute('data-is-streaming', 'false', { timeout: 20_000 });
	await expect(page.getByTestId('chat-input-send')).toBeVisible();
}

/** Writes down every value the streaming attribute of an answer has, from its first moment in the page.
 * @param {Page} page */
async function watchAttribute(page) {
	await page.addInitScript(() => {
		/** @type {(string | null)[]} */
		const seen = [];
		Object.assign(window, { seenStreaming: seen });
		const look = () => {
			const message = document.querySelector('[data-testid=assistant-message]');
			const value = message?.getAttribute('data-is-streaming') ?? null;
			if (message && (seen.length === 0 || seen.at(-1) !== value)) seen.push(value);
		};
		new MutationObserver(look).observe(document, {
			subtree: true,
			childList: true,
			attributes: true,
			attributeFilter: ['data-is-streaming'],
		});
	});
}

for (const csp of cspNames) {
	test(`a prompt is answered and still there after a reload, CSP ${csp}`, async ({ open }) => {
		const { page, replica } = await open({ csp, flags: { pace: 300 } });
		await watchAttribute(page);
		await page.goto('https://claude.ai/new');
		await page.evaluate(() => Object.assign(window, { sameDocument: true }));
		await expect(page.getByTestId('chat-input-send')).toBeDisabled();

		await send(page, prompt);
		await expect(page.getByTestId('chat-input-stop')).toBeVisible();
		await expect(answer(page).locator('.progressive-markdown')).toContainText('vertical slice');
		expect(await page.evaluate(() => window.__replica.streaming)).toBe(true);
		replica.setFlags({ pace: 0 });
		await finished(page);

		expect(new URL(page.url()).pathname).toMatch(/^\/chat\/[\w-]{36}$/);
		expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
		expect(await page.evaluate(() => Reflect.get(window, 'seenStreaming'))).toEqual([null, 'true', 'false']);
		await expectWholeAnswer(page);
		await expect(page).toHaveTitle('Export of a task list: planning - Claude');
		const shown = await page.evaluate(() => window.__replica.turns);

		await page.reload();
		await expectWholeAnswer(page);
		expect(await page.evaluate(() => window.__replica.turns)).toEqual(shown);
		expect(await page.evaluate(() => window.__replica.violations)).toEqual([]);
		expect(replica.reports).toEqual([]);
	});
}

/** @param {Page} page */
async function expectWholeAnswer(page) {
	await expect(answer(page).locator('.standard-markdown > h2')).toHaveText(sections);
	await expect(answer(page).getByTestId('message-actions')).toBeVisible();
	const block = answer(page).getByRole('group', { name: 'promptrunner code' }).locator('pre code');
	expect(await block.evaluate((code) => code.textContent)).toBe(trailer);
}

test('the model answers the last header, names the feature, and sends only the sections asked for', () => {
	const quoted = 'PROMPT-RUNNER/1 s-1 planning old';
	const repair = `# Again\n\n## The feature\n\nAdd a CSV export of the list, with filters. More.\n\n${quoted}\n
\`\`\`promptrunner\nPROMPT-RUNNER/1 s-1 implementation new\nsection: NOTES\nPROMPT-RUNNER/END new\n\`\`\``;
	const { text, title } = answerTo(repair, { ...defaults, answerOnce: [] });
	expect(title).toBe('CSV export of the list: implementation');
	expect(text).toContain('The implementation of CSV export of the list follows');
	expect(text.match(/^## [A-Z_]+$/gm)).toEqual(['## NOTES']);
	expect(text.slice(-trailerOfNotes.length)).toBe(trailerOfNotes);
});

const trailerOfNotes = `\`\`\`promptrunner
PROMPT-RUNNER/1 s-1 implementation new
section: NOTES
PROMPT-RUNNER/END new
\`\`\``;

test('a slice pasted under trusted types arrives exactly and breaks no policy', async ({ open }) => {
	const { page } = await open({ csp: 'tt' });
	await page.goto('https://claude.ai/new');
	const lines = ['one', '', '\ttab', '  two  blanks ', '<b>&amp;', '```', '# no heading', '1. no list'];
	await page.getByTestId('chat-input').evaluate((editor, pasted) => {
		const escaped = pasted.map((line) => line.replaceAll('&', '&amp;').replaceAll('<', '&lt;'));
		const html = escaped.map((line, n) => `<p${n ? '' : ' data-pm-slice="1 1 []"'}>${line}</p>`);
		const clipboardData = new DataTransfer();
		clipboardData.setData('text/plain', pasted.join('\n'));
		clipboardData.setData('text/html', html.join(''));
		editor.focus();
		editor.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
	}, lines);
	expect(await page.evaluate(() => window.__replica.editorText())).toBe(lines.join('\n'));
	expect(await page.evaluate(() => window.__replica.violations)).toEqual([]);
});

test('a page under a strict policy does report what breaks it', async ({ open }) => {
	const { page, replica } = await open({ csp: 'tt' });
	await page.goto('https://claude.ai/new');
	await page.evaluate(() => {
		try {
			document.body.insertAdjacentHTML('beforeend', '<b>no</b>');
		} catch {
			// The exception is the point; what is looked at is the report of it.
		}
	});
	await expect.poll(() => replica.reports.length).toBe(1);
	expect(await page.evaluate(() => window.__replica.violations.length)).toBe(1);
});

test('a long conversation mounts only some of its rows, the last ones always', async ({ open }) => {
	const { page, replica } = await open();
	const texts = Array.from({ length: 40 }, (_, index) => `Message ${index + 1}.\n\n`.repeat(12));
	const uuid = replica.conversations.seed('Long', texts);
	await page.goto(`https://claude.ai/chat/${uuid}`);
	const rows = page.getByTestId('transcript-row');
	await expect(rows.last().getByRole('article')).toHaveAttribute('aria-posinset', '40');
	await expect(rows.last().getByRole('article')).toHaveAttribute('aria-setsize', '40');
	expect(await rows.count()).toBeLessThan(20);

	await page.locator('[data-autoscroll-container]').evaluate((scroller) => scroller.scrollTo(0, 0));
	await expect(rows.first()).toHaveAttribute('data-index', '0');
	const indexes = await rows.evaluateAll((all) => all.map((row) => Number(row.dataset.index)));
	expect(indexes.slice(-3)).toEqual([37, 38, 39]);
	expect(indexes).not.toContain(30);
	expect(indexes).toEqual(indexes.toSorted((a, b) => a - b));
});

test('an answer that is cut looks finished and has no trailer', async ({ open }) => {
	const { page } = await open({ flags: { cutAt: 0.5, pace: 0 } });
	await page.goto('https://claude.ai/new');
	await send(page, prompt);
	await finished(page);
	await expect(answer(page)).toContainText('ANALYSIS_TEMPLATE');
	await expect(answer(page)).not.toContainText('PROMPT-RUNNER');
});

test('stop ends an answer where it is, and the server knows', async ({ open }) => {
	const { page, replica } = await open({ flags: { pace: 300 } });
	await page.goto('https://claude.ai/new');
	await send(page, prompt);
	await expect(answer(page)).toContainText('vertical slice');
	await page.getByTestId('chat-input-stop').click();
	await finished(page);
	const uuid = new URL(page.url()).pathname.slice('/chat/'.length);
	await expect.poll(() => replica.conversations.find(uuid)?.chat_messages.at(-1)?.stop_reason).toBe('user_canceled');
	await expect(answer(page)).not.toContainText('PROMPT-RUNNER');
});

test('200 KB stream through in the end, byte for byte', async ({ open }) => {
	const code = Array.from({ length: 5000 }, (_, n) => `const line${n} = "${n}"; // a line of code`);
	const literal = `Here it is.\n\n\`\`\`js\n${code.join('\n')}\n\`\`\`\n\nDone.`;
	expect(literal.length).toBeGreaterThan(200_000);
	const { page } = await open({ flags: { answer: literal, pace: 0 } });
	await page.goto('https://claude.ai/new');
	await send(page, 'Write a lot.');
	await finished(page);
	const shown = await answer(page)
		.locator('pre code')
		.evaluate((block) => block.textContent);
	expect(shown).toBe(code.join('\n'));
	const { first, last } = await page.evaluate(() => {
		return { first: window.__replica.firstTokenAt, last: window.__replica.lastTokenAt };
	});
	expect(last - first).toBeLessThan(15_000);
});

test('what was streamed is the same DOM as what is drawn at once after a reload', async ({ open }) => {
	const lines = [
		'1. one',
		'',
		'2. two',
		'',
		'Title',
		'---',
		'- a',
		'  - b',
		'',
		'> quote',
		'',
		'**bold** `x`',
		'',
		'````',
		'```js',
		'1',
		'```',
		'````',
		'',
		'end',
	];
	const { page } = await open({ flags: { answer: lines.join('\n'), pace: 100 } });
	await page.goto('https://claude.ai/new');
	await send(page, 'Show me everything.');
	await finished(page);
	const body = page.locator('[data-perf-reply-text]');
	const streamed = await body.evaluate((element) => element.innerHTML);
	await page.reload();
	await expect(answer(page)).toBeVisible();
	expect(await body.evaluate((element) => element.innerHTML)).toBe(streamed);
});

test('flags: a foreign nonce, literal answers in turn, a replaced node, thinking', async ({ open }) => {
	const { page } = await open({ flags: { foreignNonce: true, pace: 0 } });
	await page.goto('https://claude.ai/new');
	await send(page, prompt);
	await finished(page);
	await expect(answer(page)).toContainText('PROMPT-RUNNER/END');
	await expect(answer(page)).not.toContainText('9f3ab2');

	await page.evaluate(() => window.__replica.setFlags({ answerOnce: ['First.', 'Second.'] }));
	for (const text of ['First.', 'Second.']) {
		await send(page, 'Next.');
		await expect(answer(page).locator('.standard-markdown')).toHaveText(text);
		await finished(page);
	}

	await page.evaluate(() => window.__replica.setFlags({ rerender: 60, thinking: 400, pace: 300 }));
	await send(page, 'Something else.');
	await expect(page.locator('[data-cds=TurnStatus]')).toHaveAttribute('data-state', 'pending');
	await expect(answer(page)).toHaveAttribute('data-is-streaming', 'true');
	const before = await answer(page).elementHandle();
	await finished(page);
	expect(await before?.evaluate((element) => element.isConnected)).toBe(false);
});

test('flags: long pastes become an attachment, drafts stay, the colour scheme is set', async ({ open }) => {
	const { page, replica } = await open({
		flags: { composerPasteChip: 100, drafts: true, mode: 'dark' },
	});
	await page.goto('https://claude.ai/new');
	await expect(page.locator('html')).toHaveAttribute('data-mode', 'dark');
	await page.getByTestId('chat-input').click();
	await page.keyboard.insertText('Not sent yet.');
	await page.reload();
	await expect(page.getByTestId('chat-input')).toHaveText('Not sent yet.');
	await page.getByTestId('chat-input').evaluate((editor, text) => {
		const clipboardData = new DataTransfer();
		clipboardData.setData('text/plain', text);
		editor.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
	}, 'long '.repeat(50));
	await expect(page.locator('fieldset').getByTestId('file-thumbnail')).toBeVisible();
	await expect(page.getByTestId('chat-input')).toHaveText('Not sent yet.');
	await page.getByTestId('chat-input-send').click();
	await finished(page);
	await expect(page.locator('[data-perf-row=human]').getByTestId('file-thumbnail')).toBeVisible();
	const sent = replica.requests.find(({ path }) => path.endsWith('/completion'));
	expect(JSON.parse(sent?.body ?? '').attachments[0].extracted_content).toBe('long '.repeat(50));
});

test('flags: an answer that breaks off is tried again, one that ends at its limit goes on in the same message or in a new one', async ({
	open,
}) => {
	const { page, replica } = await open({ flags: { pace: 0, answer: '1\n2\n3\n4\n5\n6\n7\n8\n', interruptAt: 0.5 } });
	await page.goto('https://claude.ai/new');
	await send(page, 'Count.');
	const shown = () => page.evaluate(() => window.__replica.turns.slice(1).map(({ text }) => text));
	await expect(answer(page)).toContainText("Claude's response was interrupted.");
	await expect(answer(page)).toHaveAttribute('data-is-streaming', 'false');
	expect(await shown()).toEqual(['1\n2\n3\n4\n']);

	replica.setFlags({ interruptAt: 1, continueAt: 0.5, continueOverlap: 1 });
	await answer(page).getByRole('button', { name: 'Try again' }).click();
	await answer(page).getByRole('button', { name: 'Continue' }).click();
	await finished(page);
	await expect(answer(page).getByTestId('message-actions')).toHaveCount(1);
	expect(await shown()).toEqual(['1\n2\n3\n4\n4\n5\n6\n7\n8\n']);

	await page.evaluate(() => window.__replica.setFlags({ continueAs: 'message', continueOverlap: 0 }));
	await send(page, 'Again.');
	await answer(page).getByRole('button', { name: 'Continue' }).click();
	await expect.poll(async () => (await shown()).slice(-2)).toEqual(['1\n2\n3\n4\n', '5\n6\n7\n8\n']);
	await finished(page);
	await page.reload();
	await expect.poll(async () => (await shown()).slice(-2)).toEqual(['1\n2\n3\n4\n', '5\n6\n7\n8\n']);
});

test('flags: an approval blocks an answer, an artifact is only a card, a turn is withdrawn under a banner, code is windowed', async ({
	open,
}) => {
	const code = Array.from({ length: 50 }, (_, at) => `line ${at}`).join('\n');
	const { page } = await open({ flags: { pace: 0, approvalAt: 0.5, answer: `\`\`\`js\n${code}\n\`\`\`` } });
	await page.goto('https://claude.ai/new');
	await page.evaluate(() => window.__replica.setFlags({ windowedCode: 10 }));
	await send(page, 'Write.');
	await answer(page).locator('[data-approval-card-root] [data-approval-digit="3"]').click();
	await finished(page);
	await expect(page.locator('[data-approval-card-root]')).toHaveCount(0);
	await expect(answer(page).locator('[data-line]')).toHaveCount(10);
	expect(await page.evaluate(() => window.__replica.turns[1].text)).toContain('line 49');

	await page.evaluate(() => window.__replica.setFlags({ approvalAt: 1, artifactOnly: true }));
	await send(page, 'Write a file.');
	await expect(answer(page).locator('.artifact-block-cell')).toBeVisible();
	await expect(answer(page).locator('[data-perf-reply-text]')).toHaveText('');
	await page.reload();
	await expect(answer(page).locator('.artifact-block-cell')).toBeVisible();

	const limitBanner = 'You are out of free messages until 9:00 PM.';
	await page.evaluate((changes) => window.__replica.setFlags(changes), {
		limitBanner,
		limitResets: '2026-11-22T21:00:00Z',
		withdrawTurn: true,
	});
	const banner = page.locator('[data-cds=ChatComposerNotices] [data-cds=Banner]:has(a[href*="from=ratelimit"])');
	await expect(banner).toContainText(limitBanner);
	await expect(banner.locator('time')).toHaveAttribute('datetime', '2026-11-22T21:00:00Z');
	await send(page, 'One more.');
	await expect(page.getByText('One more.', { exact: true })).toBeVisible();
	await expect(page.getByText('One more.', { exact: true })).toHaveCount(0);
	expect(await page.evaluate(() => window.__replica.turns.length)).toBe(4);
	await expect(page.getByTestId('chat-input-send')).toBeVisible();
});
