// Turns markdown-it's tokens into elements, because its own renderer makes a string of HTML.
import markdownIt from 'markdown-it';
import { CodeBlock } from './code-block.js';
import { el } from './dom.js';

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
	return token.type === 'fence' || token.type === 'code_block';
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
			return code(token);
		case 'code_inline':
			return el('code', {}, token.content);
		case 'softbreak':
			return '\n';
		case 'hardbreak':
			return el('br');
		case 'hr':
			return el('hr');
		default:
			return token.content;
	}
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
