// Why this exists: the toolbar says in one letter and one sentence what this tab waits for, without any page of ours open.
import { said, text } from './say.js';

/** @typedef {import('./types/protocol.d.ts').Badge} Badge */
/** @typedef {import('./types/protocol.d.ts').Tone} Tone */

/** Each carries white text with a contrast of at least 6 to 1. @type {Record<Tone, string>} */
const COLOURS = { working: '#1d4ed8', ready: '#166534', attention: '#b91c1c', done: '#4b5563' };

/**
 * Shows a badge on a tab: a session's, `null` where there is none, or `missing` where the host cannot be asked.
 * @param {number} tabId
 * @param {Badge | null | 'missing'} badge
 */
export async function show(tabId, badge) {
	const missing = badge === 'missing';
	const { action } = chrome;
	const colour = missing ? COLOURS.attention : COLOURS[badge?.tone ?? 'done'];
	const title = missing ? text('badge_host_missing') : badge ? said(badge.title) : text('badge_none');
	try {
		await Promise.all([
			action.setBadgeText({ tabId, text: missing ? '!' : (badge?.text ?? '') }),
			action.setBadgeBackgroundColor({ tabId, color: colour }),
			action.setBadgeTextColor({ tabId, color: '#ffffff' }),
			action.setTitle({ tabId, title }),
		]);
	} catch {
		// The tab was closed meanwhile.
	}
}
