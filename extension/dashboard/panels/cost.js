// Why this exists: what a day takes, in tokens and in money.
import { cell, heads, SPENDING, spending, tokens } from '../cells.js';
import { days } from '../days.js';
import * as say from '../say.js';
import { text } from '../say.js';
import { linear } from '../scale.js';

/** @typedef {import('../cells.js').Kind} Kind */
/**
 * @template {import('../../types/protocol.d.ts').Figures['panel']} P
 * @typedef {import('../cells.js').Of<P>} Of
 */

/** @type {Kind} */
export const cost = {
	panel: 'cost',
	title: 'dash_cost_panel',
	wide: true,
	empty: (/** @type {Of<'cost'>} */ { days }) => days.length === 0,
	summary: (/** @type {Of<'cost'>} */ { total }) => {
		const [all, reported, unpriced] = [tokens(total), total.reported_tokens, total.unpriced].map(say.number);
		return text('dash_cost_summary', all, say.money(total.cost_usd), reported, unpriced);
	},
	table: (figures) => ({
		head: heads('day', 'attempts', ...SPENDING),
		rows: figures.days.map((/** @type {import('../../types/protocol.d.ts').Day} */ { day, attempts, spent }) => [
			{ raw: day, said: say.day(day) },
			cell(attempts),
			...spending(spent),
		]),
	}),
	chart: (/** @type {Of<'cost'>} */ { days: list }, width) =>
		days(
			list.map(({ day }) => day),
			(at) => {
				const { day, spent } = list[at];
				return `${say.day(day)}: ${say.number(tokens(spent))} ${text('dash_tokens')}, ${say.money(spent.cost_usd)}`;
			},
			[
				{
					label: text('dash_tokens'),
					scale: linear(Math.max(...list.map(({ spent }) => tokens(spent))), 3),
					format: say.compact,
					keys: [
						{ tone: 'first', label: text('dash_prompt_tokens'), shape: 'bar' },
						{ tone: 'second', label: text('dash_completion_tokens'), shape: 'bar' },
					],
					values: (at) => [list[at].spent.prompt_tokens, list[at].spent.completion_tokens],
				},
				{
					label: text('dash_cost'),
					scale: linear(Math.max(...list.map(({ spent }) => spent.cost_usd)), 3, 0.01),
					format: say.money,
					keys: [{ tone: 'third', label: text('dash_cost'), shape: 'bar' }],
					values: (at) => [list[at].spent.cost_usd],
				},
			],
			width,
		),
};
