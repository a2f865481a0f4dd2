// Why this exists: what every panel is, and what their tables have in common. The figures come as they are shown: rates, intervals and
// quantiles are the runner's.
import * as say from './say.js';
import { text } from './say.js';

/** @typedef {import('../types/protocol.d.ts').Figures} Figures */
/** @typedef {import('../types/protocol.d.ts').Spent} Spent */
/** @typedef {import('../types/protocol.d.ts').Panel} Panel */
/**
 * @typedef {object} Kind
 * @property {Panel} panel
 * @property {string} title A key.
 * @property {(figures: any) => boolean} empty
 * @property {(figures: any) => string} summary
 * @property {(figures: any) => import('./export.js').Table} table
 * @property {(figures: any, width: number) => SVGElement} chart
 * @property {boolean} [wide] It takes a whole line of the page.
 * @property {boolean} [open] Its table is shown from the start.
 */
/**
 * @template {Figures['panel']} P
 * @typedef {Extract<Figures, { panel: P }>} Of
 */

/** How many rows a chart has at most; the table has all. */
export const MOST = 10;
/** Says where a chart leaves rows out. @param {unknown[]} list */
export const more = (list) => (list.length > MOST ? ` ${text('dash_more', MOST, say.number(list.length))}` : '');
export const HOUR_MS = 3_600_000;

/** @param {string[]} keys */
export const heads = (...keys) => keys.map((key) => text(`dash_${key}`));
/** @param {number | null} raw @param {(value: number) => string} format */
export const cell = (raw, format = say.number) => ({ raw, said: raw === null ? '–' : format(raw) });
/** @param {{ count: number }[]} list */
export const sum = (list) => list.reduce((all, { count }) => all + count, 0);
/** @param {Spent} spent */
export const tokens = (spent) => spent.prompt_tokens + spent.completion_tokens;
/** @param {Spent} spent */
export const spending = (spent) => [
	cell(spent.prompt_tokens),
	cell(spent.completion_tokens),
	cell(spent.reported_tokens),
	cell(spent.cost_usd, say.money),
	cell(spent.unpriced),
];
export const SPENDING = ['prompt_tokens', 'completion_tokens', 'reported_tokens', 'cost', 'unpriced'];
