// T13: texts that would run as script if anybody took them for markup, in every place of the bar, the popup and the options that
// shows a text of others. The dashboard has the same test in dashboard.spec.mjs.
import { expect, test } from '@playwright/test';
import { tell } from '../attacks/report.mjs';
import * as acts from './acts.mjs';
import { found, watch } from './board.mjs';
import { PAYLOADS } from './payloads.mjs';
import { Stage } from './stage.mjs';

/** @typedef {import('./stage.mjs').View} View */

/** Elements of each kind: what is only ever text makes none. @param {import('@playwright/test').Page} page */
const kinds = (page) =>
	page.evaluate(() => [...new Set([...document.querySelectorAll('*')].map(({ localName }) => localName))].sort());

/** A view that says this wherever it has words of somebody. @param {View} view @param {string} text @param {number} seq @returns {View} */
const saying = (view, text, seq) => ({
	...view,
	seq: view.seq + seq,
	feature: text,
	project: `/home/${text}`,
	workflow: text,
	next: { ...view.next, say: { key: 'bar_placed', args: [text] }, command: text },
	badge: { ...view.badge, text: text.slice(0, 4), title: { key: 'badge_ready', args: [text] } },
});

test('150 texts that would run as script run nowhere in the bar', async () => {
	const stage = await Stage.open({ csp: 'none', flags: { pace: 0 } });
	try {
		await watch(/** @type {any} */ (stage.context));
		const { page, bar } = await acts.begin(stage);
		const view = await stage.status();
		const before = await kinds(page);
		const worker = await stage.worker();
		const tab = await stage.tab(page);
		const shown = () =>
			bar.evaluate(`(() => {
				const root = chrome.dom.openOrClosedShadowRoot(document.querySelector('[data-prompt-runner=bar]'));
				return { text: root.textContent, kinds: [...new Set([...root.querySelectorAll('*')].map((one) => one.localName))].sort() };
			})()`);
		const made = (await shown()).kinds;
		for (const [at, text] of PAYLOADS.entries()) {
			const notice = { type: 'changed', view: saying(view, text, at + 1) };
			await worker.evaluate(
				([tab, notice]) => chrome.tabs.sendMessage(Number(tab), { from: 'host', notice }, { frameId: 0 }),
				/** @type {const} */ ([tab, notice]),
			);
			expect((await shown()).kinds, text).toEqual(made);
		}
		// The bar has taken them: the last one says that the session is done.
		const last = saying(view, PAYLOADS[0], PAYLOADS.length + 1);
		const done = { ...last, standing: 'complete', next: { ...last.next, step: 'done' } };
		await worker.evaluate(
			([tab, view]) =>
				chrome.tabs.sendMessage(Number(tab), { from: 'host', notice: { type: 'changed', view } }, { frameId: 0 }),
			/** @type {const} */ ([tab, done]),
		);
		await expect.poll(async () => (await bar.shown())?.buttons.length).toBe(0);
		await page.reload();
		await bar.says(/^Planning: /);
		// And what the host refuses with, in its own words.
		const refusal = { code: 'request.invalid', message: PAYLOADS.join('\n'), hint: PAYLOADS.join('\n') };
		await bar.evaluate(`(() => {
			const ask = chrome.runtime.sendMessage.bind(chrome.runtime);
			chrome.runtime.sendMessage = async (message) =>
				message?.request?.type === 'prompt' ? { refusal: ${JSON.stringify(refusal)} } : ask(message);
		})()`);
		await bar.click(/^Put the Planning prompt in/);
		await expect.poll(async () => (await shown()).text).toContain(PAYLOADS[149].trim());
		expect((await shown()).kinds).toEqual(made);
		expect(await kinds(page)).toEqual(before);
		expect(await found(page)).toEqual([]);
		expect(stage.replica.reports).toEqual([]);
		tell(
			'T13',
			PAYLOADS.length * 2,
			'texts in the bar, as words of a view and of a refusal',
			'0 executions, 0 reports',
		);
	} finally {
		await stage.close();
	}
});

test('150 texts that would run as script run nowhere in the popup and the options', async () => {
	const stage = await Stage.open({ csp: 'none', flags: { pace: 0 } });
	try {
		const { page } = await acts.begin(stage);
		const view = await stage.status();
		const tab = await stage.tab(page);
		const popup = await stage.context.newPage();
		await watch(popup);
		/** What the worker would say, made up: `turn` says whether the host answers or refuses. */
		await popup.addInitScript(
			([view, payloads]) => {
				const texts = /** @type {string[]} */ (payloads);
				const many = texts.map((text, at) => ({
					.../** @type {View} */ (view),
					session: `s${at}`,
					feature: text,
					project: `/home/${text}`,
					workflow: text,
					conversation: at % 2 ? text : `claude.ai/chat/${text}`,
					next: { .../** @type {View} */ (view).next, say: { key: 'bar_placed', args: [text] } },
				}));
				const refusal = { code: 'request.invalid', message: texts.join('\n'), hint: texts.join('\n') };
				const refused = new URLSearchParams(location.search).has('refused');
				const answer = async (/** @type {any} */ { to, request }) => {
					if (to === 'outbox') {
						const refused = texts.map((text) => ({ phase: text, conversation: text, message: text }));
						const aside = texts.map((text) => ({
							key: text,
							phase: text,
							conversation: text,
							why: text,
							readable: true,
						}));
						return { left: 3, filling: true, refused, aside };
					}
					if (refused) return { refusal };
					if (request?.type === 'list') return { reply: { type: 'sessions', sessions: many } };
					return { reply: { type: 'session', view: { ...many[0], standing: 'complete', rating: 3 } } };
				};
				Object.assign(chrome.runtime, { sendMessage: answer });
			},
			/** @type {const} */ ([view, PAYLOADS]),
		);
		const worker = await stage.worker();
		const badly = (/** @type {string} */ text) =>
			worker.evaluate(
				([tab, text]) =>
					chrome.storage.session.set({
						[`drift:${tab}`]: [
							{ key: 'drift_composer', args: [text] },
							{ key: text, args: [text] },
						],
					}),
				/** @type {const} */ ([tab, text]),
			);
		await badly(PAYLOADS.join(' '));
		const address = `chrome-extension://${stage.id}/popup.html?tab=${tab}`;
		await popup.goto(`${address}&refused`);
		await expect(popup.locator('#news')).toContainText('window.ran');
		await expect(popup.locator('#notes li')).toHaveCount(PAYLOADS.length);
		await expect(popup.locator('#kept li')).toHaveCount(PAYLOADS.length);
		const strangers = ['svg', 'iframe', 'object', 'embed', 'video', 'audio', 'math', 'base', 'style', 'template'];
		expect((await kinds(popup)).filter((kind) => strangers.includes(kind))).toEqual([]);
		expect(await found(popup)).toEqual([]);

		await popup.goto(address);
		await expect(popup.locator('#feature')).toHaveText(PAYLOADS[0]);
		await expect(popup.locator('#projects option')).toHaveCount(PAYLOADS.length);
		for (const [at, text] of PAYLOADS.entries()) {
			const changed = {
				...saying(view, text, at + 1),
				session: 's0',
				standing: 'complete',
				rating: 4,
				started_ms: view.started_ms + at,
			};
			await worker.evaluate((notice) => chrome.runtime.sendMessage({ from: 'host', notice }), {
				type: 'changed',
				view: changed,
			});
			await expect.poll(() => popup.locator('#feature').textContent(), { intervals: [5] }).toBe(text);
			expect(
				await popup.locator('#feature *, #state *, #next *, #list script, #list img, #list svg, #list iframe').count(),
			).toBe(0);
		}
		// Addresses that a session names are links only where they are a conversation of a site.
		const links = await popup
			.locator('a[href]')
			.evaluateAll((all) =>
				all
					.map((link) => new URL(link.getAttribute('href') ?? '', location.href))
					.map(({ protocol, host }) => `${protocol}//${host}`),
			);
		for (const link of links) expect(['https://claude.ai', `chrome-extension://${stage.id}`]).toContain(link);
		expect((await kinds(popup)).filter((kind) => strangers.includes(kind))).toEqual([]);
		expect(await found(popup)).toEqual([]);

		const options = await stage.context.newPage();
		await watch(options);
		for (const text of [PAYLOADS.join('\n'), ...PAYLOADS.slice(0, 30)]) {
			await worker.evaluate(
				(text) => chrome.storage.local.set({ options: { sendOnClick: text, readRecord: text } }),
				text,
			);
		}
		await options.goto(`chrome-extension://${stage.id}/options.html`);
		await options.locator('#send').click();
		await expect(options.locator('#saved')).not.toBeEmpty();
		expect(await options.locator('script:not([src="options.js"]), img[src=x], svg, iframe').count()).toBe(0);
		expect(await found(options)).toEqual([]);
		tell('T13', PAYLOADS.length * 9, 'texts in the popup, in nine places', '0 executions, 0 reports');
		tell('T13', 31, 'texts as options, of which the options show none', '0 executions, 0 reports');
	} finally {
		await stage.close();
	}
});

test('what a model or a feature says is text, whatever it looks like', async () => {
	const run = (/** @type {string} */ how) => `parent.pwned = self.pwned = '${how}'`;
	const evil = [
		`<img src=x onerror="${run('img')}"><svg onload="${run('svg')}"><script>${run('script')}</script>`,
		`"'><iframe srcdoc="<script>${run('frame')}</script>"></iframe><a href="javascript:${run('link')}">a</a>`,
		'\u001b[31mred\u001b[0m \u001b]52;c;cm0gLXJmIH4=\u0007 \u009b2J',
		'\u202Eevil\u202C \u2066isolate\u2069 zero\u200Bwidth \uFEFF bom',
		'$1 {{ nonce }} {% raw %} $nonce %s &amp; &lt;b&gt; </textarea>',
	].join('\n');
	const sections = ['ANALYSIS_TEMPLATE', 'IMPLEMENTATION_TEMPLATE', 'EXECUTION_NOTES'];
	const bodies = sections.map((name) => `## ${name}\n\n\`\`\`\`\n${evil}\n\`\`\`\``);
	const proof = 'PROMPT-RUNNER/1 {{session}} {{phase}} {{nonce}}\nPROMPT-RUNNER/END {{nonce}}';
	const answer = [evil, ...bodies, `\`\`\`promptrunner\n${proof}\n\`\`\``].join('\n\n');

	const stage = await Stage.open({ csp: 'none', flags: { pace: 0, answerOnce: [answer] } });
	try {
		await stage.context.addInitScript(() => {
			const broken = Object.assign(window, { broken: /** @type {string[]} */ ([]) }).broken;
			document.addEventListener('securitypolicyviolation', (event) => broken.push(event.violatedDirective));
		});
		await stage.cli('orchestrate', 'plan', evil);
		const { page, bar } = await stage.visit('/new');
		await bar.click(/^Put the Planning prompt in$/);
		await bar.says(/the prompt is in the composer/);
		expect(await page.evaluate(() => window.__replica.editorText())).toContain(evil);
		await page.keyboard.press('Enter');
		await bar.says(/^Planning stored: 3 of 3 sections/);
		await bar.click(/^Put the Analysis prompt in$/);
		await bar.says(/^Analysis: the prompt is in the composer/);
		expect(await stage.cli('orchestrate', 'show', '--prompt', 'analysis')).toContain(`\n${evil}\n`);

		const popup = await stage.popup(page);
		await expect.poll(() => popup.locator('#feature').textContent()).toBe(evil);
		expect(await popup.locator('#list li').first().locator('a, span').first().textContent()).toBe(evil);
		for (const shown of [page, popup]) {
			const seen = await shown.evaluate(() => ({
				pwned: Reflect.get(window, 'pwned'),
				broken: Reflect.get(window, 'broken'),
				made: document.querySelectorAll('#feature *, #list img, #list script, [data-testid=user-message] img, iframe')
					.length,
			}));
			expect(seen).toEqual({ pwned: undefined, broken: [], made: 0 });
		}
		expect((await stage.badge(page)).title).toBe('Prompt-Runner: Analysis, ready for you.');
	} finally {
		await stage.close();
	}
});
