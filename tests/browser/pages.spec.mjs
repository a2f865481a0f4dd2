// Every selector of a site profile must have a stored page that proves it: which candidate matches there, and how often.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, expect, test } from '@playwright/test';

const PAGES = fileURLToPath(new URL('../pages/', import.meta.url));

for (const site of await readdir(PAGES)) {
	const profile = JSON.parse(await readFile(join(PAGES, site, 'profile.json'), 'utf8'));
	const layouts = (await readdir(join(PAGES, site))).filter((file) => file.endsWith('.html'));
	for (const file of layouts) {
		test(`${site}: the profile finds the parts of ${file}`, async () => {
			const expected = JSON.parse(await readFile(join(PAGES, site, file.replace('.html', '.json')), 'utf8'));
			const browser = await chromium.launch({
				executablePath: process.env.PROMPT_RUNNER_CHROMIUM ?? '/usr/bin/chromium',
				args: ['--headless=new', '--no-sandbox', '--disable-gpu'],
			});
			const page = await browser.newPage();
			await page.setContent(await readFile(join(PAGES, site, file), 'utf8'));
			const found = await page.evaluate((profile) => {
				/** @param {string[]} candidates */
				const first = (candidates) => {
					const candidate = candidates.findIndex((selector) => document.querySelector(selector));
					return { candidate, count: candidate < 0 ? 0 : document.querySelectorAll(candidates[candidate]).length };
				};
				return Object.fromEntries(Object.entries(profile).map(([name, candidates]) => [name, first(candidates)]));
			}, profile);
			await browser.close();
			expect(found).toEqual(expected);
		});
	}
}
