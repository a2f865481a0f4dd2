// A fence as the site draws it. It grows by lines: the finished ones keep their nodes while the answer streams.
import { button, el, inPieces } from './dom.js';
import { flags } from './flags.js';
import { highlightLine } from './highlight.js';
import { label } from './labels.js';

const lineHeight = 20;
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
		this.frame = flags.layout === 'legacy-2025' ? this.#allInPre() : this.#group();
		// Since 3 October 2026 the attribute of a citation chip stands around it.
		const isNew = flags.layout === 'hub-2026-10' || flags.layout === 'renamed-future';
		this.element = isNew ? el('div', { 'data-not-prose': '' }, this.frame) : this.frame;
	}

	/** As in 2025: the label, the button and the code are all in the `pre`. */
	#allInPre() {
		return el(
			'pre',
			{},
			el(
				'div',
				{ class: 'relative flex flex-col rounded-lg' },
				el('div', { class: 'text-xs' }, this.language),
				this.#copy(label('copy')),
				el('div', { class: '!my-0 rounded-lg text-sm' }, this.#code),
			),
		);
	}

	#group() {
		const tag = el('div', { class: 'text-text-500 font-small p-3.5 pb-0' }, this.language);
		return el(
			'div',
			{
				role: 'group',
				'aria-label': label('code').replace('{}', this.language || 'plain'),
				class: 'relative group/copy',
			},
			el('div', { class: 'sticky opacity-0' }, this.#copy('')),
			...(this.language ? [tag] : []),
			el('div', { class: 'overflow-x-auto' }, el('pre', { class: 'code-block__code' }, this.#code)),
		);
	}

	/** @param {string} text */
	#copy(text) {
		return button(label('copyCode'), text, () => navigator.clipboard.writeText(this.#text));
	}

	/** @param {string} text */
	update(text) {
		this.#text = text;
		const plainly = this.frame.hasAttribute('data-plain');
		if (plainly || text.length > tooBigToHighlight) return this.#showWithoutHighlighting();
		const lines = text.split(/(?<=\n)/);
		if (flags.windowedCode > 0 && lines.length > flags.windowedCode) return this.#showWindow(lines);
		const kept = lines.findIndex((line, index) => line !== this.#lines[index]);
		const from = kept < 0 ? lines.length : kept;
		while (this.#code.childElementCount > from) this.#code.lastElementChild?.remove();
		this.#code.append(...lines.slice(from).map((line) => el('span', {}, ...this.#parts(line))));
		this.#lines = lines;
	}

	/** @param {string} line */
	#parts(line) {
		if (flags.splitText) return [inPieces(line)];
		return plain.has(this.language) ? [line] : highlightLine(line);
	}

	/** Only the first lines are in the page; empty boxes hold the room of the others. @param {string[]} lines */
	#showWindow(lines) {
		const shown = lines.slice(0, flags.windowedCode);
		const room = (lines.length - shown.length) * lineHeight;
		this.#code.replaceChildren(
			...shown.map((line) => el('span', { 'data-line': '' }, ...this.#parts(line))),
			el('span', { 'aria-hidden': 'true', style: `display: block; height: ${room}px` }),
		);
	}

	#showWithoutHighlighting() {
		if (!this.frame.hasAttribute('data-plain')) {
			const notice = 'Syntax highlighting has been disabled due to code size.';
			this.frame.setAttribute('data-plain', '');
			this.frame.prepend(el('div', { class: 'code-block__notice' }, notice));
		}
		this.#code.textContent = this.#text;
	}
}
