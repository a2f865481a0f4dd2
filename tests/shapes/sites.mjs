// What each site draws in its own way: its pages around one answer, the frames of its code, and its marks in a line.
import { GAP, code, other, paragraph } from './code.mjs';

/** @typedef {import('./code.mjs').Frame} Frame */
/** @typedef {[name: string, html: string, ...blocks: import('./code.mjs').Block[]]} Line */
/** @typedef {{ page: (body: string) => string, frames: Record<string, Frame>, lines: Line[] }} Site */

const label = (/** @type {string | undefined} */ text, /** @type {string} */ box) =>
	text ? `<div class="${box}">${text}</div>` : '';
const language = (/** @type {string | undefined} */ lang) => (lang ? ` class="language-${lang}"` : '');
const press = (/** @type {string | undefined} */ copy) => `<button type="button" aria-label="${copy}">${copy}</button>`;

/** @type {Frame} */
const group = (code, { lang, copy, aria } = {}) =>
	`<div role="group" aria-label="${aria}" class="relative group/copy"><div class="sticky opacity-0">${press(copy)}</div>${label(lang, 'text-text-500 font-small p-3.5 pb-0')}<div class="overflow-x-auto"><pre class="code-block__code"><code${language(lang)}>${code}</code></pre></div></div>`;

/** @type {Frame} */
const roles = (code, { label: text = '', copy } = {}) =>
	`<pre class="overflow-visible!"><div class="contain-inline-size rounded-2xl relative"><div class="flex items-center text-xs">${text}</div><div class="sticky top-9"><div class="absolute end-0 bottom-0">${press(copy)}</div></div><div class="overflow-y-auto p-4" dir="ltr"><code class="whitespace-pre!">${code}</code></div></div></pre>`;

const header = (/** @type {string | undefined} */ text, /** @type {string | undefined} */ copy) =>
	`<div data-markdown-copy="exclude" class="flex"><div>${text ?? ''}</div><div>${press(copy)}</div></div>`;
const rows = (/** @type {string} */ code) =>
	code
		.split('\n')
		.map((line) => `<div class="cm-line">${line || '<br>'}</div>`)
		.join('');

/** @type {Record<'claude.ai' | 'chatgpt.com' | 'gemini.google.com', Site>} */
export const sites = {
	'claude.ai': {
		page: (
			body,
		) => `<!doctype html><title>Shapes - Claude</title><main><div role="feed" data-perf-region="transcript" data-autoscroll-container="true">
<div data-testid="transcript-row" data-index="0"><div data-testid="user-message"><p>Question</p></div></div>
<div data-testid="transcript-row" data-index="1"><div data-testid="assistant-message" data-turn-key="k" data-is-streaming="false"><div data-perf-reply-text="" class="standard-markdown">${body}</div></div></div>
</div><fieldset><div data-testid="chat-input" contenteditable="true" role="textbox"><p><br></p></div></fieldset></main>`,
		frames: {
			'a named group out of prose': (code, of) => `<div data-not-prose="">${group(code, of)}</div>`,
			'a named group': group,
			'a group without a name': (code, of) =>
				group(code, of).replace(/ aria-label="[^"]*" class="relative/, ' class="relative'),
			'a group, its button after the code': (code, { lang, copy } = {}) =>
				`<div data-not-prose=""><div role="group"><pre><code${language(lang)}>${code}</code></pre><div>${press(copy)}</div></div></div>`,
			'all in a pre': (code, { lang, copy } = {}) =>
				`<pre><div class="relative flex flex-col rounded-lg"><div class="text-xs">${lang ?? ''}</div>${press(copy)}<div class="!my-0 rounded-lg text-sm"><code${language(lang)}>${code}</code></div></div></pre>`,
			'a pre without a code': (code, { lang } = {}) => `<pre${language(lang)}>${code}</pre>`,
			'with a notice': (code, of) =>
				group(code, of).replace(
					'<div class="sticky',
					'<div class="code-block__notice">Syntax highlighting has been disabled due to code size.</div><div class="sticky',
				),
			'named by its label alone': (code, { lang, copy, aria } = {}) =>
				`<div data-not-prose=""><div role="group" aria-label="${aria}"><div>${press(copy)}</div>${label(lang, 'font-small')}<div><pre><code>${code}</code></pre></div></div></div>`,
			'named by an attribute': (code, { lang } = {}) =>
				`<figure data-not-prose=""><pre${lang ? ` data-language="${lang}"` : ''}><code>${code}</code></pre></figure>`,
		},
		lines: [
			[
				'a chip',
				'<p>Text<span data-not-prose=""><a href="https://x.example">Source</a></span>.</p>',
				paragraph('Text.'),
			],
			['an icon', '<p><span data-cds="Icon">\ue000</span>Text</p>', paragraph('Text')],
			[
				'a table out of prose',
				'<div data-not-prose=""><table><tr><th>a</th></tr><tr><td>1</td></tr></table></div>',
				other('| a |\n|---|\n| 1 |'),
			],
			['a list out of prose', '<div data-not-prose=""><ul><li>one</li></ul></div>', other('- one')],
			['a paragraph out of prose', '<div data-not-prose=""><p>Text</p></div>', paragraph('Text')],
			['code in what should be a chip', '<span data-not-prose=""><pre><code>x</code></pre></span>', code('x')],
			[
				'a code to a line',
				'<div role="group"><button>Copy</button><div><div data-line=""><code>a</code></div><div data-line=""><code></code></div><div data-line=""><code>  b</code></div></div></div>',
				code('a\n\n  b'),
			],
			[
				'thinking',
				'<div data-timeline-text=""><p>No.</p><pre><code>no</code></pre></div><p>Yes.</p>',
				paragraph('Yes.'),
			],
			['a status', '<div role="status"><p>Searching</p></div><p>Yes.</p>', paragraph('Yes.')],
		],
	},
	'chatgpt.com': {
		page: (body) => `<!doctype html><title>Shapes</title><main><div data-app-action-timeline-scroll=""><div>
<div data-turn-key="t1"><div data-content-search-unit-key="t1:user"><div data-user-message-bubble="">Question</div></div></div>
<div data-turn-key="t2"><div data-content-search-unit-key="t2:assistant"><div data-assistant-markdown="" data-markdown-text-style="assistant-message">${body}</div></div></div>
</div></div><form><div id="prompt-textarea" class="ProseMirror" contenteditable="true"><p><br></p></div></form></main>`,
		frames: {
			'a pre around all': roles,
			'a named block with a pre': (code, { label: text, copy } = {}) =>
				`<div data-markdown-copy="code-block">${header(text, copy)}<div><pre><code>${code}</code></pre></div></div>`,
			'a named block with code alone': (code, { label: text, copy } = {}) =>
				`<div data-markdown-copy="code-block">${header(text, copy)}<div class="overflow-x-auto"><code class="whitespace-pre!">${code}</code></div></div>`,
			'a named block with an editor': (code, { label: text, lang, copy } = {}) =>
				`<div data-markdown-copy="code-block">${header(text, copy)}<div class="cm-editor"><div class="cm-scroller"><div class="cm-content"${lang ? ` data-language="${lang}"` : ''}>${rows(code)}</div></div></div></div>`,
			'a pre with an editor': (code, { label: text = '', copy } = {}) =>
				`<pre class="overflow-visible!"><div class="relative w-full"><div class="sticky flex"><div class="text-sm">${text}</div><div>${press(copy)}</div></div><div class="cm-editor"><div class="cm-scroller"><div class="cm-content">${code
					.split('\n')
					.map((line) => `<span>${line}</span>`)
					.join('<br>')}</div></div></div></div></pre>`,
			'a pre with boxes and no code': (code, { label: text = '', copy } = {}) =>
				`<pre><div class="contain-inline-size"><div class="flex items-center text-xs">${text}</div><div class="sticky">${press(copy)}</div><div class="overflow-y-auto p-4">${code
					.split('\n')
					.map((line) => `<span>${line}</span>`)
					.join('<br>')}</div></div></pre>`,
			'a pre with a label glued in front': (code, { label: text = '', copy } = {}) =>
				`<pre>${text}${press(copy)}${code.split('\n').join('<br>')}</pre>`,
			'a box with a button and code alone': (code, { label: text, copy } = {}) =>
				`<div class="relative"><div><div>${text ?? ''}</div>${press(copy)}</div><div><code style="display:block;white-space:pre">${code}</code></div></div>`,
		},
		lines: [
			[
				'code in a line as a span',
				'<p>Use <span data-markdown-copy="inline-code">x</span>.</p>',
				paragraph('Use `x`.'),
			],
			[
				'a citation',
				'<p>Text <span data-testid="chatgpt-citation"><a href="https://x.example"><img alt="" src="f.ico">Source</a></span></p>',
				paragraph('Text'),
			],
			[
				'a bar above a table',
				'<div><div data-markdown-copy="exclude"><button>Copy table</button></div><table><tr><th>a</th></tr></table></div>',
				other('| a |\n|---|'),
			],
			['code drawn as a block', '<code style="display:block;white-space:pre">a\n  b</code>', code('a\n  b')],
			['code of more lines in a box', '<div><code>a\nb</code></div>', code('a\nb')],
			['code of one line in a box', '<div><code>a</code></div>', paragraph('`a`')],
			[
				'rows that are not mounted',
				'<pre><div class="cm-content"><div class="cm-line">a</div><div class="cm-gap" style="height: 900px"></div><div class="cm-line">z</div></div></pre>',
				code('a\nz'),
				GAP,
			],
		],
	},
	'gemini.google.com': {
		page: (
			body,
		) => `<!doctype html><title>Shapes</title><main><infinite-scroller data-test-id="chat-history-container"><div class="conversation-container" id="c1">
<user-query><div class="query-text">Question</div></user-query><model-response><message-content><div class="markdown" aria-busy="false">${body}</div></message-content></model-response></div></infinite-scroller>
<input-container><rich-textarea><div class="ql-editor" contenteditable="true" role="textbox"><p><br></p></div></rich-textarea></input-container></main>`,
		frames: {
			'a block of the site': (code, { label: text, copy } = {}) =>
				`<response-element><code-block><div class="code-block"><div class="code-block-decoration header-formatted">${text ? `<span>${text}</span>` : ''}<div class="buttons">${press(copy)}</div></div><div class="formatted-code-block-internal-container"><div class="animated-opacity"><pre><code role="text" class="code-container formatted">${code}</code></pre></div></div></div></code-block></response-element>`,
			'a block of the site, laid out': (code, { label: text, copy } = {}) => `<response-element>
  <code-block>
    <div class="code-block">
      <div class="code-block-decoration">${text ? `\n        <span>${text}</span>` : ''}
        <div class="buttons">${press(copy)}</div>
      </div>
      <pre><code class="code-container">${code}</code></pre>
    </div>
  </code-block>
</response-element>`,
			'a block of the site, its label after a comment': (code, { label: text, copy } = {}) =>
				`<code-block><!----><div class="code-block"><div class="code-block-decoration"><!---->${text ? `<span> ${text} </span>` : ''}${press(copy)}</div><pre><!----><code>${code}</code></pre></div></code-block>`,
			'a class and no decoration': (code, { lang } = {}) =>
				`<code-block><pre><code${language(lang)}>${code}</code></pre></code-block>`,
		},
		lines: [
			[
				'a formula in a line',
				'<p>So <span class="math-inline" data-math="\\frac{a}{b}"><span class="katex"><span class="katex-html" aria-hidden="true">ab</span></span></span> it is.</p>',
				paragraph('So $\\frac{a}{b}$ it is.'),
			],
			[
				'a formula on its own',
				'<div class="math-block" data-math="x^2"><span class="katex-display"><span class="katex"><span class="katex-html">x2</span></span></span></div>',
				paragraph('$$x^2$$'),
			],
			[
				'a source chip',
				'<p>Text<sources-carousel-inline><source-inline-chip><span class="source-inline-chip-container"><button>Site +1</button></span></source-inline-chip></sources-carousel-inline>.</p>',
				paragraph('Text.'),
			],
			[
				'the number of a source',
				'<p>Text<source-footnote><sup class="superscript" data-turn-source-index="1">1</sup></source-footnote>.</p>',
				paragraph('Text.'),
			],
			[
				'a link of the site',
				'<p>See <link-block><a href="https://x.example/a">here</a></link-block>.</p>',
				paragraph('See [here](https://x.example/a).'),
			],
			[
				'a table of the site',
				'<table-block><div class="horizontal-scroll-wrapper"><table><tr><th>a</th></tr><tr><td>1</td></tr></table></div><button>Export</button></table-block>',
				other('| a |\n|---|\n| 1 |'),
			],
			['thoughts', '<model-thoughts><p>No.</p></model-thoughts><p>Yes.</p>', paragraph('Yes.')],
			['what is not copied', '<p>Text<span hide-from-message-actions=""> more</span></p>', paragraph('Text')],
		],
	},
};
