// chatgpt.com as of 29 September 2026 (app shell): a turn holds both messages, each a unit with the ids of what it was made of, and the page
// that was left stays in the document. Code is an editor at rest, its lines parted by breaks, and plain while the answer comes in.
import { site as named } from './chatgpt_named.js';
import { escaped } from './escaped.js';

const unit = (/** @type {string} */ ids, /** @type {string} */ inner, of = '') =>
	`<div ${of} data-chatgpt-search-message-ids="${ids}">${inner}</div>`;
const left = `<div data-app-shell-active-page="false" style="display:none"><main><div data-turn-key="o">${unit('o', '<div data-user-message-bubble="">Another chat</div>', 'class="group/user-message"')}
${unit('p p', '<div data-markdown-text-style="assistant-message"><p>Another answer.</p></div>')}</div><form><div id="prompt-textarea" class="ProseMirror" contenteditable="true"><p>Another draft</p></div></form></main></div>`;

/** @type {import('./site.js').Site} */
export const site = {
	...named,
	chat: left + named.chat,
	composer: '[data-app-shell-active-page=true] #prompt-textarea',
	body: '[data-markdown-text-style=assistant-message]',
	question: (id, text) =>
		`<div data-turn-key="t${id}" id="turn${id}">${unit(`q${id}`, `<h4 class="sr-only">You said:</h4><div data-user-message-bubble=""><div class="whitespace-pre-wrap">${escaped(text)}</div></div>`, 'class="group/user-message"')}</div>`,
	answer: (id) =>
		unit(
			`m${id} m${id}`,
			`<h4 class="sr-only" data-conversation-role="assistant">ChatGPT said:</h4><div><div data-markdown-text-style="assistant-message"></div></div>`,
		),
	within: (id) => `#turn${id}`,
	ended: (answer) =>
		answer.insertAdjacentHTML(
			'beforeend',
			'<div role="toolbar"><button type="button" aria-label="Copy" data-testid="copy-turn-action-button"></button></div>',
		),
	fence: (text, language, growing) => {
		const label = escaped(language.charAt(0).toUpperCase() + language.slice(1));
		const lines = text.replace(/\n$/, '').split('\n');
		const code = growing
			? `<code class="whitespace-pre!">${escaped(text)}</code>`
			: `<div class="cm-editor"><div class="cm-scroller"><div class="cm-content">${lines.map((line) => `<span>${escaped(line)}</span>`).join('<br>')}</div></div></div>`;
		return `<pre class="overflow-visible!"><div class="relative w-full"><div class="sticky flex"><div class="text-sm">${label}</div><div><button type="button" aria-label="Copy">Copy</button></div></div>${code}</div></pre>`;
	},
};
