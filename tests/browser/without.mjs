// Answers without a page: sessions that wait for one are begun through the worker, and complete answers are brought to it, as many and
// as large as a test wants.
import { answer } from './acts.mjs';

/** @typedef {import('./acts.mjs').Page} Page */
/** @typedef {{ session: string, nonce: string }} Waiting */
/** @typedef {{ queued?: number, filling?: boolean, reply?: { type: string }, refusal?: { code: string, message: string, hint: string } }} Sent */

/** Begins sessions that wait for an answer. @param {Page} popup @param {number} count @returns {Promise<Waiting[]>} */
export const begun = (popup, count) =>
	popup.evaluate(async (count) => {
		const ask = (/** @type {object} */ request) => chrome.runtime.sendMessage({ to: 'host', request });
		/** @type {Waiting[]} */
		const all = [];
		for (let at = 0; at < count; at++) {
			const { reply } = await ask({ type: 'start', feature: `Feature ${at}`, workflow: 'feature' });
			const { nonce } = (await ask({ type: 'prompt', session: reply.view.session })).reply;
			all.push({ session: reply.view.session, nonce });
		}
		return all;
	}, count);

/** A complete answer to each, with these words in it. @param {Waiting[]} waiting @param {(at: number) => string} words */
export const answersTo = (waiting, words) =>
	waiting.map(({ session, nonce }, at) => ({
		type: 'capture',
		capture: `capture-${at}-${session}`,
		session,
		phase: 'planning',
		body: {
			format: 'markdown',
			content: answer('planning', [], words(at))
				.replaceAll('{{session}}', session)
				.replaceAll('{{phase}}', 'planning')
				.replaceAll('{{nonce}}', nonce),
		},
		source: 'page',
		timing: { sent_ms: null, first_token_ms: null, last_token_ms: null, span_ms: null },
		conversation: null,
	}));

/** Brings captures to the worker, all at once; what it said to each. @param {Page} popup @param {object[]} captures @returns {Promise<Sent[]>} */
export const brought = (popup, captures) =>
	popup.evaluate(
		(captures) => Promise.all(captures.map((request) => chrome.runtime.sendMessage({ to: 'host', request }))),
		captures,
	);

/** Brings complete answers of about so many characters. @param {Page} popup @param {Waiting[]} waiting @param {number} characters */
export function captured(popup, waiting, characters) {
	const filler = 'word '.repeat(characters / 5);
	const words = (/** @type {number} */ at) => `Answer ${at}. ${at % 2 ? filler : filler.trimEnd()}`;
	return brought(popup, answersTo(waiting, words));
}
