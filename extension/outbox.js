// Why this exists: a captured answer must outlive a missing host, a stopped worker and a closed browser. Each capture
// is written down before the host is asked, leaves only when the host has decided on it, and goes in the order it came.
// One that waited and was then turned down leaves a note, for the page that could have said so may be gone. One at which
// host after host fails is set aside, so that the others get on; what becomes of it is the developer's choice.
import { AGAIN } from './again.js';
import { ask, bring } from './host.js';
import { refuse, text } from './say.js';

/** @typedef {Extract<import('./types/protocol.d.ts').Request, { type: 'capture' }>} Capture */
/** @typedef {import('./host.js').Answer} Answer */
/** @typedef {{ key: string, at: number, capture: string, answers: string, bytes: number, tries: number, why: string }} Entry `why` the last try failed. */
/** @typedef {{ key: string, phase?: string, conversation?: string, why: string, readable: boolean }} Aside */
/** @typedef {{ capture: string } & Answer} Result */
/** @typedef {{ left: number, filling: boolean }} Stand `filling` where there is room for only a few more. */
/** @typedef {Answer & { queued?: number, filling?: boolean }} Sent */
/** @typedef {{ phase?: string | null, conversation?: string | null, message: string }} Refused */

const PREFIX = 'outbox:';
const REFUSED = 'refused:';
const TRIES = 'tries:';
const ALARM = 'outbox';
const MAX_CAPTURES = 1_000;
// The browser itself stops an extension at QUOTA_BYTES; the rest is for the options and the notes.
const MAX_BYTES = chrome.storage.local.QUOTA_BYTES - 500_000;
/** The part of either from which on people are told. */
const FILLING = 0.8;
/** A capture that was the reason so often is set aside. */
const MAX_TRIES = 3;

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
	return {
		left: list.filter(inLine).length,
		filling: list.length >= FILLING * MAX_CAPTURES || used(list) >= FILLING * MAX_BYTES,
	};
}

/** What waited and was then turned down, until somebody has seen it. @returns {Promise<Refused[]>} */
export const refused = async () =>
	Object.entries(await chrome.storage.local.get()).flatMap(([key, note]) =>
		key.startsWith(REFUSED) && nameIn(note?.message) ? [note] : [],
	);

/** Somebody has seen what was turned down. */
export async function seen() {
	const keys = Object.keys(await chrome.storage.local.get());
	await chrome.storage.local.remove(keys.filter((key) => key.startsWith(REFUSED)));
}

/** What was set aside, oldest first. @returns {Promise<Aside[]>} */
export async function aside() {
	const list = (await entries()).filter((entry) => !inLine(entry));
	const kept = await chrome.storage.local.get(list.map(({ key }) => key));
	return list.map(({ key, capture, why }) => ({
		key,
		phase: nameIn(kept[key]?.phase),
		conversation: nameIn(kept[key]?.conversation),
		why: why || text('outbox_unreadable'),
		readable: capture !== '',
	}));
}

/** Puts what was set aside back into its old place in the line, for one more try. @param {string} key */
export async function again(key) {
	await alone(async () => {
		const entry = (await entries()).find((entry) => entry.key === key);
		if (!entry) return;
		await tried(entry, MAX_TRIES - 1, entry.why);
		await wake();
	});
	await flush();
}

/** The developer gives up what was set aside. @param {string} key */
export const discard = (key) =>
	alone(async () => {
		const entry = (await entries()).find((entry) => entry.key === key);
		if (entry && !inLine(entry)) await remove(entry);
	});

/** @param {Entry} entry */
const inLine = ({ capture, tries }) => capture !== '' && tries < MAX_TRIES;
/** @param {string} key Of an entry. */
const triesOf = (key) => TRIES + key.slice(PREFIX.length);
/** @param {unknown} value */
const nameIn = (value) => (typeof value === 'string' ? value : undefined);

/** Takes an entry out, with what is known of its tries. @param {Entry} entry */
async function remove({ key }) {
	await chrome.storage.local.remove([key, triesOf(key)]);
	const list = await entries();
	list.splice(
		list.findIndex((entry) => entry.key === key),
		1,
	);
}

/** Whether the same capture may be sent again; a code that nobody knows may pass. @param {import('./types/protocol.d.ts').Refusal | undefined} refusal */
const mayPass = (refusal) => refusal?.again ?? AGAIN[refusal?.code ?? ''] ?? 'perhaps';

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
				at: Number(key.slice(PREFIX.length)) || 0,
				// Without its ids nobody could be told what became of it, and no host either.
				capture: (nameIn(request?.session) && nameIn(request.capture)) ?? '',
				answers: request ? promptOf(request) : '',
				bytes: bytesOf(request),
				tries: Number(all[triesOf(key)]?.tries) || 0,
				why: nameIn(all[triesOf(key)]?.why) ?? '',
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
	list.push({ key, at, capture: request.capture, answers: promptOf(request), bytes, tries: 0, why: '' });
	// Set now, so that a worker killed before the answer is woken again.
	await wake();
	return true;
}

/** What waits is looked after every half minute. */
const wake = () => chrome.alarms.create(ALARM, { periodInMinutes: 0.5 });

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
	const entry = (await entries()).find(({ capture }) => capture === request.capture);
	if (entry && !inLine(entry)) return { refusal: setAside(entry) };
	const { left, filling } = await stand();
	return { queued: left, filling, refusal: run.refusal };
}

/** Brings what waits to the host that was just heard, unless that is what it was asked for. */
export function heardHost() {
	if (!runs.now) void flush();
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
	for (;;) {
		const entry = (await entries()).find(inLine);
		if (!entry) break;
		const result = await decide(entry);
		if (result.stopped) {
			stopped = result.stopped;
			break;
		}
		if (result.answer) results.push({ capture: entry.capture, ...result.answer });
	}
	// In turn: a capture that comes just now needs the alarm that it sets.
	await alone(async () => !(await entries()).some(inLine) && chrome.alarms.clear(ALARM));
	if (results.length > 0) hear(results);
	return stopped;
}

/**
 * Has the host decide on the first in line, or sets it aside.
 * @param {Entry} entry
 * @returns {Promise<{ stopped?: Answer, answer?: Answer }>} What stopped the line, or what became of it.
 */
async function decide(entry) {
	/** @type {Capture | undefined} */
	const request = (await chrome.storage.local.get(entry.key))[entry.key];
	// Whoever cleared the storage wanted it gone.
	if (request === undefined) return alone(() => remove(entry)).then(() => ({}));
	const { own, ...answer } = await bring(request);
	if (answer.reply?.type === 'captured' || mayPass(answer.refusal) === 'never') {
		if (sending.has(entry.capture)) decided.set(entry.capture, answer);
		else if (answer.refusal) await note(request, answer.refusal);
		await alone(() => remove(entry));
		return { answer };
	}
	if (!own && mayPass(answer.refusal) === 'later') return { stopped: answer };
	await alone(() => tried(entry, entry.tries + 1, answer.refusal?.message ?? text('host_version')));
	return inLine(entry) ? { stopped: answer } : { answer: { refusal: setAside(entry) } };
}

/** Written down at once, for the next try may be another worker's. @param {Entry} entry @param {number} tries @param {string} why */
function tried(entry, tries, why) {
	Object.assign(entry, { tries, why });
	return chrome.storage.local.set({ [triesOf(entry.key)]: { tries, why } });
}

/** @param {Entry} entry */
const setAside = ({ why }) => refuse('request.invalid', 'outbox_aside', why || text('outbox_unreadable'));

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
