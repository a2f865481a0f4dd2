// What the page is doing: which conversation is open, what was sent, which answer is on its way.
import { streamAnswer } from './answer.js';
import { readConversation } from './api.js';
import { Composer } from './composer.js';
import { flags } from './flags.js';
import { pause } from './frame.js';
import { Transcript } from './transcript.js';
import { newTurn, turnOf } from './turn.js';

const rowAfterMs = 60;
const titleAfterMs = 300;
const missingChatAfterMs = 1200;

/**
 * @typedef {object} ChatEvents
 * @property {(address: string) => void} moved The address changed without a reload.
 * @property {(address: string) => void} navigate
 * @property {(title: string) => void} named
 */

export class Chat {
	transcript = new Transcript();
	composer = new Composer({ send: (text, files) => this.#send(text, files), stop: () => this.stop() });
	/** @type {import('./turn.js').Turn[]} */
	turns = [];
	/** @type {string | null} */
	#open = null;
	/** Conversations with an answer on its way stay in memory while another one is looked at.
	 * @type {Map<string, {turns: import('./turn.js').Turn[], abort: AbortController}>} */
	#live = new Map();

	/** @param {ChatEvents} events */
	constructor(events) {
		this.events = events;
	}

	get streaming() {
		return this.#open !== null && this.#live.has(this.#open);
	}

	stop() {
		if (this.#open) this.#live.get(this.#open)?.abort.abort();
	}

	/** @param {string | null} conversation */
	async open(conversation) {
		this.#open = conversation;
		this.turns = [];
		this.transcript.show(this.turns);
		this.composer.remount(conversation ?? 'New');
		this.composer.showStreaming(this.streaming);
		if (conversation === null) return;
		const live = this.#live.get(conversation);
		if (live) return this.#show(live.turns);
		const [found] = await Promise.all([readConversation(conversation), pause(flags.hydrationHole)]);
		if (this.#open !== conversation) return;
		if (found) {
			this.#show(found.chat_messages.map(turnOf));
			this.events.named(found.name);
		} else {
			await pause(missingChatAfterMs);
			this.events.navigate('/new');
		}
	}

	/** @param {import('./turn.js').Turn[]} turns */
	#show(turns) {
		this.turns = turns;
		this.transcript.show(turns);
	}

	/**
	 * @param {string} text
	 * @param {import('./composer.js').Attachment[]} attachments
	 */
	async #send(text, attachments) {
		const conversation = this.#open ?? crypto.randomUUID();
		const { turns } = this;
		const abort = new AbortController();
		const question = newTurn({
			key: crypto.randomUUID(),
			sender: 'human',
			text,
			attachments: attachments.map((file) => file.file_name),
		});
		const answer = newTurn({
			key: crypto.randomUUID(),
			sender: 'assistant',
			text: '',
			streaming: true,
		});
		turns.push(question);
		this.#live.set(conversation, { turns, abort });
		this.#enter(conversation);
		this.transcript.follow();
		await pause(rowAfterMs);
		turns.push(answer);
		await streamAnswer(answer, {
			conversation,
			request: {
				prompt: text,
				attachments,
				turn_message_uuids: {
					human_message_uuid: question.key,
					assistant_message_uuid: answer.key,
				},
			},
			signal: abort.signal,
			mounted: () => this.#open === conversation && this.transcript.refresh(),
		});
		this.#live.delete(conversation);
		if (this.#open === conversation) this.composer.showStreaming(false);
		await this.#learnTitle(conversation);
	}

	/** @param {string} conversation */
	#enter(conversation) {
		const isNew = this.#open === null;
		this.#open = conversation;
		if (isNew) {
			history.pushState(null, '', `/chat/${conversation}`);
			this.composer.remount(conversation);
			this.events.moved(location.pathname);
		}
		this.composer.showStreaming(true);
	}

	/**
	 * The name comes late: after the answer, and a little later than that.
	 * @param {string} conversation
	 */
	async #learnTitle(conversation) {
		await pause(titleAfterMs);
		const found = await readConversation(conversation);
		if (found && this.#open === conversation) this.events.named(found.name);
	}
}
