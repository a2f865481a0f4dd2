// One message of a conversation as the page keeps it: what the rows are drawn from.

/**
 * @typedef {object} Turn
 * @property {string} key
 * @property {'human' | 'assistant'} sender
 * @property {string} text
 * @property {string} time
 * @property {boolean} streaming
 * @property {string[]} attachments Names of the files sent along.
 * @property {string} artifact The title of the card, where the answer is one.
 * @property {import('./assistant-message.js').Ending | ''} ending How an answer ended that is not whole.
 * @property {string} thinking What is shown of it above the answer.
 * @property {number[]} starts Where its texts begin; a tool that is used ends one text and begins another.
 * @property {import('./assistant-message.js').AssistantMessage} [live] The view of an answer that still grows.
 */

/**
 * @param {import('../conversations.mjs').Message} message
 * @returns {Turn}
 */
export function turnOf(message) {
	const texts = message.content.filter(({ type }) => type === 'text').map(({ text }) => text);
	return {
		key: message.uuid,
		sender: message.sender,
		text: texts.join(''),
		time: message.created_at,
		streaming: false,
		artifact: message.content.find(({ type }) => type === 'tool_use')?.input?.title ?? '',
		ending: '',
		thinking: '',
		starts: texts.map((_, at) => texts.slice(0, at).join('').length),
		attachments: message.attachments.map((file) => file.file_name),
	};
}

/**
 * @param {Pick<Turn, 'key' | 'sender' | 'text'> & Partial<Turn>} parts
 * @returns {Turn}
 */
export function newTurn(parts) {
	return {
		time: new Date().toISOString(),
		streaming: false,
		attachments: [],
		artifact: '',
		ending: '',
		thinking: '',
		starts: [0],
		...parts,
	};
}
