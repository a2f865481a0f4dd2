// Why this exists: one session over time: whose time it was, phase by phase, and every event, to be gone through with the arrow keys.
import { draw, make } from './make.js';
import { rows } from './rows.js';
import * as say from './say.js';
import { text } from './say.js';
import { span } from './scale.js';

/** @typedef {import('../types/protocol.d.ts').Timeline} Timeline */
/** @typedef {import('../types/protocol.d.ts').Mark} Mark */

const TONES = { model: 'first', human: 'second', idle: 'faint' };
const DAY_MS = 86_400_000;

/** With what a reply was taken. @param {Mark['oddities']} oddities */
const although = (oddities) =>
	oddities.length ? text('taken_although', oddities.map((oddity) => text(`oddity_${oddity}`)).join('; ')) : '';

/** @param {Mark} event */
const said = ({ kind, phase, at_ms, oddities }) =>
	[say.named('dash_event', kind), phase && say.phase(phase), say.moment(at_ms), although(oddities)]
		.filter(Boolean)
		.join(' · ');

/** What the chosen event is; the page puts it below the chart. */
export const detail = make('p', { class: 'detail', 'aria-live': 'polite' });

/** The event that is chosen, by its place in the log, so that it stays chosen when more of them come. @type {number | undefined} */
let chosen;

/** @param {Timeline} timeline */
export function view(timeline) {
	const { spans, marks } = timeline;
	const times = [...marks.map(({ at_ms }) => at_ms), ...spans.flatMap(({ from_ms, to_ms }) => [from_ms, to_ms])];
	const [from, to] = [Math.min(...times), Math.max(...times)];
	return {
		data: timeline,
		summary: text('dash_timeline_summary', say.number(marks.length), say.moment(from), say.moment(to)),
		table: {
			head: ['at', 'event', 'phase', 'who', 'to'].map((key) => text(`dash_${key}`)),
			rows: [
				...marks.map(({ at_ms, kind, phase, oddities }) => ({ at: at_ms, kind, phase, who: '', to: null, oddities })),
				...spans.map(({ from_ms, to_ms, phase, who }) => ({
					at: from_ms,
					kind: '',
					phase,
					who,
					to: to_ms,
					oddities: [],
				})),
			]
				.sort((one, other) => one.at - other.at)
				.map(({ at, kind, phase, who, to, oddities }) => [
					{ raw: new Date(at).toISOString(), said: say.moment(at) },
					{
						raw: kind,
						said: [kind ? say.named('dash_event', kind) : '–', although(oddities)].filter(Boolean).join(' · '),
					},
					{ raw: phase ?? '', said: phase ? say.phase(phase) : '–' },
					{ raw: who, said: who ? text(`dash_who_${who}`) : '–' },
					{ raw: to === null ? null : new Date(to).toISOString(), said: to === null ? '–' : say.moment(to) },
				]),
		},
		chart: (/** @type {number} */ width) => gantt(timeline, from, to, width),
	};
}

/** @param {Timeline} timeline @param {number} from @param {number} to @param {number} width */
function gantt({ view, spans, marks }, from, to, width) {
	const phases = view.phases.map(({ phase }) => phase);
	const tick = to - from > DAY_MS ? say.when : say.clock;
	const svg = rows(
		{
			rows: [
				{ label: text('dash_session'), lanes: [[]] },
				...phases.map((phase) => ({
					label: say.phase(phase),
					lanes: [
						spans
							.filter((span) => span.phase === phase)
							.map(({ who, from_ms, to_ms }) => ({
								kind: /** @type {const} */ ('bar'),
								from: from_ms,
								to: to_ms,
								tone: TONES[who],
							})),
					],
				})),
			],
			scale: span(from, to),
			format: tick,
			legend: [
				...Object.entries(TONES).map(([who, tone]) => ({
					tone,
					label: text(`dash_who_${who}`),
					shape: /** @type {const} */ ('bar'),
				})),
				{ tone: 'ink', label: text('dash_event') },
			],
			lane: 24,
			marks: marks.map(({ at_ms, phase }) => ({ row: phase ? phases.indexOf(phase) + 1 : 0, from: at_ms })),
		},
		width,
	);
	svg.setAttribute('role', 'group');
	svg.append(events(svg, marks));
	return svg;
}

/**
 * The marks of the events as one list: one stop of the Tab key, and the arrow keys within.
 * @param {SVGElement} svg
 * @param {Mark[]} marks
 */
function events(svg, marks) {
	const places = [...svg.querySelectorAll('.event')];
	const list = draw('g', { role: 'listbox', tabindex: 0, 'aria-label': text('dash_timeline_keys'), class: 'events' });
	const options = places.map((place, at) => {
		place.setAttribute('role', 'option');
		place.setAttribute('id', `event-${marks[at].seq}`);
		place.setAttribute('aria-label', said(marks[at]));
		place.addEventListener('click', () => choose(at));
		return place;
	});
	list.append(...options);
	/** @param {number} at @param {boolean} [aloud] */
	const choose = (at, aloud = true) => {
		chosen = marks[at]?.seq;
		options.forEach((option, its) => {
			option.setAttribute('aria-selected', String(its === at));
		});
		if (at < 0) {
			detail.textContent = text('dash_timeline_keys');
			return;
		}
		list.setAttribute('aria-activedescendant', options[at].id);
		if (aloud) detail.textContent = said(marks[at]);
	};
	list.addEventListener('keydown', (event) => {
		const at = marks.findIndex(({ seq }) => seq === chosen);
		const last = marks.length - 1;
		/** @type {Record<string, number>} */
		const steps = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: last };
		const next = steps[/** @type {KeyboardEvent} */ (event).key];
		if (next === undefined) return;
		event.preventDefault();
		choose(Math.min(last, Math.max(0, next)));
	});
	choose(
		marks.findIndex(({ seq }) => seq === chosen),
		false,
	);
	return list;
}
