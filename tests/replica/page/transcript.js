// The list of messages. Like the site's it mounts only the rows near the viewport and the last three.
import { el } from './dom.js';
import { flags } from './flags.js';
import { label } from './labels.js';
import { createRow, reuseRow, updateRow } from './row.js';

const alwaysAll = 8;
const tailRows = 3;
const overscan = 600;
const guessedHeight = 160;
const nearBottom = 80;

export class Transcript {
	/** @type {import('./turn.js').Turn[]} */
	#turns = [];
	/** @type {Map<number, HTMLElement>} */
	#mounted = new Map();
	/** @type {Map<string, number>} */
	#heights = new Map();
	#above = spacer();
	#between = spacer();
	#sentinel = el('div', { 'data-testid': 'last-message-sentinel' });
	#sizer = el('div', { 'data-testid': 'transcript-sizer', 'data-rocksteady-sizer': '' });
	#following = true;
	/** Rows that wait for another message. @type {HTMLElement[]} */
	#spare = [];

	constructor() {
		this.element = el(
			'div',
			{ 'data-autoscroll-container': 'true', class: 'overflow-y-auto overflow-x-hidden flex-1' },
			el(
				'div',
				{ role: 'feed', 'data-perf-region': 'transcript', 'aria-label': label('messages') },
				el('div', { 'data-testid': 'transcript-list' }, this.#sizer),
			),
		);
		this.element.addEventListener('scroll', () => this.#scrolled(), { passive: true });
		const resized = new ResizeObserver(() => this.#resized());
		resized.observe(this.#sizer);
		resized.observe(this.element);
	}

	/** @param {import('./turn.js').Turn[]} turns */
	show(turns) {
		this.#turns = turns;
		for (const row of this.#mounted.values()) this.#unmount(row);
		this.#mounted.clear();
		this.#sizer.replaceChildren(this.#above, this.#between, this.#sentinel);
		this.#following = true;
		this.refresh();
	}

	/** After a send the view goes to the end, wherever it was. */
	follow() {
		this.#following = true;
		this.refresh();
	}

	/** Mounts what should be seen, unmounts the rest, renumbers the rows that stay. */
	refresh() {
		const total = this.#turns.length;
		const wanted = this.#wantedRows();
		for (const [index, row] of this.#mounted) {
			if (wanted.has(index)) continue;
			this.#unmount(row);
			this.#mounted.delete(index);
		}
		const firstOfTail = total - tailRows;
		for (const index of wanted) {
			const turn = this.#turns[index];
			const row = this.#mounted.get(index) ?? this.#row(turn, index, total);
			updateRow(row, turn, index, total);
			if (this.#mounted.get(index) !== row) this.#place(row, index, firstOfTail);
		}
		this.#fillSpacers(wanted, firstOfTail);
		if (this.#following) this.element.scrollTop = this.element.scrollHeight;
	}

	/** @param {HTMLElement} row */
	#unmount(row) {
		row.remove();
		if (flags.recycle) this.#spare.push(row);
	}

	/**
	 * @param {import('./turn.js').Turn} turn
	 * @param {number} index
	 * @param {number} total
	 */
	#row(turn, index, total) {
		const at = turn.live ? -1 : this.#spare.findLastIndex((row) => row.dataset.perfRow === turn.sender);
		const [spare] = at < 0 ? [] : this.#spare.splice(at, 1);
		const row = createRow(turn, index, total);
		return spare ? reuseRow(spare, row) : row;
	}

	#wantedRows() {
		const total = this.#turns.length;
		const all = [...this.#turns.keys()];
		if (total <= alwaysAll) return new Set(all);
		const height = this.element.clientHeight;
		const end = this.#turns.reduce((sum, turn) => sum + this.#height(turn), 0);
		const from = this.#following ? end - height : this.element.scrollTop;
		let top = 0;
		const near = all.filter((index) => {
			const start = top;
			top += this.#height(this.#turns[index]);
			return top > from - overscan && start < from + height + overscan;
		});
		return new Set([...near, ...all.slice(-tailRows)]);
	}

	/**
	 * @param {HTMLElement} row
	 * @param {number} index
	 * @param {number} firstOfTail
	 */
	#place(row, index, firstOfTail) {
		if (flags.shuffleRows) {
			row.style.order = `${index}`;
			Object.assign(this.#sizer.style, { display: 'flex', flexDirection: 'column' });
			this.#sizer.prepend(row);
			this.#mounted.set(index, row);
			return;
		}
		const later = [...this.#mounted].filter(([other]) => other > index).sort(([a], [b]) => a - b)[0];
		const boundary = index < firstOfTail ? this.#between : this.#sentinel;
		const sameSide = later && later[0] < firstOfTail === index < firstOfTail;
		this.#sizer.insertBefore(row, sameSide ? later[1] : boundary);
		this.#mounted.set(index, row);
	}

	/**
	 * @param {Set<number>} wanted
	 * @param {number} firstOfTail
	 */
	#fillSpacers(wanted, firstOfTail) {
		const window = [...wanted].filter((index) => index < firstOfTail);
		const first = window[0] ?? Math.max(firstOfTail, 0);
		const afterLast = (window.at(-1) ?? first - 1) + 1;
		this.#above.style.height = `${this.#sum(0, first)}px`;
		this.#between.style.height = `${this.#sum(afterLast, firstOfTail)}px`;
	}

	/**
	 * @param {number} from
	 * @param {number} to
	 */
	#sum(from, to) {
		let height = 0;
		for (let index = from; index < to; index++) height += this.#height(this.#turns[index]);
		return height;
	}

	/** @param {import('./turn.js').Turn} turn */
	#height(turn) {
		return this.#heights.get(turn.key) ?? guessedHeight;
	}

	#scrolled() {
		const { scrollTop, scrollHeight, clientHeight } = this.element;
		this.#following = scrollHeight - scrollTop - clientHeight < nearBottom;
		this.#measure();
		this.refresh();
	}

	#resized() {
		this.#measure();
		if (this.#following) this.element.scrollTop = this.element.scrollHeight;
		if (this.#turns.length > alwaysAll) this.refresh();
	}

	#measure() {
		for (const [index, row] of this.#mounted) this.#heights.set(this.#turns[index].key, row.offsetHeight);
	}
}

function spacer() {
	return el('div', { 'data-testid': 'transcript-spacer', style: 'height: 0px' });
}
