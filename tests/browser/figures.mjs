// Made-up figures for every panel, in the shape of the protocol: what the dashboard is drawn from in its tests. The same every time.

/**
 * @typedef {import('../../extension/types/protocol.d.ts').Request} Request
 * @typedef {import('../../extension/types/protocol.d.ts').Reply} Reply
 * @typedef {import('../../extension/types/protocol.d.ts').Figures} Figures
 * @typedef {import('../../extension/types/protocol.d.ts').View} View
 */

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 20, 9, 0);
const SESSION = '20261120_090000_1a2b3c4d';

/** Numbers that look drawn, and are the same in each run. @param {number} at */
const wobble = (at) => (Math.sin(at * 12.9898) * 43758.5453) % 1;
/** @param {number} back */
const dayBack = (back) => new Date(START - back * 86_400_000).toISOString().slice(0, 10);
/** @param {number} prompt @param {number} completion @param {number} cost */
const spent = (prompt, completion, cost) => ({
	prompt_tokens: prompt,
	completion_tokens: completion,
	reported_tokens: Math.round((prompt + completion) * 0.4),
	cost_usd: cost,
	unpriced: 2,
});
/** @param {number | null} median_ms @param {number | null} p90_ms */
const quantiles = (median_ms, p90_ms) => ({ median_ms, p90_ms });
/** @param {string} name @param {string} label @param {number} of @param {number} good @param {number} low @param {number} high */
const rate = (name, label, of, good, low, high) => ({ name, label, of, good, low, high });
/** @param {string} name @param {number | null} sessions @param {number} attempts @param {number} good */
const group = (name, sessions, attempts, good) => ({
	name,
	sessions,
	complete: sessions === null ? null : Math.floor(sessions * 0.7),
	attempts,
	good,
	model_ms: attempts * 94_000,
	spent: spent(attempts * 1_800, attempts * 2_600, attempts * 0.061),
});

const days = Array.from({ length: 42 }, (_, at) => 41 - at)
	.filter((back) => back % 7 > 1)
	.map((back) => {
		const many = 4 + Math.round(9 * Math.abs(wobble(back)));
		return { day: dayBack(back), attempts: many, spent: spent(many * 1_900, many * 2_700, many * 0.058) };
	});

/** @type {Record<string, Figures>} */
const FIGURES = {
	funnel: {
		panel: 'funnel',
		started: 48,
		complete: 29,
		abandoned: 4,
		steps: [
			{ phase: 'planning', planned: 48, asked: 47, done: 44, skipped: 0 },
			{ phase: 'analysis', planned: 48, asked: 42, done: 39, skipped: 1 },
			{ phase: 'implementation', planned: 48, asked: 38, done: 34, skipped: 0 },
			{ phase: 'testing', planned: 19, asked: 14, done: 12, skipped: 2 },
			{ phase: 'cleaning', planned: 19, asked: 11, done: 10, skipped: 1 },
		],
	},
	times: {
		panel: 'times',
		phases: ['planning', 'analysis', 'implementation', 'testing', 'cleaning'].map((phase, at) => ({
			phase: /** @type {any} */ (phase),
			attempts: 47 - at * 8,
			trusted: 40 - at * 8,
			total: quantiles((3 + at * 2) * MINUTE, (14 + at * 9) * MINUTE),
			model: quantiles((0.8 + at * 0.7) * MINUTE, (2.1 + at) * MINUTE),
			human: quantiles((0.4 + at * 0.2) * MINUTE, (6 + at) * MINUTE),
			idle: at === 4 ? quantiles(null, null) : quantiles((5 + at * 4) * MINUTE, (600 + at * 300) * MINUTE),
		})),
	},
	success: {
		panel: 'success',
		phases: [
			rate('planning', 'planning', 52, 49, 0.844, 0.98),
			rate('analysis', 'analysis', 45, 40, 0.765, 0.951),
			rate('implementation', 'implementation', 44, 34, 0.63, 0.871),
			rate('testing', 'testing', 15, 12, 0.548, 0.93),
			rate('cleaning', 'cleaning', 3, 3, 0.438, 1),
		],
		templates: [
			rate('a3f09c1e77d2'.padEnd(64, '0'), 'planning', 40, 38, 0.835, 0.986),
			rate('5be1d00294af'.padEnd(64, '1'), 'planning', 12, 11, 0.646, 0.985),
			rate('0c77e9ab31d4'.padEnd(64, '2'), 'implementation', 44, 34, 0.63, 0.871),
		],
	},
	cost: { panel: 'cost', days, total: spent(431_200, 612_700, 13.42) },
	estimates: {
		panel: 'estimates',
		rows: [
			['Export the task list as a CSV file, with the columns that the list shows', 2, 4, 3.1, 0.9],
			['Dark mode', 1, 2, 26.5, 1.4],
			['Search as you type', 4, 8, 6.2, 2.2],
			['Undo for deleted tasks', 3, 6, 2.1, 1.1],
			['Rate limit of the public API', 6, 10, 51, 3.4],
		].map(([feature, low, high, actual, active], at) => ({
			session: `2026111${at}_090000_1a2b3c4${at}`,
			feature: String(feature),
			low_hours: Number(low),
			high_hours: Number(high),
			actual_hours: Number(actual),
			active_hours: Number(active),
		})),
	},
	errors: {
		panel: 'errors',
		kinds: [
			{ name: 'cut', count: 11 },
			{ name: 'section_missing', count: 6 },
			{ name: 'provider.busy', count: 4 },
			{ name: 'foreign', count: 1 },
		],
	},
	retries: {
		panel: 'retries',
		phases: [
			{ name: 'planning', count: 3 },
			{ name: 'analysis', count: 5 },
			{ name: 'implementation', count: 10 },
		],
	},
	ratings: {
		panel: 'ratings',
		days: days
			.filter((_, at) => at % 3 === 0)
			.map(({ day }, at) => ({ day, count: 1 + (at % 3), mean: 3.4 + wobble(at) * 1.2, saved_minutes: 20 + at * 5 })),
	},
	projects: {
		panel: 'groups',
		rows: [group('/home/dev/shop', 31, 118, 101), group('/home/dev/blog', 12, 34, 30), group('', 5, 7, 4)],
	},
	branches: {
		panel: 'groups',
		rows: [group('main', 22, 80, 70), group('feature/csv-export', 14, 49, 41), group('', 12, 30, 24)],
	},
	models: {
		panel: 'groups',
		rows: [group('claude-opus-5', null, 96, 88), group('gpt-6', null, 40, 31), group('', null, 23, 16)],
	},
	choices: {
		panel: 'choices',
		projects: ['/home/dev/blog', '/home/dev/shop'],
		workflows: ['feature', 'full'],
		templates: [{ name: 'a3f09c1e77d2'.padEnd(64, '0'), label: 'planning' }],
		branches: ['feature/csv-export', 'main'],
		days: [dayBack(41), dayBack(0)],
	},
};

/** @param {string} session @param {number} started_ms @param {string} feature @returns {View} */
const view = (session, started_ms, feature) => ({
	.../** @type {any} */ ({}),
	session,
	feature,
	project: '/home/dev/shop',
	workflow: 'full',
	standing: 'complete',
	seq: 57,
	started_ms,
	phases: ['planning', 'analysis', 'implementation', 'testing', 'cleaning'].map((phase) => ({ phase })),
});

/** Each phase takes its time: asked, sent, answered, and a pause. @param {string} session @returns {Reply} */
function timeline(session) {
	/** @type {import('../../extension/types/protocol.d.ts').Span[]} */
	const spans = [];
	/** @type {import('../../extension/types/protocol.d.ts').Mark[]} */
	const marks = [];
	let [now, seq] = [START, 1];
	/** @param {string} kind @param {any} phase @param {import('../../extension/types/protocol.d.ts').Oddity[]} oddities */
	const mark = (kind, phase = null, oddities = []) => marks.push({ seq: seq++, at_ms: now, kind, phase, oddities });
	mark('session_started');
	mark('work_seen');
	for (const [at, phase] of /** @type {const} */ (['planning', 'analysis', 'implementation', 'testing']).entries()) {
		/** @param {'human' | 'model' | 'idle'} who @param {number} minutes */
		const pass = (who, minutes) => {
			spans.push({ phase, who, from_ms: now, to_ms: now + minutes * MINUTE });
			now += minutes * MINUTE;
		};
		mark('prompt_rendered', phase);
		pass('human', 2 + at);
		mark('prompt_sent', phase);
		if (at === 0) mark('conversation_bound');
		pass('model', 3 + at * 2);
		mark('reply_captured', phase, phase === 'testing' ? ['heading_style', 'order'] : []);
		pass('idle', 4);
	}
	mark('phase_skipped', 'cleaning');
	mark('session_completed');
	return {
		type: 'timeline',
		timeline: { view: view(session, START, 'Export the task list as a CSV file'), spans, marks },
	};
}

/**
 * What the runner would answer.
 * @param {Request} request
 * @returns {Reply}
 */
export function answer(request) {
	if (request.type === 'panel') return { type: 'figures', figures: FIGURES[request.panel] };
	if (request.type === 'timeline') return timeline(request.session);
	const features = ['Export the task list as a CSV file', 'Dark mode', 'Search as you type'];
	const sessions = features.map((feature, at) =>
		view(`2026112${-at}_090000_1a2b3c4d`.replace('2-', '1'), START - at * 86_400_000, feature),
	);
	sessions[0].session = SESSION;
	return { type: 'sessions', sessions };
}

/** The same with every text in it replaced: names of what the page must know stay. @param {Request} request @param {(at: number) => string} text */
export function nasty(request, text) {
	const own = ['type', 'panel', 'phase', 'who', 'day', 'days', 'standing', 'session', 'workflow_phase'];
	let at = 0;
	/** @param {any} value @param {string} key @returns {any} */
	const walk = (value, key) => {
		if (typeof value === 'string') return own.includes(key) ? value : text(at++);
		if (Array.isArray(value)) return value.map((item) => walk(item, key));
		if (value === null || typeof value !== 'object') return value;
		return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner, name)]));
	};
	return walk(answer(request), '');
}
