// Why this exists: where a page is not as its profile says, a person carries the prompt and the answer. What is pasted here is read by the
// host before anything is stored, so that people see what was found in it; it is stored on a click, by the same rules as any other.
import { call } from './call.js';
import { at } from './dashboard/make.js';
import { phaseName, said, text } from './say.js';

/** @typedef {import('./types/protocol.d.ts').Request} Request */
/** @typedef {import('./types/protocol.d.ts').Source} Source */
/** @typedef {import('./types/protocol.d.ts').View} View */
/** @typedef {{ reply?: import('./types/protocol.d.ts').Reply, refusal?: import('./types/protocol.d.ts').Refusal, queued?: number }} Answer */

/** So long nothing more was typed, in milliseconds, before what stands in the box is read. */
const TYPED_MS = 150;
const BLOCKS = 'p,div,pre,li,tr,h1,h2,h3,h4,h5,h6,section,blockquote';

/** @param {Request} request @returns {Promise<Answer>} */
const ask = (request) => call({ to: 'host', request });

/** @type {{ session: () => View | null, tab: () => number | undefined, changed: (view: View) => void }} */
let popup;
/** @type {Source} */
let source = 'paste';
/** Of what was read last; an answer to an earlier one comes too late. */
let turn = 0;

/** @param {typeof popup} given What the popup shows, and its tab. */
export function setUp(given) {
	popup = given;
	at('copy').addEventListener('click', copy);
	at('selected').addEventListener('click', takeSelection);
	at('answer').addEventListener('paste', pasted);
	at('answer').addEventListener('input', () => {
		source = 'paste';
		void found(TYPED_MS);
	});
	at('store').addEventListener('click', store);
	if (location.hash === '#paste') at('hand').open = true;
}

/** Offers it where a session waits for something. @param {View | null} view */
export function offer(view) {
	const hidden = view?.current === null || view?.standing !== 'active';
	const opens = at('hand').hidden && !hidden && location.hash === '#paste';
	at('hand').hidden = hidden;
	if (opens) at('answer').focus();
}

/** @param {string} words */
function tell(words) {
	at('handed').textContent = words;
}

/** @param {Answer} answer */
const tellRefusal = ({ refusal }) => tell(refusal ? `${refusal.message} ${refusal.hint}` : '');

async function copy() {
	const session = popup.session()?.session;
	if (!session) return;
	const answer = await ask({ type: 'prompt', session, phase: null, repair: null });
	if (answer.reply?.type !== 'prompt') return tellRefusal(answer);
	const copied = navigator.clipboard.writeText(answer.reply.text);
	tell(
		await copied.then(
			() => text('popup_copied'),
			() => text('popup_uncopied'),
		),
	);
	popup.changed(answer.reply.view);
}

async function takeSelection() {
	const tabId = popup.tab();
	const func = () => String(getSelection() ?? '');
	const [ran] =
		tabId === undefined ? [] : await chrome.scripting.executeScript({ target: { tabId }, func }).catch(() => []);
	if (!ran?.result?.trim()) return tell(text('popup_unselected'));
	tell('');
	at('answer').value = ran.result;
	source = 'selection';
	await found(0);
}

/** A clipboard with nothing but a page in it gives that page's text. @param {ClipboardEvent} event */
function pasted(event) {
	const html = event.clipboardData?.getData('text/html');
	if (!html || event.clipboardData?.getData('text/plain')) return;
	event.preventDefault();
	const page = new DOMParser().parseFromString(html, 'text/html');
	for (const br of page.querySelectorAll('br')) br.replaceWith('\n');
	for (const block of page.querySelectorAll(BLOCKS)) block.append('\n');
	const box = at('answer');
	box.setRangeText(page.body.textContent ?? '', box.selectionStart, box.selectionEnd, 'end');
	box.dispatchEvent(new Event('input'));
}

/** What the session calls a phase. @param {string | null} phase */
function nameOf(phase) {
	const row = popup.session()?.phases.find((row) => row.phase === phase);
	return phaseName(phase ?? '', row?.title);
}

/** Says what the host reads in the box. @param {number} afterMs */
async function found(afterMs) {
	const mine = ++turn;
	at('store').disabled = true;
	await new Promise((resolve) => setTimeout(resolve, afterMs));
	const session = popup.session()?.session;
	if (mine !== turn || !session) return;
	const words = at('answer').value;
	const answer = words.trim() ? await ask({ type: 'read', session, phase: null, text: words, source }) : {};
	if (mine !== turn) return;
	const { reply } = answer;
	if (reply?.type !== 'read') {
		at('found').textContent = '';
		return tellRefusal(answer);
	}
	tell('');
	const { phase, verdict, refusal } = reply;
	const whole = verdict.sections.filter(({ state }) => state === 'ok').length;
	const key = verdict.problem ? 'popup_found' : 'popup_found_whole';
	const oddities = verdict.oddities.map((oddity) => text(`oddity_${oddity}`)).join('; ');
	at('found').textContent = [
		said({ key, args: [nameOf(phase), String(whole), String(verdict.sections.length)] }),
		oddities && !refusal ? text('popup_found_oddities', oddities) : '',
		refusal ? `${refusal.message} ${refusal.hint}` : '',
	]
		.filter(Boolean)
		.join(' ');
	at('store').disabled = refusal !== undefined;
}

async function store() {
	const view = popup.session();
	if (!view) return;
	at('store').disabled = true;
	const answer = await ask({
		type: 'capture',
		capture: crypto.randomUUID(),
		session: view.session,
		phase: view.current,
		body: { format: 'markdown', content: at('answer').value },
		source,
		timing: { sent_ms: null, first_token_ms: null, last_token_ms: null, span_ms: null },
		conversation: null,
		others: [],
	});
	const { reply, queued } = answer;
	if (queued === undefined && reply?.type !== 'captured') return tellRefusal(answer);
	at('answer').value = '';
	at('found').textContent = '';
	if (reply?.type !== 'captured') return tell(text('bar_outbox'));
	const row = reply.view.phases.find(({ phase }) => phase === view.current);
	const args = [nameOf(view.current), String(row?.sections_ok), String(row?.sections_of)];
	tell(said({ key: 'popup_stored', args }));
	popup.changed(reply.view);
}
