// Why this exists: how often an attempt gives a complete reply, and how sure that is.
import { cell, heads, MOST, more } from '../cells.js';
import { rows } from '../rows.js';
import * as say from '../say.js';
import { text } from '../say.js';

/** @typedef {import('../cells.js').Kind} Kind */
/**
 * @template {import('../../types/protocol.d.ts').Figures['panel']} P
 * @typedef {import('../cells.js').Of<P>} Of
 */

/** @type {Kind} */
export const success = {
	panel: 'success',
	title: 'dash_success',
	empty: (/** @type {Of<'success'>} */ { phases }) => phases.length === 0,
	summary: (/** @type {Of<'success'>} */ { phases, templates }) => {
		const all = (/** @type {'good' | 'of'} */ what) => phases.reduce((sum, rate) => sum + rate[what], 0);
		return text('dash_success_summary', say.number(all('good')), say.number(all('of'))) + more(templates);
	},
	table: (/** @type {Of<'success'>} */ { phases, templates }) => ({
		head: heads('phase', 'template', 'attempts', 'whole', 'share', 'low', 'high'),
		rows: [...phases.map((rate) => ({ ...rate, label: rate.name, name: '' })), ...templates].map((rate) => [
			say.phase(rate.label),
			{ raw: rate.name, said: rate.name.slice(0, 8) || '–' },
			cell(rate.of),
			cell(rate.good),
			cell(rate.of ? rate.good / rate.of : null, say.percent),
			cell(rate.low, say.percent),
			cell(rate.high, say.percent),
		]),
	}),
	chart: (/** @type {Of<'success'>} */ { phases, templates }, width) => {
		/** @param {import('../../types/protocol.d.ts').Rate} rate @param {string} label @returns {import('../rows.js').Row} */
		const row = ({ of, good, low, high }, label) => ({
			label,
			title: `${label}: ${say.share(good, of)} (${say.percent(low)} – ${say.percent(high)})`,
			value: `${say.share(good, of)} · ${text('dash_of', say.number(good), say.number(of))}`,
			lanes: [
				of
					? [
							{ kind: 'line', from: low, to: high, tone: 'first' },
							{ kind: 'dot', from: good / of, tone: 'first' },
						]
					: [],
			],
		});
		return rows(
			{
				rows: [
					{ label: text('dash_by_phase'), heading: true },
					...phases.map((rate) => row(rate, say.phase(rate.name))),
					...(templates.length ? [{ label: text('dash_by_template'), heading: true }] : []),
					...templates.slice(0, MOST).map((rate) => row(rate, say.template(rate))),
				],
				scale: { place: (value) => value, ticks: [0, 0.25, 0.5, 0.75, 1] },
				format: say.percent,
				legend: [{ tone: 'first', label: text('dash_rate') }],
			},
			width,
		);
	},
};
