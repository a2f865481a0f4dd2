// One answer on the page. The order in which its attributes appear is the whole point: absent, "true", "false".
import { el } from './dom.js';
import { MarkdownView } from './markdown-view.js';
import { messageActions } from './message-actions.js';

export class AssistantMessage {
	#heading = el('h2', { 'data-find-omitted': '', class: 'sr-only select-none' });
	#column = el('div', { class: 'flex min-w-0 flex-col gap-5' });
	#body = el('div', {
		'data-perf-reply-text': '',
		class: '_blocks_4za3l_47 progressive-markdown grid-cols-1 grid',
	});
	#view = new MarkdownView(this.#body);

	/** @param {import('./turn.js').Turn} turn */
	constructor(turn) {
		this.turn = turn;
		this.message = el(
			'div',
			{
				'data-cds': 'AssistantMessage',
				'data-testid': 'assistant-message',
				'data-turn-key': `${turn.key}-hub-reply`,
				class: 'group/message-row relative flex w-full min-w-0 flex-col',
			},
			this.#heading,
			this.#column,
		);
		this.element = el('div', { 'data-transcript-row': '' }, this.message);
	}

	/**
	 * @param {'pending' | 'done'} state
	 * @param {string} label
	 */
	showStatus(state, label) {
		this.#column.querySelector('[data-cds=TurnStatus]')?.remove();
		this.#column.prepend(turnStatus(this.turn.key, state, label));
	}

	dropStatus() {
		this.#column.querySelector('[data-cds=TurnStatus]')?.remove();
	}

	startText() {
		this.message.dataset.isStreaming = 'true';
		this.#column.append(
			el(
				'div',
				{
					'data-transcript-engine-root': '',
					'data-item-key': `${this.turn.key}-hub-reply:txt0`,
					class: 'contents',
				},
				el('div', { 'data-cds': 'Prose', 'data-size': 'sm', class: 'prose' }, this.#body),
			),
		);
	}

	/** @param {string} text */
	showText(text) {
		this.#view.update(text);
	}

	/** The last text, the attribute and the class change in one task, as they do on the site. */
	finish() {
		this.showText(this.turn.text);
		this.#heading.textContent = `Claude responded: ${this.turn.text.slice(0, 80)}`;
		this.message.dataset.isStreaming = 'false';
		this.#body.classList.replace('progressive-markdown', 'standard-markdown');
	}

	showActions() {
		const actions = messageActions(this.turn, this.#body);
		this.message.append(el('div', { class: 'print:mt-xs' }, actions));
	}
}

/** @param {import('./turn.js').Turn} turn */
export function finishedMessage(turn) {
	const message = new AssistantMessage(turn);
	message.startText();
	message.finish();
	message.showActions();
	return message.element;
}

/**
 * @param {string} key
 * @param {string} state
 * @param {string} label
 */
function turnStatus(key, state, label) {
	return el(
		'div',
		{
			'data-closed': '',
			'data-cds': 'TurnStatus',
			'data-item-key': `${key}-hub-reply:grp:th0`,
			'data-find-omitted': '',
			'data-state': state,
		},
		el(
			'div',
			{ 'data-cds-row': '', title: label },
			el('span', { 'data-morph-key': `${state}|${label}` }, el('bdi', {}, label)),
			el('button', {
				type: 'button',
				'data-cds-row-toggle': '',
				'aria-expanded': 'false',
				'aria-label': label,
			}),
		),
		el('span', { class: 'sr-only', role: 'status', 'aria-live': 'polite' }, label),
	);
}
