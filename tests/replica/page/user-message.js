// What the user sent: paragraphs, the tiles of attachments, and a copy for screen readers.
import { button, el } from './dom.js';
import { label } from './labels.js';

const longText = 900;

/** @param {import('./turn.js').Turn} turn */
export function userMessage(turn) {
	const parts = turn.attachments.length > 0 ? [tiles(turn.attachments)] : [];
	if (turn.text) parts.push(body(turn.text));
	return el(
		'div',
		{ 'data-transcript-row': '' },
		el('h2', { 'data-find-omitted': '', class: 'sr-only select-none' }, `${label('you')} ${turn.text.slice(0, 80)}`),
		el(
			'div',
			{ 'data-user-scope': '', class: 'group group/message-row min-w-0' },
			el(
				'div',
				{ 'data-cds': 'UserMessage', 'data-turn-key': turn.key },
				...parts,
				el('div', { 'data-cds': 'MessageActions', 'data-deferred': '', 'data-size': 'xs' }),
			),
		),
	);
}

/** @param {string} text */
function body(text) {
	const paragraphs = text
		.split(/\n{2,}/)
		.map((paragraph) => el('p', { class: 'whitespace-pre-wrap break-words', dir: 'auto' }, paragraph));
	const bubble = el(
		'div',
		{ class: 'cds-user-message-body' },
		el(
			'div',
			{ 'data-testid': 'user-message', class: 'relative grid min-w-0 grid-cols-1 gap-2' },
			el('div', { class: 'contents' }, ...paragraphs),
		),
	);
	if (text.length > longText) fold(bubble);
	return bubble;
}

/** @param {HTMLElement} bubble */
function fold(bubble) {
	bubble.dataset.folded = '';
	const more = button('Show more', 'Show more', () => {
		delete bubble.dataset.folded;
		more.remove();
	});
	bubble.append(more);
}

/** @param {string[]} names */
function tiles(names) {
	return el(
		'div',
		{ 'data-cds': 'MessageAttachments' },
		...names.map((name) => el('div', { 'data-testid': 'file-thumbnail' }, el('h3', {}, name))),
	);
}
