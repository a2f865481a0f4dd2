// Why this exists: what a browser keeps of answers is not lost while people can see it. The popup shows how many wait, which were
// turned down, and which were set aside, until somebody has decided on them.
import { addressOf } from './address.js';
import { call } from './call.js';
import { at, make } from './dashboard/make.js';
import { phaseName, text } from './say.js';

/** @typedef {import('./outbox.js').Aside} Aside */
/** @typedef {import('./outbox.js').Stand & { refused: import('./outbox.js').Refused[], aside: Aside[] }} Outbox */

/** Shows it as it is now. */
export async function showWaiting() {
	/** @type {Outbox} */
	const { left, filling, refused, aside } = await call({ to: 'outbox' });
	at('outbox').hidden = left === 0;
	at('outbox').textContent = text(filling ? 'popup_outbox_filling' : 'popup_outbox', left);
	at('refused').hidden = refused.length === 0;
	at('notes').replaceChildren(
		...refused.map(({ phase, conversation, message }) => make('li', {}, ...about(phase, conversation, message))),
	);
	at('aside').hidden = aside.length === 0;
	at('kept').replaceChildren(...aside.map(keptRow));
}

/**
 * @param {string | null | undefined} phase
 * @param {string | null | undefined} conversation
 * @param {string} message
 */
function about(phase, conversation, message) {
	const href = conversation ? addressOf(conversation) : undefined;
	const words = make('p', {}, [phase && phaseName(phase), message].filter(Boolean).join(': '));
	if (!href) return [words];
	return [words, make('a', { href, target: '_blank', rel: 'noreferrer' }, text('popup_open_chat'))];
}

/** @param {Aside} aside */
function keptRow({ key, phase, conversation, why, readable }) {
	const row = make('li', {}, ...about(phase, conversation, why));
	const choices = make('div', { class: 'choices' });
	/** @param {string} word @param {() => void} act */
	const button = (word, act) => {
		const made = make('button', { type: 'button', class: 'plain' }, text(word));
		made.addEventListener('click', act);
		return made;
	};
	/** @param {object} message */
	const tell = async (message) => {
		await call(message);
		await showWaiting();
		at('turned-aside').focus();
	};
	const again = button('popup_again', () => {
		choices.replaceChildren(make('p', { class: 'quiet', role: 'status' }, text('popup_again_tries')));
		void tell({ to: 'again', key });
	});
	const first = [...(readable ? [again] : []), button('popup_discard', sure)];
	function sure() {
		const question = make('p', { role: 'status' }, text('popup_discard_sure'));
		const keep = button('popup_discard_no', () => {
			choices.replaceChildren(...first);
			first.at(-1)?.focus();
		});
		choices.replaceChildren(
			question,
			keep,
			button('popup_discard_yes', () => void tell({ to: 'discard', key })),
		);
		keep.focus();
	}
	choices.replaceChildren(...first);
	row.append(choices);
	return row;
}
