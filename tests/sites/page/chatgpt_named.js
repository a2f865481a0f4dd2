// chatgpt.com since September 2026: parts with names of their own, a unit for each message. While an answer comes in, its code is the rows
// of an editor; at rest it is code without a `pre`.
import { escaped } from './escaped.js';

const header = (/** @type {string} */ language) =>
	`<div data-markdown-copy="exclude" class="flex"><div>${escaped(language.charAt(0).toUpperCase() + language.slice(1))}</div><div><button type="button" aria-label="Copy">Copy</button></div></div>`;

/** @type {import('./site.js').Site} */
export const site = {
	host: 'chatgpt.com',
	newChat: '/',
	path: '/c/',
	chat: `<nav><a href="/">New chat</a></nav><div data-app-shell-active-page="true"><main><div data-app-action-timeline-scroll=""><div id="list"></div></div>
<form><div id="prompt-textarea" class="ProseMirror" contenteditable="true" translate="no"><p><br></p></div><div id="controls"></div></form></main></div>`,
	composer: '#prompt-textarea',
	send: '<button type="button" data-composer-submit="" aria-label="Send">↑</button>',
	sendWhenEmpty: true,
	stop: '<button type="button" data-composer-submit="" aria-label="Stop">■</button>',
	list: '#list',
	body: '[data-assistant-markdown]',
	settleMs: 0,
	question: (
		id,
		text,
	) => `<div data-turn-key="q${id}"><div data-content-search-unit-key="q${id}:user"><h4 class="sr-only">You said:</h4>
<div data-user-message-bubble=""><div class="whitespace-pre-wrap">${escaped(text)}</div></div></div></div>`,
	answer: (
		id,
	) => `<div data-turn-key="a${id}"><div data-content-search-unit-key="a${id}:assistant"><h4 class="sr-only" data-conversation-role="assistant">ChatGPT said:</h4>
<div data-chatgpt-selection-message-id="m${id}"><div data-assistant-markdown="" data-markdown-text-style="assistant-message"></div></div></div></div>`,
	ended: (answer) =>
		answer
			.querySelector('[data-content-search-unit-key]')
			?.insertAdjacentHTML(
				'beforeend',
				'<div role="toolbar"><button type="button" aria-label="Copy" data-testid="copy-turn-action-button"></button></div>',
			),
	fence: (text, language, growing) => {
		const lines = text.replace(/\n$/, '').split('\n');
		const rows = lines.map((line) => `<div class="cm-line">${escaped(line) || '<br>'}</div>`).join('');
		const code = growing
			? `<div class="cm-editor"><div class="cm-scroller"><div class="cm-content" data-language="${escaped(language)}">${rows}</div></div></div>`
			: `<div class="overflow-x-auto"><code class="whitespace-pre!">${escaped(text)}</code></div>`;
		return `<div data-markdown-copy="code-block">${header(language)}${code}</div>`;
	},
};
