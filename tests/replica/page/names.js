// What the layouts of other years call the parts of the page. The page is built under the names of the newest one; an element of
// another has not all of them, or has others. Layouts are in use side by side on the site, one per account.
import { flags } from './flags.js';

/**
 * @typedef {object} Names
 * @property {(string | RegExp)[]} gone Attributes that this layout has not, with their value or without.
 * @property {Record<string, Record<string, string>>} [instead] What stands in the place of an attribute with its value.
 * @property {string[]} [classes] Words of a class that it has not.
 */

const ofHub = [
	'data-cds',
	'data-turn-key',
	'data-perf-reply-text',
	/^data-(perf-row|transcript|item-key|find-omitted)/,
	/^data-testid=(transcript-row|assistant-message|chat-input-send|chat-input-stop|message-actions)$/,
];
const ofLists = [
	/^data-(rs-)?index/,
	/^role=(feed|article)$/,
	/^aria-(posinset|setsize)/,
	'data-testid=last-message-sentinel',
];
const row = { 'data-testid=transcript-row': { 'data-test-render-count': '1' } };

/** @type {Record<import('../flags.mjs').Flags['layout'], Names>} */
const layouts = {
	'hub-2026-10': { gone: ['data-testid=action-bar-copy', 'data-testid=action-bar-retry'] },
	'dframe-2026-07': { gone: ofHub, instead: { 'data-cds=Prose': { class: 'font-claude-response' } } },
	'skeleton-2026-07': { gone: [...ofHub, 'data-is-streaming', /^role=article$/, /^aria-(posinset|setsize)/] },
	'resp-2026-03': {
		gone: [...ofHub, ...ofLists, 'role=toolbar'],
		instead: { ...row, 'data-cds=Prose': { class: 'font-claude-response' }, 'role=toolbar': { role: 'group' } },
	},
	'legacy-2025': {
		gone: [...ofHub, ...ofLists, 'role=toolbar', 'data-testid=chat-input', 'role=textbox', 'data-chat-input-container'],
		instead: { ...row, 'data-cds=Prose': { class: 'font-claude-message' } },
		classes: ['progressive-markdown', 'standard-markdown'],
	},
	'renamed-future': {
		gone: [/^data-(?!not-prose|mode|data-placeholder)/],
		classes: ['progressive-markdown', 'standard-markdown', 'prose'],
	},
};

/** The attributes of an element as this layout has them. @param {Record<string, string>} attributes */
export function named(attributes) {
	const { gone, instead = {}, classes = [] } = layouts[flags.layout];
	const entries = Object.entries(attributes);
	const isGone = (/** @type {string} */ name, /** @type {string} */ both) =>
		gone.some((what) => (typeof what === 'string' ? what === name || what === both : what.test(both)));
	const out = Object.fromEntries(entries.filter(([name, value]) => !isGone(name, `${name}=${value}`)));
	for (const [name, value] of entries) {
		for (const [other, its] of Object.entries(instead[`${name}=${value}`] ?? {}))
			out[other] = `${out[other] ?? ''} ${its}`.trim();
	}
	if (out.class)
		out.class = out.class
			.split(' ')
			.filter((word) => !classes.includes(word))
			.join(' ');
	return out;
}
