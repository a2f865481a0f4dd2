// What an attack in the browser came to, in one line: printed, and kept where `cargo xtask attacks` collects it. Said last in a test,
// so that an attack that got through says nothing.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

/** For a case of tests/attacks/cases.toml: how often what was tried, and what happened. @param {string} name @param {number} count @param {string} tried @param {string} happened */
export function tell(name, count, tried, happened) {
	console.log(`${name}: ${count} ${tried}: ${happened}`);
	const folder = process.env.PROMPT_RUNNER_ATTACKS_DIR;
	if (folder) appendFileSync(join(folder, `${name}.jsonl`), `${JSON.stringify({ count, tried, happened })}\n`);
}
