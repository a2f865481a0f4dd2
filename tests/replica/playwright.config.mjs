// Runs the stand-in's own test alone: npx playwright test -c tests/replica/playwright.config.mjs
import { defineConfig } from '@playwright/test';

export default defineConfig({
	testDir: '.',
	testMatch: 'replica.spec.mjs',
	outputDir: 'dist/test-results',
	workers: 1,
	retries: 0,
	maxFailures: 3,
	reporter: 'line',
});
