// Other sites, and sites that have changed. A profile is data: the main job runs wherever one fits. Where one no longer fits, the page is
// not read as if it did: the badge, the bar, the popup and the command line say so, without a word of what stands in the page.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSite } from '../sites/server.mjs';
import { fenced } from './nasty/scene.mjs';
import { doctor, expect, reported, said, test, until } from './acts.mjs';

const MARK = 'qzxj';
const AMBER = [0x92, 0x40, 0x0e, 0xff];
const SESSION = '00000000-0000-4000-8000-000000000001';

/** @param {import('./stage.mjs').Stage} stage @param {import('@playwright/test').Page} page */
async function colour(stage, page) {
	const worker = await stage.worker();
	return worker.evaluate((tabId) => chrome.action.getBadgeBackgroundColor({ tabId }), await stage.tab(page));
}

/** @type {['chatgpt' | 'chatgpt_named' | 'chatgpt_shell' | 'gemini', import('../replica/csp.mjs').CspName, string, string][]} */
const others = [
	['chatgpt', 'none', '/', 'chatgpt.com/c/'],
	['chatgpt_named', 'strict', '/', 'chatgpt.com/c/'],
	['chatgpt_shell', 'none', '/', 'chatgpt.com/c/'],
	['gemini', 'strict', '/app', 'gemini.google.com/app/'],
];
for (const [name, csp, path, conversation] of others) {
	test(`the main job runs on the stand-in for ${name}, with nothing but another profile`, async ({ open }) => {
		const stage = await open({ csp, serve: (options) => startSite(name, options) });
		await stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file');
		const worker = await stage.worker();
		await worker.evaluate(() => {
			const heard = Object.assign(globalThis, { heard: /** @type {string[]} */ ([]) }).heard;
			chrome.runtime.onMessage.addListener(({ to, request }) => {
				if (to === 'sources' || request?.type === 'capture') heard.push(request?.source ?? to);
			});
		});
		const { page, bar } = await stage.visit(path);
		for (const phase of ['Planning', 'Analysis', 'Implementation']) {
			await bar.click(`Put the ${phase} prompt in`);
			await bar.says(/the prompt is in the composer/);
			await bar.listen();
			await page.keyboard.press('Enter');
			await bar.heard(new RegExp(`^${phase}: the reply is coming in, [1-3] of`, 'm'));
			await bar.says(new RegExp(`^${phase} stored: (\\d) of \\1 sections`));
		}
		const { session, standing, phases, conversation: where } = await stage.status();
		const trusted = phases.map(({ trusted }) => trusted);
		expect({ standing, trusted }).toEqual({ standing: 'complete', trusted: [true, true, true] });
		expect(where).toBe(`${conversation}${new URL(page.url()).pathname.split('/').at(-1)}`);
		const shown = JSON.parse(await stage.cli('orchestrate', 'show', '--session', session, '--json'));
		expect(shown.phases[0].reply).toContain('ANALYSIS_TEMPLATE');
		const { answers } = /** @type {Awaited<ReturnType<typeof startSite>>} */ (/** @type {unknown} */ (stage.replica));
		for (const [at, answer] of answers.entries()) {
			for (const body of fenced(answer)) expect(shown.phases[at].reply).toContain(body);
		}
		const heard = await worker.evaluate(() => /** @type {any} */ (globalThis).heard);
		expect(heard, 'each answer was taken out of the page, and once').toEqual(['page', 'page', 'page']);

		// Opened anew, the page is examined, and is as its profile says.
		await page.reload();
		const { verdict, drift, report } = await reported(stage, conversation.split('/')[0]);
		expect({ verdict, drift }).toEqual({ verdict: 'ok', drift: [] });
		expect(report.rows).toMatch(/^(ua){3}$|^b{3}$/);
		expect((await stage.badge(page)).title).toBe('Prompt-Runner: every phase is done.');
	});
}

test('a page that has drifted is amber, says why on every surface, and tells nothing of what stands in it', async ({
	open,
}) => {
	const stage = await open();
	const stored = await readFile(new URL('../pages/claude.ai/mixed.html', import.meta.url), 'utf8');
	// Every word in the page carries a mark by which it would be known anywhere.
	const body = stored.replace(/(?<=>[^<]*)\b[a-z]{4,}/gi, (word) => `${MARK}${word}`);
	expect(body.split(MARK).length).toBeGreaterThan(400);
	await stage.context.route(`https://claude.ai/chat/${SESSION}`, (route) =>
		route.fulfill({ contentType: 'text/html', body }),
	);
	expect(await doctor(stage)).toContain('No page was reported yet.');
	const { page, bar } = await stage.visit(`/chat/${SESSION}`);
	const why = said('drift_rows');
	const title = said('badge_drifted', [why]);
	await expect.poll(() => stage.badge(page), { timeout: 15_000 }).toEqual({ text: '!', title });
	expect(await colour(stage, page)).toEqual(AMBER);

	const popup = await stage.popup(page);
	await expect(popup.locator('#drift')).toHaveText(said('popup_drifted', [why]));
	await popup.evaluate(async (conversation) => {
		const request = { type: 'start', feature: 'Export the task list as a CSV file', conversation };
		await chrome.runtime.sendMessage({ to: 'host', request });
	}, `claude.ai/chat/${SESSION}`);
	await popup.close();
	await page.bringToFront();
	await bar.says(said('bar_drifted', [why]));
	await until('the badge of the session, still amber', async () => {
		const { text } = await stage.badge(page);
		return text !== '!' && (await colour(stage, page))[0] === AMBER[0];
	});
	expect((await stage.badge(page)).title).toBe(title);

	const json = await doctor(stage, '--json');
	const text = await doctor(stage);
	expect(text).toContain('DRIFTED: some messages were not recognised.');
	expect(text).toContain("DRIFTED: most of the replies' text lies outside of what is read.");
	expect([json.includes(MARK), text.includes(MARK)], 'what is printed').toEqual([false, false]);
	for (const file of await readdir(stage.env.PROMPT_RUNNER_DATA_DIR)) {
		const bytes = await readFile(join(stage.env.PROMPT_RUNNER_DATA_DIR, file));
		expect(bytes.includes(MARK), file).toBe(false);
	}

	// The same tab on a page that is in order: nothing of the suspicion stays.
	await page.goto(`https://claude.ai/new`);
	await until('an ordinary badge', async () => (await colour(stage, page))[0] !== AMBER[0]);
	const again = await stage.popup(page);
	await expect(again.locator('#news')).toBeAttached();
	await expect(again.locator('#drift')).toBeHidden();
});
