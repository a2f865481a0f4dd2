// Why this exists: how long phases take, and whose time it is. Seconds and days share the axis, so it is logarithmic and shows points, not bars.
import { cell, heads } from '../cells.js';
import { rows } from '../rows.js';
import * as say from '../say.js';
import { text } from '../say.js';
import { times as scaleOf } from '../scale.js';

/** @typedef {import('../cells.js').Kind} Kind */
/**
 * @template {import('../../types/protocol.d.ts').Figures['panel']} P
 * @typedef {import('../cells.js').Of<P>} Of
 */

const WHO = /** @type {const} */ ([
	['total', 'third', 'circle'],
	['model', 'first', 'square'],
	['human', 'second', 'diamond'],
	['idle', 'quiet', 'ring'],
]);

/** @type {Kind} */
export const times = {
	panel: 'times',
	title: 'dash_times',
	empty: (/** @type {Of<'times'>} */ { phases }) => phases.length === 0,
	summary: (/** @type {Of<'times'>} */ { phases }) => {
		const all = (/** @type {'attempts' | 'trusted'} */ what) => phases.reduce((sum, phase) => sum + phase[what], 0);
		return text('dash_times_summary', say.number(all('attempts')), say.number(all('trusted')));
	},
	table: (/** @type {Of<'times'>} */ { phases }) => ({
		head: [
			...heads('phase', 'attempts', 'trusted'),
			...WHO.flatMap(([who]) => heads('median', 'slow').map((what) => `${text(`dash_who_${who}`)}: ${what}`)),
		],
		rows: phases.map((phase) => [
			say.phase(phase.phase),
			cell(phase.attempts),
			cell(phase.trusted),
			...WHO.flatMap(([who]) => [cell(phase[who].median_ms, say.duration), cell(phase[who].p90_ms, say.duration)]),
		]),
	}),
	chart: (/** @type {Of<'times'>} */ { phases }, width) => {
		const measured = phases.flatMap((phase) => WHO.flatMap(([who]) => [phase[who].median_ms, phase[who].p90_ms]));
		return rows(
			{
				rows: phases.map((phase) => ({
					label: say.phase(phase.phase),
					title: WHO.map(([who]) => {
						const { median_ms, p90_ms } = phase[who];
						return `${text(`dash_who_${who}`)}: ${say.maybe(median_ms)} – ${say.maybe(p90_ms)}`;
					}).join('\n'),
					value: say.maybe(phase.total.median_ms),
					lanes: WHO.map(([who, tone, shape]) => {
						const { median_ms, p90_ms } = phase[who];
						if (median_ms === null) return [];
						return [
							{ kind: 'line', from: median_ms, to: p90_ms ?? median_ms, tone },
							{ kind: 'dot', from: median_ms, tone, shape },
						];
					}),
				})),
				scale: scaleOf(measured.filter((value) => value !== null)),
				format: say.duration,
				legend: WHO.map(([who, tone, shape]) => ({ tone, shape, label: text(`dash_who_${who}`) })),
				lane: 14,
			},
			width,
		);
	},
};
