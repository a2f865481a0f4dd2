// Splits code into token spans as a highlighter does: what matters is that a line is many text nodes.
import { el } from './dom.js';

const words =
	'as async await break case catch class const continue def default elif else enum except export extends finally fn for from function if impl import in interface let match mod mut new none null pass pub raise return self static struct switch this throw trait true false try type undefined use var while with yield';
const token =
	/(?<comment>\/\/.*|#(?![[!]).*|\/\*.*?\*\/)|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|(?<number>\b\d[\d_.]*\b)|(?<word>[A-Za-z_]\w*)(?<call>\()?/g;
const keywords = new Set(words.split(' '));

/**
 * @param {string} line
 * @returns {(Node | string)[]}
 */
export function highlightLine(line) {
	/** @type {(Node | string)[]} */
	const parts = [];
	let done = 0;
	for (const match of line.matchAll(token)) {
		const kind = tokenKind(match.groups ?? {});
		if (!kind) continue;
		const text = match.groups?.word ?? match[0];
		if (match.index > done) parts.push(line.slice(done, match.index));
		parts.push(el('span', { class: `token ${kind}` }, text));
		done = match.index + text.length;
	}
	if (done < line.length) parts.push(line.slice(done));
	return parts;
}

/** @param {Record<string, string | undefined>} groups */
function tokenKind({ comment, string, number, word, call }) {
	if (comment) return 'comment';
	if (string) return 'string';
	if (number) return 'number';
	if (word && keywords.has(word)) return 'keyword';
	return call ? 'function' : null;
}
