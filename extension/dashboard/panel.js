// Why this exists: every panel is the same frame around other figures: a title, a sentence, a chart, its twin as a table, and files to
// take along. It says when it loads, when there is nothing, and what went wrong and what to do then.
import * as files from './export.js';
import { make } from './make.js';
import { text } from './say.js';

/** @typedef {import('./transport.js').Refusal} Refusal */
/**
 * @typedef {object} View What is to be seen of figures.
 * @property {string} summary
 * @property {files.Table} table
 * @property {(width: number) => SVGElement} chart
 * @property {object} data
 */
/**
 * @typedef {object} Options
 * @property {boolean} [wide]
 * @property {boolean} [open]
 * @property {Node[]} [above] Between the title and the sentence.
 * @property {() => void} retry
 */

const FORMATS = ['CSV', 'JSON', 'SVG', 'PNG'];

/** @param {string} id @param {string} title @param {Options} options */
export function panel(id, title, options) {
	const heading = make('h2', { id: `${id}-title` }, title);
	const summary = make('p', { class: 'summary' });
	const chart = make('div', { class: 'chart' });
	const table = make('div', {
		class: 'table',
		id: `${id}-table`,
		role: 'group',
		tabindex: 0,
		'aria-labelledby': `${id}-title`,
		hidden: !options.open,
	});
	const note = make('div', { class: 'note' });
	const toggle = make(
		'button',
		{ type: 'button', class: 'toggle', 'aria-expanded': String(Boolean(options.open)), 'aria-controls': `${id}-table` },
		text('dash_table'),
	);
	const buttons = FORMATS.map((format) =>
		make('button', { type: 'button', 'aria-label': text('dash_export_as', format, title) }, format),
	);
	const tools = make(
		'footer',
		{},
		toggle,
		make('div', { class: 'files', role: 'group', 'aria-label': text('dash_export', title) }, ...buttons),
	);
	const element = make(
		'section',
		{ id, class: options.wide ? 'panel wide' : 'panel', 'aria-labelledby': `${id}-title`, 'aria-busy': 'true' },
		heading,
		...(options.above ?? []),
		summary,
		note,
		chart,
		table,
		tools,
	);
	/** @type {View | undefined} */
	let view;
	let drawn = 0;

	/** @param {boolean} filled Whether there is something to see. */
	const fill = (filled) => {
		for (const part of [summary, chart, tools]) part.hidden = !filled;
		table.hidden = !filled || toggle.getAttribute('aria-expanded') !== 'true';
		note.hidden = filled;
		element.ariaBusy = 'false';
	};
	const draw = () => {
		drawn = chart.clientWidth;
		if (!view || drawn === 0) return;
		const svg = view.chart(drawn);
		if (!svg.hasAttribute('role')) svg.setAttribute('role', 'img');
		svg.setAttribute('aria-label', `${title}. ${view.summary}`);
		const focused = chart.contains(document.activeElement);
		chart.replaceChildren(svg);
		if (focused) /** @type {SVGElement | null} */ (chart.querySelector('[tabindex]'))?.focus({ preventScroll: true });
	};
	new ResizeObserver(() => {
		if (chart.clientWidth !== drawn) draw();
	}).observe(chart);

	toggle.addEventListener('click', () => {
		table.hidden = !table.hidden;
		toggle.ariaExpanded = String(!table.hidden);
	});
	buttons.forEach((button, at) => {
		button.addEventListener('click', () => void take(FORMATS[at]));
	});
	/** @param {string} format */
	async function take(format) {
		const svg = chart.querySelector('svg');
		if (!view || !svg) return;
		const name = `prompt-runner-${id}.${format.toLowerCase()}`;
		const drawing = () => files.picture(svg, title, view?.summary ?? '');
		if (format === 'CSV') files.save(new Blob([files.csv(view.table)], { type: 'text/csv' }), name);
		else if (format === 'JSON')
			files.save(new Blob([`${JSON.stringify(view.data, null, 2)}\n`], { type: 'application/json' }), name);
		else if (format === 'SVG') files.save(new Blob([drawing()], { type: 'image/svg+xml' }), name);
		else {
			const png = await files.png(drawing()).catch(() => null);
			if (png) files.save(png, name);
			else show({ message: text('dash_png_failed') });
		}
	}

	/** @param {{ message: string, hint?: string }} words */
	const show = ({ message, hint }) => {
		note.hidden = false;
		note.replaceChildren(make('p', {}, message), ...(hint ? [make('p', { class: 'quiet' }, hint)] : []));
	};

	note.append(make('p', { class: 'quiet' }, text('dash_loading')));
	fill(false);
	element.ariaBusy = 'true';
	return {
		element,
		busy: () => {
			element.ariaBusy = 'true';
		},
		/** @param {View} next */
		show: (next) => {
			// What has not changed stays as it is, and with it the focus, and what is marked in it.
			const same = view && JSON.stringify(view.data) === JSON.stringify(next.data);
			view = next;
			fill(true);
			if (same) return;
			summary.textContent = next.summary;
			table.replaceChildren(tableOf(next.table, title));
			draw();
		},
		empty: () => {
			view = undefined;
			fill(false);
			show({ message: text('dash_empty') });
		},
		/** @param {Refusal} refusal */
		refuse: (refusal) => {
			view = undefined;
			fill(false);
			show(refusal);
			const again = make('button', { type: 'button' }, text('dash_retry'));
			again.addEventListener('click', options.retry);
			note.append(again);
		},
	};
}

/** @param {files.Table} data @param {string} title */
function tableOf({ head, rows }, title) {
	const numeric = head.map((_, at) => rows.some((row) => typeof files.raw(row[at]) === 'number'));
	const kind = (/** @type {number} */ at) => ({ class: numeric[at] && 'number' });
	return make(
		'table',
		{},
		make('caption', {}, title),
		make('thead', {}, make('tr', {}, ...head.map((words, at) => make('th', { scope: 'col', ...kind(at) }, words)))),
		make(
			'tbody',
			{},
			...rows.map(([first, ...cells]) =>
				make(
					'tr',
					{},
					make('th', { scope: 'row', ...kind(0) }, files.said(first)),
					...cells.map((cell, at) => make('td', kind(at + 1), files.said(cell))),
				),
			),
		),
	);
}
