// Runs every browser test, the stand-in's own ones too: `npx playwright test`. No retries: a test that fails once has failed.
import { defineConfig } from '@playwright/test';

export default defineConfig({
	testDir: 'tests',
	testMatch: '**/*.spec.mjs',
	outputDir: 'tests/browser/report',
	workers: 2,
	fullyParallel: true,
	retries: 0,
	timeout: 90_000,
	forbidOnly: true,
	reporter: [['list'], ['./tests/browser/nasty/fidelity.mjs'], ['./tests/attacks/reporter.mjs']],
});
