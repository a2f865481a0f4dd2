// A chat page is not ours: scripts of its own, of other extensions and of whoever breaks in run in it. Only the developer's own
// click or key, on a button in plain view, may do anything; nothing of ours is within the page's reach.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { dist } from '../replica/build.mjs';
import { defaults } from '../replica/flags.mjs';
import { shellHtml } from '../replica/shell.mjs';
import { Bar } from './bar.mjs';
import { Stage, until } from './stage.mjs';
import { begin, end, forge, hidden, move, restyle, sudden } from './tricks.mjs';

/**
 * @typedef {import('@playwright/test').Page} Page
 */

/** A stage with one phase done: the bar offers the next one, and a message has its button. */
async function begun() {
	const stage = await Stage.open({ csp: 'strict', flags: { pace: 0 } });
	await stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file');
	const { page, bar } = await stage.visit('/new');
	await bar.click(/^Put the Planning prompt in$/);
	await bar.says(/the prompt is in the composer/);
	await page.keyboard.press('Enter');
	await bar.says(/ stored: /);
	return { stage, page, bar };
}

/**
 * What has come of everything up to now. The extension's messages keep their order, so the answer to one that is sent now comes
 * after the answers to all before it: no waiting is needed to know that nothing happened.
 * @param {{ stage: Stage, page: Page, bar: Bar }} scene
 */
async function outcome({ stage, page, bar }) {
	const session = (await stage.status()).session;
	const request = JSON.stringify({ type: 'status', session });
	const answer = await bar.evaluate(`chrome.runtime.sendMessage({ to: 'host', request: ${request} })`);
	const shown = await bar.shown();
	return {
		events: answer.reply.view.seq,
		composer: await page.evaluate(() => window.__replica.editorText()),
		said: shown?.text,
		messages: (await bar.buttons()).map((button) => button.button),
	};
}

test('whatever a script makes up, nothing happens', async () => {
	const scene = await begun();
	const { stage, page, bar } = scene;
	try {
		const before = await outcome(scene);
		const { hosts, ways } = await page.evaluate(forge, 100);
		expect(hosts).toBe(2);
		expect(ways.length).toBeGreaterThanOrEqual(12);
		expect(await outcome(scene)).toEqual(before);
		// Not even from where the button can be had.
		await bar.evaluate(`for (const host of document.querySelectorAll('[data-prompt-runner]')) {
			const button = chrome.dom.openOrClosedShadowRoot(host).querySelector('button');
			button.click();
			button.dispatchEvent(new PointerEvent('click', { bubbles: true, composed: true, detail: 1 }));
		}`);
		expect(await outcome(scene)).toEqual(before);

		await bar.press(async () => (await bar.buttons())[0]);
		await expect.poll(async () => (await bar.buttons())[0].button).toBe('Stored already');
		await bar.click(/^Put the Analysis prompt in$/);
		await bar.says(/^Analysis: the prompt is in the composer/);
		await expect.poll(async () => (await outcome(scene)).events).toBe(before.events + 2);
	} finally {
		await stage.close();
	}
});

/** Counts the real clicks that reach the bar's own handler. @param {Bar} bar */
async function count(bar) {
	await bar.evaluate(`(() => {
		const host = document.querySelector('[data-prompt-runner=bar]');
		globalThis.reached = 0;
		chrome.dom.openOrClosedShadowRoot(host).querySelector('button').addEventListener('click', () => { reached += 1 });
	})()`);
	return () => bar.evaluate('globalThis.reached');
}

test('a real click on a button that cannot be seen does nothing, and the bar says so', async () => {
	const scene = await begun();
	const { stage, page, bar } = scene;
	try {
		const reached = await count(bar);
		const before = await outcome(scene);
		let heard = 0;
		for (const [name, { css, act }] of Object.entries(hidden)) {
			await bar.rest(() => bar.shown());
			const at = await bar.shown();
			await page.evaluate(begin, css);
			if (act) await page.evaluate(act, { x: at?.x ?? 0, y: at?.y ?? 0 });
			const now = await bar.shown();
			await page.mouse.click(now?.x ?? 0, now?.y ?? 0);
			const after = await outcome(scene);
			expect({ ...after, said: '' }, name).toEqual({ ...before, said: '' });
			if ((await reached()) > heard) expect(after.said, name).toMatch(/^The button was covered, faded/);
			heard = await reached();
			await page.evaluate(end);
		}
		expect(heard).toBeGreaterThanOrEqual(12);

		await bar.click(/^Put the Analysis prompt in$/);
		await bar.says(/^Analysis: the prompt is in the composer/);
		await expect.poll(async () => (await outcome(scene)).events).toBe(before.events + 2);
	} finally {
		await stage.close();
	}
});

test('a button that comes into view only for the click does nothing either', async () => {
	const scene = await begun();
	const { stage, page, bar } = scene;
	const away = { x: 700, y: 300 };
	/** Longer than two looks of the extension take. */
	const restAWhile = () => bar.evaluate('new Promise((resolve) => setTimeout(resolve, 500))');
	try {
		const reached = await count(bar);
		const before = await outcome(scene);
		const nothingBut = async (/** @type {string} */ name, /** @type {number} */ clicks) => {
			expect(await reached(), name).toBe(clicks);
			const after = await outcome(scene);
			expect({ ...after, said: '' }, name).toEqual({ ...before, said: '' });
			expect(after.said, name).toMatch(/^The button was covered, faded/);
			await page.evaluate(end);
			await page.mouse.move(away.x, away.y);
		};

		for (const [at, [name, { css, act }]] of Object.entries(sudden).entries()) {
			await page.mouse.move(away.x, away.y);
			await page.evaluate(begin, css);
			if (act) await page.evaluate(act, away);
			const button = await bar.shown();
			await page.mouse.move(button?.x ?? 0, button?.y ?? 0);
			await restAWhile();
			await page.mouse.down();
			await restAWhile();
			await page.mouse.up();
			await nothingBut(name, at + 1);
		}

		const stands = await bar.shown();
		const by = { x: away.x - (stands?.x ?? 0), y: away.y - (stands?.y ?? 0) };
		await page.evaluate(move, { by });
		await page.mouse.down();
		await page.mouse.up();
		await nothingBut('it is moved under the mouse', 3);

		await page.mouse.down();
		await page.mouse.up();
		await page.evaluate(move, { by });
		await bar.rest(() => bar.shown());
		await page.mouse.down({ clickCount: 2 });
		await page.mouse.up({ clickCount: 2 });
		await nothingBut('it is moved under the second half of a double click', 4);

		await bar.click(/^Put the Analysis prompt in$/);
		await bar.says(/^Analysis: the prompt is in the composer/);
	} finally {
		await stage.close();
	}
});

test('the keyboard does all that the mouse does', async () => {
	const { stage, page, bar } = await begun();
	const focused = `[...document.querySelectorAll('[data-prompt-runner]')]
		.filter((host) => chrome.dom.openOrClosedShadowRoot(host).activeElement?.tagName === 'BUTTON')
		.map((host) => host.dataset.promptRunner)`;
	/** Presses Tab until a button of ours has the focus. @param {string} name */
	const tabTo = async (name) => {
		await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
		for (let presses = 1; presses <= 60; presses++) {
			await page.keyboard.press('Tab');
			if ((await bar.evaluate(focused)).includes(name)) return presses;
		}
		throw new Error(`${name} cannot be reached by Tab`);
	};
	try {
		await tabTo('send');
		await page.keyboard.press('Enter');
		await expect.poll(async () => (await bar.buttons())[0].button).toBe('Stored already');
		await tabTo('bar');
		await page.keyboard.press('Enter');
		await bar.says(/^Analysis: the prompt is in the composer/);
		await page.keyboard.press('Enter');
		await bar.says(/^Analysis stored: /);
		await tabTo('bar');
		await page.keyboard.press('Space');
		await bar.says(/^Implementation: the prompt is in the composer/);
		expect((await stage.status()).current).toBe('implementation');
	} finally {
		await stage.close();
	}
});

test("the page's rules and scripts do not reach into what is ours", async () => {
	const stage = await Stage.open({ csp: 'strict', flags: { pace: 0 } });
	try {
		await stage.context.addInitScript(() => {
			/** @type {Record<string, unknown[]>} */
			const caught = { roots: [], messages: [], events: [] };
			Object.assign(window, { caught });
			const { attachShadow } = Element.prototype;
			Element.prototype.attachShadow = function (init) {
				caught.roots.push(this.outerHTML);
				return attachShadow.call(this, { ...init, mode: 'open' });
			};
			const { dispatchEvent } = EventTarget.prototype;
			EventTarget.prototype.dispatchEvent = function (event) {
				if (event instanceof CustomEvent) caught.events.push(event.type);
				return dispatchEvent.call(this, event);
			};
			addEventListener('message', (message) => caught.messages.push(message.data));
			addEventListener('storage', (change) => caught.events.push(change.key));
		});
		await stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file');
		const { page, bar } = await stage.visit('/new');
		await bar.click(/^Put the Planning prompt in$/);
		await bar.says(/the prompt is in the composer/);
		await page.keyboard.press('Enter');
		await bar.says(/ stored: /);

		const found = await page.evaluate(() => {
			// A frame of its own has all that the browser and the script above put there, and nothing else.
			const bare = document.body.appendChild(document.createElement('iframe'));
			const usual = new Set(bare.contentWindow ? Object.getOwnPropertyNames(bare.contentWindow) : []);
			bare.remove();
			const hosts = [...document.querySelectorAll('[data-prompt-runner]')];
			return {
				globals: Object.getOwnPropertyNames(window).filter((name) => !usual.has(name) && !/^\d+$/.test(name)),
				hosts: hosts.map((host) => ({
					name: host.getAttribute('data-prompt-runner'),
					root: host.shadowRoot,
					inside: host.innerHTML + host.getHTML({ serializableShadowRoots: true }),
				})),
				api: typeof Reflect.get(window, 'chrome')?.runtime,
				stored: [...Object.keys(localStorage), ...Object.keys(sessionStorage)],
				caught: Reflect.get(window, 'caught'),
			};
		});
		expect(found).toEqual({
			globals: ['__replica'],
			hosts: [
				{ name: 'send', root: null, inside: '' },
				{ name: 'bar', root: null, inside: '' },
			],
			api: 'undefined',
			stored: [],
			caught: { roots: [], messages: [], events: [] },
		});

		const looks = `[...document.querySelectorAll('[data-prompt-runner]')].flatMap((host) =>
			[host, ...chrome.dom.openOrClosedShadowRoot(host).querySelectorAll('section, p, ol, li, button')].map((element) => {
				const style = getComputedStyle(element);
				return [...style].filter((name) => !name.startsWith('--')).map((name) => name + ': ' + style.getPropertyValue(name));
			}),
		)`;
		const before = await bar.evaluate(looks);
		await page.evaluate(restyle);
		expect(await bar.evaluate(looks)).toEqual(before);
	} finally {
		await stage.close();
	}
});

test('what the page plants or says has no effect, and nothing of the extension can be fetched', async () => {
	const scene = await begun();
	const { stage, page, bar } = scene;
	try {
		const before = await outcome(scene);
		await page.evaluate(() => {
			const request = { type: 'prompt', session: 'any', phase: null };
			const messages = [
				{ to: 'host', request },
				{ to: 'options', sendOnClick: true },
				{ from: 'options', sendOnClick: true },
				{ from: 'outbox', left: 0, results: [] },
				{ from: 'host', notice: { type: 'changed', view: { session: 'any', seq: 1e9, feature: 'planted' } } },
			];
			for (const message of messages) {
				postMessage(message, '*');
				for (const name of ['message', 'prompt-runner', 'promptRunner', 'outbox', 'host']) {
					const event = new CustomEvent(name, { detail: message, bubbles: true, composed: true });
					for (const target of [window, document, ...document.querySelectorAll('[data-prompt-runner]')])
						target.dispatchEvent(event);
				}
				new BroadcastChannel('prompt-runner').postMessage(message);
				for (const storage of [localStorage, sessionStorage])
					for (const name of ['options', 'outbox:1', 'view:', 'promptRunnerBooted'])
						storage.setItem(name, JSON.stringify(message));
			}
			Object.assign(window, { promptRunnerBooted: true, sendOnClick: true, chrome: { runtime: { id: 'fake' } } });
		});
		expect(await outcome(scene)).toEqual(before);
		await page.reload();
		await bar.says(/^Analysis: /);
		await bar.click(/^Put the Analysis prompt in$/);
		await bar.says(/the prompt is in the composer\. Press Enter/);
		expect((await outcome(scene)).composer).toContain('# Analysis');

		const paths = ['engine/wasm.js', 'engine/js.js', 'boot.js', 'popup.html', 'icons/48.png', 'manifest.json'];
		const got = await page.evaluate(
			([id, ...paths]) =>
				Promise.all(
					paths.map(async (path) => {
						const address = `chrome-extension://${id}/${path}`;
						const loaded = (/** @type {HTMLElement} */ element) =>
							new Promise((resolve) => {
								element.addEventListener('load', () => resolve('loaded'));
								element.addEventListener('error', () => resolve('failed'));
								document.body.append(element);
							});
						return [
							await fetch(address).then(
								() => 'loaded',
								() => 'failed',
							),
							await loaded(Object.assign(new Image(), { src: address })),
							await loaded(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: address })),
						];
					}),
				),
			[stage.id, ...paths],
		);
		expect(got).toEqual(paths.map(() => ['failed', 'failed', 'failed']));
	} finally {
		await stage.close();
	}
});

test('another extension reaches neither ours nor the host', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'prompt-runner-other-'));
	const manifest = {
		manifest_version: 3,
		name: 'Another extension',
		version: '1',
		permissions: ['nativeMessaging'],
		background: { service_worker: 'worker.js' },
	};
	await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
	await writeFile(join(folder, 'worker.js'), '');
	const stage = await Stage.open({ extensions: [folder] });
	try {
		// Ours does not listen at all; here it does, so that only the manifest stands in the way.
		await (await stage.worker()).evaluate(() => {
			const heard = Object.assign(globalThis, { heard: 0 });
			chrome.runtime.onMessageExternal.addListener(() => void heard.heard++);
			chrome.runtime.onConnectExternal.addListener(() => void heard.heard++);
		});
		const others = () => stage.context.serviceWorkers().find((worker) => !worker.url().includes(stage.id));
		const other = await until('the other extension', async () => others());
		const said = await other.evaluate(async (id) => {
			/** @param {chrome.runtime.Port} port */
			const end = (port) =>
				new Promise((resolve) => {
					port.onMessage.addListener((message) => resolve(message));
					port.onDisconnect.addListener(() => resolve(chrome.runtime.lastError?.message));
				});
			const message = { to: 'host', request: { type: 'list' } };
			return [
				await chrome.runtime.sendMessage(id, message).catch((error) => error.message),
				await end(chrome.runtime.connect(id)),
				await end(chrome.runtime.connectNative('io.github.prompt_runner')),
			];
		}, stage.id);
		expect(said).toEqual([
			'Could not establish connection. Receiving end does not exist.',
			'Could not establish connection. Receiving end does not exist.',
			'Access to the specified native messaging host is forbidden.',
		]);
		expect(await (await stage.worker()).evaluate(() => Reflect.get(globalThis, 'heard'))).toBe(0);
	} finally {
		await stage.close();
		await rm(folder, { recursive: true });
	}
});

test('a frame, a lookalike and an address without encryption get no engine', async () => {
	const stage = await Stage.open();
	try {
		await stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file');
		const body = shellHtml('once', defaults);
		const frame = '<!doctype html><iframe src="https://claude.ai/new" style="width: 900px; height: 700px"></iframe>';
		/** @type {Record<string, string>} */
		const pages = {
			'https://claude.ai/new?framed': frame,
			'https://framing.example/': frame,
			'http://claude.ai/new': body,
			'https://claude.ai.evil.example/new': body,
			'https://www.claude.ai/new': body,
			'https://xclaude.ai/new': body,
			'https://claude.ai@evil.example/new': body,
			'https://claude.ai:8443/new': body,
			'https://ciaude.ai/new': body,
		};
		// Each of them is the same page with the same scripts: an engine that came along would find all it needs.
		await stage.context.route('**/*', (route) => {
			const request = route.request();
			const { href, hostname, pathname } = new URL(request.url());
			const asset = /^\/assets\/(.+)$/.exec(pathname)?.[1];
			if (asset) return route.fulfill({ path: join(dist, asset), headers: { 'access-control-allow-origin': '*' } });
			if (request.resourceType() !== 'document') return route.fulfill({ status: 404, json: {} });
			const top = request.frame().parentFrame() === null;
			const known = Object.keys(pages).find((page) => page === href || hostname === 'evil.example');
			return route.fulfill({ contentType: 'text/html', body: top && known ? pages[known] : body });
		});
		const opened = [];
		for (const address of Object.keys(pages)) {
			const page = await stage.context.newPage();
			await page.goto(address);
			await page.frames().at(-1)?.waitForSelector('[data-testid=chat-input]');
			opened.push(page);
		}
		// The real one comes last and has its bar: whatever was to come to the others has come by now.
		const { bar } = await stage.visit('/new');
		await bar.says(/./);
		for (const page of opened)
			for (const frame of page.frames())
				expect(await frame.locator('[data-prompt-runner]').count(), frame.url()).toBe(0);
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
