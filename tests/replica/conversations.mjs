// The conversations live in the server, so a reload of the page finds them again, as on the real site.
import { randomUUID } from 'node:crypto';

const rootMessage = '00000000-0000-4000-8000-000000000000';

/**
 * @typedef {{file_name: string, extracted_content: string}} Attachment
 *
 * @typedef {{type: 'text' | 'tool_use' | 'thinking', text: string, input?: {title: string, content: string}}} Content
 *
 * @typedef {object} Message
 * @property {string} uuid
 * @property {string} parent_message_uuid
 * @property {'human' | 'assistant'} sender
 * @property {number} index
 * @property {Content[]} content
 * @property {string | null} stop_reason
 * @property {string} created_at
 * @property {Attachment[]} attachments
 * @property {never[]} files
 *
 * @typedef {object} Conversation
 * @property {string} uuid
 * @property {string} name
 * @property {string} updated_at
 * @property {string} current_leaf_message_uuid
 * @property {Message[]} chat_messages
 * @property {string} [rest] What an answer that can go on still has to say.
 */

export class Conversations {
	/** @type {Map<string, Conversation>} */
	#byId = new Map();

	/** @param {string} uuid */
	find(uuid) {
		return this.#byId.get(uuid);
	}

	/** @param {string} uuid */
	open(uuid) {
		const known = this.#byId.get(uuid);
		if (known) return known;
		/** @type {Conversation} */
		const conversation = {
			uuid,
			name: '',
			updated_at: new Date().toISOString(),
			current_leaf_message_uuid: rootMessage,
			chat_messages: [],
		};
		this.#byId.set(uuid, conversation);
		return conversation;
	}

	/** @param {string} uuid */
	remove(uuid) {
		this.#byId.delete(uuid);
	}

	/** Newest first, without the messages, as the list endpoint of the site gives them. */
	list() {
		const all = [...this.#byId.values()].reverse();
		return all.map(({ uuid, name, updated_at }) => ({ uuid, name, updated_at }));
	}

	/**
	 * @param {Conversation} conversation
	 * @param {{uuid?: string, sender: Message['sender'], text: string, stopReason?: string, attachments?: Attachment[]}} message
	 */
	add(conversation, { uuid = randomUUID(), sender, text, stopReason, attachments = [] }) {
		/** @type {Message} */
		const message = {
			uuid,
			parent_message_uuid: conversation.current_leaf_message_uuid,
			sender,
			index: conversation.chat_messages.length,
			content: [{ type: 'text', text }],
			stop_reason: stopReason ?? null,
			created_at: new Date().toISOString(),
			attachments,
			files: [],
		};
		conversation.chat_messages.push(message);
		conversation.current_leaf_message_uuid = uuid;
		conversation.updated_at = message.created_at;
		return message;
	}

	/**
	 * What comes after a message is gone, as after an edit or a retry.
	 * @param {Conversation} conversation
	 * @param {string} uuid Of the last message that stays.
	 */
	truncate(conversation, uuid) {
		const last = conversation.chat_messages.findIndex((message) => message.uuid === uuid);
		conversation.chat_messages.splice(last + 1);
		conversation.current_leaf_message_uuid = uuid;
	}

	/**
	 * A finished conversation of alternating texts, the user's first.
	 * @param {string} name
	 * @param {string[]} texts
	 */
	seed(name, texts) {
		const conversation = this.open(randomUUID());
		conversation.name = name;
		for (const [index, text] of texts.entries())
			this.add(conversation, {
				sender: index % 2 === 0 ? 'human' : 'assistant',
				text,
				stopReason: 'end_turn',
			});
		return conversation.uuid;
	}
}
