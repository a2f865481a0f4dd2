// Why this exists: all of it by project, by branch or by model, with the numbers at hand.
import { cell, heads, MOST, more, SPENDING, spending } from '../cells.js';
import { rows } from '../rows.js';
import * as say from '../say.js';
import { text } from '../say.js';
import { linear } from '../scale.js';

/** @typedef {import('../cells.js').Kind} Kind */
/**
 * @template {import('../../types/protocol.d.ts').Figures['panel']} P
 * @typedef {import('../cells.js').Of<P>} Of
 */

/**
 * A panel of groups.
 * @param {import('../../types/protocol.d.ts').Panel} panel
 * @param {string} what The key of what is grouped by.
 * @param {(name: string) => string} [called]
 * @returns {Kind}
 */
export const groups = (panel, what, called = say.name) => ({
	panel,
	title: `dash_${panel}`,
	wide: true,
	open: true,
	empty: (/** @type {Of<'groups'>} */ { rows }) => rows.length === 0,
	summary: (/** @type {Of<'groups'>} */ { rows: list }) =>
		text('dash_groups_summary', say.number(list.length), called(list[0].name), say.number(list[0].attempts)) +
		more(list),
	table: (/** @type {Of<'groups'>} */ figures) => ({
		head: heads(what, 'sessions', 'complete', 'attempts', 'whole', 'share', 'model_time', ...SPENDING),
		rows: figures.rows.map((row) => [
			{ raw: row.name, said: called(row.name) },
			cell(row.sessions),
			cell(row.complete),
			cell(row.attempts),
			cell(row.good),
			cell(row.attempts ? row.good / row.attempts : null, say.percent),
			cell(row.model_ms, say.duration),
			...spending(row.spent),
		]),
	}),
	chart: (/** @type {Of<'groups'>} */ figures, width) => {
		const shown = figures.rows.slice(0, MOST);
		return rows(
			{
				rows: shown.map(({ name, attempts, good }) => ({
					label: called(name),
					title: name,
					value: text('dash_of', say.number(good), say.number(attempts)),
					lanes: [
						[
							{ kind: 'bar', from: 0, to: attempts, tone: 'soft' },
							{ kind: 'bar', from: 0, to: good, tone: 'first' },
						],
					],
				})),
				scale: linear(Math.max(...shown.map(({ attempts }) => attempts))),
				format: say.number,
				legend: [
					{ tone: 'first', label: text('dash_whole'), shape: 'bar' },
					{ tone: 'soft', label: text('dash_attempts'), shape: 'bar' },
				],
			},
			width,
		);
	},
});
