// A chat page is not ours: scripts of its own, of other extensions and of whoever breaks in run in it. Only the developer's own
// click or key, on a button in plain view, may do anything; nothing of ours is within the page's reach.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { tell } from '../attacks/report.mjs';
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
		const { hosts, ways, made } = await page.evaluate(forge, 230);
		expect(hosts).toBe(2);
		expect(ways.length).toBeGreaterThanOrEqual(12);
		expect(made).toBeGreaterThanOrEqual(10_000);
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
		tell('T3', made, `clicks and keys of ${ways.length} kinds that a script made up`, '0 actions');
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
		const tricks = Object.keys(hidden).length;
		expect(tricks).toBeGreaterThanOrEqual(20);

		await bar.click(/^Put the Analysis prompt in$/);
		await bar.says(/^Analysis: the prompt is in the composer/);
		await expect.poll(async () => (await outcome(scene)).events).toBe(before.events + 2);
		tell('T4', tricks, 'ways to hide the button under a real click', '0 actions');
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
			// It stands where it will be pressed: nothing moves any more.
			await bar.rest(() => bar.shown());
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
		tell('T4', Object.keys(sudden).length + 2, 'ways to show or move the button for the press alone', '0 actions');
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
		const planted = await page.evaluate(() => {
			let planted = 0;
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
				planted += 2;
				for (const name of ['message', 'prompt-runner', 'promptRunner', 'outbox', 'host']) {
					const event = new CustomEvent(name, { detail: message, bubbles: true, composed: true });
					for (const target of [window, document, ...document.querySelectorAll('[data-prompt-runner]')])
						planted += Number(target.dispatchEvent(event));
				}
				new BroadcastChannel('prompt-runner').postMessage(message);
				for (const storage of [localStorage, sessionStorage])
					for (const name of ['options', 'outbox:1', 'view:', 'promptRunnerBooted'])
						planted += Number(storage.setItem(name, JSON.stringify(message)) === undefined);
			}
			Object.assign(window, { promptRunnerBooted: true, sendOnClick: true, chrome: { runtime: { id: 'fake' } } });
			return planted;
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
		tell('T6', planted, 'messages, events and entries of the storage that the page made up', 'no effect');
		tell('T6', paths.length * 3, 'ways to fetch a file of the extension', '0 fetched');
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
		tell('T7', said.length, 'ways of another extension in the same profile to connect', 'all refused, 0 heard');
	} finally {
		await stage.close();
		await rm(folder, { recursive: true });
	}
});
