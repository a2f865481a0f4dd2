// Code blocks as chat pages draw them: the frame around the code, the way of its lines, and the place of the frame in an answer. Each
// frame of a site is met in each place, and each way of drawing lines with each text.

/** @typedef {{ block: string, lang?: string, text: string, level?: number }} Block */
/** @typedef {{ name: string, html: string, blocks: Block[] }} Shape */
/** @typedef {(code: string, of?: { lang?: string, label?: string, copy?: string, aria?: string }) => string} Frame */

/** @param {string} text */
export const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** @param {string} text @param {string} lang @returns {Block} */
export const code = (text, lang = '') => ({ block: 'code', lang, text });
/** @param {string} text @returns {Block} */
export const paragraph = (text) => ({ block: 'paragraph', text });
/** @param {string} text @returns {Block} */
export const other = (text) => ({ block: 'other', text });
/** @param {number} level @param {string} text @returns {Block} */
export const heading = (level, text) => ({ block: 'heading', level, text });
export const GAP = other('[not in the page]');

/** How the lines of a code become elements. Each takes text as it is, and none changes it. @type {Record<string, (lines: string[]) => string>} */
export const LINES = {
	text: (lines) => escaped(lines.join('\n')),
	'text with its last end': (lines) => `${escaped(lines.join('\n'))}\n`,
	'a span to a line, its end inside': (lines) =>
		lines.map((line, at) => `<span>${escaped(line)}${at < lines.length - 1 ? '\n' : ''}</span>`).join(''),
	'a span to a line, its end between': (lines) =>
		lines.map((line) => `<span class="line">${escaped(line)}</span>`).join('\n'),
	'words in spans': (lines) =>
		escaped(lines.join('\n')).replace(
			/[a-z]{2,}(?![a-z]*;)/g,
			'<span class="token"><b style="font-weight:400">$&</b></span>',
		),
	breaks: (lines) => lines.map(escaped).join('<br>'),
	'spans and breaks': (lines) => lines.map((line) => `<span>${escaped(line)}</span>`).join('<br>'),
	'a div to a line': (lines) => lines.map((line) => `<div>${escaped(line)}</div>`).join(''),
	'a div to a line, an empty one with a break': (lines) =>
		lines.map((line) => `<div class="l">${escaped(line) || '<br>'}</div>`).join(''),
	'a div to a line, each with its end': (lines) => lines.map((line) => `<div>${escaped(line)}\n</div>`).join(''),
	'rows of an editor': (lines) =>
		`<div class="cm-content">${lines.map((line) => `<div class="cm-line">${escaped(line) || '<br>'}</div>`).join('')}</div>`,
	'a span drawn as a block to a line': (lines) =>
		lines.map((line) => `<span style="display:block">${escaped(line)}</span>`).join(''),
	'a block to a line, an empty one with a joiner': (lines) =>
		lines.map((line) => `<div class="row"><span>${escaped(line) || '\u200b'}</span></div>`).join(''),
	'a numbered row to a line': (lines) =>
		`<table><tbody>${lines.map((line, at) => `<tr><td class="select-none">${at + 1}</td><td>${escaped(line)}</td></tr>`).join('')}</tbody></table>`,
	'numbers beside the lines': (lines) =>
		lines
			.map(
				(line, at) =>
					`<span class="react-syntax-highlighter-line-number">${at + 1}</span><span>${escaped(line)}\n</span>`,
			)
			.join(''),
	'comments between': (lines) => lines.map(escaped).join('<!-- -->\n<!--$-->'),
};

/** @type {Record<string, string>} */
export const TEXTS = {
	'one line': 'let one = 1;',
	'more lines': 'fn main() {\n    run();\n}',
	'empty lines': 'first\n\nsecond\n\n\nthird',
	'an empty line before': '\nsecond\nthird',
	'blanks and tabs': '\tindented\n  two  blanks\n    - four',
	'a fence inside': 'before\n```rust\nfn main() {}\n```\nafter',
	'markup in it': '<p class="x">&amp; "quoted" <br></p>\n</code></pre>',
	'other scripts': '変数 = "値"\nعربي\n👩‍👩‍👧 é',
	'words like a label': 'python\nCopy\nKopieren',
	'a proof':
		'PROMPT-RUNNER/1 20260101_000000_00000000 analysis 0123456789abcdef\nsection: FINDINGS\nPROMPT-RUNNER/END 0123456789abcdef',
};

const SAMPLE = 'first line\n\n  second line';
const LANG = 'python';

/** Where a frame may stand, and what that comes to. @type {Record<string, (frame: string, block: Block) => Pick<Shape, 'html' | 'blocks'>>} */
const PLACES = {
	'on its own': (frame, block) => ({ html: frame, blocks: [block] }),
	'between paragraphs': (frame, block) => ({
		html: `<p>Before.</p>${frame}<p>After.</p>`,
		blocks: [paragraph('Before.'), block, paragraph('After.')],
	}),
	'in a box with paragraphs': (frame, block) => ({
		html: `<div class="w"><p>Before.</p>${frame}<p>After.</p></div>`,
		blocks: [paragraph('Before.'), block, paragraph('After.')],
	}),
	'in a box with bare text': (frame, block) => ({
		html: `<div class="w">Some words before.<div>${frame}</div>and some after it.</div>`,
		blocks: [paragraph('Some words before.'), block, paragraph('and some after it.')],
	}),
	'in boxes of boxes': (frame, block) => ({
		html: `<div><section><div>${frame}</div></section></div>`,
		blocks: [block],
	}),
	'laid out for people': (frame, block) => ({
		html: `\n      <div>\n        ${frame}\n      </div>\n    `,
		blocks: [block],
	}),
	'in a list': (frame, block) => ({
		html: `<ul><li>Item${frame}</li><li>two</li></ul>`,
		blocks: [other(`- Item\n\n${indented(fenced(block))}\n- two`)],
	}),
	'in a loose numbered list': (frame, block) => ({
		html: `<ol start="3">\n<li>\n<p>Item</p>\n${frame}\n</li>\n<li>\n<p>two</p>\n</li>\n</ol>`,
		blocks: [other(`3. Item\n\n${indented(fenced(block), '   ')}\n4. two`)],
	}),
	'in a quote': (frame, block) => ({
		html: `<blockquote>\n<p>Said:</p>\n${frame}\n</blockquote>`,
		blocks: [other(`> Said:\n>\n${indented(fenced(block), '> ')}`)],
	}),
	'two of them': (frame, block) => ({ html: `<div>${frame}${frame}</div>`, blocks: [block, block] }),
	'under a heading in its box': (frame, block) => ({
		html: `<section><h3>FINDINGS<button type="button">#</button></h3>${frame}</section>`,
		blocks: [heading(3, 'FINDINGS'), block],
	}),
};

/** @param {Block} block */
const fenced = ({ lang, text }) => `\`\`\`${lang}\n${text}\n\`\`\``;
/** @param {string} text @param {string} [by] */
const indented = (text, by = '  ') =>
	text
		.split('\n')
		.map((line) => `${by}${line}`.trimEnd())
		.join('\n');

/** The words on a page's buttons, and what it calls a block of code, in five languages. */
export const LABELS = [
	{ copy: 'Copy', aria: (/** @type {string} */ lang) => `${lang} code` },
	{ copy: 'Kopieren', aria: (/** @type {string} */ lang) => `${lang}-Code` },
	{ copy: 'コピー', aria: (/** @type {string} */ lang) => `${lang} コード` },
	{ copy: '복사', aria: (/** @type {string} */ lang) => `${lang} 코드` },
	{ copy: 'Copier', aria: (/** @type {string} */ lang) => `code ${lang}` },
];

/**
 * Every shape of code on one site.
 * @param {Record<string, Frame>} frames Those of the site. The first one takes every way of drawing lines.
 * @returns {Shape[]}
 */
export function codeShapes(frames) {
	/** @type {Shape[]} */
	const shapes = [];
	const sample = LINES.text(SAMPLE.split('\n'));
	for (const [frame, draw] of Object.entries(frames)) {
		for (const [place, put] of Object.entries(PLACES)) {
			const { html, blocks } = put(
				draw(sample, { lang: LANG, label: 'Python', copy: 'Copy', aria: 'python code' }),
				code(SAMPLE, LANG),
			);
			shapes.push({ name: `${frame}, ${place}`, html, blocks });
		}
		for (const { copy, aria } of LABELS) {
			const html = draw(sample, { copy, aria: aria('plain') });
			shapes.push({ name: `${frame}, no language, “${copy}”`, html, blocks: [code(SAMPLE)] });
		}
	}
	const [first] = Object.values(frames);
	for (const [way, draw] of Object.entries(LINES)) {
		for (const [what, text] of Object.entries(TEXTS)) {
			const html = first(draw(text.split('\n')), { lang: LANG, label: 'Python', copy: 'Copy', aria: 'python code' });
			shapes.push({ name: `${way}: ${what}`, html, blocks: [code(text, LANG)] });
		}
	}
	return shapes;
}
