// Why this exists: what the worker knows about tabs and sessions has to survive the worker, and news has to find every
// tab it concerns. All of it lives in storage.session: gone with the browser, never seen by a page.
import * as badge from './badge.js';
import { PATTERNS } from './sites.js';

/** @typedef {import('./types/protocol.d.ts').View} View */

const memory = chrome.storage.session;

/** @param {number} tab */
const hereKey = (tab) => `here:${tab}`;
/** @param {string | null | undefined} conversation */
const viewKey = (conversation) => `view:${conversation ?? ''}`;

/**
 * Remembers which conversation a tab shows.
 * @param {number} tab
 * @param {unknown} conversation
 */
export async function here(tab, conversation) {
	const key = hereKey(tab);
	const now = typeof conversation === 'string' ? conversation.slice(0, 300) : null;
	if ((await memory.get(key))[key] !== now) await badge.turned(tab);
	await memory.set({ [key]: now });
}

/** @param {number} tab */
export const gone = (tab) => Promise.all([memory.remove(hereKey(tab)), badge.forget(tab)]);

/**
 * The last view that was shown for a conversation.
 * @param {string | null | undefined} conversation
 * @returns {Promise<View | undefined>}
 */
export async function cached(conversation) {
	const key = viewKey(conversation);
	return (await memory.get(key))[key];
}

/** Whether a session that is under way lives in a tab. @param {number} tab */
export async function hasSession(tab) {
	const key = hereKey(tab);
	const here = (await memory.get(key))[key];
	return here !== undefined && (await cached(here))?.standing === 'active';
}

/**
 * Keeps a view for the time when the host does not answer; `null` says that there is no session.
 * @param {View | null} view
 * @param {string | null} [asked] The conversation that was asked for, which a fresh session does not know yet.
 */
export async function remember(view, asked) {
	try {
		if (asked !== undefined && !view) await memory.remove(viewKey(asked));
		if (!view) return;
		const known = await cached(view.conversation);
		if (known?.session === view.session && known.seq > view.seq) return;
		await memory.set({ [viewKey(view.conversation)]: view });
		// Once it lives in a conversation, a new one must not be offered it any more.
		if (view.conversation && (await cached(null))?.session === view.session) await memory.remove(viewKey(null));
		if (asked !== undefined && asked !== view.conversation) await memory.set({ [viewKey(asked)]: view });
	} catch {
		// Full: views are a comfort and can go, the rest is needed.
		await memory.remove(Object.keys(await memory.get()).filter((key) => key.startsWith('view:')));
	}
}

/** Puts a view on the badge of every tab that shows its conversation. @param {View} view */
export async function mark(view) {
	const all = await memory.get();
	for (const [key, conversation] of Object.entries(all)) {
		if (key.startsWith('here:') && conversation === view.conversation) {
			await badge.show(Number(key.slice('here:'.length)), view.badge);
		}
	}
}

/**
 * Tells the open pages of the sites and our own pages.
 * @param {object} news
 */
export async function tell(news) {
	const nobody = () => {};
	chrome.runtime.sendMessage(news).catch(nobody);
	for (const { id } of await chrome.tabs.query({ url: PATTERNS })) {
		if (id !== undefined) chrome.tabs.sendMessage(id, news, { frameId: 0 }).catch(nobody);
	}
}

/** Boots the pages that were open before the extension was: content scripts reach only pages that load after it. */
export async function boot() {
	for (const { id } of await chrome.tabs.query({ url: PATTERNS })) {
		if (id === undefined) continue;
		chrome.scripting.executeScript({ target: { tabId: id, frameIds: [0] }, files: ['boot.js'] }).catch(() => {});
	}
}
