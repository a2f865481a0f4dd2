// The markup of gemini.google.com: elements with names of their own, a row for each pair of question and answer, no id for a message,
// an answer that stays busy for a while after its last word, and no send button without a text.
import { escaped } from './escaped.js';

/** @type {import('./site.js').Site} */
export const site = {
	host: 'gemini.google.com',
	newChat: '/app',
	path: '/app/',
	chat: `<chat-app><main><chat-window><div id="chat-history"><infinite-scroller data-test-id="chat-history-container"></infinite-scroller></div>
<input-container><fieldset><input-area-v2><rich-textarea><div class="ql-editor textarea" contenteditable="true" role="textbox" aria-label="Enter a prompt for Gemini"><p><br></p></div></rich-textarea>
<div id="controls"></div></input-area-v2></fieldset></input-container></chat-window></main></chat-app>`,
	composer: '.ql-editor',
	send: '<button type="button" class="send-button" aria-label="Send message">↑</button>',
	sendWhenEmpty: false,
	stop: '<button type="button" class="send-button stop" aria-label="Stop response"><mat-icon fonticon="stop"></mat-icon></button>',
	list: 'infinite-scroller',
	body: '.markdown',
	settleMs: 2_400,
	question: (
		id,
		text,
	) => `<div class="conversation-container" id="pair${id}"><user-query><user-query-content><div class="query-text" role="heading" aria-level="2">
<span class="cdk-visually-hidden">You said</span>${text
		.split('\n')
		.map((line) => `<p class="query-text-line">${escaped(line)}</p>`)
		.join('')}</div></user-query-content></user-query></div>`,
	answer:
		() => `<model-response><response-container><model-thoughts><button type="button">Show thinking</button></model-thoughts>
<message-content><div class="markdown markdown-main-panel" aria-live="polite" aria-busy="true"></div></message-content></response-container></model-response>`,
	within: (id) => `#pair${id}`,
	ended: (answer) => {
		answer.querySelector('.markdown')?.setAttribute('aria-busy', 'false');
		answer.insertAdjacentHTML(
			'beforeend',
			'<message-actions><copy-button><button type="button" aria-label="Copy">Copy</button></copy-button></message-actions>',
		);
	},
	fence: (text, language) => `<response-element><code-block><div class="code-block"><div class="code-block-decoration">
<span>${escaped(language.charAt(0).toUpperCase() + language.slice(1))}</span><div class="buttons"><button type="button" aria-label="Copy code"></button></div></div>
<div class="formatted-code-block-internal-container"><pre><code role="text" data-test-id="code-content" class="code-container formatted">${escaped(text)}</code></pre></div></div></code-block></response-element>`,
};
