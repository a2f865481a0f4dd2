// Why this exists: most charts are rows that share one axis: a label, marks on a line, and a value. Where there is little room the
// label goes above its line, so that nothing is too small to be read.
import { draw, fit, widthOf } from './make.js';

/**
 * @typedef {{ kind: 'bar', from: number, to: number, tone: string } | { kind: 'line', from: number, to: number, tone: string }
 *   | { kind: 'dot', from: number, tone: string, shape?: Shape }} Part
 * @typedef {'circle' | 'square' | 'diamond' | 'ring'} Shape
 * @typedef {{ label: string, title?: string, value?: string, heading?: boolean, lanes?: Part[][] }} Row
 * @typedef {{ tone: string, label: string, shape?: Shape | 'bar' }} Key
 * @typedef {{ rows: Row[], scale: import('./scale.js').Scale, format: (value: number) => string, legend?: Key[], lane?: number,
 *   marks?: { row: number, from: number }[] }} Chart Its marks lie above everything, each on the line of its row.
 */

const LINE = 18;
const SIZE = 5;

/** @param {Shape | undefined} shape @param {number} x @param {number} y @param {string} tone */
export function mark(shape, x, y, tone) {
	if (shape === 'square') return draw('rect', { x: x - 4.5, y: y - 4.5, width: 9, height: 9, class: `fill ${tone}` });
	if (shape === 'diamond')
		return draw('path', { d: `M${x} ${y - 6}L${x + 6} ${y}L${x} ${y + 6}L${x - 6} ${y}Z`, class: `fill ${tone}` });
	if (shape === 'ring') return draw('circle', { cx: x, cy: y, r: SIZE - 0.5, class: `ring ${tone}` });
	return draw('circle', { cx: x, cy: y, r: SIZE, class: `fill ${tone}` });
}

/** The keys of a chart in as many lines as they need. @param {Key[]} keys @param {number} width */
export function legend(keys, width) {
	let [x, line] = [0, 0];
	const parts = keys.map(({ tone, label, shape }) => {
		const long = 30 + widthOf(label);
		if (x > 0 && x + long > width) [x, line] = [0, line + 1];
		const y = line * LINE + 8;
		const sign =
			shape === 'bar'
				? draw('rect', { x, y: y - 5, width: 12, height: 10, rx: 2, class: `fill ${tone}` })
				: mark(shape, x + 6, y, tone);
		const said = draw('text', { x: x + 18, y: y + 4 }, label);
		x += long;
		return draw('g', {}, sign, said);
	});
	return { parts, height: keys.length ? (line + 1) * LINE + 6 : 0 };
}

/**
 * The lines of an axis with what they stand for, as many as there is room for.
 * @param {Chart} chart
 * @param {{ left: number, right: number, top: number, bottom: number }} box
 */
function axis({ scale, format }, { left, right, top, bottom }) {
	let free = Number.NEGATIVE_INFINITY;
	return scale.ticks.flatMap((tick, at) => {
		const x = left + scale.place(tick) * (right - left);
		const label = format(tick);
		const half = widthOf(label) / 2;
		const last = at === scale.ticks.length - 1;
		const middle = Math.max(half, last ? Math.min(x, right - half + 12) : x);
		if (middle - half < free) return [];
		free = middle + half + 10;
		return [
			draw('line', { x1: x, x2: x, y1: top, y2: bottom, class: 'grid' }),
			draw('text', { x: middle, y: bottom + 15, class: 'quiet', 'text-anchor': 'middle' }, label),
		];
	});
}

/**
 * @param {Chart} chart
 * @param {number} width
 * @returns {SVGElement} With each row as a group, in their order.
 */
export function rows(chart, width) {
	const lane = chart.lane ?? 16;
	const narrow = width < 560;
	const most = Math.min(width * 0.3, Math.max(...chart.rows.map(({ label }) => widthOf(label))));
	const values = Math.max(...chart.rows.map(({ value = '' }) => widthOf(value)));
	const left = narrow ? 6 : most + 14;
	const right = width - (narrow || values === 0 ? 12 : values + 14);
	const keys = legend(chart.legend ?? [], width);
	const top = keys.height + 4;
	let y = top;
	const place = (/** @type {number} */ value) => left + chart.scale.place(value) * (right - left);
	/** @type {number[]} */
	const centers = [];
	const drawn = chart.rows.map(({ label, title, value = '', heading, lanes = [] }) => {
		const group = draw('g', {});
		if (title) group.append(draw('title', {}, title));
		if (heading) {
			group.append(draw('text', { x: 0, y: y + 20, class: 'heading' }, label));
			y += 28;
			return group;
		}
		const height = Math.max(1, lanes.length) * lane;
		const above = narrow ? 20 : 0;
		const middle = narrow ? y + 14 : y + 4 + height / 2 + 4;
		const room = narrow ? width - widthOf(value) - 12 : most + 2;
		group.append(draw('text', { x: 0, y: middle }, fit(label, room)));
		if (value) group.append(draw('text', { x: width, y: middle, class: 'value', 'text-anchor': 'end' }, value));
		centers.push(y + above + 4 + lane / 2);
		lanes.forEach((parts, at) => {
			const center = y + above + 4 + lane * (at + 0.5);
			for (const part of parts) group.append(shapeOf(part, place, center, lane));
		});
		y += above + height + 8;
		return group;
	});
	const lines = axis(chart, { left, right, top, bottom: y + 2 });
	const marks = (chart.marks ?? []).map(({ row, from }) =>
		draw('g', { class: 'event' }, mark(undefined, place(from), centers[row], 'ink')),
	);
	const size = { viewBox: `0 0 ${width} ${y + 24}`, width, height: y + 24 };
	return draw('svg', size, ...keys.parts, ...lines, ...drawn, ...marks);
}

/** @param {Part} part @param {(value: number) => number} place @param {number} y @param {number} lane */
function shapeOf(part, place, y, lane) {
	const x = place(part.from);
	if (part.kind === 'dot') return mark(part.shape, x, y, part.tone);
	const width = Math.max(part.from === part.to ? 0 : 2, place(part.to) - x);
	if (part.kind === 'bar') {
		return draw('rect', { x, y: y - lane / 2 + 1, width, height: lane - 2, rx: 2, class: `fill ${part.tone}` });
	}
	const ends = [x, x + width].map((end) => `M${end} ${y - 4}V${y + 4}`).join('');
	return draw('path', { d: `M${x} ${y}H${x + width}${ends}`, class: `line ${part.tone}` });
}
