// Why this exists: the worker is the only place that may speak to the native host and that sees all tabs. It carries
// messages and decides nothing about sessions. Every listener is added while this file runs, or the browser would
// start the worker for an event that nobody then hears.
import * as badge from './badge.js';
import * as csp from './csp.js';
import * as host from './host.js';
import * as menus from './menus.js';
import * as outbox from './outbox.js';
import { REQUESTS } from './requests.js';
import { refuse } from './say.js';
import { ORIGINS } from './sites.js';
import * as sources from './sources.js';
import * as start from './start.js';
import * as tabs from './tabs.js';

/** @typedef {import('./types/protocol.d.ts').View} View */
/** @typedef {outbox.Sent & { cached?: View }} Outcome */

csp.watch();
host.listen({
	notice: (notice) => void news(notice),
	up: outbox.heardHost,
});
outbox.listen((results) => void flushed(results));

chrome.runtime.onMessage.addListener((message, sender, answer) => {
	if (typeof message?.to !== 'string' || sender.id !== chrome.runtime.id) return false;
	const site = ORIGINS.includes(sender.origin ?? '') && sender.url?.startsWith(`${sender.origin}/`);
	const page = site && sender.frameId === 0 && sender.tab?.id !== undefined;
	if (!page && sender.origin !== location.origin) return false;
	handle(message, page ? sender : undefined).then(answer, (error) => {
		answer({ refusal: refuse('setup.broken', 'host_gone', String(error)) });
	});
	return true;
});
chrome.runtime.onStartup.addListener(() => void Promise.all([menus.make(), tabs.boot()]));
chrome.runtime.onInstalled.addListener(() => void Promise.all([menus.make(), tabs.boot()]));
chrome.contextMenus.onClicked.addListener((info, tab) => void menus.clicked(info, tab));
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
		case 'sources':
			return {
				others: page ? await sources.others(start.documentOf(page), message, (await options()).readRecord) : [],
			};
		case 'outbox':
			return {
				...(await outbox.stand()),
				refused: page ? [] : await outbox.refused(),
				aside: page ? [] : await outbox.aside(),
			};
		case 'again':
			if (!page) await outbox.again(String(message.key));
			return {};
		case 'discard':
			if (!page) await outbox.discard(String(message.key));
			return {};
		case 'seen':
			if (!page) await outbox.seen();
			return {};
		case 'engine':
			return page ? start.begin(page, message, (request) => relay(request, tab)) : {};
		case 'paste':
			if (tab !== undefined) await menus.openPaste(tab);
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
	const row = REQUESTS[/** @type {'ping'} */ (String(request?.type))];
	if (tab !== undefined && !row?.page) {
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
	} else if (reply?.type === 'page') {
		if (tab !== undefined) await badge.drifted(tab, reply.drift);
	} else if (host.unreachable(outcome)) {
		const { filling } = await outbox.stand();
		if (tab !== undefined) await badge.show(tab, filling ? 'filling' : 'missing');
		if (asked !== undefined) return { ...outcome, cached: await tabs.cached(asked) };
	}
	return outcome;
}

/** @param {import('./types/protocol.d.ts').Notice} notice */
async function news(notice) {
	await tabs.remember(notice.view);
	await Promise.all([tabs.tell({ from: 'host', notice }), tabs.mark(notice.view)]);
}

/** @param {outbox.Result[]} results */
async function flushed(results) {
	for (const { reply } of results) {
		if (reply?.type !== 'captured') continue;
		await tabs.remember(reply.view);
		await tabs.mark(reply.view);
	}
	await tabs.tell({ from: 'outbox', results });
}

async function options() {
	const { options } = await chrome.storage.local.get('options');
	return { sendOnClick: options?.sendOnClick === true, readRecord: options?.readRecord === true };
}
