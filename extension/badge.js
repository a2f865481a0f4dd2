// Why this exists: the toolbar says in one letter and one sentence what this tab waits for, without any page of ours open.
import { said, text } from './say.js';

/** @typedef {import('./types/protocol.d.ts').Badge} Badge */
/** @typedef {import('./types/protocol.d.ts').Tone} Tone */

/** @typedef {import('./types/protocol.d.ts').UiMessage} Say */

/** Each carries white text with a contrast of at least 6 to 1. @type {Record<Tone, string>} */
const COLOURS = { working: '#1d4ed8', ready: '#166534', attention: '#b91c1c', done: '#4b5563' };
const AMBER = '#92400e';

const memory = chrome.storage.session;
/** @param {number} tab */
const badgeKey = (tab) => `badge:${tab}`;
/** @param {number} tab */
const driftKey = (tab) => `drift:${tab}`;

/**
 * Shows a badge on a tab: a session's, `null` where there is none, `missing` where the host cannot be asked, or `filling`
 * where besides the room for what waits for it runs out.
 * @param {number} tab
 * @param {Badge | null | 'missing' | 'filling'} badge
 */
export async function show(tab, badge) {
	await memory.set({ [badgeKey(tab)]: badge });
	await draw(tab);
}

/**
 * Says on a tab that its page is not as expected; without a reason it is again.
 * @param {number} tab
 * @param {Say[]} why
 */
export async function drifted(tab, why) {
	await memory.set({ [driftKey(tab)]: why });
	await draw(tab);
}

/** Why the page of a tab is not as expected. @param {number} tab @returns {Promise<Say[]>} */
export const driftOf = async (tab) => (await memory.get(driftKey(tab)))[driftKey(tab)] ?? [];

/** Another page is on its way to this tab. @param {number} tab */
export const turned = (tab) => memory.remove(driftKey(tab));

/** @param {number} tab */
export const forget = (tab) => memory.remove([badgeKey(tab), driftKey(tab)]);

/** @param {number} tabId */
async function draw(tabId) {
	try {
		/** @type {Badge | null | 'missing' | 'filling'} */
		const badge = (await memory.get(badgeKey(tabId)))[badgeKey(tabId)] ?? null;
		const [drift] = await driftOf(tabId);
		const filling = badge === 'filling';
		const missing = badge === 'missing' || filling;
		const { action } = chrome;
		let colour = filling ? AMBER : missing ? COLOURS.attention : COLOURS[badge?.tone ?? 'done'];
		const silent = filling ? 'badge_outbox_filling' : 'badge_host_missing';
		let title = missing ? text(silent) : badge ? said(badge.title) : text('badge_none');
		if (drift && !missing) {
			colour = AMBER;
			title = text('badge_drifted', said(drift));
		}
		await Promise.all([
			action.setBadgeText({ tabId, text: missing ? '!' : (badge?.text ?? (drift ? '!' : '')) }),
			action.setBadgeBackgroundColor({ tabId, color: colour }),
			action.setBadgeTextColor({ tabId, color: '#ffffff' }),
			action.setTitle({ tabId, title }),
		]);
	} catch {
		// The tab was closed meanwhile.
	}
}
