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
 * @property {string} limitBanner What the banner above the composer says of a limit; '' shows none.
 * @property {string} limitResets When the limit ends, in ISO 8601, as a time element of the banner; '' for none.
 * @property {boolean} withdrawTurn The next messages are drawn and then taken back, unanswered.
 * @property {number} approvalAt Fraction of the answer at which it waits for an approval; 1 never.
 * @property {boolean} artifactOnly The complete answer goes into an artifact: a card, and no text.
 * @property {number} interruptAt Fraction of the answer after which the line breaks; 1 never.
 * @property {number} continueAt Fraction of the answer after which it ends with a button to go on; 1 never.
 * @property {'same' | 'message'} continueAs Where the rest comes: in the same message, or in a new one.
 * @property {number} continueOverlap How many of the last lines the rest repeats.
 * @property {number} windowedCode Of longer code blocks only so many lines are in the page; 0 shows all.
 * @property {boolean} splitText Every text of an answer is cut into many nodes, with spans between.
 * @property {number} endDelayMs How long after its last text an answer still says that it grows.
 * @property {number} mergeAtEnd Milliseconds for which the middle of an answer is away when it says that it has ended; 0 never.
 * @property {boolean} noStreamingAttribute No message has data-is-streaming.
 * @property {number} toolPauseAt Fraction of the answer at which a tool is used, and the message says that it has ended; 1 never.
 * @property {number} toolPauseMs How long the tool takes.
 * @property {boolean} stopFlickers The stop button goes while a tool is used.
 * @property {string} thinkingText Expanded thinking above the answer, filled in like answer; '' for none.
 * @property {'hub-2026-10' | 'dframe-2026-07' | 'skeleton-2026-07' | 'resp-2026-03' | 'legacy-2025' | 'renamed-future'} layout The layout of the page.
 * @property {'en' | 'de' | 'ja' | 'ko' | 'fr' | 'ar'} language The language of every label.
 * @property {number} drawEveryMs The page draws only so often, as a hidden tab does; 0 in every frame.
 * @property {number} addressDelayMs How long after a message of a new chat the address changes.
 * @property {number} sendLateMs After each change of the text there is no send button for so long, and then another one; 0 it stays.
 * @property {number} ssrComposerMs For so long after the load a plain text field stands in the composer's place.
 * @property {boolean} sendTwice Each message is sent twice.
 * @property {boolean} pointerSend The send button wants a whole press of the pointer; a mere click does nothing.
 * @property {boolean} diagrams A mermaid fence becomes a drawing, and $…$ a formula.
 * @property {boolean} deferActions The toolbar of a message only comes under the pointer.
 * @property {number} extraControls So many more toolbars and stop buttons stand in the page while an answer grows.
 * @property {boolean} recycle A row that is not needed any more is filled with another message.
 * @property {boolean} shuffleRows Rows stand in the document in another order than on the screen.
 * @property {boolean} intruder Another extension puts its nodes into messages and beside the composer.
 * @property {'' | 'login' | 'challenge'} wall What stands in the place of every page.
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
	limitBanner: '',
	limitResets: '',
	withdrawTurn: false,
	approvalAt: 1,
	artifactOnly: false,
	interruptAt: 1,
	continueAt: 1,
	continueAs: 'same',
	continueOverlap: 0,
	windowedCode: 0,
	splitText: false,
	endDelayMs: 0,
	mergeAtEnd: 0,
	noStreamingAttribute: false,
	toolPauseAt: 1,
	toolPauseMs: 600,
	stopFlickers: false,
	thinkingText: '',
	layout: 'hub-2026-10',
	language: 'en',
	drawEveryMs: 0,
	addressDelayMs: 0,
	sendLateMs: 0,
	ssrComposerMs: 0,
	sendTwice: false,
	pointerSend: false,
	diagrams: false,
	deferActions: false,
	extraControls: 0,
	recycle: false,
	shuffleRows: false,
	intruder: false,
	wall: '',
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
