// The message box: a real TipTap editor, because how an editor takes inserted text is what has to be tested.
import { Editor, Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';
import StarterKit from '@tiptap/starter-kit';
import { button, el } from './dom.js';
import { flags } from './flags.js';
import { label } from './labels.js';
import { named } from './names.js';

/**
 * @typedef {{file_name: string, extracted_content: string}} Attachment
 *
 * @typedef {object} ComposerEvents
 * @property {(text: string, attachments: Attachment[]) => void} send
 * @property {() => void} stop
 */

export class Composer {
	/** @type {Attachment[]} */
	#attachments = [];
	#chips = el('div', { class: 'composer-chips' });
	#box = el('div', { 'data-tap-focuses-field': '' });
	#streaming = false;
	#draftKey = '';

	/** @param {ComposerEvents} events */
	constructor(events) {
		this.events = events;
		this.send = this.#sendButton();
		this.stop = button(label('stop'), '■', () => events.stop(), {
			'data-testid': 'chat-input-stop',
		});
		this.element = el('fieldset', {}, this.#chips, this.#box, controls(this.send));
		this.editor = this.#mount('New');
	}

	/**
	 * A new editor for another conversation, as the site makes one: nothing of the old element survives.
	 * @param {string} conversation
	 */
	remount(conversation) {
		const focused = this.editor.isFocused;
		this.editor.destroy();
		this.#clearAttachments();
		this.editor = this.#mount(conversation);
		if (focused) this.editor.commands.focus('end');
	}

	#sendButton() {
		let pressed = false;
		const send = button(label('send'), '↑', () => (pressed || !flags.pointerSend) && this.#submit(), {
			'data-testid': 'chat-input-send',
		});
		for (const [type, down] of Object.entries({ pointerdown: true, pointerleave: false }))
			send.addEventListener(type, () => {
				pressed = down;
			});
		return send;
	}

	text() {
		return this.editor.getText({ blockSeparator: '\n' });
	}

	/** @param {boolean} streaming */
	showStreaming(streaming) {
		this.#streaming = streaming;
		const [shown, hidden] = streaming ? [this.stop, this.send] : [this.send, this.stop];
		hidden.replaceWith(shown);
		this.#update();
	}

	/** @param {string} conversation */
	#mount(conversation) {
		this.#draftKey = `draft:${conversation}`;
		this.#box.replaceChildren();
		const placeholder = conversation === 'New' ? 'How can I help you today?' : 'Reply…';
		const editor = new Editor({
			element: this.#box,
			injectCSS: false,
			enableInputRules: false,
			enablePasteRules: false,
			extensions: [StarterKit.configure({ link: false, trailingNode: false }), keys(() => this.#submit())],
			content: documentOf((flags.drafts && localStorage.getItem(this.#draftKey)) || ''),
			editorProps: {
				attributes: (state) =>
					named({
						'data-testid': 'chat-input',
						class: 'tiptap ProseMirror',
						role: 'textbox',
						'aria-label': label('prompt'),
						'aria-multiline': 'true',
						...(isEmpty(state.doc) ? { 'data-doc-empty': '' } : {}),
					}),
				handlePaste: (_, event) => this.#pasteAsChip(event),
			},
			onUpdate: () => this.#update(),
		});
		editor.registerPlugin(placeholderPlugin(placeholder));
		this.editor = editor;
		this.#update();
		if (performance.now() < flags.ssrComposerMs) this.#standIn();
		return editor;
	}

	/** What the server drew stands there first; what is typed into it is lost. */
	#standIn() {
		const field = el('textarea', { 'data-testid': 'chat-input-ssr', 'data-placeholder': '' });
		this.#box.replaceChildren(field);
		const swap = () => field.isConnected && this.#box.replaceChildren(this.editor.view.dom);
		setTimeout(swap, flags.ssrComposerMs - performance.now());
	}

	#update() {
		const text = this.text();
		this.send.disabled = text.trim() === '' && this.#attachments.length === 0;
		if (flags.sendLateMs > 0) this.#sendComesLate();
		if (!flags.drafts) return;
		if (text) localStorage.setItem(this.#draftKey, text);
		else localStorage.removeItem(this.#draftKey);
	}

	/** The button is gone at each change, and another one stands there a little later. */
	#sendComesLate() {
		const { disabled } = this.send;
		const place = this.send.parentElement;
		if (!place) return;
		this.send.remove();
		this.send = this.#sendButton();
		this.send.disabled = disabled;
		const { send } = this;
		setTimeout(() => send === this.send && !this.#streaming && place.append(send), flags.sendLateMs);
	}

	#submit() {
		if (this.#streaming || this.send.disabled) return true;
		const text = this.text();
		const attachments = this.#attachments;
		this.#clearAttachments();
		// Not clearContent: it parses a string, which Trusted Types forbid.
		this.editor.commands.setContent(documentOf(''), { emitUpdate: true });
		this.#update();
		this.events.send(text, attachments);
		if (flags.sendTwice) this.events.send(text, attachments);
		return true;
	}

	/** @param {ClipboardEvent} event */
	#pasteAsChip(event) {
		const text = event.clipboardData?.getData('text/plain') ?? '';
		if (flags.composerPasteChip === 0 || text.length <= flags.composerPasteChip) return false;
		this.#attachments.push({ file_name: 'Pasted content', extracted_content: text });
		this.#chips.append(el('div', { 'data-testid': 'file-thumbnail' }, el('h3', {}, 'Pasted content')));
		this.#update();
		return true;
	}

	#clearAttachments() {
		this.#attachments = [];
		this.#chips.replaceChildren();
	}
}

/** @param {HTMLElement} send */
function controls(send) {
	return el(
		'div',
		{ class: 'composer-controls' },
		el('input', {
			type: 'file',
			'data-testid': 'file-upload',
			'aria-label': 'Upload files',
			hidden: '',
		}),
		el(
			'button',
			{
				type: 'button',
				'data-testid': 'chat-input-attach',
				'aria-label': 'Add files, connectors, and more',
			},
			'+',
		),
		el(
			'button',
			{
				type: 'button',
				'data-testid': 'model-selector-dropdown',
				'aria-label': 'Model: Replica',
			},
			'Replica',
		),
		send,
	);
}

/** @param {() => boolean} submit */
function keys(submit) {
	return Extension.create({
		name: 'sendOnEnter',
		priority: 1000,
		addKeyboardShortcuts: () => ({
			Enter: submit,
			'Shift-Enter': ({ editor }) => editor.commands.setHardBreak(),
		}),
	});
}

/** @param {string} hint */
function placeholderPlugin(hint) {
	return new Plugin({
		props: {
			decorations: ({ doc }) =>
				isEmpty(doc)
					? DecorationSet.create(doc, [
							Decoration.node(0, doc.content.size, { class: 'is-empty', 'data-placeholder': hint }),
						])
					: null,
		},
	});
}

/** @param {import('@tiptap/pm/model').Node} doc */
function isEmpty(doc) {
	return doc.childCount === 1 && doc.firstChild?.isTextblock === true && doc.content.size === 2;
}

/** @param {string} text */
function documentOf(text) {
	const content = text.split('\n').map((line) => ({
		type: 'paragraph',
		content: line ? [{ type: 'text', text: line }] : [],
	}));
	return { type: 'doc', content };
}
