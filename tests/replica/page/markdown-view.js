// Shows a growing answer: closed blocks are left alone, only the open tail is drawn again.
import { CodeBlock } from './code-block.js';
import { codeText, isCode, toDom, topLevelBlocks } from './markdown-dom.js';

/** @typedef {{nodes: Node[], code?: CodeBlock}} OpenBlock */

export class MarkdownView {
	#closedUpTo = 0;
	/** @type {OpenBlock[]} */
	#open = [];

	/** @param {Element} body */
	constructor(body) {
		this.body = body;
	}

	/** @param {string} text */
	update(text) {
		const tail = text.slice(this.#closedUpTo);
		const blocks = topLevelBlocks(tail);
		const starts = lineStarts(tail);
		for (const gone of this.#open.splice(blocks.length)) remove(gone);
		for (const [index, { tokens }] of blocks.entries()) this.#open[index] = this.#draw(tokens, this.#open[index]);

		// A block is closed once the one after it surely began, that is, once its first line is whole.
		const begun = blocks.findLastIndex(({ line }) => line + 1 < starts.length);
		if (begun < 1) return;
		this.#closedUpTo += starts[blocks[begun].line];
		this.#open.splice(0, begun);
	}

	/**
	 * @param {import('./markdown-dom.js').Token[]} tokens
	 * @param {OpenBlock | undefined} previous
	 * @returns {OpenBlock}
	 */
	#draw(tokens, previous) {
		const [first] = tokens;
		if (isCode(first) && previous?.code?.info === first.info) {
			previous.code.update(codeText(first));
			return previous;
		}
		const drawn = isCode(first) ? codeBlock(first) : { nodes: [...toDom(tokens).childNodes] };
		if (previous?.nodes[0]) this.body.insertBefore(fragment(drawn.nodes), previous.nodes[0]);
		else this.body.append(...drawn.nodes);
		if (previous) remove(previous);
		return drawn;
	}
}

/** @param {import('./markdown-dom.js').Token} token */
function codeBlock(token) {
	const code = new CodeBlock(token.info);
	code.update(codeText(token));
	return { nodes: [code.element], code };
}

/** @param {Node[]} nodes */
function fragment(nodes) {
	const together = document.createDocumentFragment();
	together.append(...nodes);
	return together;
}

/** @param {OpenBlock} block */
function remove({ nodes }) {
	for (const node of nodes) node.parentNode?.removeChild(node);
}

/** @param {string} text */
function lineStarts(text) {
	const starts = [0];
	for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
	return starts;
}
