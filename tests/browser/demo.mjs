// The demo: one feature through all its phases, in a real browser, with a person's own clicks and keys and nothing else.
// Ends with a table, or with --json with one line.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stage } from './stage.mjs';
import { Story } from './story.mjs';

const { values } = parseArgs({
	options: {
		json: { type: 'boolean', default: false },
		csp: { type: 'string', default: 'strict' },
		workflow: { type: 'string', default: 'feature' },
		headed: { type: 'boolean', default: Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY) },
	},
});
const shots = join(dirname(fileURLToPath(import.meta.url)), 'shots');
const csp = /** @type {'none' | 'strict' | 'wasm' | 'tt'} */ (values.csp);

await mkdir(shots, { recursive: true });
const stage = await Stage.open({ csp, headed: values.headed });
try {
	const story = new Story(stage, { shots });
	const report = await story.play('Export the task list as a CSV file', await stage.workflow(values.workflow));
	if (values.json) {
		console.log(JSON.stringify(report));
	} else {
		table(report);
		console.log(`\nScreenshots: ${shots}`);
	}
	process.exitCode = report.status === 'complete' ? 0 : 1;
} finally {
	await stage.close();
}

/** @param {Awaited<ReturnType<Story['play']>>} report */
function table(report) {
	const { commands, clicks, keypresses, pastes } = report.user_actions;
	console.log(
		`\nSession ${report.session}: ${report.status}, engine ${report.engine} under the “${report.csp}” policy\n`,
	);
	console.log('phase            clicks  pastes  captured bytes  tokens (estimated)  seconds');
	for (const row of report.phases) {
		const about = row.trusted ? '' : '≈';
		console.log(
			[
				row.phase.padEnd(16),
				String(row.clicks).padStart(6),
				String(row.pastes).padStart(7),
				String(row.captured_bytes).padStart(15),
				String(row.tokens_estimated).padStart(19),
				`${about}${row.seconds.toFixed(2)}`.padStart(8),
			].join(' '),
		);
	}
	console.log(
		`\n${commands} command, ${clicks} clicks, ${keypresses} key presses, ${pastes} pastes; ${report.events} events in the log.`,
	);
	console.log(`From the last word of an answer to the disk: ${report.capture_to_recorded_ms.join(', ')} ms.`);
}
