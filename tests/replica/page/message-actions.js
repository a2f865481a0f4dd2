// The toolbar under a message. It comes only after the end of an answer, which is why readers wait for it.
import { button, el } from './dom.js';

/**
 * @param {import('./turn.js').Turn} turn
 * @param {Element} body
 */
export function messageActions(turn, body) {
	const time = new Date(turn.time);
	return el(
		'div',
		{
			'data-cds': 'MessageActions',
			role: 'toolbar',
			'aria-label': 'Message actions',
			'data-testid': 'message-actions',
		},
		button('Copy', 'Copy', () => copy(turn.text, body)),
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
