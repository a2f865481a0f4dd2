// Chance that can be had again: numbers out of a seed, which the test prints, and how much of a long test runs by default.
export const FULL = process.env.PROMPT_RUNNER_FULL === '1';

/** The seed of this run: given by PROMPT_RUNNER_SEED, or another one each time. */
export const SEED = Number(process.env.PROMPT_RUNNER_SEED ?? Date.now() % 1_000_000);

/** Numbers from 0 to 1, as mulberry32 makes them. @param {number} seed */
export function chance(seed) {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** The same things in another order. @template T @param {T[]} things @param {() => number} random */
export function shuffled(things, random) {
	const left = [...things];
	return things.map(() => left.splice(Math.floor(random() * left.length), 1)[0]);
}

/** Hands the numbers of a test to who asked for them: printed, and as a file. @param {string} name @param {object} numbers */
export async function report(name, numbers) {
	console.log(`${name}: ${JSON.stringify(numbers)}`);
	const folder = process.env.PROMPT_RUNNER_FIDELITY_DIR;
	if (!folder) return;
	const { mkdir, writeFile } = await import('node:fs/promises');
	await mkdir(folder, { recursive: true });
	await writeFile(`${folder}/${name}.json`, `${JSON.stringify(numbers)}\n`);
}
