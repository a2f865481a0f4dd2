// The page's side of the site's API: conversations as JSON, an answer as a stream of events.

/**
 * @typedef {import('../conversations.mjs').Conversation} Conversation
 * @typedef {import('../completion.mjs').CompletionRequest} CompletionRequest
 */

const organization = /lastActiveOrg=([\w-]+)/.exec(document.cookie)?.[1] ?? '';
const conversations = `/api/organizations/${organization}/chat_conversations`;

/** @returns {Promise<{uuid: string, name: string, updated_at: string}[]>} */
export async function listConversations() {
	return (await fetch(conversations)).json();
}

/**
 * @param {string} uuid
 * @returns {Promise<Conversation | null>}
 */
export async function readConversation(uuid) {
	const query = 'tree=True&rendering_mode=messages&render_all_tools=true';
	const response = await fetch(`${conversations}/${uuid}?${query}`);
	return response.ok ? response.json() : null;
}

/**
 * @typedef {object} StreamEvent
 * @property {string} type
 * @property {{text?: string, stop_reason?: string}} [delta]
 * @property {import('../conversations.mjs').Content} [content_block]
 * @property {'asked' | 'given'} [state]
 */

/**
 * Hands over each event of the answer as it arrives.
 * @param {string} uuid
 * @param {CompletionRequest} request
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<StreamEvent[]>}
 */
export async function* complete(uuid, request, signal) {
	const response = await fetch(`${conversations}/${uuid}/completion`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
		body: JSON.stringify(request),
		signal,
	});
	if (!response.ok || !response.body) throw new Error(`completion: ${response.status}`);
	let pending = '';
	for await (const chunk of chunks(response.body.pipeThrough(new TextDecoderStream()))) {
		const events = (pending + chunk).split('\n\n');
		pending = events.pop() ?? '';
		yield events.map((event) => JSON.parse(event.slice(event.indexOf('\ndata: ') + 7)));
	}
}

/** @param {string} uuid */
export function approve(uuid) {
	return fetch(`${conversations}/${uuid}/tool_approval`, { method: 'POST' });
}

/**
 * @param {ReadableStream<string>} stream
 * @returns {AsyncGenerator<string>}
 */
async function* chunks(stream) {
	const reader = stream.getReader();
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return;
		yield value;
	}
}
