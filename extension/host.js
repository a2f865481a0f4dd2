// Why this exists: one port to the native host for all tabs, opened when somebody asks. The browser drops some bad
// frames without a word and says of a lost host only that the port closed, so every question here ends in an answer.
import { HOST_NAME, REQUESTS, VERSION } from './requests.js';
import { refuse } from './say.js';

/** @typedef {import('./types/protocol.d.ts').Request} Request */
/** @typedef {import('./types/protocol.d.ts').Notice} Notice */
/** @typedef {{ reply?: import('./types/protocol.d.ts').Reply, refusal?: import('./types/protocol.d.ts').Refusal }} Answer */
/** @typedef {Answer & { lost?: boolean, silent?: boolean }} Outcome `lost` where the host was gone before it answered, `silent` where it hangs. */
/** @typedef {Answer & { own?: boolean }} Brought `own` where a host that answers everything else did not answer to this. */
/** @typedef {{ resolve: (outcome: Outcome) => void, timer: ReturnType<typeof setTimeout>, heard: number }} Waiting */

const PATIENCE_SECONDS = 20;

/** @type {chrome.runtime.Port | undefined} */
let port;
/** Answers heard on this port: what tells a host that is slow with one answer from one that hangs. News comes from either. */
let heard = 0;
let greeted = false;
let last = 0;
/** @type {Map<string, Waiting>} */
const waiting = new Map();
/** @type {Map<string, string[]>} */
const pieces = new Map();
/** @type {{ notice: (notice: Notice) => void, up: () => void }} */
let hear = { notice: () => {}, up: () => {} };

/** @param {typeof hear} listeners What to do with news, and when a host has answered for the first time. */
export function listen(listeners) {
	hear = listeners;
}

/** True when nobody answered, as opposed to a host that said no. @param {Answer} answer */
export const unreachable = (answer) => answer.refusal?.code === 'setup.broken';

/**
 * Asks the host, and the next one where it ends before it answers. Never rejects: no answer is a refusal too.
 * @param {Request} request
 * @returns {Promise<Answer>}
 */
export async function ask(request) {
	const first = await once(request);
	const { lost, silent, ...answer } = first.lost && REQUESTS[request.type]?.again ? await once(request) : first;
	return answer;
}

/**
 * Asks a host of which is known that it answers, so that a request at which hosts end or hang can be told from a host that is not there.
 * @param {Request} request
 * @returns {Promise<Brought>}
 */
export async function bring(request) {
	for (let ended = 0; ; ended++) {
		const { refusal: missing } = greeted ? {} : await once({ type: 'ping' });
		if (missing) return { refusal: { ...missing, again: 'later' } };
		const { lost, silent, ...answer } = await once(request);
		if (!lost && !silent) return answer;
		// One may have been ended by somebody.
		if (lost && ended === 0) continue;
		const { refusal: down } = await once({ type: 'ping' });
		return { ...answer, own: down === undefined };
	}
}

/**
 * @param {Request} request
 * @returns {Promise<Outcome>}
 */
function once(request) {
	return new Promise((resolve) => {
		const id = String(++last);
		try {
			const to = open();
			waiting.set(id, { resolve, timer: setTimeout(tooLate, PATIENCE_SECONDS * 1000, id), heard });
			to.postMessage({ v: VERSION, id, request });
		} catch (error) {
			const refusal = refuse('setup.broken', 'host_gone', String(error));
			settle(id, { refusal });
			resolve({ refusal });
		}
	});
}

function open() {
	if (port) return port;
	const opened = chrome.runtime.connectNative(HOST_NAME);
	port = opened;
	heard = 0;
	greeted = false;
	opened.onMessage.addListener((message) => {
		if (port === opened) receive(message);
	});
	opened.onDisconnect.addListener(() => {
		const reason = chrome.runtime.lastError?.message ?? '';
		if (port === opened) closed(refuse('setup.broken', 'host_gone', reason));
	});
	return opened;
}

/** @param {import('./types/protocol.d.ts').Refusal} refusal What everybody is told who still waits. */
function closed(refusal) {
	port = undefined;
	greeted = false;
	pieces.clear();
	for (const id of [...waiting.keys()]) settle(id, { refusal, lost: true });
}

/** @param {string} id @param {Outcome} outcome */
function settle(id, outcome) {
	const asked = waiting.get(id);
	if (!asked) return;
	waiting.delete(id);
	clearTimeout(asked.timer);
	asked.resolve(outcome);
}

/** @param {string} id */
function tooLate(id) {
	const refusal = refuse('setup.broken', 'host_slow', PATIENCE_SECONDS);
	const silent = waiting.get(id)?.heard === heard;
	settle(id, { refusal, silent });
	if (!silent) return;
	// A host that gave no answer at all since then hangs: the next question gets a fresh one.
	port?.disconnect();
	closed(refusal);
}

/** @param {any} message */
function receive(message) {
	if (message?.id) heard += 1;
	if (typeof message?.piece === 'string') return join(message);
	if (!greeted) {
		greeted = true;
		hear.up();
	}
	if (message?.v !== VERSION) settle(message?.id, { refusal: refuse('version.unknown', 'host_version') });
	else if (message.notice) hear.notice(message.notice);
	else if (message.reply) settle(message.id, { reply: message.reply });
	else if (message.refusal) settle(message.id, { refusal: message.refusal });
}

/** @param {{ id: string, index: number, of: number, piece: string }} part */
function join({ id, index, of, piece }) {
	const parts = pieces.get(id) ?? [];
	if (index !== parts.length) {
		pieces.delete(id);
		return;
	}
	parts.push(piece);
	pieces.set(id, parts);
	const asked = waiting.get(id);
	if (asked) {
		clearTimeout(asked.timer);
		asked.timer = setTimeout(tooLate, PATIENCE_SECONDS * 1000, id);
	}
	if (parts.length < of) return;
	pieces.delete(id);
	try {
		receive(JSON.parse(parts.join('')));
	} catch {
		// Not JSON after all: whoever waits hears so by the time-out.
	}
}
