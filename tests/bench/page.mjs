// `cargo xtask bench page`: what our engine costs a page, beside an extension that observes and does nothing (bare/) and a browser with
// neither, in turns within one run. Prints raw samples; docs/BENCHMARKS.md says what they are.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as acts from '../browser/acts.mjs';
import { count, counted, countedInTask } from '../browser/counter.mjs';
import { fill, grow, growAny } from '../browser/long.mjs';
import { Stage, until } from '../browser/stage.mjs';

/** @typedef {'none' | 'bare' | 'ours'} Variant */
/** @typedef {{ stage: Stage, page: import('@playwright/test').Page, metrics: import('@playwright/test').CDPSession }} Browser */

const BARE = fileURLToPath(new URL('bare', import.meta.url));
const { values } = parseArgs({ options: { repeats: { type: 'string', default: '9' } } });
const REPEATS = Number(values.repeats);
const WORDS = 1_000;
/** As a model gives them: each a task of its own, with a pause in which what is hot gets cold. */
const [TOKENS, APART_MS] = [300, 4];
const SIZES = [20, 200, 2_000];
/** From the navigation on. */
const START_MS = 4_000;
/**
 * How long the page is left alone before an answer says that it has ended, and how long it is watched after it was stored: not so long
 * that the examination of a page at rest would fall into it, which comes once in a conversation and not with each answer.
 */
const [QUIET_MS, END_MS] = [1_500, 500];
const LONG = 200_000;
/** @type {Variant[]} */
const VARIANTS = ['none', 'bare', 'ours'];

console.log(JSON.stringify({ samples: [...(await growth()), ...(await ends())] }));

/** @param {Variant} variant @param {Partial<import('../replica/flags.mjs').Flags>} flags */
function open(variant, flags) {
	return Stage.open({
		flags,
		host: variant === 'ours',
		ours: variant === 'ours',
		extensions: variant === 'bare' ? [BARE] : [],
	});
}

/** A page of it, in which a message was sent; ours waits for its answer from then on. @param {Stage} stage @returns {Promise<Browser>} */
async function chat(stage, text = 'Hello') {
	const began = stage.ours ? await acts.begin(stage) : await stage.visit('/new');
	const { page } = began;
	if (stage.ours) await acts.put(began, 'Planning');
	else await type(page, text);
	await page.keyboard.press('Enter');
	await acts.answered(began, 1);
	const metrics = await page.context().newCDPSession(page);
	// The wall clock of a busy machine counts what others do.
	await metrics.send('Performance.enable', { timeDomain: 'threadTicks' });
	return { stage, page, metrics };
}

/** @param {import('@playwright/test').Page} page @param {string} text */
async function type(page, text) {
	await page.getByTestId('chat-input').click();
	await page.keyboard.insertText(text);
}

/** Milliseconds of the page's main thread so far. @param {Browser} browser */
async function busy({ metrics }) {
	const { metrics: all } = await metrics.send('Performance.getMetrics');
	return (all.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1_000;
}

/**
 * Milliseconds of script for a word, by the processor's time: of the page and of every extension in it. Words that come one after the other
 * in one task are measured hot, and without what it costs to be called at all: they cost a tenth of what a page feels.
 * @param {Browser} browser
 */
async function felt({ page, metrics }) {
	const script = async () => {
		const { metrics: all } = await metrics.send('Performance.getMetrics');
		return (all.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN) * 1_000;
	};
	const before = await script();
	await growAny(page, '[data-perf-reply-text]', 'data-is-streaming', TOKENS, APART_MS);
	return ((await script()) - before) / TOKENS;
}

/** Megabytes that scripts hold, and those of the page's nodes, after a collection. @param {Browser} browser */
async function held({ metrics }) {
	// What is let go of by the first may hold what only the next one finds.
	for (let time = 0; time < 3; time += 1) await metrics.send('HeapProfiler.collectGarbage');
	const heap = /** @type {Record<string, number>} */ (
		/** @type {unknown} */ (await metrics.send('Runtime.getHeapUsage'))
	);
	return { scripts: (heap.usedSize + heap.backingStorageSize) / 2 ** 20, nodes: heap.embedderHeapUsedSize / 2 ** 20 };
}

/** Takes turns; the order turns too. @template T @param {(variant: Variant) => Promise<T>} once */
async function inTurns(once, repeats = REPEATS) {
	/** @type {Record<Variant, T[]>} */
	const found = { none: [], bare: [], ours: [] };
	// The first of each is not counted.
	for (let round = -1; round < repeats; round += 1) {
		for (let at = 0; at < VARIANTS.length; at += 1) {
			const variant = VARIANTS[(at + round + 1) % VARIANTS.length];
			const one = await once(variant);
			if (round >= 0) found[variant].push(one);
		}
	}
	return found;
}

/** What comes on top of the page alone. @param {number[]} some @param {number[]} none */
function above(some, none) {
	return some.map((one, at) => one - none[at]);
}

async function growth() {
	const flags = { pace: 0, answer: 'Which file do you mean?' };
	const browsers = /** @type {Record<Variant, Browser>} */ ({});
	for (const variant of VARIANTS) browsers[variant] = await chat(await open(variant, flags));
	const samples = [];
	/** @type {number[]} */
	let short = [];
	try {
		for (const messages of SIZES) {
			for (const variant of VARIANTS) await fill(browsers[variant].page, messages);
			const times = await inTurns((variant) => felt(browsers[variant]));
			const [ours, bare] = [above(times.ours, times.none), above(times.bare, times.none)];
			const row = { goal: 'P1', unit: 'ms/word', ours, spare: 0.02, most: 1.5 };
			const what = `script for a word, ${APART_MS} ms apart, at ${messages.toLocaleString('en')} messages`;
			samples.push({ ...row, what: `${what}, against an observer that does nothing`, yardstick: bare });
			if (messages === SIZES[0]) short = ours;
			else samples.push({ ...row, what: `${what}, against ours at ${SIZES[0]}`, yardstick: short });
		}
		const heaps = await inTurns((variant) => held(browsers[variant]), 3);
		const at = `at ${SIZES.at(-1)?.toLocaleString('en')} messages, above none`;
		const [scripts, nodes] = /** @type {const} */ (['scripts', 'nodes']).map((kind) =>
			above(
				heaps.ours.map((heap) => heap[kind]),
				heaps.none.map((heap) => heap[kind]),
			),
		);
		samples.push({ goal: 'P20', what: `memory of scripts ${at}`, unit: 'MB', ours: scripts, most: 3 });
		samples.push({ goal: 'P20', what: `memory of the page's nodes ${at}`, unit: 'MB', ours: nodes });
		for (const messages of [20, 2_000]) samples.push(...(await starts(browsers, messages)));
	} finally {
		for (const variant of VARIANTS) await browsers[variant].stage.close();
	}
	return [...samples, ...(await counts())];
}

/** From a reload of the conversation on, in which the history appears as soon as the page is drawn. @param {Record<Variant, Browser>} browsers @param {number} messages */
async function starts(browsers, messages) {
	const starts = await inTurns(async (variant) => {
		const { page } = browsers[variant];
		const before = await busy(browsers[variant]);
		const begun = Date.now();
		await page.reload();
		const { longest, whole } = await fill(page, messages);
		await page.waitForTimeout(Math.max(0, START_MS - (Date.now() - begun)));
		return { task: (await busy(browsers[variant])) - before, longest, whole };
	});
	const tasks = (/** @type {Variant} */ variant) => starts[variant].map(({ task }) => task);
	const longest = (/** @type {Variant} */ variant) => starts[variant].map(({ longest }) => longest);
	const whole = (/** @type {Variant} */ variant) => starts[variant].map(({ whole }) => whole);
	const size = messages.toLocaleString('en');
	const note = 'the goal is against MCP-SuperAssistant and CodeWebChat, which are not here';
	return [
		{
			goal: 'P3',
			what: `first 4 s with ${size} messages, against no extension`,
			unit: 'ms',
			ours: tasks('ours'),
			yardstick: tasks('none'),
			note,
		},
		{
			goal: 'P3',
			what: `first 4 s with ${size} messages, the observer against none`,
			unit: 'ms',
			ours: tasks('bare'),
			yardstick: tasks('none'),
		},
		{
			goal: 'P3',
			what: `longest task for a history of ${size} at once`,
			unit: 'ms',
			ours: above(longest('ours'), longest('none')),
			most: 50,
		},
		{
			goal: 'P3',
			what: `until all of a history of ${size} at once was looked at`,
			unit: 'ms',
			ours: above(whole('ours'), whole('none')),
		},
	];
}

/** The same words by count, which no other program on the machine can change. */
async function counts() {
	const stage = await open('ours', { pace: 0, answer: 'Which file do you mean?' });
	try {
		const chat = await acts.begin(stage);
		await acts.ask(chat, 'Planning');
		await acts.answered(chat, 1);
		const wrong = await count(chat.bar);
		const costs = [];
		for (const messages of [20, 2_000]) {
			await fill(chat.page, messages, 400);
			// After a first one the bar says the same at both sizes.
			await grow(chat.page, 1);
			await grow(chat.page, WORDS);
			costs.push(await countedInTask(chat.bar));
		}
		if (wrong.length > 0) throw new Error(`the engine stopped: ${wrong[0]}`);
		const [short, long] = costs.map(({ nodes, characters }) => (nodes + characters) / WORDS);
		const row = { goal: 'P5', unit: 'a word' };
		const { queries, layouts } = costs[1];
		return [
			{ ...row, what: 'nodes and characters at 2,000 messages, against 20', ours: [long], yardstick: [short], most: 1 },
			{ ...row, what: 'queries over the document and forced layouts', ours: [queries + layouts], most: 0 },
		];
	} finally {
		await stage.close();
	}
}

/** The end of an answer of 200 KB: what happens between its last word and its capture. And how much of it was read. */
async function ends() {
	const body = 'A line of an answer, as long as lines are.\n'.repeat(LONG / 3 / 43);
	const flags = { pace: 0, answer: acts.answer('planning', [], body), endDelayMs: QUIET_MS };
	const stages = { none: await open('none', flags), ours: await open('ours', flags) };
	/** @type {{ none: number[], ours: number[], read: number[] }} */
	const found = { none: [], ours: [], read: [] };
	try {
		for (let round = -1; round < REPEATS; round += 1) {
			const began = await acts.begin(stages.ours, `Export the task list as a CSV file (${round})`);
			await acts.put(began, 'Planning');
			const prompt = await stages.ours.cli('orchestrate', 'show', '--prompt', 'planning');
			const other = await stages.none.visit('/new');
			await type(other.page, prompt.replace(/\n$/, ''));
			const none = await endOf(other.page, async () => {});
			// Counting costs time: the uncounted first round is the one that counts characters.
			if (round < 0) await count(began.bar);
			const ours = await endOf(began.page, async () => {
				await began.bar.says(/^Planning stored/);
				if (round < 0) found.read.push((await counted(began.bar)).answer);
			});
			if (round >= 0) {
				found.none.push(none);
				found.ours.push(ours);
			}
			await began.page.close();
			await other.page.close();
		}
	} finally {
		await stages.none.close();
		await stages.ours.close();
	}
	const length = acts.answer('planning', [], body).length;
	return [
		{
			goal: 'P4',
			what: 'end of an answer of 200 KB, above the page alone',
			unit: 'ms',
			ours: above(found.ours, found.none),
			most: 30,
		},
		{
			goal: 'P6',
			what: 'characters read of an answer, against its length',
			unit: 'chars',
			ours: found.read,
			yardstick: [length],
			most: 1.1,
		},
	];
}

/** Milliseconds of the main thread from a moment after the last word on. @param {import('@playwright/test').Page} page @param {() => Promise<void>} done */
async function endOf(page, done) {
	const metrics = await page.context().newCDPSession(page);
	await metrics.send('Performance.enable');
	const browser = { stage: /** @type {any} */ (undefined), page, metrics };
	await page.keyboard.press('Enter');
	// The whole text is drawn, and the answer still says that it grows.
	await until(
		'the last word',
		() =>
			page.evaluate(() => {
				const messages = document.querySelectorAll('[data-testid=assistant-message]');
				const last = /** @type {HTMLElement | undefined} */ (messages[messages.length - 1]);
				return last?.dataset.isStreaming === 'true' && /PROMPT-RUNNER\/END/.test(last.textContent ?? '');
			}),
		60_000,
	);
	await page.waitForTimeout(QUIET_MS / 3);
	const before = await busy(browser);
	await until('the end', () => page.evaluate(() => !window.__replica.streaming));
	await done();
	await page.waitForTimeout(END_MS);
	return (await busy(browser)) - before;
}
