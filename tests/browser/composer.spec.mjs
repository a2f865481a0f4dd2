// A prompt stands in the composer to the byte or not at all, and what the developer wrote there is never lost. The editor is a real
// TipTap; what stands in it is asked of its own document and compared with the prompt as the host stored it.
import { expect, test } from '@playwright/test';
import { Stage } from './stage.mjs';

/**
 * @typedef {import('@playwright/test').Page} Page
 * @typedef {import('./bar.mjs').Bar} Bar
 */

/** Each line has broken some editor. */
const HARD = [
	'A feature whose description is hard to carry:',
	'',
	'',
	'\tone tab before, two blanks after  ',
	'    four blanks before',
	' \t mixed before and after \t ',
	'two  blanks   three blanks inside',
	'\u00a0no-break\u00a0space, \u2003em space, \u3000ideographic space',
	'```ts',
	'const a = "<b>&amp;&lt;</b>"; // $not {{ a }} {% template %} $1 \\n \\',
	'```',
	'````',
	'# not a heading, - not a list, 1. not numbered, > not quoted, **not bold**, `not code`',
	'- item',
	'1. item',
	'> quote',
	'---',
	'/slash @mention #tag :smile: https://example.org/?a=1&b=2#c',
	'👩‍👩‍👧‍👦 👍🏽 🇩🇪 ☃️ e\u0301 Å \u200bzero width\u200d joiner\u2060',
	'漢字かな交じり文 한국어 ไทย हिन्दी',
	'שלום עולם, مرحبا بالعالم (mixed \u202Bright to left\u202C) end',
	'<script>alert(1)</script><p>paragraph</p><br>&nbsp;<!-- comment -->',
	'“quotes” ‘single’ – — … \u2028line separator \u2029paragraph separator',
	`a line of ${'ten letters '.repeat(400)}`,
	'the end',
].join('\n');

/** @param {Page} page */
const written = (page) => page.evaluate(() => window.__replica.editorText());

/** The prompt as it is stored; the terminal ends it with a line break of its own. @param {Stage} stage @param {string} phase */
const stored = async (stage, phase) => (await stage.cli('orchestrate', 'show', '--prompt', phase)).replace(/\n$/, '');

/** A planning answer whose first section says this. @param {string} template */
const planning = (template) =>
	[
		`## ANALYSIS_TEMPLATE\n\n\`\`\`\`\`\n${template}\n\`\`\`\`\``,
		'## IMPLEMENTATION_TEMPLATE\n\n````\nBuild it.\n````',
		'## EXECUTION_NOTES\n\n````\nLow.\n````',
		'```promptrunner\nPROMPT-RUNNER/1 {{session}} {{phase}} {{nonce}}\nPROMPT-RUNNER/END {{nonce}}\n```',
	].join('\n\n');

test('a prompt of the hardest text, and one of 100 KB, stand in the composer to the byte and never as an attachment', async () => {
	const long = Array.from({ length: 120 }, (_, at) => `${at}\n${HARD.slice(0, 900)}`).join('\n');
	const stage = await Stage.open({
		csp: 'tt',
		flags: { pace: 0, composerPasteChip: 2000, answerOnce: [planning(long)] },
	});
	try {
		await stage.cli('orchestrate', 'plan', HARD);
		const { page, bar } = await stage.visit('/new');
		await bar.click(/^Put the Planning prompt in$/);
		await bar.says(/the prompt is in the composer/);
		const prompt = await stored(stage, 'planning');
		expect(prompt).toContain(HARD);
		expect(await written(page)).toBe(prompt);

		await page.keyboard.press('Enter');
		await bar.says(/^Planning stored: 3 of 3 sections/);
		expect(await page.evaluate(() => window.__replica.turns[0].text)).toBe(prompt);
		expect(await page.locator('[data-testid=file-thumbnail]').count()).toBe(0);

		await bar.click(/^Put the Analysis prompt in$/);
		await bar.says(/the prompt is in the composer/);
		const longer = await stored(stage, 'analysis');
		expect(longer.length).toBeGreaterThan(100_000);
		expect(longer).toContain(long);
		expect(await written(page)).toBe(longer);
		await page.keyboard.press('Enter');
		await expect.poll(() => page.evaluate(() => window.__replica.turns[2]?.text)).toBe(longer);
		expect(await page.locator('[data-testid=file-thumbnail]').count()).toBe(0);
		expect(await page.evaluate(() => window.__replica.violations)).toEqual([]);
	} finally {
		await stage.close();
	}
});

test('a draft is only replaced by a second click, and undo brings it back', async () => {
	const stage = await Stage.open({ flags: { pace: 0 } });
	try {
		await stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file');
		const { page, bar } = await stage.visit('/new');
		await bar.says(/./);
		await page.locator('[data-testid=chat-input]').click();
		await page.keyboard.type('My own words,');
		await page.keyboard.press('Shift+Enter');
		await page.keyboard.type('on two lines');
		const draft = await written(page);

		await bar.click(/^Put the Planning prompt in$/);
		await bar.says(/^Your own text is in the composer\. Click again to replace it/);
		expect(await written(page)).toBe(draft);
		// Nobody reads that within half a second, for which editors take changes as one.
		await bar.evaluate('new Promise((resolve) => setTimeout(resolve, 600))');
		await bar.click(/^Put the Planning prompt in$/);
		await bar.says(/the prompt is in the composer/);
		expect(await written(page)).toBe(await stored(stage, 'planning'));

		await page.keyboard.press('ControlOrMeta+z');
		expect(await written(page)).toBe(draft);
	} finally {
		await stage.close();
	}
});

test('a composer that the page replaces while or after the prompt goes in gets it at once or at the next click', async () => {
	const stage = await Stage.open({ flags: { pace: 0 } });
	try {
		await stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file');
		const prompt = await stored(stage, 'planning');
		const { page, bar } = await stage.visit('/new');
		for (const after of [0, 5, 15, 200]) {
			await bar.says(/^Planning: put the prompt into the composer/);
			await page.evaluate((after) => {
				const old = document.querySelector('[data-testid=chat-input]');
				const replace = () => {
					const link = document.querySelector('a[href="/new"]');
					if (link instanceof HTMLElement) link.click();
					Object.assign(window, { replaced: old?.isConnected === false });
				};
				addEventListener('click', () => setTimeout(replace, after), { capture: true, once: true });
			}, after);
			await bar.click(/^Put the Planning prompt in$/);
			await expect.poll(() => page.evaluate(() => Reflect.get(window, 'replaced'))).toBe(true);
			// The bar comes to say what is so.
			const told = async () => {
				const says = /in the composer\. Press/.test((await bar.shown())?.text ?? '');
				return says === ((await written(page)) === prompt);
			};
			await expect.poll(told).toBe(true);
			if ((await written(page)) === '') {
				await bar.click(/^Put the Planning prompt in$/);
				await bar.says(/the prompt is in the composer/);
			}
			expect(await written(page)).toBe(prompt);
			await page.reload();
		}
	} finally {
		await stage.close();
	}
});
