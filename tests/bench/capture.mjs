// `cargo xtask bench capture`: how long a reply takes from the content script to the disk and back, beside as many bytes over the same
// road to a host that writes them down, waits for the disk and echoes; and the first answer after the worker was stopped, beside that of
// the bare extension. All in one browser, in turns. Prints raw samples; docs/BENCHMARKS.md says what they are.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { answer, stopWorker } from '../browser/acts.mjs';
import { Bar } from '../browser/bar.mjs';
import { Stage, until } from '../browser/stage.mjs';
import { defaults } from '../replica/flags.mjs';
import { answerTo } from '../replica/model.mjs';

const BARE = fileURLToPath(new URL('bare', import.meta.url));
const { values } = parseArgs({ options: { repeats: { type: 'string', default: '9' } } });
const REPEATS = Number(values.repeats);

const stage = await Stage.open({ extensions: [BARE] });
try {
	const bare = await introduce();
	const page = await stage.context.newPage();
	const worlds = { ours: await Bar.in(page, stage.id), bare: await Bar.in(page, bare) };
	await page.goto(`${stage.replica.origin}/new`);
	for (const world of Object.values(worlds)) await until('its world', async () => world.world !== undefined);
	const samples = [
		// A commit is short and the disk is moody: more of them.
		await captures(worlds, 10_000, REPEATS * 4, 1.25),
		await captures(worlds, 500_000, REPEATS, 1.15),
		await cold(worlds, page),
	];
	console.log(JSON.stringify({ samples: samples.flat() }));
} finally {
	await stage.close();
}

/** @typedef {Record<'ours' | 'bare', Bar>} Worlds */

/** Tells the browser of the echo host, for the bare extension alone. Its id. */
async function introduce() {
	const relay = (/** @type {import('@playwright/test').Worker} */ worker) => worker.url().endsWith('/relay.js');
	const worker =
		stage.context.serviceWorkers().find(relay) ?? (await stage.context.waitForEvent('serviceworker', relay));
	const { host } = new URL(worker.url());
	const manifest = {
		name: 'io.github.prompt_runner.echo',
		description: 'A yardstick',
		path: process.env.PROMPT_RUNNER_ECHO,
		type: 'stdio',
		allowed_origins: [`chrome-extension://${host}/`],
	};
	const folder = join(stage.profile, 'NativeMessagingHosts');
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, `${manifest.name}.json`), JSON.stringify(manifest));
	return host;
}

/** Milliseconds from a message to its answer, by the clock of the page. @param {Bar} world @param {object} message @returns {Promise<{ took: number, answer: any }>} */
function trip(world, message) {
	return world.evaluate(`(async () => {
		const message = ${JSON.stringify(message)};
		const begun = performance.now();
		const answer = await chrome.runtime.sendMessage(message);
		return { took: performance.now() - begun, answer };
	})()`);
}

/** @param {Worlds} worlds @param {number} bytes @param {number} times @param {number} most */
async function captures(worlds, bytes, times, most) {
	/** @type {{ ours: number[], bare: number[] }} */
	const found = { ours: [], bare: [] };
	for (let round = -1; round < times; round += 1) {
		const request = await prepared(bytes, `c${bytes}-${round}`);
		const { took, answer: said } = await trip(worlds.ours, { to: 'host', request });
		if (said?.reply?.verdict?.problem !== null)
			throw new Error(`not stored whole: ${JSON.stringify(said).slice(0, 500)}`);
		const { took: raw, answer: echoed } = await trip(worlds.bare, { kept: request });
		if (!echoed?.kept) throw new Error('the echo host does not answer; start this by `cargo xtask bench capture`');
		if (round < 0) continue;
		found.ours.push(took);
		found.bare.push(raw);
	}
	const what = `capture of ${bytes / 1_000} KB to the disk and back`;
	const [ours, bare] = [found.ours, found.bare];
	const slowest = (/** @type {number[]} */ times) =>
		times.toSorted((one, other) => one - other)[Math.ceil(times.length * 0.99) - 1];
	return [
		{ goal: 'P8', what: `${what}, against an echo and fdatasync`, unit: 'ms', ours, yardstick: bare, most },
		{
			goal: 'P8',
			what: `${what}, the slowest of a hundred`,
			unit: 'ms',
			ours: [slowest(ours)],
			yardstick: [slowest(bare)],
			most: 3,
		},
	];
}

/** A session that waits for a reply, and that reply. @param {number} bytes @param {string} capture */
async function prepared(bytes, capture) {
	const started = JSON.parse(await stage.cli('orchestrate', 'plan', `Export the task list (${capture})`, '--json'));
	const prompt = await stage.cli('orchestrate', 'show', '--prompt', 'planning');
	const line = 'A line of an answer, as long as lines are.\n';
	const { text: content } = answerTo(prompt, {
		...defaults,
		answer: answer('planning', [], line.repeat(bytes / 3 / line.length)),
	});
	return {
		...{ type: 'capture', capture, session: started.view.session, phase: 'planning', source: 'page' },
		body: { format: 'markdown', content },
	};
}

/** The worker is stopped, the host ends with it, and the first question starts both. @param {Worlds} worlds @param {import('@playwright/test').Page} page */
async function cold(worlds, page) {
	const { session } = await prepared(1_000, 'cold');
	const question = { to: 'host', request: { type: 'prompt', session, phase: null } };
	const { answer: prompt } = await trip(worlds.ours, question);
	if (prompt?.reply?.type !== 'prompt') throw new Error(`no prompt: ${JSON.stringify(prompt).slice(0, 500)}`);
	/** @type {{ ours: number[], bare: number[] }} */
	const found = { ours: [], bare: [] };
	for (let round = 0; round < REPEATS; round += 1) {
		await stopWorker(page);
		/** @type {('ours' | 'bare')[]} */
		const turns = round % 2 ? ['ours', 'bare'] : ['bare', 'ours'];
		for (const one of turns) {
			// Back comes as much as with ours, for the prompt is what is on its way.
			const message = one === 'ours' ? question : prompt;
			found[one].push((await trip(worlds[one], message)).took);
		}
	}
	return [
		{
			...{
				goal: 'P9',
				what: 'question to answer after the worker was stopped, against an echo',
				unit: 'ms',
				most: 1.3,
			},
			...{ ours: found.ours, yardstick: found.bare },
		},
	];
}
