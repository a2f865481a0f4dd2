// Bar, badge, popup, options and the command line show one and the same session. What they say is compared with each other, what
// they look like with the rules for people who see or hear differently, in light and in dark.
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { stopWorker } from './acts.mjs';
import { Stage } from './stage.mjs';
import { Story } from './story.mjs';

/**
 * @typedef {import('@playwright/test').Page} Page
 * @typedef {import('./stage.mjs').View} View
 */

const here = dirname(fileURLToPath(import.meta.url));
const shots = join(here, 'shots');
const modes = /** @type {const} */ (['light', 'dark']);
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The words of the extension in a language. @param {string} language */
async function catalogue(language) {
	const file = join(here, '../../extension/_locales', language, 'messages.json');
	/** @type {Record<string, { message: string }>} */
	const messages = JSON.parse(await readFile(file, 'utf8'));
	return (/** @type {string} */ key, /** @type {(string | number)[]} */ ...args) =>
		args.reduce((/** @type {string} */ text, arg, at) => text.replace(`$${at + 1}`, `${arg}`), messages[key].message);
}

/** What the popup must show of a session. @param {View} view @param {Awaited<ReturnType<typeof catalogue>>} text */
function table(view, text) {
	const tenths = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
	const seconds = (/** @type {number} */ ms) => (ms / 1000).toLocaleString(text('language'), tenths);
	return view.phases.map((phase) => [
		text(`phase_${phase.phase}`),
		text(`stand_${phase.stand}`),
		phase.duration_ms === null
			? ''
			: text(phase.trusted ? 'popup_time_seconds' : 'popup_time_about', seconds(phase.duration_ms)),
		phase.lines ? text('popup_size_lines', phase.lines) : '',
	]);
}

/** Makes the newest session the one that the terminal means: a browser writes nothing into a project. @param {Stage} stage */
async function takeUp(stage) {
	const { sessions } = JSON.parse(await stage.cli('orchestrate', 'list', '--json'));
	await stage.cli('orchestrate', 'use-session', sessions[0].session);
}

/** @param {Page} popup */
const rows = (popup) =>
	popup
		.locator('#phases tr')
		.evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));

test('a session that is started in the popup is told alike by bar, badge, popup and terminal', async () => {
	const stage = await Stage.open({ flags: { pace: 0 } });
	try {
		const text = await catalogue('en');
		const story = new Story(stage);
		const { page, bar } = await stage.visit('/new');
		const popup = await stage.popup(page);
		await expect(popup.locator('#none')).toHaveText(text('popup_no_session'));
		expect(await stage.badge(page)).toEqual({ text: '', title: text('badge_none') });

		await popup.locator('#what').fill('Export the task list as a CSV file');
		await popup.locator('#project').fill(stage.project);
		await popup.locator('#workflow').selectOption('feature');
		await popup.locator('#go').click();
		await expect(popup.locator('#feature')).toHaveText('Export the task list as a CSV file');
		await page.bringToFront();
		await bar.says(/^Planning: put the prompt into the composer/);
		await takeUp(stage);

		/** @param {string} badge @param {string} key @param {string} phase */
		const alike = async (badge, key, phase) => {
			const view = await stage.status();
			const told = await stage.cli('orchestrate', 'status');
			for (const row of table(view, text)) {
				const cells = row.filter(Boolean).map((cell) => cell.replace('.', '\\.'));
				expect(told).toMatch(new RegExp(`^ {2}. ${cells.join(' +')}(, ≈\\d+ tokens)?$`, 'm'));
			}
			await expect.poll(() => stage.badge(page)).toEqual({ text: badge, title: text(key, text(`phase_${phase}`)) });
			await expect.poll(() => rows(popup)).toEqual(table(view, text));
			await expect(popup.locator('#state')).toContainText(text(`session_${view.standing}`));
			await expect(popup.locator('#list li')).toHaveCount(1);
			await expect(popup.locator('#list li')).toContainText(view.feature);
			expect(await popup.locator('tr[aria-current=step] th').allTextContents()).toEqual(
				view.current ? [text(`phase_${view.current}`)] : [],
			);
		};
		await alike('P', 'badge_ready', 'planning');

		stage.replica.setFlags({ pace: 60 });
		await bar.click(/^Put the Planning prompt in$/);
		await bar.says(/the prompt is in the composer/);
		await page.keyboard.press('Enter');
		await expect.poll(async () => (await stage.status()).phases[0].stand).toBe('awaiting');
		await alike('P', 'badge_working', 'planning');
		stage.replica.setFlags({ pace: 0 });
		await bar.says(/^Planning stored: 3 of 3 sections/);
		await alike('A', 'badge_ready', 'analysis');

		stage.replica.setFlags({ cutAt: 0.5 });
		await page.reload();
		await bar.click(/^Put the Analysis prompt in$/);
		await bar.says(/the prompt is in the composer/);
		await page.keyboard.press('Enter');
		await bar.says(/^Analysis: the reply stopped early/);
		await alike('A', 'badge_attention', 'analysis');

		stage.replica.setFlags({ cutAt: 1 });
		await bar.click(/^Ask for Analysis again$/);
		await bar.says(/the prompt is in the composer/);
		await page.keyboard.press('Enter');
		await bar.says(/^Analysis stored: 3 of 3 sections/);
		await alike('I', 'badge_ready', 'implementation');
		await story.phase(page, bar, 'implementation');
		await alike('✓', 'badge_done', 'implementation');
		expect((await stage.status()).standing).toBe('complete');
	} finally {
		await stage.close();
	}
});

test('a complete session is rated in the popup with the keyboard alone, and the terminal says so', async () => {
	const stage = await Stage.open({ flags: { pace: 0 } });
	try {
		const text = await catalogue('en');
		const story = new Story(stage);
		await stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file');
		const { page, bar } = await stage.visit('/new');
		await story.phase(page, bar, 'planning');
		const popup = await stage.popup(page);
		await expect(popup.locator('#feature')).not.toBeEmpty();
		await expect(popup.locator('#rate')).toBeHidden();
		await page.bringToFront();
		await story.phase(page, bar, 'analysis');
		await story.phase(page, bar, 'implementation');

		await popup.bringToFront();
		const scale = popup.getByRole('group', { name: text('popup_rate') });
		await expect(scale.getByRole('radio')).toHaveCount(5);
		await scale.getByRole('radio', { name: '1' }).focus();
		await popup.keyboard.press('Space');
		for (let step = 1; step < 4; step += 1) await popup.keyboard.press('ArrowRight');
		await popup.keyboard.press('Tab');
		await popup.keyboard.type('Went <b>well</b>.');
		expect((await stage.status()).rating).toBeNull();
		await popup.keyboard.press('Enter');
		await expect(popup.locator('#rated')).toHaveText(text('session_rated', 4));
		expect((await stage.status()).rating).toBe(4);
		expect(await stage.cli('orchestrate', 'status')).toContain('3 of 3 phases, rated 4 of 5\n');

		const again = await stage.popup(page);
		await expect(again.getByRole('radio', { name: '4' })).toBeChecked();
		await again.setViewportSize({ width: 380, height: 600 });
		await again.evaluate(axe);
		await mkdir(shots, { recursive: true });
		for (const mode of modes) {
			await again.emulateMedia({ colorScheme: mode });
			await again.screenshot({ path: join(shots, `popup-rated-${mode}.png`), fullPage: true });
			expect(await again.evaluate(async () => (await Reflect.get(window, 'axe').run()).violations), mode).toEqual([]);
		}
	} finally {
		await stage.close();
	}
});

test('with “send on click” one click also sends, without it never', async () => {
	const stage = await Stage.open({ flags: { pace: 0 } });
	try {
		await stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file');
		const { page, bar } = await stage.visit('/new');
		const options = await stage.context.newPage();
		await options.goto(`chrome-extension://${stage.id}/options.html`);
		await expect(options.locator('#send')).not.toBeChecked();
		await options.locator('#send').check();
		await expect(options.locator('#saved')).not.toBeEmpty();

		await page.bringToFront();
		await bar.click(/^Put the Planning prompt in$/);
		await bar.says(/^Planning stored: 3 of 3 sections/);
		const sent = { stand: 'replied', sections_ok: 3, sent_ms: expect.any(Number) };
		expect((await stage.status()).phases[0]).toMatchObject(sent);

		await options.reload();
		await expect(options.locator('#send')).toBeChecked();
		await options.locator('#send').uncheck();
		await expect(options.locator('#saved')).not.toBeEmpty();
		await page.bringToFront();
		await bar.click(/^Put the Analysis prompt in$/);
		await bar.says(/^Analysis: the prompt is in the composer\. Press Enter/);
		expect(await page.evaluate(() => window.__replica.editorText())).toContain('# Analysis');
		expect((await stage.status()).phases[1]).toMatchObject({ stand: 'prompted', sent_ms: null });
	} finally {
		await stage.close();
	}
});

test('popup and options pass axe and have targets of 24 pixels, in light and dark, with and without a session', async () => {
	const stage = await Stage.open({ flags: { pace: 0 } });
	try {
		await mkdir(shots, { recursive: true });
		const { page, bar } = await stage.visit('/new');
		/** @param {Page} shown @param {string} name */
		const inspect = async (shown, name) => {
			await shown.evaluate(axe);
			for (const mode of modes) {
				await shown.emulateMedia({ colorScheme: mode });
				const found = await shown.evaluate(async () => {
					const { violations, passes } = await Reflect.get(window, 'axe').run();
					const targets = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')];
					const small = targets
						.map((target) => ({ what: target.id || target.textContent, box: target.getBoundingClientRect() }))
						.filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24))
						.map(({ what, box }) => `${what} ${box.width}×${box.height}`);
					return {
						violations: violations.map((/** @type {any} */ { id, nodes }) => [id, nodes[0].html]),
						passes: passes.length,
						small,
					};
				});
				expect(found, `${name} ${mode}`).toEqual({ violations: [], passes: expect.any(Number), small: [] });
				expect(found.passes).toBeGreaterThan(15);
				await shown.screenshot({ path: join(shots, `${name}-${mode}.png`), fullPage: true });
			}
		};
		const empty = await stage.popup(page);
		await empty.setViewportSize({ width: 380, height: 600 });
		await expect(empty.locator('#go')).toBeVisible();
		await inspect(empty, 'popup-empty');
		await empty.close();

		await stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file, with the columns that the list shows');
		await page.bringToFront();
		await page.reload();
		await bar.click(/^Put the Planning prompt in$/);
		await bar.says(/the prompt is in the composer/);
		await page.keyboard.press('Enter');
		await bar.says(/ stored: /);
		await stage.cli('orchestrate', 'analyze');
		const popup = await stage.popup(page);
		await popup.setViewportSize({ width: 380, height: 600 });
		await expect(popup.locator('#phases tr')).toHaveCount(3);
		const worker = await stage.worker();
		await worker.evaluate(() => chrome.storage.local.set({ 'outbox:1': {}, 'outbox:2': {} }));
		await stopWorker(popup);
		await popup.reload();
		for (const summary of await popup.locator('summary').all()) await summary.click();
		await popup.getByRole('button', { name: 'Discard' }).first().click();
		await popup.locator('#answer').fill('Something else');
		await expect(popup.locator('#found')).not.toBeEmpty();
		await inspect(popup, 'popup');

		const options = await stage.context.newPage();
		await options.goto(`chrome-extension://${stage.id}/options.html`);
		await options.locator('#send').check();
		await expect(options.locator('#saved')).not.toBeEmpty();
		await inspect(options, 'options');
	} finally {
		await stage.close();
	}
});

/**
 * What can be read of our elements in the page: contrast of each text with what lies behind it, of each edge, and the size of each
 * target. axe cannot look into closed roots.
 */
const legibility = `(() => {
	const rgba = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
	const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
		.map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
		.reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
	const contrast = (one, other) => {
		const [low, high] = [light(rgba(one)), light(rgba(other))].sort((a, b) => a - b);
		return (high + 0.05) / (low + 0.05);
	};
	const above = (element) => element.parentElement ?? element.getRootNode().host;
	const behind = (element) => {
		for (let at = element; at; at = above(at)) {
			const colour = getComputedStyle(at).backgroundColor;
			const [, , , alpha = 1] = rgba(colour);
			if (alpha === 1) return colour;
		}
		return 'rgb(255, 255, 255)';
	};
	return [...document.querySelectorAll('[data-prompt-runner]')].flatMap((host) => {
		const root = chrome.dom.openOrClosedShadowRoot(host);
		const name = host.dataset.promptRunner;
		const texts = [...root.querySelectorAll('p, li, button')].filter((element) => element.checkVisibility() && element.textContent);
		const buttons = texts.filter((element) => element.tagName === 'BUTTON');
		return [
			...texts.map((element) => ({ what: name + ' text ' + element.tagName, is: contrast(getComputedStyle(element).color, behind(element)), least: 4.5 })),
			...buttons.map((element) => ({ what: name + ' edge', is: contrast(getComputedStyle(element).borderTopColor, behind(above(element))), least: 3 })),
			...buttons.map((element) => ({ what: name + ' size', is: Math.min(element.getBoundingClientRect().width, element.getBoundingClientRect().height), least: 24 })),
		];
	});
})()`;

/** What our elements in the page are to a screen reader and to the keyboard. */
const kinds = `[...document.querySelectorAll('[data-prompt-runner]')].map((host) => {
	const root = chrome.dom.openOrClosedShadowRoot(host);
	const button = root.querySelector('button');
	return {
		what: host.dataset.promptRunner,
		label: root.querySelector('section')?.getAttribute('aria-label'),
		says: root.querySelector('p')?.getAttribute('role'),
		button: button.type,
		focus: document.activeElement === host && root.activeElement === button,
	};
})`;

test('bar and buttons in the page can be read, aimed at and heard, in light and dark, and used by the keyboard alone', async () => {
	const stage = await Stage.open({ flags: { pace: 0 } });
	try {
		await stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file');
		const { page, bar } = await stage.visit('/new');
		/** @param {string} state */
		const legible = async (state) => {
			for (const mode of modes) {
				await page.emulateMedia({ colorScheme: mode });
				for (const ofSite of [undefined, ...modes]) {
					await page.evaluate((mode) => {
						if (mode) document.documentElement.dataset.mode = mode;
						else delete document.documentElement.dataset.mode;
					}, ofSite);
					/** @type {{ what: string, is: number, least: number }[]} */
					const found = await bar.evaluate(legibility);
					expect(found.length).toBeGreaterThan(5);
					expect(
						found.filter(({ is, least }) => is < least),
						`${state}, browser ${mode}, site ${ofSite}`,
					).toEqual([]);
				}
			}
			await page.emulateMedia({ colorScheme: 'light' });
		};
		await bar.says(/^Planning: put/);
		await legible('ready');

		const text = await catalogue('en');
		const section = { what: 'bar', label: text('bar_label'), says: 'status', button: 'button', focus: false };
		expect(await bar.evaluate(kinds)).toEqual([section]);
		const reachable = await page.locator('a[href], button, input, textarea, [contenteditable], [tabindex]').count();
		for (let at = 0; at <= reachable && !(await bar.evaluate(kinds))[0].focus; at += 1)
			await page.keyboard.press('Tab');
		expect(await bar.evaluate(kinds)).toEqual([{ ...section, focus: true }]);
		expect(await page.evaluate(() => document.activeElement?.getAttribute('data-prompt-runner'))).toBe('bar');
		await page.keyboard.press('Enter');
		await bar.says(/^Planning: the prompt is in the composer/);
		const prompt = await stage.cli('orchestrate', 'show', '--prompt', 'planning');
		expect(await page.evaluate(() => window.__replica.editorText())).toBe(prompt.replace(/\n$/, ''));
		expect((await stage.status()).phases[0]).toMatchObject({ stand: 'prompted', sent_ms: null });
		await page.keyboard.press('Enter');
		await bar.says(/ stored: /);
		const send = { what: 'send', label: undefined, says: undefined, button: 'button', focus: false };
		expect(await bar.evaluate(kinds)).toEqual(expect.arrayContaining([section, send]));
		await legible('stored');

		const { nodes } = await bar.session.send('Accessibility.getFullAXTree');
		const heard = nodes
			.filter(({ role }) => ['region', 'button', 'status', 'list'].includes(role?.value))
			.map(({ role, name }) => `${role?.value} ${name?.value}`);
		expect(heard).toEqual(
			expect.arrayContaining([
				'region Prompt-Runner: where this session stands',
				'button Put the Analysis prompt in',
				'button Stored',
				expect.stringMatching(/^status/),
			]),
		);
	} finally {
		await stage.close();
	}
});

test('a German browser gets German words', async () => {
	const stage = await Stage.open({ language: 'de', flags: { pace: 0 } });
	try {
		const text = await catalogue('de');
		const { page, bar } = await stage.visit('/new');
		const popup = await stage.popup(page);
		await expect(popup.locator('#none')).toHaveText(text('popup_no_session'));
		await expect(popup.locator('html')).toHaveAttribute('lang', 'de');
		await popup.locator('#what').fill('Die Aufgabenliste als CSV ausgeben');
		await popup.locator('#project').fill(stage.project);
		await popup.locator('#go').click();
		await expect(popup.locator('#feature')).toHaveText('Die Aufgabenliste als CSV ausgeben');

		await page.bringToFront();
		await bar.says(text('next_place', text('phase_planning')));
		await bar.click(text('button_place', text('phase_planning')));
		await bar.says(text('bar_placed', text('phase_planning')));
		await page.keyboard.press('Enter');
		await bar.says(/^Planung gespeichert: 3 von 3/);
		await takeUp(stage);
		expect((await bar.buttons())[0].button).toBe(text('button_sent'));
		await expect
			.poll(() => stage.badge(page))
			.toEqual({ text: 'A', title: text('badge_ready', text('phase_analysis')) });
		await expect.poll(() => rows(popup)).toEqual(table(await stage.status(), text));
	} finally {
		await stage.close();
	}
});
