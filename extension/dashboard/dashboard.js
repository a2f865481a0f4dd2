// Why this exists: starts the page: asks for each panel what the filters leave, and asks again when something was written.
import * as filters from './filters.js';
import { at, make } from './make.js';
import { panel } from './panel.js';
import { CHARTS, GROUPS } from './panels.js';
import * as say from './say.js';
import { text } from './say.js';
import * as timeline from './timeline.js';
import { transport } from './transport.js';

/** @typedef {import('../types/protocol.d.ts').Request} Request */
/** @typedef {import('./panel.js').View} View */
/** @typedef {ReturnType<typeof panel>} Frame */

/** How long a burst of events may go on before the page asks once for all of them. */
const QUIET_MS = 600;
const SESSIONS = 500;

/**
 * Asks, and shows what comes unless something newer was asked meanwhile.
 * @param {Frame} frame
 * @param {() => Request} request
 * @param {(reply: any) => View | undefined} view Nothing where there is nothing to see.
 */
function loader(frame, request, view) {
	let last = 0;
	return async () => {
		last += 1;
		const mine = last;
		frame.busy();
		const { reply, refusal } = await transport.ask(request());
		if (mine !== last) return;
		if (refusal) return frame.refuse(refusal);
		const seen = view(reply);
		if (seen) frame.show(seen);
		else frame.empty();
	};
}

/** @param {import('./cells.js').Kind} kind */
function figures(kind) {
	const frame = panel(kind.panel, text(kind.title), { wide: kind.wide, open: kind.open, retry: () => void load() });
	at('panels').append(frame.element);
	const request = () => ({ type: /** @type {const} */ ('panel'), panel: kind.panel, filter: filters.filter() });
	const load = loader(frame, request, ({ figures }) =>
		kind.empty(figures)
			? undefined
			: {
					data: figures,
					summary: kind.summary(figures),
					table: kind.table(figures),
					chart: (width) => kind.chart(figures, width),
				},
	);
	return load;
}

/** The panel of one session, with the list to choose it from. */
function session() {
	const chooser = make('select', { id: 'session' });
	const above = [make('label', { class: 'chooser' }, text('dash_choose'), chooser)];
	const frame = panel('timeline', text('dash_timeline'), { wide: true, above, retry: () => void load() });
	at('panels').append(frame.element);
	frame.element.querySelector('.chart')?.after(timeline.detail);
	const draw = loader(
		frame,
		() => ({ type: 'timeline', session: filters.kept('session') || chooser.options[1]?.value }),
		(reply) => timeline.view(reply.timeline),
	);
	const load = async () => {
		const { reply, refusal } = await transport.ask({
			type: 'list',
			project: filters.filter().project ?? null,
			limit: SESSIONS,
		});
		if (refusal) return frame.refuse(refusal);
		const sessions = reply?.type === 'sessions' ? reply.sessions : [];
		const newest = sessions[0] ? label(sessions[0]) : text('dash_none');
		filters.offer(
			'session',
			newest,
			sessions.map((view) => ({ value: view.session, label: label(view) })),
		);
		if (sessions.length === 0 && !filters.kept('session')) return frame.empty();
		await draw();
	};
	chooser.addEventListener('change', () => {
		filters.keep('session', chooser.value);
		void draw();
	});
	return load;
}

/** @param {import('../types/protocol.d.ts').View} view */
const label = ({ started_ms, feature, standing }) =>
	`${say.moment(started_ms)} · ${feature.split('\n')[0].slice(0, 80)} · ${text(`session_${standing}`)}`;

async function choices() {
	const { reply } = await transport.ask({ type: 'panel', panel: 'choices', filter: {} });
	if (reply?.type === 'figures' && reply.figures.panel === 'choices') filters.choices(reply.figures);
}

document.documentElement.lang = say.language;
document.title = `${text('dash_title')} · ${text('popup_title')}`;
for (const element of document.querySelectorAll('[data-say]')) {
	element.textContent = text(element.getAttribute('data-say') ?? '');
}
at('filters').setAttribute('aria-label', text('dash_filters'));
at('skip').addEventListener('click', (/** @type {Event} */ event) => {
	// The fragment of the address is taken: the token stands there.
	event.preventDefault();
	at('main').focus();
});

// From how far all sessions get to how one went; the tables come last.
const loads = [choices, ...CHARTS.map(figures), session(), ...GROUPS.map(figures)];
let [due, behind] = [0, false];
async function load() {
	behind = false;
	await Promise.all(loads.map((one) => one()));
	at('updated').textContent = text('dash_updated', say.clock(Date.now()));
}
filters.listen(() => void load());
transport.listen(() => {
	behind = true;
	clearTimeout(due);
	due = Number(setTimeout(() => document.hidden || void load(), QUIET_MS));
});
document.addEventListener('visibilitychange', () => {
	if (!document.hidden && behind) void load();
});
void load();
