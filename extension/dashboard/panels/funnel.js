// Why this exists: how many sessions get how far, and where they stay.
import { cell, heads } from '../cells.js';
import { rows } from '../rows.js';
import * as say from '../say.js';
import { text } from '../say.js';
import { linear } from '../scale.js';

/** @typedef {import('../cells.js').Kind} Kind */
/**
 * @template {import('../../types/protocol.d.ts').Figures['panel']} P
 * @typedef {import('../cells.js').Of<P>} Of
 */

/** @type {Kind} */
export const funnel = {
	panel: 'funnel',
	title: 'dash_funnel',
	empty: (/** @type {Of<'funnel'>} */ { started }) => started === 0,
	summary: ({ started, complete, abandoned }) =>
		text('dash_funnel_summary', ...[started, complete, abandoned].map(say.number)),
	table: (/** @type {Of<'funnel'>} */ { steps }) => ({
		head: heads('phase', 'planned', 'asked', 'done', 'skipped', 'drop'),
		rows: steps.map((step) => [
			say.phase(step.phase),
			...[step.planned, step.asked, step.done, step.skipped, drop(step)].map((value) => cell(value)),
		]),
	}),
	chart: (/** @type {Of<'funnel'>} */ { started, complete, steps }, width) => {
		const bar = (/** @type {number} */ to, /** @type {string} */ tone) => ({
			kind: /** @type {const} */ ('bar'),
			from: 0,
			to,
			tone,
		});
		const value = (/** @type {number} */ done, /** @type {number} */ of, /** @type {number} */ less) =>
			text(less ? 'dash_of_drop' : 'dash_of', ...[done, of, less].map(say.number));
		return rows(
			{
				rows: [
					{ label: text('dash_begun'), value: say.number(started), lanes: [[bar(started, 'first')]] },
					...steps.map((step) => ({
						label: say.phase(step.phase),
						value: value(step.done, step.planned, drop(step)),
						lanes: [[bar(step.planned, 'faint'), bar(step.asked, 'soft'), bar(step.done, 'first')]],
					})),
					{
						label: text('dash_complete'),
						value: value(complete, started, started - complete),
						lanes: [[bar(started, 'faint'), bar(complete, 'first')]],
					},
				],
				scale: linear(started),
				format: say.number,
				legend: [
					{ tone: 'first', label: text('dash_done'), shape: 'bar' },
					{ tone: 'soft', label: text('dash_asked'), shape: 'bar' },
					{ tone: 'faint', label: text('dash_planned'), shape: 'bar' },
				],
				lane: 22,
			},
			width,
		);
	},
};

/** Sessions that have the phase and did not get through it. @param {import('../../types/protocol.d.ts').FunnelStep} step */
const drop = (step) => step.planned - step.done - step.skipped;
