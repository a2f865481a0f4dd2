// One message of a conversation as the page keeps it: what the rows are drawn from.

/**
 * @typedef {object} Turn
 * @property {string} key
 * @property {'human' | 'assistant'} sender
 * @property {string} text
 * @property {string} time
 * @property {boolean} streaming
 * @property {string[]} attachments Names of the files sent along.
 * @property {import('./assistant-message.js').AssistantMessage} [live] The view of an answer that still grows.
 */

/**
 * @param {import('../conversations.mjs').Message} message
 * @returns {Turn}
 */
export function turnOf(message) {
	return {
		key: message.uuid,
		sender: message.sender,
		text: message.content.map(({ text }) => text).join(''),
		time: message.created_at,
		streaming: false,
		attachments: message.attachments.map((file) => file.file_name),
	};
}

/**
 * @param {Pick<Turn, 'key' | 'sender' | 'text'> & Partial<Turn>} parts
 * @returns {Turn}
 */
export function newTurn(parts) {
	return { time: new Date().toISOString(), streaming: false, attachments: [], ...parts };
}
