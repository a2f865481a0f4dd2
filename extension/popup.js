// Why this exists: the popup asks the host and shows the answer. Text goes into text nodes only: a feature or a project
// name is what somebody typed, never markup.
import { addressOf, conversationOf } from './address.js';
import { driftOf } from './badge.js';
import { call } from './call.js';
import * as hand from './hand.js';
import { phaseName, said, sayPage, text } from './say.js';
import { SITES } from './sites.js';
import { showWaiting } from './waiting.js';

/** @typedef {import('./types/protocol.d.ts').View} View */
/** @typedef {import('./types/protocol.d.ts').PhaseView} PhaseView */
/** @typedef {import('./types/protocol.d.ts').Refusal} Refusal */
/** @typedef {import('./types/protocol.d.ts').Request} Request */
/** @typedef {{ reply?: import('./types/protocol.d.ts').Reply, refusal?: Refusal, cached?: View }} Answer */

const CHAT = `https://${SITES[0].host}${SITES[0].newChat}`;
const RECENT = 8;

/** @param {string} id @returns {any} The element, of whichever kind popup.html made it. */
const at = (id) => document.getElementById(id);

/** The conversation of the tab, `null` in a new chat, `undefined` where no chat is. @type {string | null | undefined} */
let conversation;
/** @type {number | undefined} */
let tabId;
/** @type {View | null} */
let shown = null;
/** @type {View[]} */
let recent = [];

/** @param {Request} request @returns {Promise<Answer>} */
const ask = (request) => call({ to: 'host', request });

/**
 * @param {string} tag
 * @param {string} [words]
 * @param {Record<string, string>} [attributes]
 */
function make(tag, words = '', attributes = {}) {
	const element = document.createElement(tag);
	element.textContent = words;
	for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
	return element;
}

/** @param {string} path The last part of it. */
const nameOf = (path) => path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;

/** @param {PhaseView} phase */
function timeOf({ duration_ms, trusted }) {
	if (duration_ms === null) return '';
	const tenths = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
	const seconds = (duration_ms / 1000).toLocaleString(document.documentElement.lang, tenths);
	return text(trusted ? 'popup_time_seconds' : 'popup_time_about', seconds);
}

/** With what a reply was taken, in a row of its own; a view that was kept by an earlier version may not say it. @param {PhaseView} phase */
function although({ stand, oddities = [] }) {
	if (stand !== 'replied' || oddities.length === 0) return [];
	const row = make('tr', '', { class: 'although quiet' });
	const words = oddities.map((oddity) => text(`oddity_${oddity}`)).join('; ');
	row.append(make('td', text('taken_although', words), { colspan: '4' }));
	return [row];
}

/** @param {Refusal | undefined} refusal */
function tell(refusal) {
	const parts = [];
	if (refusal?.code === 'setup.broken') parts.push(make('p', text('popup_host_missing')), make('p', refusal.message));
	else if (refusal) parts.push(make('p', refusal.message), make('p', refusal.hint));
	at('news').replaceChildren(...parts);
}

/** @param {View | null} view */
function show(view) {
	shown = view;
	at('none').hidden = view !== null;
	at('session').hidden = view === null;
	if (!view) return hand.offer(null);
	at('feature').textContent = view.feature;
	const project = view.project ? nameOf(view.project) : '';
	at('state').textContent = [text(`session_${view.standing}`), view.workflow, project].filter(Boolean).join(' · ');
	at('state').title = view.project ?? '';
	// A live region speaks when its text is set, changed or not.
	const next = said(view.next.say);
	if (at('next').textContent !== next) at('next').textContent = next;
	const open = at('open');
	const address = view.conversation ? addressOf(view.conversation) : CHAT;
	open.hidden = !address || (view.conversation ? view.conversation === conversation : conversation !== undefined);
	open.href = address ?? '';
	open.textContent = text(view.conversation ? 'popup_open_chat' : 'popup_open_claude');
	const rate = at('rate');
	rate.hidden = view.standing !== 'complete';
	if (rate.hidden) rate.reset();
	if (view.rating) rate.rating.value = view.rating;
	at('rated').textContent = view.rating ? text('session_rated', view.rating) : '';
	at('phases').replaceChildren(
		...view.phases.flatMap((phase) => {
			const row = make('tr', '', phase.phase === view.current ? { 'aria-current': 'step' } : {});
			const lines = phase.lines.toLocaleString(document.documentElement.lang);
			row.append(
				make('th', phaseName(phase.phase, phase.title), { scope: 'row' }),
				make('td', text(`stand_${phase.accepted ? 'accepted' : phase.stand}`), { 'data-stand': phase.stand }),
				make('td', timeOf(phase), { class: 'number' }),
				make('td', phase.lines ? text('popup_size_lines', lines) : '', { class: 'number' }),
			);
			return [row, ...although(phase)];
		}),
	);
	hand.offer(view);
}

function showRecent() {
	at('sessions').hidden = recent.length === 0;
	const projects = new Set(recent.flatMap(({ project }) => project ?? []));
	at('projects').replaceChildren(...[...projects].map((value) => make('option', '', { value })));
	at('list').replaceChildren(
		...recent.slice(0, RECENT).map((view) => {
			const address = view.conversation ? addressOf(view.conversation) : undefined;
			const item = make('li');
			item.append(
				address
					? make('a', view.feature, { href: address, target: '_blank', rel: 'noreferrer' })
					: make('span', view.feature, { class: 'name' }),
				make('span', [view.project ? nameOf(view.project) : '', said(view.next.say)].filter(Boolean).join(' · '), {
					class: 'quiet small',
				}),
			);
			return item;
		}),
	);
}

/** The workflows that a session in this project may be started with; the one that was chosen stays chosen. */
async function offerWorkflows() {
	const { reply } = await ask({ type: 'workflows', project: at('project').value.trim() || null });
	if (reply?.type !== 'workflows') return;
	const chosen = at('workflow').value;
	at('workflow').replaceChildren(
		...reply.workflows.map(({ name, phases }) =>
			make('option', `${name}: ${phases.map((phase) => phaseName(phase)).join(', ')}`, { value: name }),
		),
	);
	if (reply.workflows.some(({ name }) => name === chosen)) at('workflow').value = chosen;
}

/** @param {boolean} reachable */
function offerStart(reachable) {
	const details = at('new');
	if (details.hidden) details.open = shown?.standing !== 'active';
	details.hidden = !reachable;
	if (reachable) void offerWorkflows();
}

async function load() {
	const given = new URLSearchParams(location.search).get('tab');
	const [tab] = given
		? [await chrome.tabs.get(Number(given))]
		: await chrome.tabs.query({ active: true, currentWindow: true });
	conversation = conversationOf(tab?.url);
	tabId = tab?.id;
	/** @type {Promise<Answer>} */
	const status =
		conversation === undefined
			? Promise.resolve({ reply: { type: 'session', view: null } })
			: ask({ type: 'status', session: null, conversation });
	const [stands, list] = await Promise.all([status, ask({ type: 'list', project: null, limit: 50 }), showWaiting()]);
	tell(stands.refusal ?? list.refusal);
	show(stands.reply?.type === 'session' ? stands.reply.view : (stands.cached ?? null));
	// Where nobody could be asked, nobody knows whether there is one.
	at('none').hidden ||= stands.refusal !== undefined;
	recent = list.reply?.type === 'sessions' ? list.reply.sessions : [];
	showRecent();
	offerStart(list.reply !== undefined);
	const [drift] = tab?.id === undefined ? [] : await driftOf(tab.id);
	at('drift').hidden = !drift;
	at('drift').textContent = drift ? text('popup_drifted', said(drift)) : '';
}

/** @param {View} view A session as it is now. */
function changed(view) {
	const mine = shown?.session === view.session && shown.seq <= view.seq;
	const first =
		shown === null && conversation !== undefined && view.standing === 'active' && view.conversation === conversation;
	if (mine || first) show(view);
	recent = [view, ...recent.filter(({ session }) => session !== view.session)].sort(
		(one, other) => other.started_ms - one.started_ms,
	);
	showRecent();
}

at('start').addEventListener('submit', async (/** @type {SubmitEvent} */ event) => {
	event.preventDefault();
	at('go').disabled = true;
	const { reply, refusal } = await ask({
		type: 'start',
		feature: at('what').value.trim(),
		project: at('project').value.trim() || null,
		workflow: at('workflow').value,
	});
	at('go').disabled = false;
	tell(refusal);
	if (reply?.type !== 'session' || !reply.view) return;
	at('what').value = '';
	at('new').open = false;
	changed(reply.view);
	show(reply.view);
	at('feature').focus();
});

for (const star of at('rate').rating) star.ariaLabel = text('button_rate', star.value);

at('project').addEventListener('change', () => void offerWorkflows());

at('rate').addEventListener('submit', async (/** @type {SubmitEvent} */ event) => {
	event.preventDefault();
	if (!shown) return;
	const rating = Number(at('rate').rating.value);
	const word = at('word').value.trim() || null;
	const { reply, refusal } = await ask({ type: 'rate', session: shown.session, rating, word });
	tell(refusal);
	if (reply?.type === 'session' && reply.view) changed(reply.view);
});

at('seen').addEventListener('click', async () => {
	await call({ to: 'seen' });
	await showWaiting();
});

chrome.runtime.onMessage.addListener((message) => {
	if (message?.from === 'host' && message.notice?.type === 'changed') changed(message.notice.view);
	if (message?.from === 'outbox') void showWaiting();
});

sayPage();
at('what').placeholder = text('popup_feature_hint');
at('answer').placeholder = text('popup_paste_hint');
hand.setUp({ session: () => shown, tab: () => tabId, changed });
void load();
