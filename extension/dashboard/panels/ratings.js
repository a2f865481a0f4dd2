// Why this exists: how developers rate their sessions.
import { cell, heads, sum } from '../cells.js';
import { days } from '../days.js';
import * as say from '../say.js';
import { text } from '../say.js';

/** @typedef {import('../cells.js').Kind} Kind */
/**
 * @template {import('../../types/protocol.d.ts').Figures['panel']} P
 * @typedef {import('../cells.js').Of<P>} Of
 */

/** @type {Kind} */
export const ratings = {
	panel: 'ratings',
	title: 'dash_ratings',
	wide: true,
	empty: (/** @type {Of<'ratings'>} */ { days }) => days.length === 0,
	summary: (/** @type {Of<'ratings'>} */ { days: list }) => {
		const saved = list.reduce((all, { saved_minutes }) => all + saved_minutes, 0);
		return text('dash_ratings_summary', say.number(sum(list)), say.number(list.length), say.duration(saved * 60_000));
	},
	table: (figures) => ({
		head: heads('day', 'count', 'mean', 'saved'),
		rows: figures.days.map((/** @type {import('../../types/protocol.d.ts').RatingDay} */ row) => [
			{ raw: row.day, said: say.day(row.day) },
			cell(row.count),
			cell(row.mean, say.decimal),
			cell(row.saved_minutes, (minutes) => say.duration(minutes * 60_000)),
		]),
	}),
	chart: (/** @type {Of<'ratings'>} */ { days: list }, width) =>
		days(
			list.map(({ day }) => day),
			(at) => `${say.day(list[at].day)}: ${say.decimal(list[at].mean)} (${say.number(list[at].count)})`,
			[
				{
					label: text('dash_mean'),
					scale: { place: (value) => (value - 1) / 4, ticks: [1, 2, 3, 4, 5] },
					format: say.number,
					keys: [{ tone: 'first', label: text('dash_mean') }],
					values: (at) => [list[at].mean],
					points: true,
				},
			],
			width,
		),
};
