// It never lies: what is cut, foreign, empty, quoted or refused is said to be so, in the bar and in the store, and what is no answer
// of ours is left alone.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import * as acts from './acts.mjs';
import { FIRST, PHASE, answer, answered, expect, test, trailer } from './acts.mjs';

const shots = join(import.meta.dirname, 'shots');
const AT_ONCE = { pace: 0 };
const AWAITING = { stands: ['awaiting', 'pending', 'pending'], events: FIRST + PHASE - 1 };

test('what an answer was taken with is said in words by the bar, the popup and the terminal, and of another nothing is said', async ({
	open,
}) => {
	const odd = answer('planning').replace('## EXECUTION_NOTES', '**EXECUTION_NOTES:**');
	const stage = await open({ flags: { ...AT_ONCE, answerOnce: [odd] } });
	const chat = await acts.begin(stage);
	const although = 'Taken although: a section name is not written exactly.';
	await acts.ask(chat, 'Planning');
	await chat.bar.says(
		/^Planning stored: 3 of 3 sections, \d+ lines\. Taken although: a section name is not written exactly\.$/,
	);
	const popup = await stage.popup(chat.page);
	await expect(popup.locator('#phases .although')).toHaveText(although);
	await mkdir(shots, { recursive: true });
	await popup.screenshot({ path: join(shots, 'popup-although.png'), fullPage: true });
	await chat.page.bringToFront();
	await chat.page.screenshot({ path: join(shots, 'bar-although.png') });
	expect(await stage.cli('orchestrate', 'status')).toContain(`\n      ${although}\n`);
	expect((await stage.status()).phases.map(({ oddities }) => oddities)).toEqual([['heading_style'], [], []]);

	await acts.ask(chat, 'Analysis');
	await chat.bar.says(/^Analysis stored: 3 of 3 sections, \d+ lines\.$/);
	await expect(popup.locator('#phases [data-stand=replied]')).toHaveCount(2);
	await expect(popup.locator('#phases .although')).toHaveCount(1);
});

test('a cut answer is called cut and kept, and asking again with a fresh prompt mends it', async ({ open }) => {
	const stage = await open({ flags: { ...AT_ONCE, cutAt: 0.6 } });
	const chat = await acts.begin(stage);
	const { page, bar } = chat;
	await acts.ask(chat, 'Planning');
	const cut = 'Planning: the reply stopped early, 1 of 3 sections. What came is kept.';

	await test.step('what came is kept as what it is', async () => {
		await bar.says(cut);
		expect(await bar.shown()).toMatchObject({
			tone: 'attention',
			steps: ['! Planning', 'Analysis', 'Implementation'],
			button: 'Ask for the rest of Planning',
		});
		const offers = (await bar.shown())?.buttons.map(({ name }) => name);
		expect(offers).toEqual(['Ask for the rest of Planning', 'Ask for Planning again', 'Accept Planning as it is']);
		expect(await acts.store(stage)).toEqual({ stands: ['failed', 'pending', 'pending'], events: FIRST + PHASE });
		const [row] = (await stage.status()).phases;
		expect(row).toMatchObject({ problem: 'cut', sections_ok: 1, sections_of: 3, retries: 0 });
		// The page shows no fences and no markers, so the store may write them in its own way; every word stands.
		const words = (/** @type {string} */ text) => text.replaceAll(/[`|-]+/g, ' ').match(/[\w'.,:/]+/g);
		const kept = words(await stage.cli('orchestrate', 'show', '--reply', 'planning'));
		expect(kept).toEqual(words(await page.evaluate(() => window.__replica.turns[1].text)));
		const badge = { text: 'P', title: 'Prompt-Runner: Planning needs your attention.' };
		await expect.poll(() => stage.badge(page)).toEqual(badge);
		const { trusted, captured_ms, last_token_ms, sent_ms, duration_ms } = row;
		// It stayed quiet for two seconds before it was called cut, and they are not counted as the model's.
		expect((captured_ms ?? 0) - (last_token_ms ?? 0)).toBeGreaterThanOrEqual(1_990);
		expect(trusted && duration_ms).toBeLessThanOrEqual((last_token_ms ?? 0) - (sent_ms ?? 0) + 5);
	});

	await test.step('a reload does not make it better or worse', async () => {
		await page.reload();
		// The answer is brought to the host once more, which knows it; for that moment there is no button. What the bar says before
		// may be gone before anybody looks.
		await bar.says(cut);
		await expect.poll(async () => (await bar.shown())?.button).toBe('Ask for the rest of Planning');
		await answered(chat, 1);
		expect((await acts.store(stage)).events).toBe(FIRST + PHASE);
	});

	await test.step('the next prompt is another one, and its answer is taken', async () => {
		const before = (await stage.status()).expect?.nonce;
		stage.replica.setFlags({ cutAt: 1 });
		await bar.listen();
		await bar.click('Ask for Planning again');
		await bar.says('Planning: the prompt is in the composer. Press Enter to send it.');
		const { expect: proof, phases } = await stage.status();
		expect(proof?.nonce).toMatch(/^[0-9a-f]{16}$/);
		expect(proof?.nonce).not.toBe(before);
		expect(phases[0]).toMatchObject({ stand: 'prompted', problem: null, retries: 1, bytes: 0 });
		expect(await page.evaluate(() => window.__replica.editorText())).toContain(`PROMPT-RUNNER/END ${proof?.nonce}`);
		await page.keyboard.press('Enter');
		await bar.says(/^Planning stored: 3 of 3 sections, [1-9]\d+ lines\.$/);
		const heard = /** @type {string[]} */ (await bar.evaluate('globalThis.heard'));
		const beforeTheEnd = heard.slice(0, heard.indexOf('Planning: storing the reply.'));
		expect(beforeTheEnd).not.toHaveLength(0);
		expect(beforeTheEnd.filter((said) => /stored|stopped early|complete/.test(said))).toEqual([]);
		expect(await acts.store(stage)).toEqual({
			stands: ['replied', 'pending', 'pending'],
			events: FIRST + 2 * PHASE,
		});
		expect((await stage.status()).phases[0]).toMatchObject({ problem: null, sections_ok: 3, retries: 1 });
	});
});

test('an answer with the proof of another prompt is never taken, not even by hand', async ({ open }) => {
	const stage = await open({ flags: { ...AT_ONCE, foreignNonce: true } });
	const chat = await acts.begin(stage);
	const { page, bar } = chat;
	await acts.ask(chat, 'Planning');
	await answered(chat, 1);
	await bar.says('Planning: waiting for the reply.');
	expect(await acts.store(stage)).toEqual(AWAITING);

	await bar.press(async () => (await bar.buttons())[0]);
	await bar.says(
		'The reply proves that it answers another prompt than the one of planning. This answers another prompt. Give the answer to the prompt of this phase.',
	);
	expect(await bar.shown()).toMatchObject({ tone: 'attention', current: 'Planning' });
	expect((await bar.buttons()).map(({ button }) => button)).toEqual(['Send to Prompt-Runner']);
	expect(await acts.store(stage)).toEqual(AWAITING);
	expect(await acts.waiting(stage)).toEqual([]);

	await page.reload();
	await bar.says('Planning: waiting for the reply.');
	await answered(chat, 1);
	expect(await acts.store(stage)).toEqual(AWAITING);
});

test('an ordinary chat stays as it is: no bar, no button, not a mark on the page, until a session begins in it', async ({
	open,
}) => {
	const stage = await open({ flags: AT_ONCE });
	const texts = ['Will it rain?', 'Take a coat.', 'And tomorrow?', '## NOTES\n\n```js\nrain();\n```\n\n1. one\n2. two'];
	const id = stage.replica.conversations.seed('About the weather', texts);
	const { page, bar } = await stage.visit(`/chat/${id}`);
	await answered({ page, bar }, 2);
	const badge = { text: '', title: 'Prompt-Runner: no session here. Click to start one.' };
	await expect.poll(() => stage.badge(page)).toEqual(badge);
	expect(await bar.shown()).toBeUndefined();

	/** @param {import('./acts.mjs').Page} page */
	const document = (page) =>
		page.evaluate(() => window.document.documentElement.outerHTML.replaceAll(/nonce="[^"]*"/g, ''));
	const { replica } = stage;
	const plain = await chromium.launch({
		executablePath: process.env.PROMPT_RUNNER_CHROMIUM ?? '/usr/bin/chromium',
		args: [
			'--headless=new',
			'--no-sandbox',
			`--host-resolver-rules=MAP claude.ai 127.0.0.1:${replica.port}, MAP * ~NOTFOUND , EXCLUDE 127.0.0.1`,
			`--ignore-certificate-errors-spki-list=${replica.spki}`,
		],
	});
	try {
		const bare = await plain.newPage({ viewport: page.viewportSize() });
		await bare.goto(page.url());
		await answered({ page: bare, bar }, 2);
		await expect(async () => expect(await document(page)).toBe(await document(bare))).toPass({ timeout: 10_000 });
	} finally {
		await plain.close();
	}

	await acts.write({ page, bar }, 'Thank you.');
	await answered({ page, bar }, 3);
	await expect(page.locator('[data-prompt-runner]')).toHaveCount(0);
	expect(await stage.cli('orchestrate', 'list')).toContain('There are no sessions yet.');

	const popup = await stage.popup(page);
	await popup.evaluate(
		async (conversation) => {
			const request = { type: 'start', feature: 'A roof', conversation };
			await chrome.runtime.sendMessage({ to: 'host', request });
		},
		`claude.ai${new URL(page.url()).pathname}`,
	);
	await bar.says('Planning: put the prompt into the composer.');
	await expect.poll(async () => (await bar.buttons()).length).toBe(3);
});

test('who quotes the proof has not answered: neither the model, nor the developer, nor an echo of the prompt', async ({
	open,
}) => {
	const rules = trailer(['ANALYSIS_TEMPLATE', 'IMPLEMENTATION_TEMPLATE', 'EXECUTION_NOTES']);
	const beside = 'Planning: this reply is not what was asked for, so nothing of it was stored.';
	const quoted = `Your rules end like this:\n\n\`\`\`\`\nAs you asked:\n${rules}\n\`\`\`\`\n\nShall I begin?`;
	const stage = await open({ flags: { ...AT_ONCE, answerOnce: [quoted, 'Nothing more to say.'] } });
	const chat = await acts.begin(stage);
	const { page, bar } = chat;
	await acts.ask(chat, 'Planning');

	await test.step('a quotation in an answer', async () => {
		await answered(chat, 1);
		expect(await page.evaluate(() => window.__replica.turns[1].text)).toContain('PROMPT-RUNNER/END');
		await bar.says(beside);
		expect((await bar.shown())?.button).toBe('Put the Planning prompt in again');
		expect(await acts.store(stage)).toEqual(AWAITING);
	});
	await test.step('a quotation by the developer', async () => {
		const { session, expect: proof } = await stage.status();
		const end = `PROMPT-RUNNER/1 ${session} planning ${proof?.nonce} section: NOTES PROMPT-RUNNER/END ${proof?.nonce}`;
		await acts.write(chat, end);
		await answered(chat, 2);
		await bar.says(beside);
		expect(await acts.store(stage)).toEqual(AWAITING);
	});
	await test.step('the whole prompt, said back: it proves the right thing and has no section', async () => {
		const prompt = (await stage.cli('orchestrate', 'show', '--prompt', 'planning')).trimEnd();
		stage.replica.setFlags({ answerOnce: [prompt] });
		await bar.listen();
		await acts.write(chat, 'Please repeat my first message to the letter.');
		await answered(chat, 3);
		await bar.heard(/coming in.*not what was asked for/s);
		expect(await acts.store(stage)).toEqual(AWAITING);
	});
});

test('an answer whose node is replaced while it streams: one capture, one button, one bar', async ({ open }) => {
	const stage = await open({ flags: { pace: 4000, rerender: 1500 } });
	const chat = await acts.begin(stage);
	const { page, bar } = chat;
	await page.evaluate(() => {
		const seen = new Set();
		Object.assign(window, { seen });
		const look = () => {
			for (const message of document.querySelectorAll('[data-testid=assistant-message]')) seen.add(message);
		};
		new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
	});
	await acts.ask(chat, 'Planning');
	await bar.says('Planning stored: 3 of 3 sections');
	await answered(chat, 1);

	// It was replaced indeed.
	expect(await page.evaluate(() => /** @type {Window & { seen?: Set<Element> }} */ (window).seen?.size)).toBe(2);
	expect((await bar.buttons()).map(({ button }) => button)).toEqual(['Stored']);
	await expect(page.locator('[data-prompt-runner=bar]')).toHaveCount(1);
	expect(await acts.store(stage)).toEqual({ stands: ['replied', 'pending', 'pending'], events: FIRST + PHASE });
	expect((await stage.status()).phases[0]).toMatchObject({ sections_ok: 3, trusted: true });
});

test('an empty answer and one that lacks a section are called what they are', async ({ open }) => {
	const stage = await open({ flags: { ...AT_ONCE, answer: '' } });
	const chat = await acts.begin(stage);
	const { bar } = chat;

	await test.step('empty: nothing came, so it is still awaited', async () => {
		await acts.ask(chat, 'Planning');
		await answered(chat, 1);
		await bar.says('Planning: this reply is not what was asked for');
		await bar.press(async () => (await bar.buttons())[0]);
		await bar.says('The reply is empty. Give the complete answer of the model, from its first line to its last.');
		expect(await acts.store(stage)).toEqual(AWAITING);
	});
	await test.step('a section is missing although the proof is there', async () => {
		const lacking = answer('planning', ['IMPLEMENTATION_TEMPLATE']);
		const { session, expect: proof } = await stage.status();
		const filled = { session, phase: 'planning', nonce: proof?.nonce ?? '' };
		stage.replica.setFlags({
			answer: lacking.replace(/\{\{(session|phase|nonce)\}\}/g, (_, name) => filled[/** @type {'nonce'} */ (name)]),
		});
		await acts.write(chat, 'Your answer was empty. Once more, please.');
		await bar.says('Planning: the reply is not complete, 2 of 3 sections. What came is kept.');
		expect((await bar.shown())?.button).toBe('Ask for what Planning lacks');
		expect(await acts.store(stage)).toEqual({ stands: ['failed', 'pending', 'pending'], events: FIRST + PHASE });
		const [row] = (await stage.status()).phases;
		expect(row).toMatchObject({ problem: 'section_missing', sections_ok: 2, sections_of: 3 });
		const kept = await stage.cli('orchestrate', 'show', '--reply', 'planning');
		expect(kept).toContain('## EXECUTION_NOTES');
		expect(kept).not.toContain('## IMPLEMENTATION_TEMPLATE');
	});
});

test('what the host refuses is shown in its words, with the next step', async ({ open }) => {
	const stage = await open({ flags: { pace: 60 } });

	await test.step('a session that was closed on the command line a moment ago', async () => {
		const { page, bar } = await acts.begin(stage);
		await acts.signalHosts(stage, 'SIGSTOP');
		await acts.answerByHand(stage, 'planning', 'analysis', 'implementation');
		const { session, standing } = await stage.status();
		expect(standing).toBe('complete');
		await bar.click('Put the Planning prompt in');
		await acts.signalHosts(stage, 'SIGCONT');
		await bar.says(
			`Every phase of ${session} is done. Start a new one with \`prompt-runner orchestrate plan "FEATURE"\`.`,
		);
		await expect.poll(async () => (await bar.shown())?.steps).toEqual(['✓ Planning', '✓ Analysis', '✓ Implementation']);
		// It is complete, so all that is left to do is to rate it.
		expect(await bar.shown()).toMatchObject({ tone: 'attention', button: acts.said('button_rate', ['1']) });
		expect(await page.evaluate(() => window.__replica.editorText())).toBe('');
	});

	await test.step('a phase that was answered by hand while the page still waited', async () => {
		const chat = await acts.begin(stage, 'Another feature');
		const { bar } = chat;
		await acts.ask(chat, 'Planning');
		await bar.says('Planning: the reply is coming in');
		await acts.answerByHand(stage, 'planning');
		await stage.cli('orchestrate', 'analyze');
		await bar.says('Analysis: put the prompt into the composer.');
		const before = await acts.store(stage);
		stage.replica.setFlags(AT_ONCE);
		await answered(chat, 1);
		await bar.says('Analysis: put the prompt into the composer.');
		expect(await acts.store(stage)).toEqual(before);

		await bar.press(async () => (await bar.buttons())[0]);
		await bar.says(
			'The reply proves that it answers another prompt than the one of analysis. This answers another prompt. Give the answer to the prompt of this phase.',
		);
		expect(await acts.store(stage)).toEqual(before);
	});

	await test.step('an answer that waited in the browser until nobody needed it', async () => {
		stage.replica.setFlags({ pace: 60 });
		const chat = await acts.begin(stage, 'A third feature');
		const { bar } = chat;
		await acts.ask(chat, 'Planning');
		await bar.says('Planning: the reply is coming in');
		await acts.unplug(stage);
		stage.replica.setFlags(AT_ONCE);
		await bar.says('The reply is kept in this browser');
		await acts.answerByHand(stage, 'planning');
		await stage.cli('orchestrate', 'analyze');
		const before = await acts.store(stage);
		await stage.install();
		await acts.ring(stage);
		await bar.says(
			'The next phase was built without this reply of the planning phase. What is recorded stays. Run `prompt-runner orchestrate redo PHASE` to take the phase up anew.',
		);
		expect(await acts.waiting(stage)).toEqual([]);
		expect(await acts.store(stage)).toEqual(before);
	});
});

test('a session that the command line starts is in the open page at once, and one of another project disturbs nobody', async ({
	open,
}) => {
	const stage = await open({ flags: AT_ONCE });
	const chat = await stage.visit('/new');
	const none = { text: '', title: 'Prompt-Runner: no session here. Click to start one.' };
	await expect.poll(() => stage.badge(chat.page)).toEqual(none);
	expect(await chat.bar.shown()).toBeUndefined();

	await stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file');
	await chat.bar.says('Planning: put the prompt into the composer.');
	await expect
		.poll(() => stage.badge(chat.page))
		.toEqual({ text: 'P', title: 'Prompt-Runner: Planning, ready for you.' });
	await acts.ask(chat, 'Planning');
	await chat.bar.says('Planning stored: 3 of 3 sections');
	const look = async () => {
		const { text, tone, steps, button } = (await chat.bar.shown()) ?? {};
		return { store: await acts.store(stage), badge: await stage.badge(chat.page), text, tone, steps, button };
	};
	const before = await look();

	const fresh = await stage.visit('/new');
	const other = join(stage.home, 'other');
	await mkdir(other);
	await stage.cli('orchestrate', 'plan', 'Another thing', '--project', other);
	// The news has reached this browser.
	await fresh.bar.says('Planning: put the prompt into the composer.');
	await expect.poll(async () => (await stage.badge(fresh.page)).text).toBe('P');
	await chat.page.bringToFront();
	expect(await look()).toEqual(before);
});
