// Turns markdown-it's tokens into elements, because its own renderer makes a string of HTML.
import markdownIt from 'markdown-it';
import { CodeBlock } from './code-block.js';
import { el, inPieces } from './dom.js';
import { flags } from './flags.js';

/** @typedef {ReturnType<ReturnType<typeof markdownIt>['parse']>[number]} Token */

const parser = markdownIt({ html: false, linkify: false, typographer: false });

/**
 * The top-level blocks of a text, each with the line on which it starts.
 * @param {string} text
 */
export function topLevelBlocks(text) {
	/** @type {{line: number, tokens: Token[]}[]} */
	const blocks = [];
	let depth = 0;
	for (const token of parser.parse(text, {})) {
		if (depth === 0) blocks.push({ line: token.map?.[0] ?? 0, tokens: [] });
		blocks.at(-1)?.tokens.push(token);
		depth += token.nesting;
	}
	return blocks;
}

/** @param {Token} token */
export function isCode(token) {
	return (token.type === 'fence' || token.type === 'code_block') && !isDiagram(token);
}

/** @param {Token} token */
function isDiagram(token) {
	return flags.diagrams && token.type === 'fence' && token.info === 'mermaid';
}

/** @param {Token} token */
export function codeText(token) {
	return token.content.replace(/\n$/, '');
}

/**
 * @param {Token[]} tokens
 * @returns {DocumentFragment}
 */
export function toDom(tokens) {
	const root = document.createDocumentFragment();
	/** @type {(DocumentFragment | Element)[]} */
	const open = [root];
	for (const token of tokens) {
		const parent = open.at(-1) ?? root;
		if (token.nesting === 0) parent.append(leaf(token));
		else if (token.hidden) continue;
		else if (token.nesting < 0) open.pop();
		else {
			const element = withAttributes(document.createElement(token.tag), token);
			parent.append(element);
			open.push(element);
		}
	}
	return root;
}

/**
 * @param {Token} token
 * @returns {Node | string}
 */
function leaf(token) {
	switch (token.type) {
		case 'inline':
			return toDom(token.children ?? []);
		case 'fence':
		case 'code_block':
			return isDiagram(token) ? diagram() : code(token);
		case 'code_inline':
			return el('code', {}, token.content);
		case 'softbreak':
			return '\n';
		case 'hardbreak':
			return el('br');
		case 'hr':
			return el('hr');
		default:
			return flags.diagrams && /\$.+\$/.test(token.content) ? formulas(token.content) : inPieces(token.content);
	}
}

/** A drawing has no text of what it was drawn from. */
function diagram() {
	const box = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
	box.append(document.createElementNS('http://www.w3.org/2000/svg', 'rect'));
	return el('div', { 'data-diagram': 'mermaid' }, box);
}

/** Each $…$ as KaTeX draws it: once for machines, once for the eye. @param {string} text */
function formulas(text) {
	const parts = text.split(/\$(.+?)\$/).map((part, at) => {
		if (at % 2 === 0) return part;
		const source = el('annotation', { encoding: 'application/x-tex' }, part);
		const spoken = el(
			'span',
			{ class: 'katex-mathml' },
			el('math', {}, el('semantics', {}, el('mi', {}, part), source)),
		);
		return el('span', { class: 'katex' }, spoken, el('span', { class: 'katex-html', 'aria-hidden': 'true' }, part));
	});
	const together = document.createDocumentFragment();
	together.append(...parts);
	return together;
}

/** @param {Token} token */
function code(token) {
	const block = new CodeBlock(token.info);
	block.update(codeText(token));
	return block.element;
}

/**
 * @param {Element} element
 * @param {Token} token
 */
function withAttributes(element, token) {
	for (const [name, value] of token.attrs ?? []) element.setAttribute(name, String(value));
	return element;
}
