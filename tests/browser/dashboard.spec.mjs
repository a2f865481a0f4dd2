// The dashboard shows what it is given and nothing else: to eyes, to a screen reader, to the keyboard, and as files. Texts stay texts.
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { tell } from '../attacks/report.mjs';
import { Board, found, made, settled, watch } from './board.mjs';
import { answer, nasty } from './figures.mjs';
import { PAYLOADS } from './payloads.mjs';
import { Stage, until } from './stage.mjs';

/** @typedef {import('@playwright/test').Page} Page */

const shots = join(dirname(fileURLToPath(import.meta.url)), 'shots');
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PANELS = 12;

/** @param {(board: Board) => Promise<void>} act */
const on = (act) => async () => {
	const board = await Board.open();
	try {
		await act(board);
	} finally {
		await board.close();
	}
};

/** What a person could not see, aim at or hear. @param {Page} page */
async function faults(page) {
	// Over the debugger, which no policy of the page binds.
	const client = await page.context().newCDPSession(page);
	await client.send('Runtime.evaluate', { expression: axe });
	return page.evaluate(async () => {
		const { violations, passes } = await Reflect.get(window, 'axe').run();
		const targets = [...document.querySelectorAll('a[href], button, input, select, summary')];
		const small = targets
			.map((target) => ({ what: target.id || target.textContent, box: target.getBoundingClientRect() }))
			.filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24))
			.map(({ what, box }) => `${what} ${box.width}×${box.height}`);
		const texts = [...document.querySelectorAll('svg')].flatMap((svg) => {
			const boxes = [...svg.querySelectorAll('text')].map((text) => ({
				text: text.textContent,
				box: text.getBoundingClientRect(),
			}));
			return boxes.flatMap(({ text, box }, at) =>
				boxes
					.slice(at + 1)
					.filter(
						(next) =>
							box.left < next.box.right - 1 &&
							next.box.left < box.right - 1 &&
							box.top < next.box.bottom - 3 &&
							next.box.top < box.bottom - 3,
					)
					.map((next) => `${text} lies on ${next.text}`),
			);
		});
		return {
			violations: violations.map((/** @type {any} */ { id, nodes }) => [id, nodes[0].html]),
			passed: passes.length > 20,
			small,
			overlaps: texts,
			sideways: document.documentElement.scrollWidth > document.documentElement.clientWidth,
		};
	});
}
const faultless = { violations: [], passed: true, small: [], overlaps: [], sideways: false };

for (const width of [1440, 400]) {
	for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
		test(
			`at ${width} pixels, ${colorScheme}, everything can be seen, aimed at and heard`,
			on(async (board) => {
				await mkdir(shots, { recursive: true });
				const page = await board.visit({ viewport: { width, height: 900 }, colorScheme });
				await settled(page);
				expect(await faults(page)).toEqual(faultless);
				await page.screenshot({ path: join(shots, `dashboard-${width}-${colorScheme}.png`), fullPage: true });
				const closed = page.locator('.toggle[aria-expanded=false]');
				while (await closed.count()) await closed.first().click();
				await expect(page.locator('.table:visible')).toHaveCount(PANELS);
				expect(await faults(page)).toEqual(faultless);
				await page.screenshot({ path: join(shots, `dashboard-tables-${width}-${colorScheme}.png`), fullPage: true });
				expect(await found(page)).toEqual([]);
			}),
		);
	}
}

test(
	'the system’s own colours and less motion are taken',
	on(async (board) => {
		const page = await board.visit({ forcedColors: 'active', reducedMotion: 'reduce' });
		await settled(page);
		expect(await faults(page)).toEqual(faultless);
		await page.screenshot({ path: join(shots, 'dashboard-forced-colors.png'), fullPage: true });
		const bar = page.locator('#funnel .fill.first').first();
		expect(await bar.evaluate((shape) => getComputedStyle(shape).stroke)).not.toBe('none');
	}),
);

test(
	'a panel says that it loads, that there is nothing, and what went wrong',
	on(async (board) => {
		let open = () => {};
		const gate = new Promise((resolve) => {
			open = () => resolve(undefined);
		});
		let broken = true;
		const page = await board.visit({
			answers: async (request) => {
				if (request.type !== 'panel') return made(request);
				if (request.panel === 'funnel') await gate;
				if (request.panel === 'errors') return { json: { type: 'figures', figures: { panel: 'errors', kinds: [] } } };
				if (request.panel === 'cost' && broken)
					return { status: 503, json: { detail: 'The database stayed locked.', hint: 'Try again.' } };
				return made(request);
			},
		});
		const [funnel, errors, cost] = ['#funnel', '#errors', '#cost'].map((id) => page.locator(id));
		await expect(funnel).toHaveAttribute('aria-busy', 'true');
		await expect(funnel).toContainText('Loading');
		await expect(errors).toContainText('Nothing of this is recorded yet');
		await expect(errors.locator('footer')).toBeHidden();
		await expect(cost).toContainText('The database stayed locked.');
		await expect(cost).toContainText('Try again.');
		expect(await faults(page)).toEqual(faultless);
		open();
		await expect(funnel).toHaveAttribute('aria-busy', 'false');
		await expect(funnel.locator('svg')).toBeVisible();
		broken = false;
		await cost.getByRole('button', { name: 'Try again' }).click();
		await expect(cost.locator('svg')).toBeVisible();
		await expect(cost.locator('.note')).toBeHidden();
	}),
);

test(
	'filters are asked for, stand in the address, and survive opening the page again',
	on(async (board) => {
		const page = await board.visit();
		await settled(page);
		await page.locator('#project').selectOption('/home/dev/shop');
		await page.locator('#branch').selectOption('main');
		await page.locator('#since').fill('2026-11-01');
		await page.locator('#session').selectOption({ index: 2 });
		const session = await page.locator('#session').inputValue();
		await settled(page);
		const filter = { since: '2026-11-01', project: '/home/dev/shop', branch: 'main' };
		const panels = () => board.asked.filter((request) => request.type === 'panel' && request.panel === 'times');
		await expect.poll(() => panels().at(-1)).toEqual({ type: 'panel', panel: 'times', filter });
		board.asked.length = 0;
		await page.reload();
		await settled(page);
		expect(panels()).toEqual([{ type: 'panel', panel: 'times', filter }]);
		expect(board.asked.findLast(({ type }) => type === 'timeline')).toEqual({ type: 'timeline', session });
		await expect(page.locator('#project')).toHaveValue('/home/dev/shop');
		await expect(page.locator('#since')).toHaveValue('2026-11-01');
		await page.locator('#clear').click();
		await expect.poll(() => panels().at(-1)).toEqual({ type: 'panel', panel: 'times', filter: {} });
		expect(new URL(page.url()).search).toBe(`?session=${session}`);
		expect(new URL(page.url()).hash).toMatch(/^#token=[0-9a-f]{64}$/);
	}),
);

test(
	'the keyboard alone gets everywhere, and what has the focus is seen',
	on(async (board) => {
		const page = await board.visit();
		await settled(page);
		await page.keyboard.press('Tab');
		await expect(page.locator('#skip')).toBeFocused();
		await page.keyboard.press('Enter');
		await expect(page.locator('#main')).toBeFocused();
		expect(new URL(page.url()).hash).toContain('token');
		await page.keyboard.press('Tab');
		const toggle = page.locator('#funnel .toggle');
		await expect(toggle).toBeFocused();
		await page.keyboard.press('Enter');
		await expect(toggle).toHaveAttribute('aria-expanded', 'true');
		await expect(page.locator('#funnel-table tbody tr')).toHaveCount(5);
		await page.keyboard.press('Shift+Tab');
		await expect(page.locator('#funnel-table')).toBeFocused();

		/** @type {Set<string>} */
		const reached = new Set();
		const stops = await page.locator('a[href], button:enabled:visible, select, input, [tabindex="0"]:visible').count();
		for (let at = 0; at < stops * 2 && !reached.has('models-PNG'); at += 1) {
			await page.keyboard.press('Tab');
			reached.add(
				await page.evaluate(() => {
					const focused = document.activeElement;
					const seen = focused && (focused.matches('.events') ? focused.closest('.chart') : focused);
					const outline = seen ? getComputedStyle(seen).outlineStyle : 'none';
					return outline === 'none'
						? `unseen ${focused?.outerHTML}`
						: `${focused?.closest('section')?.id}-${focused?.textContent?.slice(0, 4)}`;
				}),
			);
		}
		expect([...reached].filter((stop) => stop.startsWith('unseen'))).toEqual([]);
		for (const id of ['success', 'timeline', 'projects', 'models']) expect(reached).toContain(`${id}-PNG`);

		await page.locator('.events').focus();
		const detail = page.locator('#timeline .detail');
		const chosen = page.locator('.event[aria-selected=true]');
		await page.keyboard.press('ArrowRight');
		await expect(detail).toContainText('Session started');
		await page.keyboard.press('End');
		await expect(detail).toContainText('Session complete');
		await page.keyboard.press('ArrowRight');
		await expect(detail).toContainText('Session complete');
		await page.keyboard.press('ArrowLeft');
		await expect(detail).toContainText('Phase left out · Cleaning');
		await page.keyboard.press('ArrowLeft');
		const although = 'Taken although: a section name is not written exactly; the sections come in another order.';
		await expect(detail).toContainText(new RegExp(`^Reply stored · Testing · .* · ${although}$`));
		const told = page.locator('#timeline-table td', { hasText: 'Reply stored' });
		await expect(told).toHaveText([...Array(3).fill('Reply stored'), `Reply stored · ${although}`]);
		await expect(chosen).toHaveCount(1);
		expect(await page.locator('.events').getAttribute('aria-activedescendant')).toBe(await chosen.getAttribute('id'));
	}),
);

test(
	'what any program writes is shown, and nobody loses their place',
	on(async (board) => {
		const page = await board.visit({ answers: (request) => (request.type === 'list' ? undefined : made(request)) });
		await settled(page);
		await expect(page.locator('#timeline .note')).toContainText('Nothing of this is recorded');
		await board.cli('orchestrate', 'plan', 'Dark mode');
		await expect(page.locator('#session option')).toHaveCount(2);
		await page.locator('.events').focus();
		await page.keyboard.press('End');
		const [chosen, scrolled] = [
			await page.locator('#timeline .detail').textContent(),
			await page.evaluate(() => scrollY),
		];
		await board.cli('orchestrate', 'plan', 'Search as you type');
		await expect(page.locator('#session option')).toHaveCount(3);
		await settled(page);
		await expect(page.locator('.events')).toBeFocused();
		await expect(page.locator('#timeline .detail')).toHaveText(String(chosen));
		expect(await page.evaluate(() => scrollY)).toBe(scrolled);
		// Another width makes another drawing of the same.
		await page.setViewportSize({ width: 900, height: 900 });
		await expect(page.locator('.events')).toBeFocused();
		await expect(page.locator('.event[aria-selected=true]')).toHaveCount(1);
	}),
);

/** @param {Page} page @param {string} id @param {string} format */
async function taken(page, id, format) {
	const download = page.waitForEvent('download');
	await page
		.locator(`#${id}`)
		.getByRole('button', { name: `${format}:` })
		.click();
	const file = await download;
	expect(file.suggestedFilename()).toBe(`prompt-runner-${id}.${format.toLowerCase()}`);
	return readFile(await file.path());
}

test(
	'each panel can be taken along as CSV, JSON, SVG and PNG',
	on(async (board) => {
		const page = await board.visit();
		await settled(page);
		const csv = String(await taken(page, 'funnel', 'CSV'));
		expect(csv).toBe(
			'\uFEFFPhase,Has this phase,Asked for,Done,Left out,Not done\r\n' +
				'Planning,48,47,44,0,4\r\nAnalysis,48,42,39,1,8\r\nImplementation,48,38,34,0,14\r\nTesting,19,14,12,2,5\r\nCleaning,19,11,10,1,8\r\n',
		);
		expect(String(await taken(page, 'estimates', 'CSV'))).toContain(
			'"Export the task list as a CSV file, with the columns that the list shows",2,4,3.1,0.9\r\n',
		);
		for (const id of [
			'funnel',
			'success',
			'times',
			'estimates',
			'cost',
			'errors',
			'retries',
			'ratings',
			'timeline',
			'projects',
			'branches',
			'models',
		]) {
			const json = JSON.parse(String(await taken(page, id, 'JSON')));
			const asked = board.asked.findLast((request) => (request.type === 'panel' ? request.panel : request.type) === id);
			const given = /** @type {any} */ (answer(/** @type {any} */ (asked)));
			expect(json, id).toEqual(given.figures ?? given.timeline);
			expect(String(await taken(page, id, 'CSV')).split('\r\n').length, id).toBeGreaterThan(3);
			const svg = String(await taken(page, id, 'SVG'));
			expect(svg, id).toMatch(
				/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/,
			);
			expect(svg, id).not.toMatch(/class=|var\(|<script|style=/);
			const png = await taken(page, id, 'PNG');
			expect(png.subarray(1, 4).toString(), id).toBe('PNG');
			const width = await page.locator(`#${id} svg`).evaluate((chart) => chart.getBoundingClientRect().width);
			expect(Math.abs(png.readUInt32BE(16) - width * 2), id).toBeLessThan(3);
		}
		expect(await found(page)).toEqual([]);
	}),
);

test(
	'a text that begins like a formula is no formula in the CSV',
	on(async (board) => {
		const names = ['=1+1', '+1', '-1', '@x', '\t=1', '"quoted", and cut'];
		const page = await board.visit({
			answers: (request) =>
				request.type === 'panel' && request.panel === 'errors'
					? {
							json: { type: 'figures', figures: { panel: 'errors', kinds: names.map((name) => ({ name, count: 1 })) } },
						}
					: made(request),
		});
		await settled(page);
		const rows = String(await taken(page, 'errors', 'CSV')).split('\r\n');
		// Whichever sign a program takes for the end of a cell, what follows it is no formula either.
		const tabbed = '"\'\t\'=1",1';
		expect(rows.slice(1, -1)).toEqual(["'=1+1,1", "'+1,1", "'-1,1", "'@x,1", tabbed, '"""quoted"", and cut",1']);
	}),
);

test(
	'a chart that leaves rows out says so, and the table has all of them',
	on(async (board) => {
		const kinds = Array.from({ length: 12 }, (_, at) => ({ name: `kind ${at}`, count: 12 - at }));
		const page = await board.visit({
			answers: (request) =>
				request.type === 'panel' && request.panel === 'errors'
					? { json: { type: 'figures', figures: { panel: 'errors', kinds } } }
					: made(request),
		});
		await settled(page);
		await expect(page.locator('#errors .summary')).toContainText(
			'The chart shows the first 10 of 12; the table has all.',
		);
		await expect(page.locator('#errors .fill')).toHaveCount(10);
		await expect(page.locator('#errors tbody tr')).toHaveCount(12);
	}),
);

test(
	'150 texts that would run as script run nowhere, in every place for a text',
	on(async (board) => {
		expect(PAYLOADS.length).toBe(150);
		// 150 times all panels: on a busy machine that is long.
		test.setTimeout(300_000);
		let turn = 0;
		const text = (/** @type {number} */ at) => PAYLOADS[(at + turn) % PAYLOADS.length];
		const query = `?project=${encodeURIComponent(PAYLOADS[0])}&branch=${encodeURIComponent(PAYLOADS[1])}`;
		const page = await board.visit({ query, answers: (request) => ({ json: nasty(request, text) }) });
		await settled(page);
		const elements = await page.evaluate(() =>
			[...new Set([...document.querySelectorAll('*')].map(({ localName }) => localName))].sort(),
		);
		for (turn = 1; turn < PAYLOADS.length; turn += 1) {
			const asked = board.asked.length;
			await page.locator('#since').evaluate((input) => input.dispatchEvent(new Event('change', { bubbles: true })));
			await until('all is asked again', async () => board.asked.length >= asked + PANELS + 2);
			await settled(page);
		}
		await expect(page.locator('#projects-table tbody th').first()).not.toBeEmpty();
		expect(
			await page.evaluate(() =>
				[...new Set([...document.querySelectorAll('*')].map(({ localName }) => localName))].sort(),
			),
		).toEqual(elements);
		expect(await found(page)).toEqual([]);

		const refused = await board.visit({
			answers: () => ({ status: 400, json: { detail: PAYLOADS.join(' '), hint: PAYLOADS.join(' ') } }),
		});
		await settled(refused);
		await expect(refused.locator('.note p').first()).toContainText('window.ran');
		expect(await refused.locator('.note :not(p, button)').count()).toBe(0);
		expect(await found(refused)).toEqual([]);
		tell('T13', PAYLOADS.length, 'texts in every place for a text of the dashboard', '0 executions, 0 reports');
	}),
);

test(
	'a page with a token of another dashboard says what to do',
	on(async (board) => {
		board.address = board.address.replace(/token=.*/, `token=${'0'.repeat(64)}`);
		const page = await board.visit({ answers: () => undefined });
		await settled(page);
		await expect(page.locator('#funnel .note')).toContainText(
			'The token is missing, or is that of a dashboard that has ended.',
		);
		await expect(page.locator('#funnel .note')).toContainText(
			'Open the address that `prompt-runner dashboard` prints.',
		);
		board.program.kill();
		await page.locator('#funnel').getByRole('button', { name: 'Try again' }).click();
		await expect(page.locator('#funnel .note')).toContainText('does not answer');
	}),
);

test(
	'a German browser gets German words',
	on(async (board) => {
		const page = await board.visit({ locale: 'de-DE' });
		await settled(page);
		await expect(page.locator('html')).toHaveAttribute('lang', 'de');
		await expect(page.locator('h1')).toHaveText('Auswertung');
		await expect(page.locator('#funnel .summary')).toHaveText('Sitzungen: 48 begonnen, 29 fertig, 4 aufgegeben.');
		expect(await page.locator('body').innerText()).not.toMatch(/dash_|\$\d\b(?!\.)/);
		expect(await faults(page)).toEqual(faultless);
	}),
);

test('the same page is a tab of the extension, opened from the popup, and hears of news', async () => {
	const stage = await Stage.open({ flags: { pace: 0 } });
	try {
		const { page } = await stage.visit('/new');
		const popup = await stage.popup(page);
		const opened = stage.context.waitForEvent('page');
		await popup.getByRole('link', { name: 'Dashboard' }).click();
		const plain = await opened;
		await settled(plain);
		expect(new URL(plain.url()).pathname).toBe('/dashboard/dashboard.html');

		const tab = await stage.context.newPage();
		await watch(tab);
		// Figures are made up, the list of sessions is the host's own.
		await tab.exposeFunction('answered', answer);
		await tab.addInitScript(() => {
			const ask = chrome.runtime.sendMessage.bind(chrome.runtime);
			const stand = async (/** @type {any} */ message) =>
				message.request.type === 'list'
					? ask(message)
					: { reply: await Reflect.get(window, 'answered')(message.request) };
			Object.assign(chrome.runtime, { sendMessage: stand });
		});
		await tab.goto(plain.url());
		await settled(tab);
		await expect(tab.locator('#funnel svg')).toBeVisible();
		await stage.cli('orchestrate', 'plan', 'Dark mode');
		await expect(tab.locator('#session option')).toHaveCount(2);
		await expect(tab.locator('#session option').nth(1)).toContainText('Dark mode');
		await settled(tab);
		const download = tab.waitForEvent('download');
		await tab.locator('#funnel').getByRole('button', { name: 'PNG:' }).click();
		const png = await readFile(await (await download).path());
		expect(png.subarray(1, 4).toString()).toBe('PNG');
		expect(await faults(tab)).toEqual(faultless);
		expect(await found(tab)).toEqual([]);
	} finally {
		await stage.close();
	}
});
