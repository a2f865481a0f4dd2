// Elements are built by hand everywhere: under Trusted Types nothing may be parsed from a string.

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
	element.append(...children);
	return element;
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
