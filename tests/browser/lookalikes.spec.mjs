// What only looks like a chat site, or like an answer in one: other addresses, frames, and places of the page that are no message of
// the model. The page may show what it likes; nothing is taken from there, and the worker answers nobody who speaks from there.
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { tell } from '../attacks/report.mjs';
import { dist } from '../replica/build.mjs';
import { defaults } from '../replica/flags.mjs';
import { shellHtml } from '../replica/shell.mjs';
import * as acts from './acts.mjs';
import { Stage } from './stage.mjs';

const FRAME = '<iframe src="https://claude.ai/new" style="width: 900px; height: 700px"></iframe>';
/** Each shows the same page with the same scripts, or it in a frame: an engine that came along would find all it needs. */
const ADDRESSES = [
	'https://claude.ai/new?framed',
	'https://framing.example/?framed',
	'http://claude.ai/new',
	'http://chatgpt.com/',
	'https://claude.ai.evil.example/new',
	'https://chatgpt.com.evil.example/',
	'https://www.claude.ai/new',
	'https://api.claude.ai/new',
	'https://xclaude.ai/new',
	'https://claude.ai@evil.example/new',
	'https://claude.ai:x@evil.example/new',
	'https://claude.ai:8443/new',
	'https://ciaude.ai/new',
	'https://claude.al/new',
	'https://claude-ai.example/new',
	'https://xn--laude-3jd.ai/new',
	'https://gemini.google.com.evil.example/app',
	'https://www.gemini.google.com/app',
];

/** Serves every address by itself, whatever it is. @param {Stage} stage */
async function serve(stage) {
	const body = shellHtml('once', defaults);
	await stage.context.route('**/*', (route) => {
		const request = route.request();
		const { pathname, search } = new URL(request.url());
		const asset = /^\/assets\/(.+)$/.exec(pathname)?.[1];
		if (asset) return route.fulfill({ path: join(dist, asset), headers: { 'access-control-allow-origin': '*' } });
		if (request.resourceType() !== 'document') return route.fulfill({ status: 404, json: {} });
		const framed = search === '?framed' && request.frame().parentFrame() === null;
		return route.fulfill({ contentType: 'text/html', body: framed ? `<!doctype html>${FRAME}` : body });
	});
}

test('a frame, a lookalike and an address without encryption get no engine, and the worker does not answer them', async () => {
	const stage = await Stage.open();
	try {
		await stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file');
		const before = await stage.status();
		await serve(stage);
		const opened = [];
		for (const address of ADDRESSES) {
			const page = await stage.context.newPage();
			await page.goto(address);
			await page.frames().at(-1)?.waitForSelector('[data-testid=chat-input]');
			opened.push(page);
		}
		// Pages that the site itself can open, whose origin is the site's or none.
		const opener = await stage.context.newPage();
		await opener.goto('https://claude.ai/new?framed');
		for (const kind of ['blob', 'blank', 'sandbox']) {
			const coming = stage.context.waitForEvent('page');
			await opener.evaluate(
				([kind, body]) => {
					const blob = URL.createObjectURL(new Blob([body], { type: 'text/html' }));
					const other = window.open(kind === 'blob' ? blob : 'about:blank');
					const frame = Object.assign(document.createElement('iframe'), { srcdoc: body, sandbox: 'allow-scripts' });
					if (kind === 'blank') other?.document.body.append('PROMPT-RUNNER/1');
					if (kind === 'sandbox') other?.document.body.append(frame);
				},
				[kind, shellHtml('once', defaults)],
			);
			opened.push(await coming);
		}
		// The real one comes last and has its bar: whatever was to come to the others has come by now.
		const { bar } = await stage.visit('/new');
		await bar.says(/./);
		for (const page of opened)
			for (const frame of page.frames())
				expect(await frame.locator('[data-prompt-runner]').count(), frame.url()).toBe(0);

		// Even from our own world in those of them that the browser lets us into at all.
		const heard = await (await stage.worker()).evaluate(async () => {
			const ask = async () => {
				const requests = [
					{ type: 'list' },
					{ type: 'ping' },
					{ type: 'status' },
					{ type: 'start', feature: 'planted' },
				];
				const asked = requests.map((request) => ({ to: 'host', request }));
				const others = ['options', 'sources', 'outbox', 'seen', 'engine', 'here'].map((to) => ({ to }));
				const say = (/** @type {object} */ message) => chrome.runtime.sendMessage(message).catch(() => undefined);
				const answers = await Promise.all([...asked, ...others].map(say));
				return { where: location.href, top: self === top, answers };
			};
			/** @type {Awaited<ReturnType<typeof ask>>[]} */
			const found = [];
			for (const { id } of await chrome.tabs.query({})) {
				const target = { tabId: Number(id), allFrames: true };
				const results = await chrome.scripting.executeScript({ target, func: ask }).catch(() => []);
				for (const { result } of results) if (result) found.push(/** @type {any} */ (result));
			}
			return found;
		});
		// A blank window and one of a blob have the site's origin and are none of its pages.
		const foreign = heard.flatMap((one) =>
			one && !(one.top && one.where.startsWith('https://claude.ai/')) ? [one] : [],
		);
		expect(foreign.filter(({ top }) => !top).length).toBeGreaterThanOrEqual(2);
		expect(foreign.filter(({ top }) => top).length).toBeGreaterThanOrEqual(3);
		const answered = foreign.flatMap(({ answers }) => answers);
		expect(answered.length).toBeGreaterThan(20);
		expect(answered.filter((answer) => answer != null)).toEqual([]);
		expect((await stage.status()).seq).toBe(before.seq);
		tell('T5', opened.length, 'addresses, frames and windows that look like a site', '0 engines, 0 captures');
		tell('T5', answered.length, 'messages to the worker from frames and other origins', '0 answered');
	} finally {
		await stage.close();
	}
});

test('a page of the site may ask the worker for what a page needs, and for nothing else', async () => {
	const stage = await Stage.open();
	try {
		await stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file');
		const { bar } = await stage.visit('/new');
		await bar.says(/./);
		const { session, seq } = await stage.status();
		const requests = [
			{ type: 'ping' },
			{ type: 'list' },
			{ type: 'start', feature: 'planted' },
			{ type: 'show', session },
			{ type: 'complete', session },
			{ type: 'skip', session },
			{ type: 'redo', session, phase: 'planning' },
			{ type: 'abandon', session },
			{ type: 'panel', panel: 'funnel' },
			{ type: 'timeline', session },
			{ type: 'drop' },
			{ type: '__proto__' },
			{ type: ['status'] },
			{},
			null,
			'status',
		];
		for (const request of requests) {
			const message = JSON.stringify({ to: 'host', request });
			const answer = await bar.evaluate(`chrome.runtime.sendMessage(${message})`);
			expect(answer?.refusal?.code, message).toBe('request.invalid');
			expect(answer.reply, message).toBeUndefined();
		}
		for (const to of ['worker', 'toString', '']) {
			const answer = await bar.evaluate(`chrome.runtime.sendMessage({ to: ${JSON.stringify(to)} })`);
			expect(answer?.refusal?.code, to).toBe('request.invalid');
		}
		const seen = await bar.evaluate(`chrome.runtime.sendMessage({ to: 'outbox' })`);
		expect(seen.refused).toEqual([]);
		const stored = await bar.evaluate(`chrome.storage.local.get().then(() => 'read', () => 'closed')`);
		expect(stored).toBe('closed');
		expect((await stage.status()).seq).toBe(seq);
		tell('T5', requests.length + 3, 'requests that are none of a page’s business', 'each refused');
	} finally {
		await stage.close();
	}
});

/** Where a page may show an answer without its being one: outside of any message of the model, or not to be seen in one. */
const ROLES = [
	'user message',
	'side bar',
	'title',
	'alert',
	'dialog',
	'frame',
	'shadow root',
	'alt and title',
	'comment',
	'attribute',
	'template',
	'script',
	'text field',
	'hidden',
	'quotation',
];

test('an answer in another place than a message of the model is none, though it has the proof', async () => {
	const stage = await Stage.open({ flags: { pace: 0, answerOnce: ['Something else altogether.'] } });
	try {
		const chat = await acts.begin(stage);
		const { page } = chat;
		await acts.ask(chat, 'Planning');
		await acts.answered(chat, 1);
		const { session, expect: proof } = await stage.status();
		const text = acts
			.answer('planning')
			.replaceAll('{{session}}', session)
			.replaceAll('{{phase}}', 'planning')
			.replaceAll('{{nonce}}', proof?.nonce ?? '');
		for (const role of ROLES) {
			await page.evaluate(
				([role, text]) => {
					const message = document.querySelector('[data-testid=assistant-message]') ?? document.body;
					const make = (/** @type {string} */ tag, /** @type {Record<string, string>} */ attributes = {}) => {
						const element = document.createElement(tag);
						for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
						return element;
					};
					/** As a page would draw it. @param {Element | ShadowRoot | DocumentFragment} into */
					const draw = (into) => {
						for (const part of text.split('\n\n')) {
							const heading = /^## (.*)/.exec(part);
							const code = /^`+(\w*)\n([\s\S]*)\n`+$/.exec(part);
							const element = make(heading ? 'h2' : code ? 'pre' : 'p');
							if (code) {
								const inner = make('code', { class: `language-${code[1]}` });
								inner.textContent = code[2];
								element.append(inner);
							} else element.textContent = heading ? heading[1] : part;
							into.append(element);
						}
						return into;
					};
					const put = (/** @type {Element | null} */ into, /** @type {Element} */ element) => into?.append(element);
					/** @type {Record<string, () => void>} */
					const roles = {
						'user message': () => void draw(document.querySelector('[data-testid=user-message]') ?? document.body),
						'side bar': () =>
							put(document.querySelector('nav, aside') ?? document.body, /** @type {Element} */ (draw(make('a')))),
						title: () => Object.assign(document, { title: text }),
						alert: () => put(document.body, /** @type {Element} */ (draw(make('div', { role: 'alert' })))),
						dialog: () => put(document.body, /** @type {Element} */ (draw(make('dialog', { open: '' })))),
						frame: () =>
							put(
								document.body,
								make('iframe', {
									srcdoc: /** @type {Element} */ (draw(make('div', { 'data-testid': 'assistant-message' }))).outerHTML,
								}),
							),
						'shadow root': () => {
							const host = make('div');
							draw(host.attachShadow({ mode: 'open' }));
							put(message, host);
						},
						'alt and title': () => put(message, make('img', { alt: text, title: text, 'aria-label': text })),
						comment: () => void message.append(document.createComment(text)),
						attribute: () => put(message, make('div', { 'data-text': text, 'aria-description': text })),
						template: () => {
							const template = document.createElement('template');
							draw(template.content);
							put(message, template);
						},
						script: () => put(message, Object.assign(make('script', { type: 'text/plain' }), { textContent: text })),
						'text field': () => put(message, Object.assign(make('textarea'), { value: text, textContent: text })),
						hidden: () =>
							put(message, /** @type {Element} */ (draw(make('div', { hidden: '', style: 'display: none' })))),
						quotation: () => put(message, /** @type {Element} */ (draw(make('blockquote')))),
					};
					roles[role]();
				},
				[role, text],
			);
			// Two frames for the engine to look at it.
			await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
			expect((await stage.status()).phases[0].stand, role).toBe('awaiting');
		}
		// A true answer is taken afterwards: whatever was to be taken of the others has been by now.
		stage.replica.setFlags({ pace: 0 });
		await chat.bar.click('Put the Planning prompt in again');
		await chat.bar.says('Planning: the prompt is in the composer. Press Enter to send it.');
		await page.keyboard.press('Enter');
		await chat.bar.says(/^Planning stored: 3 of 3 sections/);
		const { timeline } = JSON.parse(await stage.cli('stats', 'session', session, '--json'));
		const captured = timeline.marks.filter((/** @type {{ kind: string }} */ { kind }) => kind === 'reply_captured');
		expect(captured.length).toBe(1);
		tell(
			'T5',
			ROLES.length,
			'places of the page other than an answer, with a complete answer and its proof',
			'0 captures',
		);
	} finally {
		await stage.close();
	}
});
