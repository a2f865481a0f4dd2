// Every behaviour a test may want from the stand-in is one flag, named and defaulted here and nowhere else.

/**
 * @typedef {object} Flags
 * @property {number} pace Characters per second of an answer; 0 is as fast as the line allows.
 * @property {number} attributeDelayMs How long a new answer has no data-is-streaming at all.
 * @property {number} thinking Milliseconds of thinking before the text; 0 for none.
 * @property {number} cutAt Fraction of the answer after which it ends as if it were whole; 1 keeps it whole.
 * @property {boolean} foreignNonce Answer with a nonce nobody asked for.
 * @property {string | null} answer A literal reply in place of the scripted one.
 * @property {string[]} answerOnce Literal replies for the next prompts, used up in order.
 * @property {number} composerPasteChip Pastes longer than this become an attachment; 0 never.
 * @property {boolean} drafts Keep unsent text per conversation.
 * @property {number} hydrationHole Milliseconds a conversation stays empty after it was opened.
 * @property {number} rerender Replace the answer's node once it is longer than this; 0 never.
 * @property {'auto' | 'light' | 'dark'} mode Colour scheme; auto follows the browser.
 */

/** @type {Readonly<Flags>} */
export const defaults = Object.freeze({
	pace: 4000,
	attributeDelayMs: 170,
	thinking: 0,
	cutAt: 1,
	foreignNonce: false,
	answer: null,
	answerOnce: [],
	composerPasteChip: 0,
	drafts: false,
	hydrationHole: 0,
	rerender: 0,
	mode: 'auto',
});

/**
 * @param {Readonly<Flags>} current
 * @param {Partial<Flags>} changes
 * @returns {Flags}
 */
export function withFlags(current, changes) {
	const unknown = Object.keys(changes).filter((name) => !(name in defaults));
	if (unknown.length > 0) throw new Error(`no such flag: ${unknown.join(', ')}`);
	const flags = { ...current, ...changes };
	return { ...flags, answerOnce: [...flags.answerOnce] };
}
