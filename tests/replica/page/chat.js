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
const withdrawnAfterMs = 500;
const rootMessage = '00000000-0000-4000-8000-000000000000';

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
	/** What stood after a message before it was edited or answered anew, by its place.
	 * @type {Map<number, import('./turn.js').Turn[]>} */
	#branches = new Map();
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
	 * @param {import('./composer.js').Attachment[]} [attachments]
	 * @param {string} [parent] The message after which it comes, where that is not the last one.
	 */
	async #send(text, attachments = [], parent) {
		const conversation = this.#open ?? crypto.randomUUID();
		const question = newTurn({
			key: crypto.randomUUID(),
			sender: 'human',
			text,
			attachments: attachments.map((file) => file.file_name),
		});
		const { turns } = this;
		turns.push(question);
		this.#enter(conversation);
		this.transcript.follow();
		if (flags.withdrawTurn) return this.#withdraw(question);
		await pause(rowAfterMs);
		const answer = newTurn({ key: crypto.randomUUID(), sender: 'assistant', text: '', streaming: true });
		turns.push(answer);
		await this.#stream(answer, turns, conversation, {
			prompt: text,
			attachments,
			parent_message_uuid: parent,
			turn_message_uuids: { human_message_uuid: question.key, assistant_message_uuid: answer.key },
		});
	}

	/**
	 * A message that is turned down is drawn first, and then taken back.
	 * @param {import('./turn.js').Turn} question
	 */
	async #withdraw(question) {
		await pause(withdrawnAfterMs);
		this.turns.splice(this.turns.indexOf(question), 1);
		this.composer.showStreaming(false);
		this.transcript.show(this.turns);
	}

	/**
	 * A message of the user is written anew: what came after it is gone from the page.
	 * @param {number} index
	 * @param {string} text
	 */
	edit(index, text) {
		this.#branches.set(index, this.turns.splice(index));
		this.transcript.show(this.turns);
		return this.#send(text, [], this.turns[index - 1]?.key ?? rootMessage);
	}

	/**
	 * The other version of a message and of all that came after it. Only the page knows of it, not the server.
	 * @param {number} index
	 */
	switchBranch(index) {
		const other = this.#branches.get(index) ?? [];
		this.#branches.set(index, this.turns.splice(index, this.turns.length, ...other));
		this.transcript.show(this.turns);
	}

	/**
	 * Another answer to the same message: what stood there, and all after it, is gone.
	 * @param {number} index Of the answer.
	 */
	async retry(index) {
		const { turns } = this;
		const conversation = this.#open;
		const question = turns[index - 1];
		if (conversation === null || question?.sender !== 'human') throw new Error(`no answer at ${index}`);
		this.#branches.set(index, turns.splice(index));
		this.transcript.show(turns);
		const answer = newTurn({ key: crypto.randomUUID(), sender: 'assistant', text: '', streaming: true });
		turns.push(answer);
		this.composer.showStreaming(true);
		await this.#stream(answer, turns, conversation, {
			prompt: question.text,
			parent_message_uuid: question.key,
			retry: true,
			turn_message_uuids: { assistant_message_uuid: answer.key },
		});
	}

	/**
	 * The rest of an answer that ended at its limit.
	 * @param {import('./turn.js').Turn} answer
	 */
	async #goOn(answer) {
		const { turns } = this;
		const conversation = this.#open;
		if (conversation === null) return;
		this.composer.showStreaming(true);
		if (flags.continueAs === 'same') return this.#stream(answer, turns, conversation, { prompt: '', go_on: true });
		const next = newTurn({ key: crypto.randomUUID(), sender: 'assistant', text: '', streaming: true });
		turns.push(next);
		await this.#stream(next, turns, conversation, {
			prompt: '',
			go_on: true,
			turn_message_uuids: { assistant_message_uuid: next.key },
		});
	}

	/**
	 * @param {import('./turn.js').Turn} answer
	 * @param {import('./turn.js').Turn[]} turns
	 * @param {string} conversation
	 * @param {import('./api.js').CompletionRequest} request
	 */
	async #stream(answer, turns, conversation, request) {
		const abort = new AbortController();
		this.#live.set(conversation, { turns, abort });
		await streamAnswer(answer, {
			conversation,
			request,
			signal: abort.signal,
			mounted: () => this.#open === conversation && this.transcript.refresh(),
			busy: (busy) => this.#open === conversation && this.composer.showStreaming(busy),
			press: (ending) => (ending === 'continue' ? this.#goOn(answer) : this.retry(turns.indexOf(answer))),
		});
		this.#live.delete(conversation);
		if (this.#open === conversation) this.composer.showStreaming(false);
		await this.#learnTitle(conversation);
	}

	/** @param {string} conversation */
	#enter(conversation) {
		const isNew = this.#open === null;
		this.#open = conversation;
		const move = () => {
			history.pushState(null, '', `/chat/${conversation}`);
			this.composer.remount(conversation);
			this.events.moved(location.pathname);
		};
		if (isNew && flags.addressDelayMs > 0) setTimeout(move, flags.addressDelayMs);
		else if (isNew) move();
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
