// Streams the model's answer the way the site's own event stream does: many token-sized deltas, paced.
import { setImmediate, setTimeout } from 'node:timers/promises';
import { answerTo } from './model.mjs';

const tickMs = 16;
const burst = 8192;
const pieceLengths = [4, 7, 2, 11, 5, 3, 9, 6, 12, 8];

/**
 * @typedef {object} CompletionRequest
 * @property {string} prompt
 * @property {import('./conversations.mjs').Attachment[]} [attachments]
 * @property {{human_message_uuid?: string, assistant_message_uuid?: string}} [turn_message_uuids]
 */

/**
 * @param {import('./server.mjs').State} state
 * @param {string} uuid
 * @param {CompletionRequest} request
 * @param {import('node:http').ServerResponse} response
 */
export async function streamCompletion(state, uuid, request, response) {
	const { prompt, attachments = [], turn_message_uuids: ids = {} } = request;
	const { conversations } = state;
	const conversation = conversations.open(uuid);
	conversations.add(conversation, {
		uuid: ids.human_message_uuid,
		sender: 'human',
		text: prompt,
		attachments,
	});
	const asked = [prompt, ...attachments.map((file) => file.extracted_content)].join('\n\n');
	const answer = answerTo(asked, state.flags);
	const message = conversations.add(conversation, {
		uuid: ids.assistant_message_uuid,
		sender: 'assistant',
		text: '',
	});

	response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
	response.write(event('message_start', { message: { uuid: message.uuid } }));
	response.write(event('content_block_start', { index: 0, content_block: { type: 'text' } }));
	await setTimeout(state.flags.thinking);
	for await (const pieces of paced(answer.text, state)) {
		if (response.destroyed) break;
		message.content[0].text += pieces.join('');
		const deltas = pieces.map((text) =>
			event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
		);
		if (!response.write(deltas.join(''))) await drained(response);
	}
	conversation.name ||= answer.title;
	message.stop_reason = response.destroyed ? 'user_canceled' : 'end_turn';
	if (response.destroyed) return;
	response.write(event('content_block_stop', { index: 0 }));
	response.write(event('message_delta', { delta: { stop_reason: message.stop_reason } }));
	response.end(event('message_stop', {}));
}

/**
 * @param {string} type
 * @param {object} data
 */
function event(type, data) {
	return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}

/** @param {import('node:http').ServerResponse} response */
function drained(response) {
	return new Promise((resolve) => {
		const done = () => {
			response.off('drain', done).off('close', done);
			resolve(null);
		};
		response.on('drain', done).on('close', done);
	});
}

/**
 * The pace is read anew at every tick, so a test can start slowly and then let the rest rush in.
 * @param {string} text
 * @param {import('./server.mjs').State} state
 */
async function* paced(text, state) {
	let allowance = 0;
	let sent = 0;
	for (let piece = 0; sent < text.length; ) {
		const { pace } = state.flags;
		allowance = pace === 0 ? burst : allowance + (pace * tickMs) / 1000;
		const pieces = [];
		while (allowance > 0 && sent < text.length) {
			const next = pieceAt(text, sent, pieceLengths[piece++ % pieceLengths.length]);
			pieces.push(next);
			sent += next.length;
			allowance -= next.length;
		}
		if (pieces.length > 0) yield pieces;
		await (pace === 0 ? setImmediate() : setTimeout(tickMs));
	}
}

/**
 * @param {string} text
 * @param {number} from
 * @param {number} length
 */
function pieceAt(text, from, length) {
	const last = text.charCodeAt(from + length - 1);
	const splitsPair = last >= 0xd800 && last <= 0xdbff;
	return text.slice(from, from + length + (splitsPair ? 1 : 0));
}
