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
 * Hands over each piece of the answer as it arrives.
 * @param {string} uuid
 * @param {CompletionRequest} request
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<string>}
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
		yield events.map(deltaText).join('');
	}
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

/** @param {string} event */
function deltaText(event) {
	const data = event.slice(event.indexOf('\ndata: ') + 7);
	return event.startsWith('event: content_block_delta') ? JSON.parse(data).delta.text : '';
}
