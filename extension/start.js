// Why this exists: an engine in a page costs it milliseconds, so a page gets one where a session lives in its conversation. Besides, one page of
// each kind of a site is examined in each run of the browser: a site that has changed is noticed before a session depends on it.
import { conversationOf } from './address.js';
import * as badge from './badge.js';
import * as csp from './csp.js';
import { unreachable } from './host.js';
import * as tabs from './tabs.js';

/** @typedef {import('./types/protocol.d.ts').View} View */

/**
 * Puts an engine into the page that asks, if it needs one.
 * @param {chrome.runtime.MessageSender} page
 * @param {{ metas?: unknown, path?: unknown, rests?: unknown, wasm?: unknown }} message `wasm` is what an earlier answer said.
 * @param {(request: object) => Promise<import('./host.js').Answer & { cached?: View }>} ask Asks the host.
 * @returns {Promise<{ engine: boolean, conversation?: string | null, wasm?: boolean, examine?: boolean }>}
 */
export async function begin(page, { metas, path, rests, wasm }, ask) {
	const tab = Number(page.tab?.id);
	const first = typeof wasm !== 'boolean';
	if (first) await badge.turned(tab);
	const allowed = first ? await csp.take(tab) : wasm;
	const conversation = conversationOf(`${page.origin}${path}`) ?? null;
	await tabs.here(tab, conversation);
	const kind = `examined:${page.origin}:${conversation !== null}`;
	let needed = rests === true || (await tabs.cached(conversation)) !== undefined;
	let examine = false;
	if (!needed) {
		const outcome = await ask({ type: 'status', conversation });
		needed = Boolean(outcome.cached ?? (outcome.reply && 'view' in outcome.reply && outcome.reply.view));
		// Without a host nobody could say what a report means.
		examine = !unreachable(outcome) && !(await chrome.storage.session.get(kind))[kind];
	}
	if (!needed) return { engine: false, conversation, wasm: allowed, examine };
	if (rests) await chrome.storage.session.set({ [kind]: true });
	await inject(page, allowed && csp.allowsWasm(Array.isArray(metas) ? metas.map(String) : []));
	return { engine: true };
}

/**
 * By its document where the browser names it: the tab may show another one by now.
 * @param {chrome.runtime.MessageSender} page
 * @returns {chrome.scripting.InjectionTarget}
 */
export function documentOf(page) {
	const tabId = Number(page.tab?.id);
	return page.documentId ? { tabId, documentIds: [page.documentId] } : { tabId, frameIds: [0] };
}

/** @param {chrome.runtime.MessageSender} page @param {boolean} wasm Its policies allow WebAssembly. */
async function inject(page, wasm) {
	const target = documentOf(page);
	const run = (/** @type {string} */ file) =>
		chrome.scripting.executeScript({ target, files: [file], injectImmediately: true });
	if (!wasm) return run('engine/js.js');
	const [ran] = await run('engine/wasm.js');
	// A policy that left the page's text again is not seen, but holds: then the engine says so instead of running.
	if (ran?.result !== 'wasm') await run('engine/js.js');
}
