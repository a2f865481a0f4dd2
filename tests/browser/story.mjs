// A feature from the first command to the last answer, as a person does it: one command, one click and one key press per phase.
// Counts what the person did, and looks at what came of it.
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { until } from './stage.mjs';

/** @typedef {import('./stage.mjs').Stage} Stage */

export class Story {
	/** @param {Stage} stage @param {{ shots?: string }} options */
	constructor(stage, { shots } = {}) {
		this.stage = stage;
		this.shots = shots;
		this.shot = 0;
		this.actions = { commands: 0, clicks: 0, pastes: 0, keypresses: 0 };
		/** @type {number[]} */
		this.latencies = [];
	}

	/** @param {string} feature */
	async play(feature, workflow = 'feature') {
		const { stage } = this;
		await stage.cli('orchestrate', 'plan', feature, '--workflow', workflow);
		this.actions.commands += 1;
		const { page, bar } = await stage.visit('/new');
		const phases = [];
		for (const { phase } of (await stage.status()).phases) {
			const row = (await stage.status()).phases.find((row) => row.phase === phase);
			// What a condition leaves out is nobody's click.
			if (row?.stand !== 'skipped') phases.push(await this.phase(page, bar, phase));
		}
		const view = await stage.status();
		const shown = await bar.shown();
		await this.picture(page, 'done');
		return {
			status: view.standing,
			session: view.session,
			phases,
			user_actions: this.actions,
			engine: shown?.engine ?? 'none',
			csp: stage.csp,
			events: view.seq,
			capture_to_recorded_ms: this.latencies,
			violations: await page.evaluate(() => window.__replica.violations.length),
			reports: stage.replica.reports.length,
		};
	}

	/**
	 * One phase: click, read the composer, Enter, wait for the record.
	 * @param {import('@playwright/test').Page} page @param {import('./bar.mjs').Bar} bar @param {string} phase
	 */
	async phase(page, bar, phase) {
		const { stage } = this;
		const before = { ...this.actions };
		await bar.says(/./);
		await this.picture(page, `${phase}-before`);
		await bar.click(/^Put the .* prompt in$/);
		this.actions.clicks += 1;
		await bar.says(/the prompt is in the composer/);
		const prompt = await stage.cli('orchestrate', 'show', '--prompt', phase);
		expect(await page.evaluate(() => window.__replica.editorText())).toBe(prompt.replace(/\n$/, ''));
		await this.picture(page, `${phase}-prompt`);
		await bar.listen();
		await page.keyboard.press('Enter');
		this.actions.keypresses += 1;
		await bar.heard(/the reply is coming in, [1-9] of/);
		await this.picture(page, `${phase}-answer`);
		await bar.says(/ stored: /);
		const row = await until(`${phase} to be recorded`, async () => {
			const view = await stage.status();
			return view.phases.find((row) => row.phase === phase && row.stand === 'replied');
		});
		const last = await page.evaluate(() => window.__replica.lastTokenAt);
		this.latencies.push((row.captured_ms ?? Number.NaN) - last);
		return {
			phase,
			clicks: this.actions.clicks - before.clicks,
			pastes: this.actions.pastes - before.pastes,
			captured_bytes: row.bytes,
			tokens_estimated: row.tokens_estimated,
			seconds: (row.duration_ms ?? Number.NaN) / 1000,
			trusted: row.trusted,
		};
	}

	/** @param {import('@playwright/test').Page} page @param {string} name */
	async picture(page, name) {
		this.shot += 1;
		if (this.shots)
			await page.screenshot({ path: join(this.shots, `${String(this.shot).padStart(2, '0')}-${name}.png`) });
	}
}
