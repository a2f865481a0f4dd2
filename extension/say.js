// Why this exists: the host speaks in keys of the catalogue (core/src/words.rs), people read sentences in their language.

/** @typedef {import('./types/protocol.d.ts').UiMessage} Say */
/** @typedef {import('./types/protocol.d.ts').Refusal} Refusal */
/** @typedef {import('./types/protocol.d.ts').Code} Code */

/**
 * The text of a key, with its placeholders filled.
 * @param {string} key
 * @param {...(string | number)} args
 */
export const text = (key, ...args) => chrome.i18n.getMessage(key, args.map(String)) || key;

/**
 * A `Say` as text; a value `@key` is a text of the catalogue itself.
 * @param {Say} say
 */
export const said = ({ key, args }) =>
	text(key, ...args.map((arg) => (arg.startsWith('@') && chrome.i18n.getMessage(arg.slice(1))) || arg));

/**
 * What people call a phase: a title that is `@key` is a text of the catalogue, and a host that is older than titles has none.
 * @param {string} phase
 * @param {string} [title]
 */
export const phaseName = (phase, title = '') =>
	(title.startsWith('@') || !title ? chrome.i18n.getMessage(title.slice(1) || `phase_${phase}`) : title) || phase;

/**
 * A refusal that the frame itself gives, in the shape of the host's; the hint is the key with `_hint`.
 * @param {Code} code
 * @param {string} key
 * @param {...(string | number)} args
 * @returns {Refusal}
 */
export const refuse = (code, key, ...args) => ({ code, message: text(key, ...args), hint: text(`${key}_hint`) });

/** Fills the words into a page whose elements name their key in `data-say`. */
export function sayPage() {
	document.documentElement.lang = text('language');
	for (const element of document.querySelectorAll('[data-say]')) {
		element.textContent = text(element.getAttribute('data-say') ?? '');
	}
}
