// The frame around a message: which row it is, of how many, and whether it still grows.
import { finishedMessage } from './assistant-message.js';
import { el, own } from './dom.js';
import { named } from './names.js';
import { userMessage } from './user-message.js';

const furthestFromTail = 10;

/**
 * @param {import('./turn.js').Turn} turn
 * @param {number} index
 * @param {number} total
 */
export function createRow(turn, index, total) {
	const content = el('div', { class: 'contents' }, messageOf(turn));
	const row = el('div', { 'data-testid': 'transcript-row' }, el('div', { role: 'article' }, content));
	updateRow(row, turn, index, total);
	return row;
}

/** @param {import('./turn.js').Turn} turn */
function messageOf(turn) {
	if (turn.sender === 'human') return userMessage(turn);
	return turn.live?.element ?? finishedMessage(turn);
}

/**
 * @param {HTMLElement} row
 * @param {import('./turn.js').Turn} turn
 * @param {number} index
 * @param {number} total
 */
export function updateRow(row, turn, index, total) {
	set(row, {
		'data-rs-index': `${index}`,
		'data-index': `${index}`,
		'data-perf-row': turn.sender,
		'data-perf-row-streaming': `${turn.streaming}`,
		'data-perf-row-from-tail': `${Math.min(total - 1 - index, furthestFromTail)}`,
	});
	row.toggleAttribute('data-last-message', index === total - 1);
	const article = /** @type {Element} */ (row.firstElementChild);
	set(article, {
		'aria-posinset': `${index + 1}`,
		'aria-setsize': `${total}`,
		'aria-label': `Message ${index + 1} of ${total}`,
	});
}

/**
 * @param {Element} element
 * @param {Record<string, string>} attributes
 */
function set(element, attributes) {
	for (const [name, value] of Object.entries(named(attributes)))
		if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * An old row shows another message: the node of the message stays, and so does what others put into it.
 * @param {HTMLElement} old
 * @param {HTMLElement} row
 */
export function reuseRow(old, row) {
	const selector = '[data-cds=AssistantMessage], [data-cds=UserMessage]';
	const [message, other] = [old, row].map((its) => /** @type {Element} */ (its.querySelector(selector)));
	for (const part of [...message.children].filter((child) => own.has(child))) part.remove();
	message.prepend(...other.childNodes);
	for (const name of message.getAttributeNames()) message.removeAttribute(name);
	set(/** @type {HTMLElement} */ (message), attributesOf(other));
	set(old, attributesOf(row));
	return old;
}

/** @param {Element} element */
function attributesOf(element) {
	return Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]));
}
