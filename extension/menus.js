// Why this exists: where a page does not show its answers as expected, there is still the browser's own menu: an entry on what is selected,
// and one on an answer. The page's engine does what they say; where it has no session, the box for pasting opens and says so.
import { text } from './say.js';
import { PATTERNS } from './sites.js';
import * as tabs from './tabs.js';

/** Puts the entries into the browser's menu, in its language of now. */
export async function make() {
	await chrome.contextMenus.removeAll();
	const documentUrlPatterns = PATTERNS;
	chrome.contextMenus.create({
		id: 'selection',
		title: text('menu_selection'),
		contexts: ['selection'],
		documentUrlPatterns,
	});
	const contexts = /** @type {const} */ (['page', 'link', 'image']);
	chrome.contextMenus.create({
		id: 'answer',
		title: text('menu_answer'),
		contexts: [...contexts],
		documentUrlPatterns,
	});
}

/** @param {chrome.contextMenus.OnClickData} info @param {chrome.tabs.Tab | undefined} tab */
export async function clicked({ menuItemId, frameId }, tab) {
	if (tab?.id === undefined) return;
	if (frameId || !(await tabs.hasSession(tab.id))) return openPaste(tab.id);
	await chrome.tabs
		.sendMessage(tab.id, { from: 'menu', take: menuItemId }, { frameId: 0 })
		.catch(() => openPaste(tab.id));
}

/** The box that an answer can be pasted into, in a window of its own beside the page. @param {number | undefined} tab */
export async function openPaste(tab) {
	const url = chrome.runtime.getURL(`popup.html?tab=${tab}#paste`);
	await chrome.windows.create({ url, type: 'popup', width: 440, height: 720 });
}
