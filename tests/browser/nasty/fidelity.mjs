// Counts the nasty cases by what their tests came to, and writes it down where PROMPT_RUNNER_FIDELITY_DIR says. A case is right only
// if it has tests and each of them passed; a capture that nobody can account for is a false one, whatever else the test says.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How many there are in the table of tests/replica/README.md. */
const CASES = 51;

export default class Fidelity {
	/** Whether each test of a case has passed, by its number. @type {Map<number, boolean>} */
	#passed = new Map();
	#false = 0;

	/** @param {import('@playwright/test/reporter').TestCase} test @param {import('@playwright/test/reporter').TestResult} result */
	onTestEnd(test, result) {
		const number = Number(/^n(\d+) /.exec(test.title)?.[1] ?? Number.NaN);
		if (Number.isNaN(number)) return;
		this.#passed.set(number, result.status === 'passed' && (this.#passed.get(number) ?? true));
		for (const { type, description } of result.annotations) {
			if (type === 'false captures') this.#false += Number(description);
		}
	}

	onEnd() {
		const folder = process.env.PROMPT_RUNNER_FIDELITY_DIR;
		if (!folder || this.#passed.size === 0) return;
		const right = [...this.#passed.values()].filter(Boolean).length;
		mkdirSync(folder, { recursive: true });
		const counted = { cases: CASES, right, false_captures: this.#false };
		writeFileSync(join(folder, 'nasty.json'), `${JSON.stringify(counted)}\n`);
	}
}
