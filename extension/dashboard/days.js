// Why this exists: what happens day by day, as bars or as points, several pictures over one axis of days.
import { draw, widthOf } from './make.js';
import { legend, mark } from './rows.js';
import { daysOf } from './say.js';

/**
 * @typedef {{ label: string, scale: import('./scale.js').Scale, format: (value: number) => string, keys: import('./rows.js').Key[],
 *   values: (at: number) => number[], points?: boolean }} Facet The values of a day are stacked, or, as a point, the first of them.
 */

const DAY_MS = 86_400_000;
const HEIGHT = 104;

/**
 * @param {string[]} days `YYYY-MM-DD`, oldest first.
 * @param {(at: number) => string} title What is to be known of one of them.
 * @param {Facet[]} facets
 * @param {number} width
 */
export function days(days, title, facets, width) {
	const times = days.map((day) => Date.parse(day));
	const [first, last] = [times[0], times[times.length - 1]];
	const count = (last - first) / DAY_MS + 1;
	const labels = facets.flatMap(({ scale, format }) => scale.ticks.map((tick) => widthOf(format(tick))));
	const left = Math.max(...labels) + 10;
	const slot = (width - left - 6) / count;
	const thick = Math.max(1, Math.min(26, slot * 0.72));
	const middle = (/** @type {number} */ time) => left + ((time - first) / DAY_MS + 0.5) * slot;
	const svg = draw('svg', {});
	let y = 0;
	for (const facet of facets) {
		const keys = legend(facet.keys, width);
		for (const part of keys.parts) part.setAttribute('transform', `translate(0 ${y})`);
		const top = y + keys.height + 8;
		const level = (/** @type {number} */ value) => top + HEIGHT * (1 - facet.scale.place(value));
		const lines = facet.scale.ticks.flatMap((tick) => [
			draw('line', { x1: left, x2: width, y1: level(tick), y2: level(tick), class: 'grid' }),
			draw('text', { x: left - 8, y: level(tick) + 4, class: 'quiet', 'text-anchor': 'end' }, facet.format(tick)),
		]);
		svg.append(...keys.parts, ...lines);
		if (facet.points) {
			const path = times.map((time, at) => `${at ? 'L' : 'M'}${middle(time)} ${level(facet.values(at)[0])}`).join('');
			svg.append(draw('path', { d: path, class: `line ${facet.keys[0].tone}` }));
		}
		times.forEach((time, at) => {
			const group = draw('g', {}, draw('title', {}, title(at)));
			let sum = 0;
			facet.values(at).forEach((value, part) => {
				const { tone, shape } = facet.keys[part];
				const [low, high] = [level(sum), level(sum + value)];
				sum += value;
				if (facet.points) group.append(mark(shape === 'bar' ? undefined : shape, middle(time), high, tone));
				else if (value > 0)
					group.append(
						draw('rect', {
							x: middle(time) - thick / 2,
							y: high,
							width: thick,
							height: Math.max(1, low - high),
							class: `fill ${tone}`,
						}),
					);
			});
			svg.append(group);
		});
		y = top + HEIGHT + 14;
	}
	svg.append(...dates(first, count, middle, width, y + 6));
	for (const [name, value] of Object.entries({ viewBox: `0 0 ${width} ${y + 12}`, width, height: y + 12 })) {
		svg.setAttribute(name, String(value));
	}
	return svg;
}

/**
 * The names of as many days as there is room for.
 * @param {number} first
 * @param {number} count
 * @param {(time: number) => number} middle
 * @param {number} width
 * @param {number} y
 */
function dates(first, count, middle, width, y) {
	const room = Math.max(1, Math.floor(width / 90));
	const step = Math.max(1, Math.ceil(count / room));
	const named = Array.from({ length: Math.ceil(count / step) }, (_, at) => first + at * step * DAY_MS);
	const said = daysOf(count);
	return named.map((time) => {
		const half = widthOf(said(time)) / 2;
		const x = Math.min(Math.max(middle(time), half), width - half);
		return draw('text', { x, y, class: 'quiet', 'text-anchor': 'middle' }, said(time));
	});
}
