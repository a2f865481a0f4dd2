// Elements are built by hand everywhere: under Trusted Types nothing may be parsed from a string.
import { flags } from './flags.js';
import { named } from './names.js';

/** What the page made itself; other nodes are not its business, and it leaves them where they are.
 * @type {WeakSet<Node>} */
export const own = new WeakSet();

/**
 * @template {keyof HTMLElementTagNameMap | keyof MathMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {Tag extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[Tag] : HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
	const element = document.createElement(tag);
	own.add(element);
	for (const [name, value] of Object.entries(named(attributes))) element.setAttribute(name, value);
	element.append(...children);
	return /** @type {any} */ (element);
}

const pieceLength = 3;

/**
 * A text as it is, or as many nodes: nothing in it can be found by looking at one of them.
 * @param {string} text
 * @returns {Node}
 */
export function inPieces(text) {
	if (!flags.splitText) return document.createTextNode(text);
	const pieces = text.match(new RegExp(`.{1,${pieceLength}}`, 'gsu')) ?? [];
	const together = document.createDocumentFragment();
	together.append(
		...pieces.map((piece, at) => (at % 3 === 2 ? el('span', {}, piece) : document.createTextNode(piece))),
	);
	return together;
}

/**
 * @param {string} label
 * @param {string} text
 * @param {() => void} press
 * @param {Record<string, string>} [attributes]
 */
export function button(label, text, press, attributes = {}) {
	const element = el('button', { type: 'button', 'aria-label': label, ...attributes }, text);
	element.addEventListener('click', press);
	return element;
}
