// Shapes of markup, hundreds for each site, and the blocks that the engine makes of them. One answer has them all, each under a heading
// of its own, so that a site is one page and one click. What cannot be read leaves a gap; nothing is rewritten without a word.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SITES } from '../../extension/sites.js';
import { codeShapes } from '../shapes/code.mjs';
import { sites } from '../shapes/sites.mjs';
import { LINES } from '../shapes/text.mjs';
import { expect, test, until } from './acts.mjs';

/** For whoever collects how faithful the profiles are. */
const FIDELITY = process.env.PROMPT_RUNNER_FIDELITY_DIR;

// A site that draws nothing in its own way has no entry there.
for (const { host, conversationPath } of SITES.filter(({ host }) => host in sites)) {
	const site = sites[/** @type {keyof typeof sites} */ (host)];
	const lines = [...LINES, ...site.lines].map(([name, html, ...blocks]) => ({ name, html, blocks }));
	const shapes = [...codeShapes(site.frames), ...lines];

	test(`${shapes.length} shapes of markup are read on ${host}`, async ({ open }) => {
		const stage = await open();
		const conversation = `${host}${conversationPath}0000-1`;
		const ours = await stage.context.newPage();
		await ours.goto(`chrome-extension://${stage.id}/options.html`);
		const ask = (/** @type {object} */ request) =>
			ours.evaluate((request) => chrome.runtime.sendMessage({ to: 'host', request }), request);
		const started = await ask({ type: 'start', feature: 'Export the task list as a CSV file', conversation });
		await ask({ type: 'prompt', session: started.reply.view.session });
		const body = site.page(shapes.map(({ html }, at) => `<h6>shape ${at}</h6>${html}`).join(''));
		await stage.context.route(`https://${conversation}`, (route) =>
			route.fulfill({ contentType: 'text/html; charset=utf-8', body }),
		);
		const worker = await stage.worker();
		await worker.evaluate(() => {
			const heard = Object.assign(globalThis, { heard: /** @type {unknown[]} */ ([]) }).heard;
			chrome.runtime.onMessage.addListener((message) => {
				if (message.request?.type === 'capture') heard.push(message.request.body.content);
			});
		});
		const { page, bar } = await stage.visit(`https://${conversation}`);
		await bar.says(/./);
		await until('the button to be in view', () =>
			bar.evaluate(`(() => {
				const host = document.querySelector('[data-prompt-runner=send]');
				if (!host) return false;
				host.scrollIntoView({ block: 'center' });
				const button = chrome.dom.openOrClosedShadowRoot(host).querySelector('button');
				button.focus();
				const place = button.getBoundingClientRect();
				return document.elementFromPoint(place.x + place.width / 2, place.y + place.height / 2) === host;
			})()`),
		);
		await page.keyboard.press('Enter');
		const blocks = await until('the answer to be sent', () =>
			worker.evaluate(() => /** @type {any} */ (globalThis).heard[0]),
		);

		/** @type {any[][]} */
		const read = [];
		for (const block of blocks) {
			if (block.level === 6 && block.text === `shape ${read.length}`) read.push([]);
			else read.at(-1)?.push(block);
		}
		const wrong = shapes.flatMap(({ name, html, blocks }, at) => {
			const same = JSON.stringify(sorted(read[at])) === JSON.stringify(sorted(blocks));
			return same ? [] : [{ name, html, is: read[at], should: blocks }];
		});
		if (FIDELITY) {
			await mkdir(FIDELITY, { recursive: true });
			const counted = { shapes: shapes.length, right: shapes.length - wrong.length };
			await writeFile(join(FIDELITY, `shapes-${host.split('.')[0]}.json`), `${JSON.stringify(counted)}\n`);
		}
		expect(wrong.slice(0, 12), `${wrong.length} of ${shapes.length} are wrong`).toEqual([]);
		expect(shapes.length).toBeGreaterThanOrEqual(150);
	});
}

/** @param {any[] | undefined} blocks */
const sorted = (blocks) => blocks?.map((block) => Object.fromEntries(Object.entries(block).sort()));
