// Text as every site may draw it: what a renderer makes of markdown, laid out tightly or for people to read, and what becomes of it.
import { code, GAP, heading, other, paragraph } from './code.mjs';

/** @typedef {import('./sites.mjs').Line} Line */

const LONG = 'One line of the text that goes on for a while';
const katex = (/** @type {string} */ source, inner = 'ab') =>
	`<span class="katex"><span class="katex-mathml"><math><semantics><mrow>${inner}</mrow><annotation encoding="application/x-tex">${source}</annotation></semantics></math></span><span class="katex-html" aria-hidden="true">${inner}</span></span>`;

/** @type {Line[]} */
export const LINES = [
	// headings
	...[1, 2, 3, 4, 5].map(
		(level) =>
			/** @type {Line} */ ([`a heading of level ${level}`, `<h${level}>NAME</h${level}>`, heading(level, 'NAME')]),
	),
	['a heading with code', '<h3>The <code>NAME</code> of it</h3>', heading(3, 'The NAME of it')],
	['a heading laid out', '<h3>\n    NAME\n    of it\n  </h3>', heading(3, 'NAME of it')],
	['a heading with a link to itself', '<h3>NAME<a class="anchor" href="#name">#</a></h3>', heading(3, 'NAME')],
	['a heading by its role', '<div role="heading" aria-level="3">NAME</div>', heading(3, 'NAME')],
	['a heading in bold', '<h2><strong>NAME</strong></h2>', heading(2, 'NAME')],
	['a heading with a comment', '<h2>NA<!-- -->ME</h2>', heading(2, 'NAME')],
	// paragraphs and blanks
	['a paragraph', '<p>Text.</p>', paragraph('Text.')],
	['two paragraphs laid out', '\n  <p>One.</p>\n\n  <p>Two.</p>\n', paragraph('One.'), paragraph('Two.')],
	['a paragraph laid out', `<p>\n      ${LONG}\n      and on.\n    </p>`, paragraph(`${LONG} and on.`)],
	['a line of markdown in a paragraph', '<p>One\ntwo</p>', paragraph('One\ntwo')],
	['a break', '<p>One<br>two</p>', paragraph('One\ntwo')],
	['a break laid out', '<p>One<br>\n      two</p>', paragraph('One\ntwo')],
	['marks laid out', '<p>\n  <strong>One</strong>\n  <em>two</em>\n</p>', paragraph('**One** *two*')],
	['many blanks', '<p>One    two</p>', paragraph('One two')],
	[
		'blanks that are drawn',
		'<p style="white-space:pre-wrap">One    two\n  three</p>',
		paragraph('One    two\n  three'),
	],
	['text in a box', '<div>Text.</div>', paragraph('Text.')],
	['text and marks in a box', '<div>Some <b>bold</b> text.</div>', paragraph('Some **bold** text.')],
	[
		'text beside a paragraph',
		'<div>One.<p>Two.</p>Three.</div>',
		paragraph('One.'),
		paragraph('Two.'),
		paragraph('Three.'),
	],
	['comments between words', '<p>One<!-- --> <!--$-->two<!--/$--></p>', paragraph('One two')],
	['an empty paragraph', '<p></p><p> </p><p>Text.</p>', paragraph('Text.')],
	[
		'a box in a paragraph that cannot be',
		'<section><span>One</span><div>two</div></section>',
		paragraph('One'),
		paragraph('two'),
	],
	['a place to break a word', '<p>one<wbr>two</p>', paragraph('onetwo')],
	['another direction', '<p dir="rtl">واحد</p>', paragraph('واحد')],
	// marks
	['bold', '<p>a <strong>b</strong> c</p>', paragraph('a **b** c')],
	['bold with blanks in it', '<p>a<strong> b </strong>c</p>', paragraph('a **b** c')],
	['bold without anything', '<p>a<strong></strong>b</p>', paragraph('ab')],
	['italics', '<p>a <em>b</em> c</p>', paragraph('a *b* c')],
	['both', '<p><strong><em>b</em></strong></p>', paragraph('***b***')],
	['struck out', '<p><del>b</del></p>', paragraph('~~b~~')],
	['code in a line', '<p>a <code>b</code> c</p>', paragraph('a `b` c')],
	['code with a backtick', '<p><code>a`b</code></p>', paragraph('`` a`b ``')],
	['code with blanks', '<p><code>a  b</code></p>', paragraph('`a  b`')],
	['a key', '<p>Press <kbd>Ctrl</kbd>.</p>', paragraph('Press <kbd>Ctrl</kbd>.')],
	['below and above', '<p>H<sub>2</sub>O, x<sup>2</sup></p>', paragraph('H<sub>2</sub>O, x<sup>2</sup>')],
	['a link', '<p><a href="https://x.example/">here</a></p>', paragraph('[here](https://x.example/)')],
	[
		'a link to what it says',
		'<p><a href="https://x.example/">https://x.example/</a></p>',
		paragraph('https://x.example/'),
	],
	['an address that became a link', '<p><a href="http://x.example">x.example</a></p>', paragraph('x.example')],
	[
		'a mail address that became a link',
		'<p><a href="mailto:a@x.example">a@x.example</a></p>',
		paragraph('a@x.example'),
	],
	[
		'a link laid out',
		'<p>See <a href="https://x.example/">\n  here\n</a>.</p>',
		paragraph('See [here](https://x.example/) .'),
	],
	[
		'a picture',
		'<p><img alt="A plan" src="https://x.example/a.png"></p>',
		paragraph('![A plan](https://x.example/a.png)'),
	],
	[
		'a picture of this page alone',
		'<p><img alt="A plan" src="data:image/png;base64,AA"></p>',
		paragraph('![A plan]()'),
	],
	['a picture of a letter', '<p>Good <img alt="👍" src="x.png"></p>', paragraph('Good 👍')],
	['an ornament', '<p>Text<img alt="" src="x.png"></p>', paragraph('Text')],
	['an icon', '<p>Text <svg><path d="M0 0"/></svg></p>', paragraph('Text')],
	['a button in a line', '<p>Text<button>Copy</button></p>', paragraph('Text')],
	['text for screen readers elsewhere', '<p>Text</p><style>p{}</style><script>1</script>', paragraph('Text')],
	// lists
	['a list', '<ul><li>one</li><li>two</li></ul>', other('- one\n- two')],
	['a list laid out', '<ul>\n  <li>\n    one\n  </li>\n  <li>two</li>\n</ul>', other('- one\n- two')],
	['a loose list', '<ul>\n<li>\n<p>one</p>\n</li>\n<li>\n<p>two</p>\n</li>\n</ul>', other('- one\n- two')],
	['a numbered list', '<ol><li>one</li><li>two</li></ol>', other('1. one\n2. two')],
	['a numbered list from elsewhere', '<ol start="7"><li>one</li><li value="9">two</li></ol>', other('7. one\n9. two')],
	['a list in a list', '<ul><li>one<ul><li>two</li></ul></li></ul>', other('- one\n  - two')],
	['a list in a list laid out', '<ul>\n<li>one\n<ul>\n<li>two</li>\n</ul>\n</li>\n</ul>', other('- one\n  - two')],
	['a list directly in a list', '<ul><li>one</li><ul><li>two</li></ul></ul>', other('- one\n  - two')],
	['marks in a list', '<ul><li><strong>a</strong> b <code>c</code></li></ul>', other('- **a** b `c`')],
	[
		'tasks',
		'<ul class="contains-task-list"><li class="task-list-item"><input type="checkbox" disabled checked> done</li><li class="task-list-item"><input type="checkbox" disabled> open</li></ul>',
		other('- [x] done\n- [ ] open'),
	],
	['tasks in paragraphs', '<ul><li><p><input type="checkbox" checked> done</p></li></ul>', other('- [x] done')],
	['tasks with labels', '<ul><li><label><input type="checkbox">open</label></li></ul>', other('- [ ] open')],
	[
		'tasks as elements that play boxes',
		'<ul><li><span role="checkbox" aria-checked="true"></span>done</li><li><button role="checkbox" aria-checked="false"></button>open</li></ul>',
		other('- [x] done\n- [ ] open'),
	],
	['two paragraphs in an item', '<ul><li><p>one</p><p>two</p></li></ul>', other('- one\n\n  two')],
	['a box in an item', '<ul><li><div>one</div></li></ul>', other('- one')],
	// quotes, tables, rules
	['a quote', '<blockquote><p>one</p></blockquote>', other('> one')],
	['a quote laid out', '<blockquote>\n  <p>one</p>\n  <p>two</p>\n</blockquote>', other('> one\n>\n> two')],
	['a quote of bare text', '<blockquote>one</blockquote>', other('> one')],
	['a list in a quote', '<blockquote><ul><li>one</li></ul></blockquote>', other('> - one')],
	[
		'a table',
		'<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>',
		other('| a | b |\n|---|---|\n| 1 | 2 |'),
	],
	[
		'a table laid out',
		'<table>\n<thead>\n<tr>\n<th>\n a\n</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>\n 1\n</td>\n</tr>\n</tbody>\n</table>',
		other('| a |\n|---|\n| 1 |'),
	],
	[
		'a table with sides',
		'<table><tr><th style="text-align:right">a</th><th align="center">b</th></tr></table>',
		other('| a | b |\n|---:|:---:|'),
	],
	[
		'a table with lines in a cell',
		'<table><tr><th>a</th></tr><tr><td>1<br>2</td></tr></table>',
		other('| a |\n|---|\n| 1<br>2 |'),
	],
	['a table with a bar in a cell', '<table><tr><th>a|b</th></tr></table>', other('| a\\|b |\n|---|')],
	['a table in a box', '<div class="overflow-x-auto"><table><tr><th>a</th></tr></table></div>', other('| a |\n|---|')],
	['a rule', '<hr>', other('---')],
	[
		'what can be folded',
		'<details><summary>More</summary><p>Text.</p></details>',
		other('<details>\n<summary>More</summary>'),
		paragraph('Text.'),
		other('</details>'),
	],
	// formulas
	['KaTeX', `<p>So ${katex('\\frac{a}{b}')} it is.</p>`, paragraph('So $\\frac{a}{b}$ it is.')],
	['KaTeX on its own', `<span class="katex-display">${katex('\\frac{a}{b}')}</span>`, paragraph('$$\\frac{a}{b}$$')],
	[
		'KaTeX drawn alone',
		'<p>So <span class="katex"><span class="katex-html" aria-hidden="true">ab</span></span></p>',
		other('So [not in the page]'),
	],
	['KaTeX that failed', '<p><span class="katex-error" title="x">\\frac{a</span></p>', paragraph('$\\frac{a$')],
	[
		'MathML with its source',
		'<p><math alttext="\\frac{a}{b}"><mfrac><mi>a</mi><mi>b</mi></mfrac></math></p>',
		paragraph('$\\frac{a}{b}$'),
	],
	['MathML alone', '<p><math><mfrac><mi>a</mi><mi>b</mi></mfrac></math></p>', GAP],
	[
		'MathJax 2',
		'<p>So <span class="MathJax_Preview"></span><span class="MathJax"><nobr>ab</nobr></span><script type="math/tex">\\frac{a}{b}</script>.</p>',
		paragraph('So $\\frac{a}{b}$.'),
	],
	[
		'MathJax 2 on its own',
		'<div class="MathJax_Display"><span class="MathJax">ab</span></div><script type="math/tex; mode=display">\\frac{a}{b}</script>',
		paragraph('$$\\frac{a}{b}$$'),
	],
	[
		'MathJax 4',
		'<p><mjx-container><mjx-math data-latex="\\frac{a}{b}"><mjx-mi>ab</mjx-mi></mjx-math></mjx-container></p>',
		paragraph('$\\frac{a}{b}$'),
	],
	[
		'MathJax 3 alone',
		'<p>So <mjx-container><mjx-math><mjx-mi>ab</mjx-mi></mjx-math></mjx-container></p>',
		other('So [not in the page]'),
	],
	['a formula as an attribute', '<p><span data-latex="\\frac{a}{b}">ab</span></p>', paragraph('$\\frac{a}{b}$')],
	['a formula in a list', `<ul><li>So ${katex('x^2', 'x2')}</li></ul>`, other('- So $x^2$')],
	['a formula in a heading', `<h3>On ${katex('x^2', 'x2')}</h3>`, heading(3, 'On $x^2$')],
	['a formula in a cell', `<table><tr><th>${katex('x^2', 'x2')}</th></tr></table>`, other('| $x^2$ |\n|---|')],
	['a sum that looks like versions', '<p>1 / 6</p>', paragraph('1 / 6')],
	// notes
	[
		'a note',
		'<p>Text<sup><a href="#user-content-fn-1" id="user-content-fnref-1" data-footnote-ref="">1</a></sup>.</p>',
		paragraph('Text[^1].'),
	],
	[
		'the notes',
		'<section data-footnotes="" class="footnotes"><ol><li id="user-content-fn-1"><p>A note. <a href="#user-content-fnref-1" data-footnote-backref="">↩</a></p></li></ol></section>',
		other('[^1]: A note.'),
	],
	['a line of code with a break', '<p><code>a<br>b</code></p>', paragraph('`a b`')],
	[
		'lines drawn as boxes by their style',
		'<div><span style="display:block">One</span><span style="display:block">Two</span></div>',
		paragraph('One'),
		paragraph('Two'),
	],
	['a caption', '<table><caption>Sizes</caption><tr><th>a</th></tr></table>', other('Sizes\n\n| a |\n|---|')],
	[
		'a title above code',
		'<figure><figcaption>main.py</figcaption><pre><code>x</code></pre></figure>',
		paragraph('main.py'),
		code('x'),
	],
	['text in a pre around code', '<pre>one <code>two</code> three</pre>', code('one two three')],
	['a term and what it means', '<dl><dt>One</dt><dd>Two</dd></dl>', paragraph('One'), paragraph('Two')],
	['a film', '<div><video></video></div>', GAP],
	[
		'a picture with a source',
		'<picture><source srcset="a.webp"><img alt="A plan" src="https://x.example/a.png"></picture>',
		paragraph('![A plan](https://x.example/a.png)'),
	],
	['a heading on a button', '<button type="button"><h3>Fold</h3></button><p>Text.</p>', paragraph('Text.')],
	[
		'a quote in a quote',
		'<blockquote><p>one</p><blockquote><p>two</p></blockquote></blockquote>',
		other('> one\n>\n> > two'),
	],
	[
		'code in a quote in a list',
		'<ul><li><blockquote><pre><code>x</code></pre></blockquote></li></ul>',
		other('- > ```\n  > x\n  > ```'),
	],
	// what others draw
	['a drawing', '<div><svg><rect/></svg></div>', GAP],
	[
		'another extension',
		'<p>One.</p><other-extension-badge>AI checked</other-extension-badge><p>Two.</p>',
		paragraph('One.'),
		paragraph('Two.'),
	],
	['what stands in a shadow', '<div><template shadowrootmode="open"><p>Text.</p></template></div>', GAP],
	['what stands in a closed shadow', '<div><template shadowrootmode="closed"><pre>Text.</pre></template></div>', GAP],
];
