// A fence as the site draws it. It grows by lines: the finished ones keep their nodes while the answer streams.
import { button, el } from './dom.js';
import { highlightLine } from './highlight.js';

const tooBigToHighlight = 204_800;
const plain = new Set(['', 'text', 'txt', 'markdown', 'md', 'promptrunner']);

export class CodeBlock {
	#code = el('code');
	/** @type {string[]} */
	#lines = [];
	#text = '';

	/** @param {string} info */
	constructor(info) {
		this.info = info;
		this.language = /^\w+/.exec(info)?.[0] ?? '';
		if (this.language) this.#code.className = `language-${this.language}`;
		const copy = button('Copy to clipboard', '', () => navigator.clipboard.writeText(this.#text));
		const label = el('div', { class: 'text-text-500 font-small p-3.5 pb-0' }, this.language);
		this.element = el(
			'div',
			{
				role: 'group',
				'aria-label': `${this.language || 'plain'} code`,
				class: 'relative group/copy',
			},
			el('div', { class: 'sticky opacity-0' }, copy),
			...(this.language ? [label] : []),
			el('div', { class: 'overflow-x-auto' }, el('pre', { class: 'code-block__code' }, this.#code)),
		);
	}

	/** @param {string} text */
	update(text) {
		this.#text = text;
		const plainly = this.element.hasAttribute('data-plain');
		if (plainly || text.length > tooBigToHighlight) return this.#showWithoutHighlighting();
		const lines = text.split(/(?<=\n)/);
		const kept = lines.findIndex((line, index) => line !== this.#lines[index]);
		const from = kept < 0 ? lines.length : kept;
		while (this.#code.childElementCount > from) this.#code.lastElementChild?.remove();
		this.#code.append(...lines.slice(from).map((line) => el('span', {}, ...this.#parts(line))));
		this.#lines = lines;
	}

	/** @param {string} line */
	#parts(line) {
		return plain.has(this.language) ? [line] : highlightLine(line);
	}

	#showWithoutHighlighting() {
		if (!this.element.hasAttribute('data-plain')) {
			const notice = 'Syntax highlighting has been disabled due to code size.';
			this.element.setAttribute('data-plain', '');
			this.element.prepend(el('div', { class: 'code-block__notice' }, notice));
		}
		this.#code.textContent = this.#text;
	}
}
