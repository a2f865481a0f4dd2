// Never lost, never twice, by count: the worker is stopped, the host and the browser are killed at random moments while answers come
// in, and in the end each answer stands in the store once. A tenth of it by default, all of it with PROMPT_RUNNER_FULL=1;
// PROMPT_RUNNER_SEED plays a printed seed again.
import { setTimeout as sleep } from 'node:timers/promises';
import { defaults } from '../replica/flags.mjs';
import { answerTo } from '../replica/model.mjs';
import * as acts from './acts.mjs';
import { answer, answered, expect, FIRST, PHASE, test, until } from './acts.mjs';
import { chance, FULL, report, SEED, shuffled } from './chance.mjs';

/**
 * @typedef {import('./stage.mjs').Stage} Stage
 * @typedef {import('./acts.mjs').Chat} Chat
 * @typedef {'worker' | 'host' | 'browser'} Mishap
 */

/** @type {['planning', 'analysis', 'implementation']} */
const PHASES = ['planning', 'analysis', 'implementation'];
const NAMES = { planning: 'Planning', analysis: 'Analysis', implementation: 'Implementation' };
/** From the key that sends to some time after the answer is stored, where nothing goes wrong. */
const CAPTURE_MS = 600;
/** How often each befalls the machine in all, and how often while one answer comes in. */
const MISHAPS = /** @type {const} */ ({
	worker: { times: FULL ? 200 : 20, each: 4 },
	host: { times: FULL ? 100 : 10, each: 2 },
	browser: { times: FULL ? 100 : 5, each: 1 },
});

/** @param {Stage} stage @param {string} session @returns {Promise<import('./stage.mjs').View>} */
const viewOf = async (stage, session) =>
	JSON.parse(await stage.cli('orchestrate', 'status', '--session', session, '--json')).view;

/** Asks the worker for something from the page, which starts it if it sleeps. @param {Chat} chat @param {object} message */
const wake = ({ bar }, message) =>
	bar.evaluate(`chrome.runtime.sendMessage(${JSON.stringify(message)}).catch(() => {})`);

/** One that is not running cannot be stopped, so it is started first. @param {Stage} stage @param {Chat} chat @param {string} session */
async function killHost(stage, chat, session) {
	for (;;) {
		const hosts = await stage.hosts();
		for (const pid of hosts) process.kill(pid, 'SIGKILL');
		if (hosts.length > 0) return;
		await wake(chat, { to: 'host', request: { type: 'status', session, conversation: null } });
	}
}

/** The stand-in cuts an answer whose page is gone, the site does not: this writes the rest of the newest one. @param {Stage} stage @param {string} text */
async function finish(stage, text) {
	const id = conversationAsked(stage);
	const [question, reply] = stage.replica.conversations.find(id)?.chat_messages.slice(-2) ?? [];
	if (reply?.sender !== 'assistant') throw new Error('no answer has begun');
	await until('the stand-in to end the answer', async () => reply.stop_reason !== null);
	reply.content[0].text = answerTo(question.content[0].text, { ...defaults, answer: text }).text;
	reply.stop_reason = 'end_turn';
	return id;
}

/** @param {Stage} stage */
const completions = (stage) => stage.replica.requests.filter(({ path }) => path.endsWith('/completion'));
/** @param {Stage} stage */
const conversationAsked = (stage) => completions(stage).at(-1)?.path.split('/').at(-2) ?? '';

test('the worker is stopped, the host and the browser are killed at random moments: no answer is lost, none is stored twice', async ({
	open,
}) => {
	test.setTimeout(FULL ? 2_400_000 : 120_000);
	console.log(`endurance: PROMPT_RUNNER_SEED=${SEED}`);
	const random = chance(SEED);
	const kinds = /** @type {Mishap[]} */ (Object.keys(MISHAPS));
	/** @type {Mishap[]} What befalls each answer. */
	const captures = shuffled(
		kinds.flatMap((kind) => Array(MISHAPS[kind].times / MISHAPS[kind].each).fill(kind)),
		random,
	);
	const counted = { worker: 0, host: 0, browser: 0 };
	/** What the alarm and the developer had to do. */
	const help = { alarms: 0, reloads: 0 };
	let [lost, doubled] = [0, 0];
	const stage = await open({ flags: { pace: 3_000 } });

	/** @param {Chat} chat @param {string} session @param {number} at Which phase. */
	const settle = async (chat, session, at) => {
		let patience = 2_000;
		let since = Date.now();
		for (;;) {
			const view = await viewOf(stage, session);
			if (view.phases[at].stand === 'replied') return view;
			if (Date.now() - since > patience) {
				since = Date.now();
				patience = 6_000;
				if ((await acts.waiting(stage)).length > 0) {
					help.alarms += 1;
					await acts.ring(stage);
				} else if (help.reloads < captures.length) {
					help.reloads += 1;
					await chat.page.reload();
				}
			}
			if (Date.now() - since > 30_000) return view;
			await sleep(50);
		}
	};

	/** @type {{ session: string, tokens: string[] }[]} */
	const sessions = [];
	let before = 0;
	for (let at = 0; at < captures.length; ) {
		let chat = await acts.begin(stage, `Feature ${sessions.length}`);
		const { session } = await stage.status();
		/** @type {string[]} */
		const tokens = [];
		sessions.push({ session, tokens });
		for (const [position, phase] of PHASES.entries()) {
			const kind = captures[at++];
			const token = `Token ${SEED}-${sessions.length}-${phase}.`;
			tokens.push(token);
			const text = answer(phase, [], token);
			stage.replica.setFlags({ answer: text });
			await acts.put(chat, NAMES[phase]);
			const begun = position === 0 ? FIRST - 1 + 2 : 2;
			await until('the prompt to be noted', async () => (await viewOf(stage, session)).seq === before + begun);
			const asked = completions(stage).length;
			const { each } = kind ? MISHAPS[kind] : { each: 0 };
			const moments = Array.from({ length: each }, () => random() * CAPTURE_MS).sort((one, other) => one - other);
			await chat.page.keyboard.press('Enter');
			// What never reached the site has no answer.
			await until('the prompt to reach the site', async () => completions(stage).length > asked);
			const start = Date.now();
			for (const moment of moments) {
				await sleep(Math.max(0, start + moment - Date.now()));
				counted[kind] += 1;
				if (kind === 'worker') {
					await wake(chat, { to: 'options' });
					await acts.stopWorker(chat.page);
				} else if (kind === 'host') {
					await killHost(stage, chat, session);
				} else {
					await acts.killBrowser(stage);
					const id = await finish(stage, text);
					await stage.launch();
					chat = await stage.visit(`/chat/${id}`);
				}
			}
			const { seq } = await settle(chat, session, position);
			const last = position === PHASES.length - 1 ? 1 : 0;
			const first = position === 0 ? FIRST : 0;
			doubled += Math.max(0, seq - before - first - PHASE - last);
			before = seq;
		}
		for (const page of stage.context.pages()) if (page !== chat.page) await page.close();
	}

	for (const { session, tokens } of sessions) {
		const record = JSON.parse(await stage.cli('orchestrate', 'show', '--session', session, '--json'));
		for (const [at, token] of tokens.entries()) {
			const reply = record.phases[at]?.reply ?? '';
			if (!reply.includes(token)) lost += 1;
		}
	}
	const numbers = {
		worker_stops: counted.worker,
		host_kills: counted.host,
		browser_kills: counted.browser,
		lost,
		doubled,
	};
	console.log(`endurance: ${sessions.length * PHASES.length} answers, ${JSON.stringify(help)}`);
	await report('endurance', numbers);
	expect(numbers).toEqual({
		worker_stops: MISHAPS.worker.times,
		host_kills: MISHAPS.host.times,
		browser_kills: MISHAPS.browser.times,
		lost: 0,
		doubled: 0,
	});
	expect(await acts.waiting(stage)).toEqual([]);
	// Every fact of every session is in the log, and no other.
	expect(before).toBe(sessions.length * (FIRST + PHASES.length * PHASE + 1));
});

/** What the bar says after each phase, where it is not the one that stored it. */
const NEXT = ['Analysis: put the prompt', 'Implementation: put the prompt', 'All 3 phases are done'];

test('two browsers on one store: on sessions of their own and on the same one nothing is lost or doubled, and both bars agree', async ({
	open,
}) => {
	const stage = await open({ flags: { pace: 20_000 } });
	const other = await stage.another();

	await test.step('each on a session of its own, both at once', async () => {
		const chats = [await acts.begin(stage, 'The first feature')];
		const first = await stage.status();
		await acts.ask(chats[0], 'Planning');
		chats.push(await acts.begin(other, 'The second feature'));
		const second = await stage.status();
		await acts.ask(chats[1], 'Planning');
		await Promise.all(chats.map(({ bar }) => bar.says('Planning stored: 3 of 3 sections')));
		for (const name of ['Analysis', 'Implementation']) {
			await Promise.all(
				chats.map(async (chat) => {
					await acts.ask(chat, name);
					await chat.bar.says(`${name} stored: `);
				}),
			);
		}
		const views = await Promise.all([first, second].map(({ session }) => viewOf(stage, session)));
		expect(views.map(({ standing }) => standing)).toEqual(['complete', 'complete']);
		expect(Math.max(...views.map(({ seq }) => seq))).toBe(2 * (FIRST + 3 * PHASE + 1));
	});

	await test.step('both on the same session, with the same answers', async () => {
		const before = 2 * (FIRST + 3 * PHASE + 1);
		const one = await acts.begin(stage, 'The third feature');
		const { session } = await stage.status();
		/** @type {Chat | undefined} */
		let two;
		for (const [at, name] of Object.values(NAMES).entries()) {
			await one.page.bringToFront();
			stage.replica.setFlags({ pace: 10 });
			await acts.ask(one, name);
			await one.bar.says(`${name}: the reply is coming in`);
			await one.page.reload();
			await answered(one, at + 1);
			await acts.finishWithoutPage(stage, one.page.url());
			// Neither knows of the other's capture: the hosts hear of both before they answer either.
			two ??= await other.visit(new URL(one.page.url()).pathname);
			await acts.signalHosts(stage, 'SIGSTOP');
			for (const chat of [one, two]) {
				await chat.page.reload();
				await answered(chat, at + 1);
				await acts.asked(chat);
			}
			await acts.signalHosts(stage, 'SIGCONT');
			// Whose host answers later may hear that the answer is stored already, and then has nothing to store.
			const done = new RegExp(`^(${name} stored: |${NEXT[at]})`);
			for (const { bar } of [one, two]) await bar.says(done);
		}
		const view = await viewOf(stage, session);
		expect(view.phases.map(({ stand }) => stand)).toEqual(['replied', 'replied', 'replied']);
		expect(view.seq).toBe(before + FIRST + 3 * PHASE + 1);
		const shown = await Promise.all([one, two].map(async (chat) => chat && (await chat.bar.shown())));
		const left = acts.said('button_rate', ['1']);
		expect(shown[0]).toMatchObject({ steps: ['✓ Planning', '✓ Analysis', '✓ Implementation'], button: left });
		expect(shown[1]?.steps).toEqual(shown[0]?.steps);
		for (const bar of shown) expect(bar?.text).toContain('All 3 phases are done');
		for (const browser of [stage, other]) expect(await acts.waiting(browser)).toEqual([]);
	});
});
