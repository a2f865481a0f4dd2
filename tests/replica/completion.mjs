// Streams the model's answer the way the site's own event stream does: many token-sized deltas, paced.
import { setImmediate, setTimeout } from 'node:timers/promises';
import { answerTo } from './model.mjs';

const tickMs = 16;
const burst = 8192;
const breaksAfterMs = 100;
const pieceLengths = [4, 7, 2, 11, 5, 3, 9, 6, 12, 8];

/**
 * @typedef {object} CompletionRequest
 * @property {string} prompt
 * @property {import('./conversations.mjs').Attachment[]} [attachments]
 * @property {{human_message_uuid?: string, assistant_message_uuid?: string}} [turn_message_uuids]
 * @property {string} [parent_message_uuid] The message after which this one comes; what stood there is gone.
 * @property {boolean} [retry] The prompt stands there already.
 * @property {boolean} [go_on] The last answer is not finished: its rest is asked for.
 */

/**
 * @param {import('./server.mjs').State} state
 * @param {string} uuid
 * @param {CompletionRequest} request
 * @param {import('node:http').ServerResponse} response
 */
export async function streamCompletion(state, uuid, request, response) {
	const { conversations } = state;
	const conversation = conversations.open(uuid);
	if (request.parent_message_uuid) conversations.truncate(conversation, request.parent_message_uuid);
	const { answer, message } = request.go_on
		? goOn(conversations, conversation, request)
		: begin(state, conversation, request);

	response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
	response.write(event('message_start', { message: { uuid: message.uuid } }));
	await setTimeout(state.flags.thinking);
	if (answer.thinking)
		response.write(event('content_block_start', { content_block: { type: 'thinking', text: answer.thinking } }));
	if (state.flags.artifactOnly) {
		message.content.push(artifact(answer));
		response.write(event('content_block_start', { index: 0, content_block: message.content.at(-1) }));
	} else await streamText(state, { answer, uuid, message, response });

	conversation.name ||= answer.title;
	conversation.rest = answer.ends === 'max_tokens' ? answer.rest : '';
	message.stop_reason = response.destroyed ? 'user_canceled' : answer.ends;
	if (response.destroyed) return;
	if (answer.ends === 'error') {
		// What was sent until then has arrived.
		await setTimeout(breaksAfterMs);
		response.destroy();
		return;
	}
	response.write(event('message_delta', { delta: { stop_reason: message.stop_reason } }));
	response.end(event('message_stop', {}));
}

/**
 * @param {import('./server.mjs').State} state
 * @param {import('./conversations.mjs').Conversation} conversation
 * @param {CompletionRequest} request
 */
function begin({ conversations, flags }, conversation, request) {
	const { prompt, attachments = [], turn_message_uuids: ids = {}, retry = false } = request;
	if (!retry)
		conversations.add(conversation, { uuid: ids.human_message_uuid, sender: 'human', text: prompt, attachments });
	const asked = [prompt, ...attachments.map((file) => file.extracted_content)].join('\n\n');
	const answer = answerTo(asked, flags);
	const message = conversations.add(conversation, {
		uuid: ids.assistant_message_uuid,
		sender: 'assistant',
		text: '',
	});
	return { answer, message };
}

/**
 * @param {import('./conversations.mjs').Conversations} conversations
 * @param {import('./conversations.mjs').Conversation} conversation
 * @param {CompletionRequest} request
 * @returns {{answer: import('./model.mjs').Answer, message: import('./conversations.mjs').Message}}
 */
function goOn(conversations, conversation, { turn_message_uuids: ids }) {
	const uuid = ids?.assistant_message_uuid;
	const message = uuid
		? conversations.add(conversation, { uuid, sender: 'assistant', text: '' })
		: conversation.chat_messages.at(-1);
	if (!message) throw new Error('there is no answer to go on with');
	/** @type {import('./model.mjs').Answer} */
	const answer = {
		text: conversation.rest ?? '',
		rest: '',
		title: conversation.name,
		thinking: '',
		tool: -1,
		ends: 'end_turn',
	};
	return { answer, message };
}

/**
 * @param {import('./model.mjs').Answer} answer
 * @returns {import('./conversations.mjs').Content}
 */
function artifact({ title, text }) {
	return { type: 'tool_use', text: '', input: { title, content: text } };
}

/**
 * @typedef {object} Stream
 * @property {import('./model.mjs').Answer} answer
 * @property {string} uuid
 * @property {import('./conversations.mjs').Message} message
 * @property {import('node:http').ServerResponse} response
 *
 * @param {import('./server.mjs').State} state
 * @param {Stream} stream
 */
async function streamText(state, { answer: { text, tool }, uuid, message, response }) {
	let [block] = message.content;
	let used = tool < 0;
	let sent = 0;
	response.write(event('content_block_start', { index: 0, content_block: { type: 'text' } }));
	let approved = state.flags.approvalAt >= 1;
	for await (const pieces of paced(text, state, tool)) {
		if (response.destroyed) return;
		block.text += pieces.join('');
		sent += pieces.join('').length;
		const deltas = pieces.map((piece) =>
			event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: piece } }),
		);
		if (!response.write(deltas.join(''))) await drained(response);
		if (!approved && sent >= text.length * state.flags.approvalAt) {
			response.write(event('tool_approval', { state: 'asked' }));
			await Promise.race([approval(state, uuid), closed(response)]);
			response.write(event('tool_approval', { state: 'given' }));
			approved = true;
		}
		if (!used && sent >= tool) {
			response.write(event('content_block_start', { content_block: { type: 'tool_use', text: '' } }));
			await setTimeout(state.flags.toolPauseMs);
			block = { type: 'text', text: '' };
			message.content.push(block);
			response.write(event('content_block_start', { content_block: block }));
			used = true;
		}
	}
	response.write(event('content_block_stop', { index: 0 }));
}

/**
 * @param {import('./server.mjs').State} state
 * @param {string} uuid
 */
function approval(state, uuid) {
	return new Promise((resolve) => state.approvals.set(uuid, () => resolve(null)));
}

/**
 * @param {string} type
 * @param {object} data
 */
function event(type, data) {
	return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}

/** @param {import('node:http').ServerResponse} response */
function closed(response) {
	return new Promise((resolve) => response.once('close', () => resolve(null)));
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
 * @param {number} stop A place over which no piece goes.
 */
async function* paced(text, state, stop) {
	let allowance = 0;
	let sent = 0;
	for (let piece = 0; sent < text.length; ) {
		const { pace } = state.flags;
		allowance = pace === 0 ? burst : allowance + (pace * tickMs) / 1000;
		const pieces = [];
		while (allowance > 0 && sent < text.length && !(sent === stop && pieces.length > 0)) {
			const long = pieceLengths[piece++ % pieceLengths.length];
			const next = pieceAt(text, sent, sent < stop ? Math.min(long, stop - sent) : long);
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
