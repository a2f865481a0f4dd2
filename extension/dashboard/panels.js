// Why this exists: the panels of the page, in their order.
import { cost } from './panels/cost.js';
import { counts } from './panels/counts.js';
import { estimates } from './panels/estimates.js';
import { funnel } from './panels/funnel.js';
import { groups } from './panels/groups.js';
import { ratings } from './panels/ratings.js';
import { success } from './panels/success.js';
import { times } from './panels/times.js';
import * as say from './say.js';

/** @type {import('./cells.js').Kind[]} */
export const CHARTS = [
	funnel,
	success,
	times,
	estimates,
	cost,
	counts(
		'errors',
		({ kinds }) => kinds,
		(name) => say.named('dash_error', name),
		'error',
		'alarm',
	),
	counts('retries', ({ phases }) => phases, say.phase, 'phase', 'second'),
	ratings,
];

/** @type {import('./cells.js').Kind[]} Those that are tables first. */
export const GROUPS = [
	groups('projects', 'project', (name) => say.folder(say.name(name))),
	groups('branches', 'branch'),
	groups('models', 'model'),
];
