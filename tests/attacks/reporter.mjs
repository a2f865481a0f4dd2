// What became of each browser test, by its title, where PROMPT_RUNNER_ATTACKS_DIR says: `cargo xtask attacks` takes a case for held
// only if its tests ran and passed. What a test tried and how often it says itself, as `tell` in tests/attacks/report.mjs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export default class Attacks {
	/** @type {Record<string, boolean>} */
	#passed = {};

	/** @param {import('@playwright/test/reporter').TestCase} test @param {import('@playwright/test/reporter').TestResult} result */
	onTestEnd(test, result) {
		this.#passed[test.title] = result.status === 'passed' && (this.#passed[test.title] ?? true);
	}

	onEnd() {
		const folder = process.env.PROMPT_RUNNER_ATTACKS_DIR;
		if (!folder) return;
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, 'browser.json'), `${JSON.stringify(this.#passed)}\n`);
	}
}
