// A workflow that somebody wrote for themselves, with phases and sections of their own: every surface names them, and what is edited later
// leaves the session alone.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { Stage } from './stage.mjs';
import { Story } from './story.mjs';

const FILE = fileURLToPath(new URL('../workflows/notes.toml', import.meta.url));

test('phases of somebody’s own go to their end in the page, and bar, badge, popup, dashboard and figures name them', async () => {
	const stage = await Stage.open({ csp: 'strict' });
	try {
		const name = await stage.workflow(FILE);
		const report = await new Story(stage).play('Notes for version 2', name);
		expect(report.status).toBe('complete');
		expect(report.phases.map(({ phase, clicks }) => [phase, clicks])).toEqual([
			['collect', 1],
			['write_up', 1],
		]);
		expect((await stage.status()).phases.map(({ stand }) => stand)).toEqual(['replied', 'skipped', 'replied']);

		const { page } = await stage.visit('/new');
		const popup = await stage.popup(page);
		await popup.locator('#new summary').click();
		await expect(popup.locator('#workflow option[value="bugfix"]')).toHaveText(
			'bugfix: Reproduction, Diagnosis, Fix, Regression tests',
		);
		await popup.close();

		const figures = await stage.cli('stats', '--by', 'phase');
		expect(figures).toMatch(/^ {2}Collect .*\n {2}Write up /m);
		const dashboard = await stage.context.newPage();
		await dashboard.goto(`chrome-extension://${stage.id}/dashboard/dashboard.html`);
		await expect(dashboard.locator('main')).toContainText('write_up');
	} finally {
		await stage.close();
	}
});

test('a session names the phases of the workflow that it was started with, whatever becomes of the file', async () => {
	const stage = await Stage.open({ csp: 'none' });
	try {
		const name = await stage.workflow(FILE);
		await stage.cli('orchestrate', 'plan', 'Notes that are translated', '--workflow', name);
		const file = join(stage.project, '.prompt-runner/workflows/notes.toml');
		const text = await readFile(file, 'utf8');
		await writeFile(file, text.replaceAll('Collect changes', 'Gather').replace('name = "CHANGES"', 'name = "NEWS"'));
		const { page, bar } = await stage.visit('/new');
		await bar.says(/^Collect changes: /);
		await expect.poll(() => stage.badge(page).then(({ text }) => text)).toBe('K');
		const story = new Story(stage);
		await story.phase(page, bar, 'collect');
		await bar.says(/^Translate: |Collect changes stored/);
		const popup = await stage.popup(page);
		await expect(popup.locator('#phases th')).toHaveText(['Collect changes', 'Translate', 'Write it up']);
	} finally {
		await stage.close();
	}
});
