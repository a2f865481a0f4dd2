// One answer on the page. The order in which its attributes appear is the whole point: absent, "true", "false".
import { button, el } from './dom.js';
import { flags } from './flags.js';
import { pause } from './frame.js';
import { label } from './labels.js';
import { MarkdownView } from './markdown-view.js';
import { messageActions, toolbar } from './message-actions.js';
import { named } from './names.js';

/** @typedef {'interrupted' | 'continue'} Ending */

export class AssistantMessage {
	#heading = el('h2', { 'data-find-omitted': '', class: 'sr-only select-none' });
	#column = el('div', { class: 'flex min-w-0 flex-col gap-5' });
	/** @type {HTMLElement | undefined} */
	#status = undefined;
	/** Each text has its body: a tool that is used ends one and begins another.
	 * @type {{element: HTMLElement, view: MarkdownView, from: number}[]} */
	#bodies = [];

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

	/** @param {boolean} streaming */
	#say(streaming) {
		const said = flags.noStreamingAttribute ? {} : named({ 'data-is-streaming': `${streaming}` });
		for (const [name, value] of Object.entries(said)) this.message.setAttribute(name, value);
	}

	/**
	 * @param {'pending' | 'done'} state
	 * @param {string} label
	 */
	showStatus(state, label) {
		this.dropStatus();
		this.#status = turnStatus(this.turn.key, state, label);
		this.#column.prepend(this.#status);
	}

	dropStatus() {
		this.#status?.remove();
	}

	/** What a reader finds who opens the thinking: text that looks like an answer's. */
	#showThinking() {
		const status = this.#status;
		if (!this.turn.thinking || status?.querySelector('[data-timeline-text]')) return;
		const text = el('div', { class: '_blocks_4za3l_47 standard-markdown grid-cols-1 grid' });
		new MarkdownView(text).update(this.turn.thinking);
		const step = el('div', { 'data-step-key': 'thinking-0' }, el('div', { 'data-timeline-text': '' }, text));
		status?.append(el('div', { 'data-cds-row-panel': '' }, step));
	}

	startText(from = 0) {
		this.#say(true);
		this.#showThinking();
		const element = el('div', {
			'data-perf-reply-text': '',
			class: '_blocks_4za3l_47 progressive-markdown grid-cols-1 grid',
		});
		this.#column.append(
			el(
				'div',
				{
					'data-transcript-engine-root': '',
					'data-item-key': `${this.turn.key}-hub-reply:txt${this.#bodies.length}`,
					class: 'contents',
				},
				el('div', { 'data-cds': 'Prose', 'data-size': 'sm', class: 'prose' }, element),
			),
		);
		this.#bodies.push({ element, view: new MarkdownView(element), from });
	}

	/** @param {string} text Of the complete answer. */
	showText(text) {
		const last = this.#bodies.at(-1);
		if (last) last.view.update(text.slice(last.from));
	}

	/** A tool is used: for as long as it takes, the message says that it has ended. */
	useTool() {
		this.end();
		this.#column.append(
			el('div', { 'data-cds': 'TurnStatus', 'data-state': 'pending' }, el('span', {}, 'Searching the web')),
		);
	}

	/** The last text, the attribute and the class change in one task, as they do on the site. */
	end() {
		this.#say(false);
		for (const { element } of this.#bodies) element.classList.replace('progressive-markdown', 'standard-markdown');
	}

	/** What is drawn at once, such as an old message. */
	finish() {
		this.showText(this.turn.text);
		this.#heading.textContent = `${label('claude')} ${this.turn.text.slice(0, 80)}`;
		this.end();
	}

	/** The end of an answer that grew before somebody's eyes. */
	async finishSlowly() {
		this.showText(this.turn.text);
		if (flags.endDelayMs > 0) await pause(flags.endDelayMs);
		const blocks = flags.mergeAtEnd > 0 ? [...(this.#bodies.at(-1)?.element.children ?? [])] : [];
		const away = blocks.slice(blocks.length / 3, (blocks.length / 3) * 2);
		const after = blocks[blocks.indexOf(away.at(-1) ?? blocks[0]) + 1];
		for (const block of away) block.remove();
		this.finish();
		if (away.length === 0) return;
		await pause(flags.mergeAtEnd);
		after.before(...away);
	}

	/** The same message goes on, without a moment in which nobody knows whether it grows. */
	resume() {
		this.#column.querySelector('[data-ending]')?.remove();
		this.message.querySelector('[data-cds=MessageActions]')?.parentElement?.remove();
		this.#say(true);
		this.#bodies.at(-1)?.element.classList.replace('standard-markdown', 'progressive-markdown');
	}

	showActions() {
		if (this.turn.artifact) this.#column.append(artifactCard(this.turn.artifact));
		for (const extra of this.message.querySelectorAll('[data-extra]')) extra.remove();
		const actions = messageActions(this.turn, this.#bodies.at(-1)?.element ?? this.#column);
		this.message.append(el('div', { class: 'print:mt-xs' }, actions));
	}

	/** Controls that stand there more than once while the answer grows. */
	showExtraControls() {
		for (let at = 0; at < flags.extraControls; at++) {
			const stop = button(label('stop'), '', () => {}, { 'data-testid': 'chat-input-stop' });
			this.message.append(el('div', { 'data-extra': '' }, toolbar(this.turn, this.#column), stop));
		}
	}

	/**
	 * @param {boolean} asks
	 * @param {() => void} approved
	 */
	showApproval(asks, approved) {
		const card = this.#column.querySelector('[data-approval-card-root]');
		if (asks && !card) this.#column.append(approvalCard(approved));
		else if (!asks) card?.remove();
	}

	/** @param {(ending: Ending) => void} press */
	showEnding(press) {
		const { ending } = this.turn;
		if (!ending) return;
		const parts =
			ending === 'continue'
				? [button('Continue', 'Continue', () => press(ending))]
				: [
						el('p', {}, "Claude's response was interrupted."),
						button('Edit prompt', 'Edit prompt', () => {}),
						button('Try again', 'Try again', () => press(ending)),
					];
		this.#column.append(el('div', { 'data-ending': ending }, ...parts));
	}
}

/** @param {import('./turn.js').Turn} turn */
export function finishedMessage(turn) {
	const message = new AssistantMessage(turn);
	for (const from of turn.artifact ? [] : turn.starts) {
		message.startText(from);
		message.showText(
			turn.text.slice(
				0,
				turn.starts.find((start) => start > from),
			),
		);
	}
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

/** The file stands in a panel; the message only has this. @param {string} title */
function artifactCard(title) {
	return el(
		'div',
		{ class: 'group/artifact-block' },
		el(
			'div',
			{ class: 'artifact-block-cell' },
			el('div', { class: 'leading-tight text-sm line-clamp-1' }, title),
			el('div', { class: 'text-xs line-clamp-1' }, 'Document'),
			button(`View ${title}`, '', () => {}),
			button(`Download ${title}`, '', () => {}),
		),
	);
}

/** @param {() => void} approved */
function approvalCard(approved) {
	const choices = ['Deny', 'Always allow', 'Allow once'].map((label, at) =>
		button(label, label, approved, { 'data-approval-digit': `${at + 1}` }),
	);
	return el('div', { 'data-approval-card-root': '' }, el('p', {}, 'Claude wants to use a tool.'), ...choices);
}
