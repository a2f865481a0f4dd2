// Why this exists: the worker is the only place that may speak to the native host and that sees all tabs. It carries
// messages and decides nothing about sessions. Every listener is added while this file runs, or the browser would
// start the worker for an event that nobody then hears.
import * as badge from './badge.js';
import * as csp from './csp.js';
import * as host from './host.js';
import * as outbox from './outbox.js';
import { refuse } from './say.js';
import * as tabs from './tabs.js';

/** @typedef {import('./types/protocol.d.ts').View} View */
/** @typedef {host.Answer & { queued?: number, cached?: View }} Outcome */

const SITE = 'https://claude.ai';
/** All that a page of a chat site may ask of the host; the rest belongs to our own pages. */
const PAGE_MAY = ['status', 'prompt', 'placed', 'sent', 'capture'];

csp.watch();
host.listen({
	notice: (notice) => void news(notice),
	up: () => void outbox.flush(),
});
outbox.listen((results, left) => void flushed(results, left));

chrome.runtime.onMessage.addListener((message, sender, answer) => {
	if (typeof message?.to !== 'string' || sender.id !== chrome.runtime.id) return false;
	const page = sender.origin === SITE && sender.frameId === 0 && sender.tab?.id !== undefined;
	if (!page && sender.origin !== location.origin) return false;
	handle(message, page ? sender : undefined).then(answer, (error) => {
		answer({ refusal: refuse('setup.broken', 'host_gone', String(error)) });
	});
	return true;
});
chrome.runtime.onStartup.addListener(() => void tabs.boot());
chrome.runtime.onInstalled.addListener(() => void tabs.boot());
chrome.alarms.onAlarm.addListener((alarm) => {
	if (outbox.wakes(alarm)) void outbox.flush();
});
chrome.tabs.onRemoved.addListener((tab) => {
	void csp.forget(tab);
	void tabs.gone(tab);
});
chrome.storage.onChanged.addListener((changes, area) => {
	if (area === 'local' && changes.options) void options().then((now) => tabs.tell({ from: 'options', ...now }));
});

// By default every content script could read what waits in the outbox.
void chrome.storage.local.setAccessLevel({ accessLevel: 'TRUSTED_CONTEXTS' });
void outbox.flush();

/**
 * @param {any} message
 * @param {chrome.runtime.MessageSender | undefined} page The page that asks; `undefined` is a page of our own.
 * @returns {Promise<object>}
 */
async function handle(message, page) {
	const tab = page?.tab?.id;
	switch (message.to) {
		case 'host':
			return relay(message.request, tab);
		case 'options':
			return options();
		case 'outbox':
			return { left: await outbox.left() };
		case 'engine':
			if (page) await inject(page, message.metas);
			return {};
		case 'here':
			if (tab !== undefined) await tabs.here(tab, message.conversation);
			return {};
		default:
			return { refusal: refuse('request.invalid', 'request_foreign') };
	}
}

/**
 * @param {any} request
 * @param {number | undefined} tab The tab of the page that asks, if a page does.
 * @returns {Promise<Outcome>}
 */
async function relay(request, tab) {
	if (tab !== undefined && !PAGE_MAY.includes(request?.type)) {
		return { refusal: refuse('request.invalid', 'request_foreign') };
	}
	const asked = request.type === 'status' && !request.session ? (request.conversation ?? null) : undefined;
	if (tab !== undefined && asked !== undefined) await tabs.here(tab, asked);
	const waits = request.type === 'capture' && typeof request.capture === 'string';
	/** @type {Outcome} */
	const outcome = await (waits ? outbox.capture(request) : host.ask(request));
	if (!waits) void outbox.flush();

	const { reply } = outcome;
	if (reply && 'view' in reply) {
		await tabs.remember(reply.view, asked);
		if (tab !== undefined) await badge.show(tab, reply.view?.badge ?? null);
	} else if (host.unreachable(outcome)) {
		if (tab !== undefined) await badge.show(tab, 'missing');
		if (asked !== undefined) return { ...outcome, cached: await tabs.cached(asked) };
	}
	return outcome;
}

/**
 * Puts the engine into the page that asks: the flavour that its policies allow.
 * @param {chrome.runtime.MessageSender} page
 * @param {unknown} metas
 */
async function inject(page, metas) {
	const tabId = Number(page.tab?.id);
	const policies = Array.isArray(metas) ? metas.map(String) : [];
	const wasm = (await csp.take(tabId)) && csp.allowsWasm(policies);
	/** @type {chrome.scripting.InjectionTarget} */
	// By its document where the browser names it: the tab may show another one by now.
	const target = page.documentId ? { tabId, documentIds: [page.documentId] } : { tabId, frameIds: [0] };
	const run = (/** @type {string} */ file) =>
		chrome.scripting.executeScript({ target, files: [file], injectImmediately: true });
	if (!wasm) return run('engine/js.js');
	const [ran] = await run('engine/wasm.js');
	// A policy that left the page's text again is not seen, but holds: then the engine says so instead of running.
	if (ran?.result !== 'wasm') await run('engine/js.js');
}

/** @param {import('./types/protocol.d.ts').Notice} notice */
async function news(notice) {
	await tabs.remember(notice.view);
	await Promise.all([tabs.tell({ from: 'host', notice }), tabs.mark(notice.view)]);
}

/** @param {import('./outbox.js').Result[]} results @param {number} left */
async function flushed(results, left) {
	for (const { reply } of results) {
		if (reply?.type !== 'captured') continue;
		await tabs.remember(reply.view);
		await tabs.mark(reply.view);
	}
	await tabs.tell({ from: 'outbox', left, results });
}

async function options() {
	const { options } = await chrome.storage.local.get('options');
	return { sendOnClick: options?.sendOnClick === true };
}
