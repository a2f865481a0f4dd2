// Why this exists: how often what happened: errors by kind, and phases that were asked for again.
import { cell, heads, MOST, more, sum } from '../cells.js';
import { rows } from '../rows.js';
import * as say from '../say.js';
import { text } from '../say.js';
import { linear } from '../scale.js';

/** @typedef {import('../cells.js').Kind} Kind */

/**
 * A panel of counts.
 * @param {import('../../types/protocol.d.ts').Panel} panel
 * @param {(figures: any) => import('../../types/protocol.d.ts').Count[]} list
 * @param {(name: string) => string} called
 * @param {string} what The key of what is counted.
 * @param {string} tone
 * @returns {Kind}
 */
export const counts = (panel, list, called, what, tone) => ({
	panel,
	title: `dash_${panel}`,
	empty: (figures) => sum(list(figures)) === 0,
	summary: (figures) => {
		const all = list(figures);
		return text(`dash_${panel}_summary`, say.number(sum(all)), say.number(all.length), called(all[0].name)) + more(all);
	},
	table: (figures) => ({
		head: heads(what, 'count'),
		rows: list(figures).map(({ name, count }) => [{ raw: name, said: called(name) }, cell(count)]),
	}),
	chart: (figures, width) => {
		const shown = list(figures).slice(0, MOST);
		return rows(
			{
				rows: shown.map(({ name, count }) => ({
					label: called(name),
					title: called(name),
					value: say.number(count),
					lanes: [[{ kind: 'bar', from: 0, to: count, tone }]],
				})),
				scale: linear(Math.max(...shown.map(({ count }) => count))),
				format: say.number,
			},
			width,
		);
	},
});
