// Why this exists: what planning estimated, and what it took.
import { cell, HOUR_MS, heads, MOST, more } from '../cells.js';
import { rows } from '../rows.js';
import * as say from '../say.js';
import { text } from '../say.js';
import { times } from '../scale.js';

/** @typedef {import('../cells.js').Kind} Kind */
/**
 * @template {import('../../types/protocol.d.ts').Figures['panel']} P
 * @typedef {import('../cells.js').Of<P>} Of
 */

/** @type {{ kind: 'dot', tone: string, shape: 'diamond' }} */
const ACTIVE = { kind: 'dot', tone: 'second', shape: 'diamond' };

/** @type {Kind} */
export const estimates = {
	panel: 'estimates',
	title: 'dash_estimates',
	empty: (/** @type {Of<'estimates'>} */ { rows }) => rows.length === 0,
	summary: ({ rows }) => text('dash_estimates_summary', say.number(rows.length)) + more(rows),
	table: (figures) => ({
		head: heads('session', 'feature', 'estimate_low', 'estimate_high', 'actual', 'active'),
		rows: figures.rows.map((/** @type {import('../../types/protocol.d.ts').Estimate} */ row) => [
			row.session,
			row.feature,
			...[row.low_hours, row.high_hours, row.actual_hours, row.active_hours].map((hours) =>
				cell(hours, (value) => say.duration(value * HOUR_MS)),
			),
		]),
	}),
	chart: (/** @type {Of<'estimates'>} */ figures, width) => {
		const shown = figures.rows.slice(0, MOST).map((row) => ({
			...row,
			hours: [row.low_hours, row.high_hours, row.actual_hours].map((hours) => hours * HOUR_MS),
			// Of a session that was brought over nobody knows it.
			active: row.active_hours === null ? [] : [row.active_hours * HOUR_MS],
		}));
		return rows(
			{
				rows: shown.map(({ feature, hours: [low, high, actual], active }) => ({
					label: feature,
					title: feature,
					value: say.duration(actual),
					lanes: [
						[
							{ kind: 'bar', from: low, to: high, tone: 'soft' },
							{ kind: 'dot', from: actual, tone: 'third' },
							...active.map((from) => ({ ...ACTIVE, from })),
						],
					],
				})),
				scale: times(shown.flatMap(({ hours, active }) => [...hours, ...active])),
				format: say.duration,
				legend: [
					{ tone: 'soft', label: text('dash_estimate'), shape: 'bar' },
					{ tone: 'third', label: text('dash_actual') },
					{ ...ACTIVE, label: text('dash_active') },
				],
			},
			width,
		);
	},
};
