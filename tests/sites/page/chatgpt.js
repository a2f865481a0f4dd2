// The markup of chatgpt.com: turns with the role of their author, an id for each message, and nothing that says that an answer grows
// but the stop button.
import { escaped } from './escaped.js';

/** @type {import('./site.js').Site} */
export const site = {
	host: 'chatgpt.com',
	newChat: '/',
	path: '/c/',
	chat: `<nav><a href="/">New chat</a></nav><main><div><div id="list"></div></div>
<form><div id="prompt-textarea" class="ProseMirror" contenteditable="true" translate="no"><p><br></p></div><div id="controls"></div></form></main>`,
	composer: '#prompt-textarea',
	send: '<button type="button" id="composer-submit-button" data-testid="send-button" aria-label="Send prompt">↑</button>',
	sendWhenEmpty: true,
	stop: '<button type="button" id="composer-submit-button" data-testid="stop-button" aria-label="Stop streaming">■</button>',
	list: '#list',
	body: '.markdown',
	settleMs: 0,
	question: (
		id,
		text,
	) => `<article data-testid="conversation-turn-${2 * id + 1}" data-turn="user"><h5 class="sr-only">You said:</h5>
<div data-message-author-role="user" data-message-id="q${id}"><div class="whitespace-pre-wrap">${escaped(text)}</div></div></article>`,
	answer: (
		id,
	) => `<article data-testid="conversation-turn-${2 * id + 2}" data-turn="assistant"><h6 class="sr-only">ChatGPT said:</h6><div class="agent-turn">
<div data-message-author-role="assistant" data-message-id="placeholder-${id}"><div class="markdown prose"></div></div></div></article>`,
	named: (answer, id) => answer.querySelector('[data-message-id]')?.setAttribute('data-message-id', `a${id}`),
	ended: (answer) =>
		answer.insertAdjacentHTML(
			'beforeend',
			'<div><button type="button" aria-label="Copy" data-testid="copy-turn-action-button">Copy</button></div>',
		),
	fence: (
		text,
		language,
	) => `<pre><div class="contain-inline-size"><div class="flex items-center text-xs">${escaped(language)}</div>
<div class="sticky"><button type="button" aria-label="Copy">Copy code</button></div>
<div class="overflow-y-auto p-4" dir="ltr"><code>${escaped(text)}</code></div></div></pre>`,
};
