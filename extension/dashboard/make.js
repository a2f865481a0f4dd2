// Why this exists: elements are made here and nowhere else, and what is put into them is text. No markup is ever made out of it.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @template {Element} T
 * @param {T} element
 * @param {Record<string, string | number | boolean>} attributes Without those that are `false`.
 * @param {(Node | string)[]} children
 */
function fill(element, attributes, children) {
	for (const [name, value] of Object.entries(attributes)) {
		if (value !== false) element.setAttribute(name, value === true ? '' : String(value));
	}
	element.append(...children);
	return element;
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | boolean>} [attributes]
 * @param {(Node | string)[]} children
 */
export const make = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

/**
 * An element of a drawing.
 * @param {string} tag
 * @param {Record<string, string | number | boolean>} [attributes]
 * @param {(Node | string)[]} children
 */
export const draw = (tag, attributes = {}, ...children) =>
	fill(/** @type {SVGElement} */ (document.createElementNS(SVG, tag)), attributes, children);

/** @param {string} id @returns {any} The element, of whichever kind dashboard.html made it. */
export const at = (id) => document.getElementById(id);

const pen = document.createElement('canvas').getContext('2d');
/** How wide a text is in a drawing. @param {string} words */
export function widthOf(words) {
	if (!pen) return words.length * 7;
	pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
	return pen.measureText(words).width;
}

/** A text of one line, cut where it does not fit. @param {string} words @param {number} room */
export function fit(words, room) {
	const line = words.replace(/\s+/g, ' ').slice(0, 200);
	if (widthOf(line) <= room) return line;
	let end = line.length;
	while (end > 0 && widthOf(`${line.slice(0, end)}…`) > room) end -= 1;
	return `${line.slice(0, end)}…`;
}
