// Texts that are hard to carry or hard to tell apart: what is stored is what was written, and what only looks like an answer is none.
import { PLANNING, acts, expect, test } from './scene.mjs';

/** Lines that have broken some reader, in bodies of a contract. */
const SCRIPTS = [
	'漢字かな交じり文 한국어 ไทย हिन्दी',
	'שלום עולם, مرحبا بالعالم (mixed \u202Bright to left\u202C) end',
	'👩‍👩‍👧‍👦 👍🏽 🇩🇪 ☃️ e\u0301 Å \u200bzero width\u200d joiner\u2060 \ufeffmark',
	'\u00a0no-break\u00a0space, \u2003em space, \u3000ideographic space',
	'\tone tab before,\t\ttwo between',
	'  trailing blanks  ',
	'$x$ \\(y\\) <context>&amp;</context> <antArtifact> {{nothing}}',
].join('\n');
const FENCES = [
	'```js\nconst inner = "```";\n```',
	'~~~\ntildes\n~~~',
	'- a list\n  ```\n  indented in it\n  ```',
	'> ```\n> quoted\n> ```',
	'```\nnever closed',
].join('\n\n');

/** An answer whose sections have these bodies. @param {string[]} bodies */
const answering = (bodies) => {
	const sections = PLANNING.map((name, at) => `## ${name}\n\n\`\`\`\`\`\n${bodies[at] ?? 'Low.'}\n\`\`\`\`\``);
	return [...sections, acts.trailer(PLANNING)].join('\n\n');
};

const TWICE =
	'the sections come in another order; a section came twice with the same text; a proof stands before a section';

/** What is said of it, where something is. @type {[string, Partial<import('./scene.mjs').Flags>, string?][]} */
const TO_THE_LETTER = [
	['n31 scripts, directions, joiners, marks and blanks of every kind', { answer: answering([SCRIPTS, SCRIPTS]) }],
	['n31 and with the line ends of another system', { answer: answering([SCRIPTS]).replaceAll('\n', '\r\n') }],
	['n32 fences of every kind inside a body', { answer: answering([FENCES, FENCES]) }],
	[
		'n34 a drawing and formulas inside a body stay text',
		{ answer: answering(['```mermaid\ngraph TD; A-->B\n```\n\n$E = mc^2$']), diagrams: true },
	],
	['n43 the same envelope twice', { answer: `${answering(['Once.'])}\n\n${answering(['Once.'])}` }, TWICE],
];

for (const [title, flags, although] of TO_THE_LETTER) {
	test(title, async ({ scene }) => {
		await scene.begin(flags);
		await scene.ask();
		await scene.stored(0, although);
	});
}

/** Nobody could say which text is right, or it is not there and no copy button has it: it is kept as what it is. */
/** @type {[string, Partial<import('./scene.mjs').Flags>, RegExp, string, number][]} */
const NOT_WHOLE = [
	[
		'n34 a drawing and formulas are all that a section has, and their text is not in the page',
		{
			answer: answering([]).replace(/`{5}\nLow.\n`{5}/, '```mermaid\ngraph TD; A-->B\n```'),
			diagrams: true,
		},
		/^Planning: the reply is not complete, 2 of 3 sections\. What came is kept\.$/,
		'section_missing',
		2,
	],
	[
		'n43 the same envelope twice with different texts',
		{ answer: `${answering(['One.'])}\n\n${answering(['Two.'])}` },
		/^Planning: the reply is not complete, 2 of 3 sections\. What came is kept\.$/,
		'section_duplicate',
		2,
	],
];

for (const [title, flags, says, problem, sections_ok] of NOT_WHOLE) {
	test(title, async ({ scene }) => {
		await scene.begin(flags);
		await scene.withoutCopy();
		await scene.ask();
		await scene.bar.says(says);
		await scene.holds({ stands: ['failed', 'pending', 'pending'], problem, sections_ok, captures: 1 });
	});
}

test('n32 a fence that is never closed swallows the proof: there is one way to read it, and that is taken', async ({
	scene,
}) => {
	await scene.begin({ answer: answering(['Fine.']).replace(/`{5}\n\n```promptrunner/, '\n\n```promptrunner') });
	await scene.ask();
	await scene.stored(0, 'a fence has no end, or ended too early');
	expect(await scene.reply()).toContain('Low.');
});

test('n34 a section of prose with a drawing in it is never called whole: the text of the drawing is not in the page', async ({
	scene,
}) => {
	const drawn = 'Some prose.\n\n```mermaid\ngraph TD; A-->B\n```\n\nMore prose.';
	await scene.begin({ answer: answering([]).replace(/`{5}\nLow.\n`{5}/, drawn), diagrams: true });
	await scene.withoutCopy();
	await scene.ask();
	await scene.bar.says(/^Planning: the reply is not complete, 2 of 3 sections\. What came is kept\.$/);
	expect((await scene.store()).stands).toEqual(['failed', 'pending', 'pending']);
});

test('n34 and where the copy button has the text of the drawing, that is stored', async ({ scene }) => {
	const drawn = 'Some prose.\n\n```mermaid\ngraph TD; A-->B\n```\n\nMore prose.';
	await scene.begin({ answer: answering([]).replace(/`{5}\nLow.\n`{5}/, drawn), diagrams: true });
	await scene.ask();
	await scene.bar.says('Planning stored: 3 of 3 sections');
	expect(await scene.reply()).toContain(drawn);
});

test('n32 a fence that is never closed swallows the next section: there is one way to read it, and that is taken', async ({
	scene,
}) => {
	await scene.begin({ answer: answering(['Fine.']).replace(/`{5}\n\n## EXECUTION_NOTES/, '\n\n## EXECUTION_NOTES') });
	await scene.ask();
	await scene.bar.says('Planning stored: 3 of 3 sections');
	expect(await scene.reply()).toContain('Low.');
});

test('n34 formulas in a section of prose are stored as they were written', async ({ scene }) => {
	const prose = 'The energy is $E = mc^2$, which is much.';
	await scene.begin({ answer: answering([]).replace(/`{5}\nLow.\n`{5}/, prose), diagrams: true });
	await scene.ask();
	await scene.bar.says(/^Planning stored: 3 of 3 sections/);
	expect(await scene.reply()).toContain(prose);
});

test('n42 a message of the developer that quotes our proof starts nothing and is no answer', async ({ scene }) => {
	await scene.begin({ answerOnce: ['Sure.', 'Sure.'] });
	const { session, expect: proof } = await scene.status();
	const quoted = `It ends with:\n\nPROMPT-RUNNER/1 ${session} planning 0123456789abcdef\nPROMPT-RUNNER/END 0123456789abcdef`;
	expect(proof?.nonce).not.toBe('0123456789abcdef');
	await acts.write({ page: scene.page, bar: scene.bar }, quoted);
	await acts.answered({ page: scene.page, bar: scene.bar }, 1);
	expect((await scene.store()).stands).toEqual(['prompted', 'pending', 'pending']);
	expect((await scene.status()).conversation).toBeNull();
});

test('n43 an example of the envelope before the real one counts for nothing', async ({ scene }) => {
	const example = `It will look like this:\n\n\`\`\`\`\`markdown\n${acts.answer('planning', [], 'Example.')}\n\`\`\`\`\``;
	await scene.begin({ answer: `${example}\n\n${answering(['Real.'])}` });
	await scene.ask();
	await scene.stored();
});

test('n48 messages that are the same, and messages of two letters, are told apart', async ({ scene }) => {
	const same = ['ok', 'ok', 'ok', 'ok', 'no', 'ok'];
	await scene.beginIn(same, { answerOnce: [answering(['Once.'])] });
	await scene.ask();
	await scene.stored();
	// The same answer once more, to a question that nobody asked for us.
	const [first] = (await scene.said()).slice(-1);
	scene.flags({ answer: first });
	await acts.write({ page: scene.page, bar: scene.bar }, 'ok');
	await scene.page.waitForFunction(
		(turns) => window.__replica.turns.length === turns && !window.__replica.streaming,
		same.length + 4,
	);
	await scene.holds({ stands: ['replied', 'pending', 'pending'], problem: null, sections_ok: 3, captures: 1 });
});
