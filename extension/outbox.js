// Why this exists: a captured answer must outlive a missing host, a stopped worker and a closed browser. Each capture
// is written down before the host is asked, leaves only when the host has decided on it, and goes in the order it came.
// One that waited and was then turned down leaves a note, for the page that could have said so may be gone.
import { ask } from './host.js';
import { refuse } from './say.js';

/** @typedef {Extract<import('./types/protocol.d.ts').Request, { type: 'capture' }>} Capture */
/** @typedef {import('./host.js').Answer} Answer */
/** @typedef {{ key: string, at: number, capture: string, answers: string, bytes: number }} Entry */
/** @typedef {{ capture: string } & Answer} Result */
/** @typedef {{ left: number, filling: boolean }} Stand `filling` where there is room for only a few more. */
/** @typedef {Answer & { queued?: number, filling?: boolean }} Sent */
/** @typedef {{ phase?: string | null, conversation?: string | null, message: string }} Refused */

const PREFIX = 'outbox:';
const REFUSED = 'refused:';
const ALARM = 'outbox';
const MAX_CAPTURES = 1_000;
// The browser itself stops an extension at QUOTA_BYTES; the rest is for the options and the notes.
const MAX_BYTES = chrome.storage.local.QUOTA_BYTES - 500_000;
/** The part of either from which on people are told. */
const FILLING = 0.8;
/** Refusals that the same capture would meet for ever; all others may pass, so the capture stays. */
const FINAL = /^(reply|phase|session)\.|^request\.invalid$/;

/** @type {Promise<Entry[]> | undefined} */
let loaded;
/** @type {Promise<unknown>} */
let turn = Promise.resolve();
/** @type {Map<string, Promise<Sent>>} */
const sending = new Map();
/** @type {Map<string, Answer>} */
const decided = new Map();
/** @type {{ now?: Promise<Answer>, next?: Promise<Answer> }} */
const runs = {};
/** @type {(results: Result[]) => void} */
let hear = () => {};

/** @param {typeof hear} listener Told after a run that took captures out. */
export function listen(listener) {
	hear = listener;
}

/** @param {chrome.alarms.Alarm} alarm */
export const wakes = (alarm) => alarm.name === ALARM;
/** How many wait, and whether there will soon be no room. @returns {Promise<Stand>} */
export async function stand() {
	const list = await entries();
	return { left: list.length, filling: list.length >= FILLING * MAX_CAPTURES || used(list) >= FILLING * MAX_BYTES };
}

/** What waited and was then turned down, until somebody has seen it. @returns {Promise<Refused[]>} */
export const refused = async () =>
	Object.entries(await chrome.storage.local.get()).flatMap(([key, note]) => (key.startsWith(REFUSED) ? [note] : []));

/** Somebody has seen what was turned down. */
export async function seen() {
	const keys = Object.keys(await chrome.storage.local.get());
	await chrome.storage.local.remove(keys.filter((key) => key.startsWith(REFUSED)));
}

/** @param {Entry[]} list */
const used = (list) => list.reduce((sum, { bytes }) => sum + bytes, 0);

/** What a capture answers. @param {Capture} request */
const promptOf = ({ session, phase }) => `${session} ${phase}`;
/** @param {unknown} request */
const bytesOf = (request) => new TextEncoder().encode(JSON.stringify(request)).length;

function entries() {
	loaded ??= chrome.storage.local.get().then((all) =>
		Object.entries(all)
			.filter(([key]) => key.startsWith(PREFIX))
			.map(([key, request]) => ({
				key,
				at: Number(key.slice(PREFIX.length)),
				capture: request.capture,
				answers: promptOf(request),
				bytes: bytesOf(request),
			}))
			.sort((one, other) => one.at - other.at),
	);
	loaded.catch(() => (loaded = undefined));
	return loaded;
}

/**
 * One change of the list at a time.
 * @template T
 * @param {() => Promise<T>} change
 * @returns {Promise<T>}
 */
function alone(change) {
	const result = turn.then(change);
	turn = result.catch(() => {});
	return result;
}

/** Writes a capture down; false when there is no room for it. @param {Capture} request */
async function keep(request) {
	const list = await entries();
	if (list.some((entry) => entry.capture === request.capture)) return true;
	const bytes = bytesOf(request);
	if (list.length >= MAX_CAPTURES || used(list) + bytes > MAX_BYTES) return false;
	const at = (list.at(-1)?.at ?? 0) + 1;
	const key = PREFIX + at;
	try {
		await chrome.storage.local.set({ [key]: request });
	} catch {
		return false;
	}
	list.push({ key, at, capture: request.capture, answers: promptOf(request), bytes });
	// Set now, so that a worker killed before the answer is woken again.
	await chrome.alarms.create(ALARM, { periodInMinutes: 0.5 });
	return true;
}

/**
 * The id under which the same words wait already: a page that is reloaded meanwhile reads its answer anew.
 * @param {Capture} request
 */
async function known(request) {
	// The storage gives objects back with their fields in another order.
	const sorted = (/** @type {string} */ _, /** @type {any} */ value) =>
		value?.constructor === Object ? Object.fromEntries(Object.entries(value).sort()) : value;
	const words = (/** @type {Capture} */ { body }) => JSON.stringify(body, sorted);
	for (const { key, capture, answers } of await entries()) {
		if (answers !== promptOf(request) || sending.has(capture)) continue;
		const kept = (await chrome.storage.local.get(key))[key];
		if (kept && words(kept) === words(request)) return capture;
	}
	return request.capture;
}

/**
 * Keeps a capture and tries to bring it to the host.
 * @param {Capture} request
 * @returns {Promise<Sent>}
 */
export async function capture(request) {
	const id = await alone(() => known(request));
	const again = sending.get(id);
	if (again) return again;
	const sent = send({ ...request, capture: id }).finally(() => {
		sending.delete(id);
		decided.delete(id);
	});
	sending.set(id, sent);
	return sent;
}

/**
 * @param {Capture} request
 * @returns {Promise<Sent>}
 */
async function send(request) {
	const room = () => alone(() => keep(request));
	if (!(await room()) && !(await flush().then(room))) {
		const { left: waiting } = await stand();
		// With nothing older in front of it, what is too large to be kept may still go straight to the host.
		if (waiting === 0) return ask(request);
		return { refusal: refuse('store.full', 'outbox_full', waiting) };
	}
	const run = await flush();
	const answer = decided.get(request.capture);
	if (answer) return answer;
	const { left, filling } = await stand();
	return { queued: left, filling, refusal: run.refusal };
}

/**
 * Brings what waits to the host. Who comes while a run is on shares the one after it, which sees everything kept by then.
 * @returns {Promise<Answer>} The refusal that stopped the run, if one did.
 */
export function flush() {
	if (!runs.now) {
		runs.now = run().finally(() => {
			runs.now = undefined;
		});
		return runs.now;
	}
	const again = () => {
		runs.next = undefined;
		return flush();
	};
	// After a run that failed, too.
	runs.next ??= runs.now.then(again, again);
	return runs.next;
}

/** @returns {Promise<Answer>} */
async function run() {
	/** @type {Result[]} */
	const results = [];
	/** @type {Answer} */
	let stopped = {};
	for (const list = await entries(); list[0]; ) {
		const { key, capture } = list[0];
		/** @type {Capture} */
		const request = (await chrome.storage.local.get(key))[key];
		const answer = await ask(request);
		if (answer.reply?.type !== 'captured' && !FINAL.test(answer.refusal?.code ?? '')) {
			stopped = answer;
			break;
		}
		if (sending.has(capture)) decided.set(capture, answer);
		else if (answer.refusal) await note(request, answer.refusal);
		await alone(() => chrome.storage.local.remove(key).then(() => list.shift()));
		results.push({ capture, ...answer });
	}
	// In turn: a capture that comes just now needs the alarm that it sets.
	await alone(async () => (await entries()).length === 0 && chrome.alarms.clear(ALARM));
	if (results.length > 0) hear(results);
	return stopped;
}

/**
 * Not the text: that still stands in its conversation.
 * @param {Capture} request
 * @param {import('./types/protocol.d.ts').Refusal} refusal
 */
function note({ capture, phase, conversation }, { message, hint }) {
	/** @type {Refused} */
	const refused = { phase, conversation, message: `${message} ${hint}` };
	// By the capture's id: a worker that is stopped here asks the host once more.
	return chrome.storage.local.set({ [REFUSED + capture]: refused });
}
