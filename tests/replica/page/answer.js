// One answer from the first byte to the toolbar, in the order in which the site shows it.
import { approve, complete } from './api.js';
import { AssistantMessage } from './assistant-message.js';
import { flags } from './flags.js';
import { nextFrame, pause } from './frame.js';
import { tokens } from './probe.js';

const actionsAfterMs = 120;

/**
 * @typedef {object} How
 * @property {string} conversation
 * @property {import('./api.js').CompletionRequest} request
 * @property {AbortSignal} signal
 * @property {() => void} mounted
 * @property {(busy: boolean) => void} busy Whether the page says that the model is at work.
 * @property {(ending: import('./assistant-message.js').Ending) => void} press What the button under an answer does that is not whole.
 *
 * @param {import('./turn.js').Turn} turn
 * @param {How} how
 */
export async function streamAnswer(turn, { conversation, request, signal, mounted, busy, press }) {
	Object.assign(tokens, { firstAt: 0, lastAt: 0 });
	const arriving = collect(turn, complete(conversation, request, signal));
	turn.streaming = true;
	if (turn.live) turn.live.resume();
	else {
		turn.live = new AssistantMessage(turn);
		turn.live.showStatus('pending', 'Thinking…');
		mounted();
		await pause(flags.attributeDelayMs);
		turn.live.startText();
		turn.live.showExtraControls();
	}
	await nextFrame();
	await drawUntilEnd(turn, arriving, { busy, approved: () => approve(conversation) });
	turn.streaming = false;
	await turn.live.finishSlowly();
	tokens.lastAt = Date.now();
	mounted();
	await pause(actionsAfterMs);
	turn.live.showActions();
	turn.live.showEnding(press);
	// What can go on keeps its view.
	if (turn.ending !== 'continue') turn.live = undefined;
}

/**
 * @typedef {object} Arriving
 * @property {boolean} over
 * @property {boolean} asks The answer waits for an approval.
 * @property {boolean} tool A tool is used.
 */

/**
 * Adds what arrives to the turn; an answer that was stopped simply ends.
 * @param {import('./turn.js').Turn} turn
 * @param {AsyncGenerator<import('./api.js').StreamEvent[]>} events
 */
function collect(turn, events) {
	/** @type {Arriving} */
	const arriving = { over: false, asks: false, tool: false };
	turn.ending = '';
	/** @param {import('../conversations.mjs').Content} block */
	const begin = (block) => {
		if (block.type === 'thinking') turn.thinking = block.text;
		else if (block.input) turn.artifact = block.input.title;
		else arriving.tool = block.type === 'tool_use';
		if (block.type === 'text' && turn.text) turn.starts.push(turn.text.length);
	};
	/** @param {import('./api.js').StreamEvent} event */
	const hear = ({ type, delta, content_block: block, state }) => {
		if (type === 'content_block_delta') turn.text += delta?.text;
		if (type === 'content_block_start' && block) begin(block);
		if (type === 'message_delta' && delta?.stop_reason === 'max_tokens') turn.ending = 'continue';
		if (type === 'tool_approval') arriving.asks = state === 'asked';
	};
	const reading = async () => {
		for await (const some of events) for (const event of some) hear(event);
	};
	reading()
		.catch((error) => {
			if (error.name !== 'AbortError') turn.ending = 'interrupted';
		})
		.finally(() => {
			arriving.over = true;
		});
	return arriving;
}

/**
 * @param {import('./turn.js').Turn} turn
 * @param {Arriving} arriving
 * @param {{busy: (busy: boolean) => void, approved: () => void}} how
 */
async function drawUntilEnd(turn, arriving, { busy, approved }) {
	let drawn = '';
	let pausing = false;
	let replaced = flags.rerender === 0;
	for (;;) {
		const { over } = arriving;
		if (arriving.tool !== pausing) {
			pausing = arriving.tool;
			if (pausing) turn.live?.useTool();
			else turn.live?.startText(turn.starts.at(-1));
			if (flags.stopFlickers) busy(!pausing);
		}
		turn.live?.showApproval(arriving.asks, approved);
		if (turn.text !== drawn) {
			if (drawn === '') showFirst(turn);
			drawn = turn.text;
			turn.live?.showText(drawn);
		}
		if (over) return;
		if (!replaced && drawn.length > flags.rerender) {
			replaceNode(turn, drawn);
			replaced = true;
		}
		await nextFrame();
	}
}

/** @param {import('./turn.js').Turn} turn */
function showFirst(turn) {
	tokens.firstAt = Date.now();
	if (flags.thinking > 0 || turn.thinking)
		turn.live?.showStatus('done', `Thought for ${Math.ceil(flags.thinking / 1000)}s`);
	else turn.live?.dropStatus();
}

/**
 * @param {import('./turn.js').Turn} turn
 * @param {string} text
 */
function replaceNode(turn, text) {
	const old = turn.live;
	turn.live = new AssistantMessage(turn);
	turn.live.startText();
	turn.live.showText(text);
	old?.element.replaceWith(turn.live.element);
}
