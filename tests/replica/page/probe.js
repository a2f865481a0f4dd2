// What tests may ask of the page without reading its DOM, so that they can check what was read from the DOM.
/// <reference path="./globals.d.ts" />
import { flags, setFlags } from './flags.js';

/**
 * @typedef {object} Probe
 * @property {string[]} violations
 * @property {number} firstTokenAt
 * @property {number} lastTokenAt
 * @property {boolean} streaming
 * @property {() => string} editorText
 * @property {{sender: string, text: string}[]} turns
 * @property {typeof setFlags} setFlags
 * @property {() => void} stop
 * @property {import('./chat.js').Chat['edit']} edit
 * @property {import('./chat.js').Chat['retry']} retry
 * @property {import('./chat.js').Chat['switchBranch']} switchBranch
 * @property {() => void} hydrate The page draws itself anew, and what is not its own is gone.
 * @property {Readonly<import('./flags.js').Flags>} flags
 */

/** When the latest answer showed its first and its last character. */
export const tokens = { firstAt: 0, lastAt: 0 };

/**
 * @param {import('./chat.js').Chat} chat
 * @param {() => void} hydrate
 */
export function exposeProbe(chat, hydrate) {
	/** @type {string[]} */
	const violations = [];
	document.addEventListener('securitypolicyviolation', (violation) => {
		violations.push(`${violation.violatedDirective} ${violation.blockedURI} ${violation.sample}`);
	});
	window.__replica = {
		violations,
		get firstTokenAt() {
			return tokens.firstAt;
		},
		get lastTokenAt() {
			return tokens.lastAt;
		},
		get streaming() {
			return chat.streaming;
		},
		get turns() {
			return chat.turns.map(({ sender, text }) => ({ sender, text }));
		},
		editorText: () => chat.composer.text(),
		stop: () => chat.stop(),
		edit: (index, text) => chat.edit(index, text),
		retry: (index) => chat.retry(index),
		switchBranch: (index) => chat.switchBranch(index),
		hydrate: () => {
			chat.transcript.show(chat.turns);
			hydrate();
		},
		setFlags,
		flags,
	};
}
