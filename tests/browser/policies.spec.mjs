// Nobody outside knows which policy claude.ai sends, and in Chromium it binds content scripts too: under some policies WebAssembly
// may not compile there. So the whole story is told under each of them, and the site must never hear of a violation.
import { expect, test } from '@playwright/test';
import { allowsWasm } from '../../extension/csp.js';
import { defaults } from '../replica/flags.mjs';
import { shellHtml } from '../replica/shell.mjs';
import { Stage } from './stage.mjs';
import { Story } from './story.mjs';

/** @typedef {NonNullable<import('./stage.mjs').Options['csp']>} Csp */

/** Fast, and yet slow enough for a poll of 20 ms to see the shortest answer come in. */
const PACE = 20_000;

/** @type {[Csp, string, string, number][]} */
const POLICIES = [
	['none', 'wasm', 'feature', 3],
	['wasm', 'wasm', 'feature', 3],
	['strict', 'js', 'full', 5],
	['tt', 'js', 'feature', 3],
];

for (const [csp, engine, workflow, phases] of POLICIES) {
	test(`the ${workflow} workflow under the “${csp}” policy: ${phases} clicks, engine ${engine}, no violation`, async () => {
		const stage = await Stage.open({ csp, flags: { pace: PACE } });
		try {
			const told = await new Story(stage).play('Export the task list as a CSV file', workflow);

			expect(told.status).toBe('complete');
			expect(told.engine).toBe(engine);
			expect(told.user_actions).toEqual({ commands: 1, clicks: phases, keypresses: phases, pastes: 0 });
			expect(told.phases.map(({ clicks, pastes }) => ({ clicks, pastes }))).toEqual(
				Array.from({ length: phases }, () => ({ clicks: 1, pastes: 0 })),
			);
			expect({ violations: told.violations, reports: told.reports }).toEqual({ violations: 0, reports: 0 });
		} finally {
			await stage.close();
		}
	});
}

test('a policy that stands in a <meta> binds like one in a header, seen or not', async () => {
	const stage = await Stage.open({ csp: 'none' });
	try {
		await stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file');
		/** Opens the page with this in its head. @param {string} head */
		const open = async (head) => {
			const body = shellHtml('once', defaults).replace('<head>', `<head>${head}`);
			await stage.context.unrouteAll();
			await stage.context.route('https://claude.ai/new', (route) => route.fulfill({ contentType: 'text/html', body }));
			const { page, bar } = await stage.visit('/new');
			await bar.says(/./);
			const engine = (await bar.shown())?.engine;
			return { engine, violations: await page.evaluate(() => window.__replica.violations) };
		};
		const meta = (/** @type {string} */ more) =>
			`<meta http-equiv="content-security-policy" content="script-src 'nonce-once' 'strict-dynamic'${more}">`;

		expect(await open(meta(''))).toEqual({ engine: 'js', violations: [] });
		expect(await open(meta(" 'wasm-unsafe-eval'"))).toEqual({ engine: 'wasm', violations: [] });
		// One that left the text again still holds, and only a try can tell: the engine gives way instead of standing still.
		const gone = `${meta('')}<script nonce="once">document.querySelector('meta[http-equiv]').remove()</script>`;
		expect(await open(gone)).toMatchObject({ engine: 'js' });
	} finally {
		await stage.close();
	}
});

test('what a policy says of WebAssembly is read as browsers read it', () => {
	/** @type {[string[], boolean][]} */
	const table = [
		[[], true],
		[[''], true],
		[["object-src 'none'"], true],
		[["script-src 'self'"], false],
		[["script-src 'self' 'wasm-unsafe-eval'"], true],
		[["script-src 'unsafe-eval'"], true],
		[["SCRIPT-SRC 'Wasm-Unsafe-Eval'"], true],
		[["default-src 'self'"], false],
		[["default-src 'self' 'wasm-unsafe-eval'"], true],
		[["default-src 'wasm-unsafe-eval'; script-src 'self'"], false],
		[["default-src 'none'; script-src 'wasm-unsafe-eval'"], true],
		[["script-src-elem 'self'"], true],
		[["script-src 'self'; script-src 'wasm-unsafe-eval'"], false],
		[["  script-src\t'self'\n'wasm-unsafe-eval' ;"], true],
		[["script-src 'wasm-unsafe-eval'", "script-src 'self'"], false],
		[["script-src 'wasm-unsafe-eval', script-src 'self'"], false],
		[["script-src 'wasm-unsafe-eval', object-src 'none'"], true],
		[['script-src *'], false],
		[["script-src 'none'"], false],
		[['sandbox'], true],
	];
	for (const [policies, allowed] of table) expect(allowsWasm(policies), JSON.stringify(policies)).toBe(allowed);
});
