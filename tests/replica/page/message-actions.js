// The toolbar under a message. It comes only after the end of an answer, which is why readers wait for it.
import { button, el } from './dom.js';
import { flags } from './flags.js';
import { label } from './labels.js';

/**
 * @param {import('./turn.js').Turn} turn
 * @param {Element} body
 */
export function messageActions(turn, body) {
	if (!flags.deferActions) return toolbar(turn, body);
	const shell = el('div', { 'data-cds': 'MessageActions', 'data-deferred': '', 'data-size': 'xs' });
	// Only a pointer over the text itself brings it; one over the message as a whole does not.
	body.addEventListener('pointerover', () => shell.replaceWith(toolbar(turn, body)), { once: true });
	return shell;
}

/**
 * @param {import('./turn.js').Turn} turn
 * @param {Element} body
 */
export function toolbar(turn, body) {
	const time = new Date(turn.time);
	return el(
		'div',
		{
			'data-cds': 'MessageActions',
			role: 'toolbar',
			'aria-label': label('actions'),
			'data-testid': 'message-actions',
		},
		button(label('copy'), label('copy'), () => copy(turn.text, body), { 'data-testid': 'action-bar-copy' }),
		button(label('retry'), '', () => {}, { 'data-testid': 'action-bar-retry' }),
		el(
			'time',
			{ 'data-cds': 'RelativeTime', datetime: turn.time },
			time.toLocaleDateString('en', { month: 'short', day: 'numeric' }),
		),
	);
}

/**
 * @param {string} markdown
 * @param {Element} body
 */
function copy(markdown, body) {
	const item = new ClipboardItem({
		'text/plain': new Blob([markdown.trim()], { type: 'text/plain' }),
		'text/html': new Blob([body.innerHTML], { type: 'text/html' }),
	});
	return navigator.clipboard.write([item]);
}
