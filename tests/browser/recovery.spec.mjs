// Nothing is lost and nothing is stored twice: whatever dies, sleeps or is opened twice while an answer comes in, it is
// on disk once afterwards, and the developer did nothing for it but reload the page.
import { watch } from 'node:fs';
import { join } from 'node:path';
import * as acts from './acts.mjs';
import { FIRST, PHASE, PLANNING_DONE, answer, answered, expect, test } from './acts.mjs';

/** @typedef {import('./stage.mjs').Stage} Stage */

/** Slow enough that an answer is still on its way when something happens to it. */
const SLOWLY = { pace: 60 };
/** So slow that a reload cuts it before its first section. */
const BARELY = { pace: 10 };
const AT_ONCE = { pace: 0 };

test('the host is killed at five moments of an answer: each answer is stored once, and the bar says so after a reload', async ({
	open,
}) => {
	const stage = await open({ flags: SLOWLY });
	const { page, bar } = await acts.begin(stage, 'Export the task list as a CSV file', 'full');
	const { PROMPT_RUNNER_DATA_DIR: data } = stage.env;

	/** What happens between "the reply is coming in" and the reload. @type {[string, string, () => Promise<void>][]} */
	const moments = [
		[
			'Planning',
			'while the answer streams',
			async () => {
				await acts.signalHosts(stage, 'SIGKILL');
				stage.replica.setFlags(AT_ONCE);
				await bar.says('Planning stored: 3 of 3 sections');
			},
		],
		[
			'Analysis',
			'with the answer in its pipe, unread',
			async () => {
				await acts.signalHosts(stage, 'SIGSTOP');
				stage.replica.setFlags(AT_ONCE);
				await bar.says('Analysis: storing the reply.');
				await acts.signalHosts(stage, 'SIGKILL');
				// It goes to the next host at once.
				await bar.says('Analysis stored: 3 of 3 sections');
				expect(await acts.waiting(stage)).toEqual([]);
			},
		],
		[
			'Implementation',
			'in the middle of the write',
			async () => {
				const written = new Promise((resolve) => {
					const watcher = watch(join(data, 'prompt-runner.db-wal'), () => {
						for (const pid of hosts) process.kill(pid, 'SIGKILL');
						watcher.close();
						resolve(null);
					});
				});
				const hosts = await stage.hosts();
				stage.replica.setFlags(AT_ONCE);
				await written;
			},
		],
		[
			'Testing',
			'at the last word',
			async () => {
				const ended = page.waitForFunction(() => !window.__replica.streaming);
				stage.replica.setFlags(AT_ONCE);
				await ended;
				await acts.signalHosts(stage, 'SIGKILL');
			},
		],
		[
			'Cleaning',
			'as soon as the bar says that it is stored',
			async () => {
				stage.replica.setFlags(AT_ONCE);
				await bar.says(/^Cleaning stored: 2 of 2 sections, \d+ lines\. All 5 phases are done\.$/);
				await acts.signalHosts(stage, 'SIGKILL');
			},
		],
	];
	const stands = moments.map(() => 'pending');
	for (const [at, [name, moment, happens]] of moments.entries()) {
		await test.step(`${name}: ${moment}`, async () => {
			stage.replica.setFlags(SLOWLY);
			await acts.ask({ page, bar }, name);
			await bar.says(`${name}: the reply is coming in`);
			stands[at] = 'awaiting';
			await expect.poll(async () => (await acts.store(stage)).stands).toEqual(stands);
			await happens();
			await page.reload();

			stands[at] = 'replied';
			const next = moments[at + 1]?.[0];
			await bar.says(
				next ? new RegExp(`^(${name} stored: |${next}: put the prompt)`) : 'All 5 phases are done and stored.',
			);
			expect((await bar.shown())?.steps.slice(0, at + 1)).toEqual(
				moments.slice(0, at + 1).map(([name]) => `✓ ${name}`),
			);
			const completed = next ? 0 : 1;
			expect(await acts.store(stage)).toEqual({ stands, events: FIRST + PHASE * (at + 1) + completed });
			expect(await acts.waiting(stage)).toEqual([]);
		});
	}
	const record = JSON.parse(await stage.cli('orchestrate', 'show', '--json'));
	const turns = await page.evaluate(() => window.__replica.turns);
	const replies = record.phases.map((/** @type {{ reply: string }} */ { reply }) => reply.split('\n')[0]);
	expect(replies).toEqual(turns.filter(({ sender }) => sender === 'assistant').map(({ text }) => text.split('\n')[0]));
});

test('the worker sleeps before the click, while the answer streams, before its end and in the capture: all of it works', async ({
	open,
}) => {
	const stage = await open({ flags: SLOWLY });
	const chat = await acts.begin(stage);
	const { page, bar } = chat;

	await test.step('before the click, and while the answer streams', async () => {
		await acts.stopWorker(page);
		await acts.put(chat, 'Planning');
		await acts.stopWorker(page);
		await page.keyboard.press('Enter');
		await bar.says('Planning: the reply is coming in');
		await acts.stopWorker(page);
		// What the worker took with it is said again to the next one.
		await expect.poll(async () => (await acts.store(stage)).events).toBe(FIRST + PHASE - 1);
		stage.replica.setFlags(AT_ONCE);
		await bar.says('Planning stored: 3 of 3 sections');
		expect(await acts.store(stage)).toEqual(PLANNING_DONE);
	});

	await test.step('right before the end', async () => {
		stage.replica.setFlags({ pace: 4000 });
		await acts.ask(chat, 'Analysis');
		await bar.says('Analysis: the reply is coming in, 3 of 3 sections so far.');
		await acts.stopWorker(page);
		await bar.says('Analysis stored: 3 of 3 sections');
		expect(await acts.store(stage)).toEqual({
			stands: ['replied', 'replied', 'pending'],
			events: FIRST + 2 * PHASE,
		});
	});

	await test.step('in the capture, with the answer on its way to the host', async () => {
		stage.replica.setFlags(SLOWLY);
		await acts.ask(chat, 'Implementation');
		await bar.says('Implementation: the reply is coming in');
		await acts.signalHosts(stage, 'SIGSTOP');
		stage.replica.setFlags(AT_ONCE);
		await bar.says('Implementation: storing the reply.');
		await acts.stopWorker(page);
		await acts.signalHosts(stage, 'SIGCONT');
		await bar.says(/^Implementation stored: 2 of 2 sections, \d+ lines\. All 3 phases are done\.$/);
		expect(await acts.store(stage)).toEqual({
			stands: ['replied', 'replied', 'replied'],
			events: FIRST + 3 * PHASE + 1,
		});
		expect(await acts.waiting(stage)).toEqual([]);
	});
});

test('a worker that is stopped before it hears a message: whatever the page says, it is said again', async ({
	open,
}) => {
	const stage = await open({ flags: SLOWLY });
	const chat = await acts.begin(stage);
	// Chromium answers such a message with nothing at all; here it does so for the first of every kind.
	await chat.bar.evaluate(`{
		const send = chrome.runtime.sendMessage.bind(chrome.runtime);
		globalThis.unheard = [];
		chrome.runtime.sendMessage = async (message) => {
			const kind = message.request?.type ?? message.to;
			if (unheard.includes(kind)) return send(message);
			unheard.push(kind);
		};
	}`);
	await acts.ask(chat, 'Planning');
	await chat.bar.says('Planning: the reply is coming in');
	await expect.poll(async () => (await acts.store(stage)).events).toBe(FIRST + PHASE - 1);
	stage.replica.setFlags(AT_ONCE);
	await chat.bar.says('Planning stored: 3 of 3 sections');
	expect(await acts.store(stage)).toEqual(PLANNING_DONE);
	const unheard = await chat.bar.evaluate('unheard');
	expect(unheard).toEqual(expect.arrayContaining(['prompt', 'options', 'placed', 'here', 'sent', 'capture']));
});

test('you are here: after a reload, in a new tab and after going away and back the bar is in its conversation and in no other', async ({
	open,
}) => {
	const stage = await open({ flags: BARELY });
	const other = stage.replica.conversations.seed('About the weather', ['Will it rain?', 'Take a coat.']);
	const chat = await acts.begin(stage);
	const { page, bar } = chat;
	await acts.put(chat, 'Planning');

	// Not sent yet: the session lives nowhere, and every new chat offers it.
	const another = await stage.visit('/new');
	await another.bar.says('Planning: put the prompt into the composer.');
	await another.page.close();

	await page.keyboard.press('Enter');
	await bar.says('Planning: the reply is coming in');
	await page.reload();
	await answered(chat, 1);
	await acts.finishWithoutPage(stage, page.url());
	await bar.says('Planning: waiting for the reply.');
	const here = new URL(page.url()).pathname;
	expect((await stage.status()).conversation).toBe(`claude.ai${here}`);

	for (const path of [`/chat/${other}`, '/new']) {
		const elsewhere = await stage.visit(path);
		await expect
			.poll(() => stage.badge(elsewhere.page))
			.toEqual({ text: '', title: 'Prompt-Runner: no session here. Click to start one.' });
		expect(await elsewhere.bar.shown(), path).toBeUndefined();
		await elsewhere.page.close();
	}

	await page.getByRole('link', { name: 'About the weather' }).click();
	await expect(page.getByText('Take a coat.', { exact: true })).toBeVisible();
	await expect.poll(() => bar.shown()).toBeUndefined();
	expect(await acts.store(stage)).toEqual({ stands: ['awaiting', 'pending', 'pending'], events: FIRST + PHASE - 1 });

	// Whoever opens the conversation again finds the answer there, and it is stored.
	await page.goBack();
	await bar.says(/^Planning stored: 3 of 3 sections/);
	const tab = await stage.visit(here);
	await tab.bar.says('Analysis: put the prompt into the composer.');
	expect((await tab.bar.shown())?.steps).toEqual(['✓ Planning', 'Analysis', 'Implementation']);
	expect(await acts.store(stage)).toEqual(PLANNING_DONE);
});

test('the browser is killed while the answer streams: session and bar are back, and the answer that went on is stored once', async ({
	open,
}) => {
	const stage = await open({ flags: SLOWLY });
	const { page, bar } = await acts.begin(stage);
	await acts.ask({ page, bar }, 'Planning');
	await bar.says('Planning: the reply is coming in');
	await acts.killBrowser(stage);
	await acts.finishWithoutPage(stage, page.url());
	const [before] = (await stage.status()).phases;
	expect(await acts.store(stage)).toEqual({ stands: ['awaiting', 'pending', 'pending'], events: FIRST + PHASE - 1 });

	await stage.launch();
	const back = await acts.visitToo(stage, page);
	await back.bar.says('Planning stored: 3 of 3 sections');
	expect((await back.bar.shown())?.button).toBe('Put the Analysis prompt in');
	expect(await acts.store(stage)).toEqual(PLANNING_DONE);
	// Nobody saw both ends of it, so nobody claims to know how long it took; when it was sent is known from before.
	expect((await stage.status()).phases[0]).toMatchObject({ trusted: false, sent_ms: before.sent_ms });
});

test('the browser is killed while an answer waits in it: it is stored at the next start, before any page is opened', async ({
	open,
}) => {
	const stage = await open({ flags: SLOWLY });
	const chat = await acts.begin(stage);
	await acts.answerWithoutHost(stage, chat);
	await acts.killBrowser(stage);

	await stage.install();
	await stage.launch();
	await expect.poll(() => acts.store(stage), { timeout: 20_000 }).toEqual(PLANNING_DONE);
	const back = await acts.visitToo(stage, chat.page);
	await back.bar.says('Analysis: put the prompt into the composer.');
	expect(await acts.waiting(stage)).toEqual([]);
	expect(await acts.store(stage)).toEqual(PLANNING_DONE);
	// The page that saw both ends is gone, but what it measured came along.
	expect((await stage.status()).phases[0].trusted).toBe(true);
});

test('two tabs on one conversation: both see the answer, it is stored once, and both bars agree', async ({ open }) => {
	const stage = await open({ flags: BARELY });
	const one = await acts.begin(stage);
	await acts.ask(one, 'Planning');
	await one.bar.says('Planning: the reply is coming in');
	await one.page.reload();
	await answered(one, 1);
	await acts.finishWithoutPage(stage, one.page.url());
	// What the reload cut off has a word or none.
	await one.bar.says(/^Planning: (waiting for the reply\.|this reply is not what was asked for)/);
	const two = await acts.visitToo(stage, one.page);
	await two.bar.says('Planning stored: 3 of 3 sections');
	await one.bar.says('Analysis: put the prompt into the composer.');
	expect(await acts.store(stage)).toEqual(PLANNING_DONE);

	await test.step('what one of them does, the other shows', async () => {
		stage.replica.setFlags(BARELY);
		await one.page.bringToFront();
		await acts.ask(one, 'Analysis');
		await one.bar.says('Analysis: the reply is coming in');
		await two.bar.says('Analysis: waiting for the reply.');
	});

	await test.step('both read the same finished answer at once', async () => {
		await one.page.reload();
		await answered(one, 2);
		await acts.finishWithoutPage(stage, one.page.url());
		// The host hears of both tabs before it answers either, so that neither knows of the other's capture.
		await acts.signalHosts(stage, 'SIGSTOP');
		for (const chat of [one, two]) {
			await chat.page.reload();
			await answered(chat, 2);
			await acts.asked(chat);
		}
		await acts.signalHosts(stage, 'SIGCONT');

		for (const { bar } of [one, two]) {
			await bar.says('Analysis stored: 3 of 3 sections');
			expect(await bar.shown()).toMatchObject({
				steps: ['✓ Planning', '✓ Analysis', 'Implementation'],
				button: 'Put the Implementation prompt in',
			});
		}
		const said = await Promise.all([one, two].map(async ({ bar }) => (await bar.buttons()).at(-1)?.button));
		expect(said.sort()).toEqual(['Stored', 'Stored already']);
		expect(await acts.store(stage)).toEqual({ stands: ['replied', 'replied', 'pending'], events: FIRST + 2 * PHASE });
	});
});

test('after every step the log, the bar, the popup, the badge and the memory of the worker show the same state', async ({
	open,
}) => {
	const stage = await open({ flags: { ...AT_ONCE, answerOnce: [answer('planning', ['EXECUTION_NOTES'])] } });
	const chat = await acts.begin(stage);
	const popup = await stage.popup(chat.page);
	await chat.page.bringToFront();
	const marks = { replied: '✓ ', failed: '! ', pending: '', prompted: '', awaiting: '', skipped: '' };

	/** @param {string[]} stands @param {string} badge */
	const agree = async (stands, badge) => {
		/** What everybody shows, and what the log has at the same time. */
		const look = async () => {
			const before = await stage.status();
			const bar = await chat.bar.shown();
			const worker = await stage.worker();
			const memory = await worker.evaluate(() => chrome.storage.session.get());
			return {
				settled: before.seq === (await stage.status()).seq,
				memory: memory[`view:${before.conversation ?? ''}`],
				bar: { steps: bar?.steps, current: bar?.current },
				names: await popup.locator('#phases th').allTextContents(),
				stands: await popup.locator('#phases td[data-stand]').allTextContents(),
				next: await popup.locator('#next').textContent(),
				badge: await stage.badge(chat.page),
			};
		};
		await expect(async () => {
			const view = await stage.status();
			const names = view.phases.map(({ phase }) => acts.said(`phase_${phase}`));
			const steps = view.phases.map(({ stand }, at) => `${marks[stand]}${names[at]}`);
			expect(await look()).toEqual({
				settled: true,
				memory: view,
				bar: { steps, current: steps[view.phases.findIndex(({ phase }) => phase === view.current)] ?? '' },
				names,
				stands: stands.map((stand) => acts.said(`stand_${stand}`)),
				next: acts.said(view.next.say.key, view.next.say.args),
				badge: { text: badge, title: acts.said(view.badge.title.key, view.badge.title.args) },
			});
			expect(view.phases.map(({ stand }) => stand)).toEqual(stands);
			expect(view.badge.text).toBe(badge);
		}).toPass({ timeout: 10_000, intervals: [50] });
	};

	await agree(['prompted', 'pending', 'pending'], 'P');
	await acts.put(chat, 'Planning');
	await agree(['prompted', 'pending', 'pending'], 'P');
	stage.replica.setFlags({ thinking: 2_000 });
	await chat.page.keyboard.press('Enter');
	await chat.bar.says('Planning: waiting for the reply.');
	await agree(['awaiting', 'pending', 'pending'], 'P');
	stage.replica.setFlags({ thinking: 0 });
	await chat.bar.says('Planning: the reply is not complete, 2 of 3 sections. What came is kept.');
	await agree(['failed', 'pending', 'pending'], 'P');
	await chat.bar.click('Ask for Planning again');
	await chat.bar.says('Planning: the prompt is in the composer.');
	await chat.page.keyboard.press('Enter');
	await chat.bar.says('Planning stored: 3 of 3 sections');
	await agree(['replied', 'pending', 'pending'], 'A');
	await acts.ask(chat, 'Analysis');
	await chat.bar.says('Analysis stored: 3 of 3 sections');
	await agree(['replied', 'replied', 'pending'], 'I');
	await acts.ask(chat, 'Implementation');
	await chat.bar.says('All 3 phases are done.');
	await agree(['replied', 'replied', 'replied'], '✓');
	expect((await stage.status()).standing).toBe('complete');

	// One click says how it went, once.
	const stars = (await chat.bar.shown())?.buttons.map(({ name }) => name);
	expect(stars).toEqual([1, 2, 3, 4, 5].map((rating) => acts.said('button_rate', [`${rating}`])));
	await chat.bar.click(acts.said('button_rate', ['4']));
	await expect.poll(async () => (await chat.bar.shown())?.buttons).toEqual([]);
	expect((await stage.status()).rating).toBe(4);
});
