// Why this exists: what the figures are of. It lives in the address, so that a page that is opened again shows the same.
import { at, make } from './make.js';
import * as say from './say.js';
import { text } from './say.js';

/** @typedef {import('../types/protocol.d.ts').Filter} Filter */
/** @typedef {import('../types/protocol.d.ts').Figures} Figures */
/** @typedef {{ value: string, label: string }} Option */

const NAMES = /** @type {const} */ (['since', 'until', 'project', 'workflow', 'template', 'branch']);
const LISTS = /** @type {const} */ (['project', 'workflow', 'template', 'branch']);

const address = new URLSearchParams(location.search);

/** A value of the address. @param {string} name */
export const kept = (name) => address.get(name) ?? '';

/** @param {string} name @param {string} value Nothing takes it out. */
export function keep(name, value) {
	if (value) address.set(name, value);
	else address.delete(name);
	const query = address.size ? `?${address}` : '';
	history.replaceState(null, '', `${location.pathname}${query}${location.hash}`);
}

/** @returns {Filter} */
export const filter = () => Object.fromEntries(NAMES.filter((name) => kept(name)).map((name) => [name, kept(name)]));

/**
 * Puts these into a list, and leaves chosen what is chosen, even where it is no longer among them.
 * @param {string} id
 * @param {string} first What stands for no choice.
 * @param {Option[]} options
 */
export function offer(id, first, options) {
	/** @type {HTMLSelectElement} */
	const list = at(id);
	const chosen = kept(id);
	const known = !chosen || options.some(({ value }) => value === chosen);
	const all = [{ value: '', label: first }, ...(known ? [] : [{ value: chosen, label: chosen }]), ...options];
	const now = JSON.stringify(all);
	if (list.dataset.offered !== now) {
		list.replaceChildren(...all.map(({ value, label }) => make('option', { value }, label)));
		list.dataset.offered = now;
	}
	list.value = chosen;
}

/** @param {Extract<Figures, { panel: 'choices' }>} choices What there is to filter by. */
export function choices({ projects, workflows, templates, branches, days }) {
	const plain = (/** @type {string[]} */ names) => names.map((value) => ({ value, label: value }));
	offer('project', text('dash_all'), plain(projects));
	offer('workflow', text('dash_all'), plain(workflows));
	offer('branch', text('dash_all'), plain(branches));
	offer(
		'template',
		text('dash_all'),
		templates.map((one) => ({ value: one.name, label: say.template(one) })),
	);
	for (const id of ['since', 'until']) [at(id).min, at(id).max] = days ?? ['', ''];
}

/** Shows what the address says, and calls back when somebody chooses something else. @param {() => void} changed */
export function listen(changed) {
	const show = () => {
		for (const name of NAMES) at(name).value = kept(name);
		at('clear').disabled = !NAMES.some(kept);
	};
	for (const list of LISTS) offer(list, text('dash_all'), []);
	show();
	at('filters').addEventListener('submit', (/** @type {SubmitEvent} */ event) => event.preventDefault());
	at('filters').addEventListener('change', (/** @type {Event} */ { target }) => {
		const { id, value } = /** @type {HTMLInputElement} */ (target);
		keep(id, value);
		show();
		changed();
	});
	at('clear').addEventListener('click', () => {
		for (const name of NAMES) keep(name, '');
		show();
		at('since').focus();
		changed();
	});
}
