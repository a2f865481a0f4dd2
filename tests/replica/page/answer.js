// One answer from the first byte to the toolbar, in the order in which the site shows it.
import { complete } from './api.js';
import { AssistantMessage } from './assistant-message.js';
import { flags } from './flags.js';
import { nextFrame, pause } from './frame.js';
import { tokens } from './probe.js';

const actionsAfterMs = 120;

/**
 * @param {import('./turn.js').Turn} turn
 * @param {{conversation: string, request: import('./api.js').CompletionRequest, signal: AbortSignal, mounted: () => void}} how
 */
export async function streamAnswer(turn, { conversation, request, signal, mounted }) {
	Object.assign(tokens, { firstAt: 0, lastAt: 0 });
	const arriving = collect(turn, complete(conversation, request, signal));
	turn.live = new AssistantMessage(turn);
	turn.live.showStatus('pending', 'Thinking…');
	mounted();
	await pause(flags.attributeDelayMs);
	turn.live.startText();
	await nextFrame();
	await drawUntilEnd(turn, arriving);
	turn.streaming = false;
	turn.live.finish();
	tokens.lastAt = Date.now();
	mounted();
	await pause(actionsAfterMs);
	turn.live.showActions();
	turn.live = undefined;
}

/**
 * Adds what arrives to the turn's text; an answer that was stopped simply ends.
 * @param {import('./turn.js').Turn} turn
 * @param {AsyncGenerator<string>} pieces
 */
function collect(turn, pieces) {
	const arriving = { over: false };
	const reading = async () => {
		for await (const piece of pieces) turn.text += piece;
	};
	reading()
		.catch((error) => {
			if (error.name !== 'AbortError') throw error;
		})
		.finally(() => {
			arriving.over = true;
		});
	return arriving;
}

/**
 * @param {import('./turn.js').Turn} turn
 * @param {{over: boolean}} arriving
 */
async function drawUntilEnd(turn, arriving) {
	let drawn = '';
	let replaced = flags.rerender === 0;
	for (;;) {
		const { over } = arriving;
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
	if (flags.thinking > 0) turn.live?.showStatus('done', `Thought for ${Math.ceil(flags.thinking / 1000)}s`);
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
