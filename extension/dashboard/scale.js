// Why this exists: where a value stands on an axis, and which values an axis names.

/** @typedef {{ place: (value: number) => number, ticks: number[] }} Scale `place` gives 0 to 1. */

/** @param {number} value */
const within = (value) => Math.min(1, Math.max(0, value));

/**
 * Round numbers from zero on.
 * @param {number} max
 * @param {number} [about] How many steps there should be.
 * @param {number} [least] The smallest step: 1 where only whole numbers make sense.
 * @returns {Scale}
 */
export function linear(max, about = 4, least = 1) {
	const raw = Math.max(max, least) / about;
	const ten = 10 ** Math.floor(Math.log10(raw));
	const step = Math.max(least, ten * ([1, 2, 5, 10].find((times) => ten * times >= raw * 0.999) ?? 10));
	const top = Math.max(max, least);
	const ticks = Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, at) => at * step);
	return { place: (value) => within(value / top), ticks };
}

/** Lengths of time that an axis may name, from a second to some months. */
const TIMES = [1, 10, 60, 600, 3_600, 21_600, 86_400, 604_800, 2_592_000, 31_536_000].map((seconds) => seconds * 1_000);

/**
 * Seconds and days in one picture: each step of the axis is several times the one before.
 * @param {number[]} values In milliseconds.
 * @returns {Scale}
 */
export function times(values) {
	const positive = values.filter((value) => value > 0);
	const known = positive.length ? positive : [TIMES[0]];
	const low = TIMES.findLast((time) => time <= Math.min(...known)) ?? TIMES[0];
	const high = TIMES.find((time) => time >= Math.max(low + 1, ...known)) ?? Math.max(...known);
	const place = (/** @type {number} */ value) => within(Math.log(Math.max(value, 1) / low) / Math.log(high / low));
	return { place, ticks: TIMES.filter((time) => time >= low && time <= high) };
}

/** Steps of a clock, from a second to some weeks. */
const STEPS = [1, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 604_800].map((s) => s * 1_000);

/**
 * A stretch of time from its begin to its end, with round times of the day that people here have.
 * @param {number} from
 * @param {number} to
 * @returns {Scale}
 */
export function span(from, to) {
	const length = Math.max(1_000, to - from);
	const step = STEPS.find((step) => length / step <= 7) ?? Math.ceil(length / 7);
	const midnight = new Date(from).setHours(0, 0, 0, 0);
	const first = midnight + Math.ceil((from - midnight) / step) * step;
	const ticks = Array.from({ length: Math.floor((from + length - first) / step) + 1 }, (_, at) => first + at * step);
	return { place: (value) => within((value - from) / length), ticks: ticks.length ? ticks : [from] };
}
