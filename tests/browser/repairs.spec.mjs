// An incomplete answer is not the end: its rest, what it lacks, or the whole of it is one click away, and so is taking it as it is.
import * as acts from './acts.mjs';
import { FIRST, PHASE, answer, expect, test, trailer } from './acts.mjs';

const SECTIONS = ['ANALYSIS_TEMPLATE', 'IMPLEMENTATION_TEMPLATE', 'EXECUTION_NOTES'];
const BODY = Array.from({ length: 12 }, (_, at) => `Step ${at + 1}: look at src/tasks/query.ts and its tests.`);
const fence = '````';
const section = (/** @type {string} */ name, /** @type {string[]} */ lines) =>
	`## ${name}\n\n${fence}\n${lines.join('\n')}\n${fence}`;

/** A planning answer that stops in the middle of a line of its second section. */
const half = `${section(SECTIONS[0], BODY)}\n\n## ${SECTIONS[1]}\n\n${fence}\n${BODY.slice(0, 6).join('\n').slice(0, -20)}`;

test('the rest of a cut answer is asked for, joined to what came, and stored as one', async ({ open }) => {
	const stage = await open({ flags: { pace: 0, answerOnce: [half] } });
	const chat = await acts.begin(stage);
	const { page, bar } = chat;
	await acts.ask(chat, 'Planning');
	await bar.says('Planning: the reply stopped early, 1 of 3 sections. What came is kept.');

	await bar.click('Ask for the rest of Planning');
	await bar.says('Planning: the prompt is in the composer. Press Enter to send it.');
	const prompt = await page.evaluate(() => window.__replica.editorText());
	expect(prompt).toContain(`${BODY[4]}\n${BODY[5].slice(0, -20)}\n`);
	expect(prompt).not.toContain(`section: ${SECTIONS[0]}`);
	const rest = [
		'Going on where I stopped:',
		section(SECTIONS[1], BODY.slice(4)),
		section(SECTIONS[2], BODY),
		trailer(SECTIONS.slice(1)),
	];
	stage.replica.setFlags({ answerOnce: [rest.join('\n\n')] });
	await page.keyboard.press('Enter');
	await bar.says('Planning stored: 3 of 3 sections');

	expect((await stage.status()).phases[0]).toMatchObject({ stand: 'replied', problem: null, retries: 1 });
	const kept = await stage.cli('orchestrate', 'show', '--reply', 'planning');
	expect(kept.split(BODY.join('\n'))).toHaveLength(4);
	expect(kept).not.toContain('Going on where');
	await bar.click('Put the Analysis prompt in');
	await bar.says('Analysis: the prompt is in the composer');
});

test('what a complete answer lacks is asked for alone', async ({ open }) => {
	const stage = await open({ flags: { pace: 0, answerOnce: [answer('planning', [SECTIONS[1]], BODY.join('\n'))] } });
	const chat = await acts.begin(stage);
	const { page, bar } = chat;
	await acts.ask(chat, 'Planning');
	await bar.says('Planning: the reply is not complete, 2 of 3 sections. What came is kept.');

	await bar.click('Ask for what Planning lacks');
	await bar.says('Planning: the prompt is in the composer');
	const prompt = await page.evaluate(() => window.__replica.editorText());
	expect(prompt.match(/section: \w+/g)).toEqual([`section: ${SECTIONS[1]}`]);
	await page.keyboard.press('Enter');
	await bar.says('Planning stored: 3 of 3 sections');
	const kept = await stage.cli('orchestrate', 'show', '--reply', 'planning');
	expect(kept.match(/^#+ [A-Z_]+$/gm)).toEqual(SECTIONS.map((name) => expect.stringContaining(name)));
});

test('an incomplete answer is accepted as it is only by a click, and the record says so', async ({ open }) => {
	const stage = await open({ flags: { pace: 0, answerOnce: [half] } });
	const chat = await acts.begin(stage);
	const { bar } = chat;
	await acts.ask(chat, 'Planning');
	await bar.says('Planning: the reply stopped early');
	await bar.click('Accept Planning as it is');
	await bar.says(/^Planning accepted as it is: 1 of 3 sections, \d+ lines\.$/);
	expect(await acts.store(stage)).toEqual({ stands: ['replied', 'pending', 'pending'], events: FIRST + PHASE + 1 });
	expect((await stage.status()).phases[0]).toMatchObject({ accepted: true, problem: 'cut' });
	expect(await stage.cli('orchestrate', 'status')).toMatch(/✓ Planning +accepted as it is/);
	expect((await bar.shown())?.button).toBe('Put the Analysis prompt in');
	await acts.put(chat, 'Analysis');
});

test('a long prompt that the site turns into an attachment is not said to be in the composer', async ({ open }) => {
	const stage = await open({ flags: { pace: 0, composerPasteChip: 100 } });
	const chat = await acts.begin(stage);
	// An editor that takes no nodes: the paste is the next way, and this site makes an attachment of it.
	await chat.page.evaluate(() => {
		const editor = document.querySelector('[data-testid=chat-input]');
		editor?.addEventListener(
			'input',
			(event) => event.isTrusted || editor.replaceChildren(document.createElement('p')),
		);
	});
	await chat.bar.click('Put the Planning prompt in');
	await chat.bar.says('The site turned the prompt into an attachment, which the model may not see whole.');
	expect(await acts.store(stage)).toMatchObject({ stands: ['prompted', 'pending', 'pending'] });
});
