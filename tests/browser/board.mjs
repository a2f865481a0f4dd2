// The dashboard as `prompt-runner dashboard` serves it, in a browser: the real program with a record of its own. Figures are made up
// where a test says so; what is asked, and what a policy forbids or a script does that should not, is kept.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from '@playwright/test';
import { answer } from './figures.mjs';

/**
 * @typedef {import('@playwright/test').Page} Page
 * @typedef {import('../../extension/types/protocol.d.ts').Request} Request
 * @typedef {(request: Request) => { status?: number, json: object } | undefined | Promise<{ status?: number, json: object } | undefined>} Answers
 */

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), '../../target/debug/prompt-runner');
const CHROMIUM = process.env.PROMPT_RUNNER_CHROMIUM ?? '/usr/bin/chromium';

/** Says what is made up to everything. @type {Answers} */
export const made = (request) => ({ json: answer(request) });

export class Board {
	/** @param {string} home @param {import('node:child_process').ChildProcess} program @param {string} address @param {import('@playwright/test').Browser} browser */
	constructor(home, program, address, browser) {
		this.home = home;
		this.program = program;
		this.address = address;
		this.browser = browser;
		/** @type {Request[]} */
		this.asked = [];
	}

	static async open() {
		const home = await mkdtemp(join(tmpdir(), 'prompt-runner-board-'));
		const program = spawn(PROGRAM, ['dashboard', '--no-open'], {
			env: Board.env(home),
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		const [line] = await once(/** @type {import('node:stream').Readable} */ (program.stdout), 'data');
		const browser = await chromium.launch({ executablePath: CHROMIUM, chromiumSandbox: false });
		return new Board(home, program, String(line).trim(), browser);
	}

	/** @param {string} home */
	static env(home) {
		return {
			...process.env,
			PROMPT_RUNNER_DATA_DIR: join(home, 'data'),
			PROMPT_RUNNER_CONFIG_DIR: join(home, 'config'),
		};
	}

	/** Runs the command line over the same record. @param {string[]} words */
	async cli(...words) {
		const { stdout } = await promisify(execFile)(PROGRAM, words, { cwd: this.home, env: Board.env(this.home) });
		return stdout;
	}

	/**
	 * Opens the page.
	 * @param {import('@playwright/test').BrowserContextOptions & { query?: string, answers?: Answers }} options What `answers` leaves
	 *   open the real runner is asked.
	 */
	async visit({ query = '', answers = made, ...options } = {}) {
		const context = await this.browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
		const page = await context.newPage();
		await watch(page);
		await page.route('**/api/v1/request', async (route) => {
			const request = route.request().postDataJSON();
			this.asked.push(request);
			const given = await answers(request);
			if (given) await route.fulfill(given);
			else await route.continue();
		});
		const url = new URL(this.address);
		url.search = query;
		await page.goto(url.href);
		return page;
	}

	async close() {
		await this.browser.close();
		this.program.kill();
		await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
	}
}

/** Keeps what no page of ours may have: violations of its policy, errors, and calls of `ran`. @param {Page} page */
export async function watch(page) {
	await page.addInitScript(() => {
		/** @type {string[]} */
		const found = [];
		Object.assign(window, { found, ran: (/** @type {unknown} */ what) => found.push(`ran ${what}`) });
		document.addEventListener('securitypolicyviolation', (event) =>
			found.push(`policy ${event.violatedDirective} ${event.blockedURI}`),
		);
		window.addEventListener('error', (event) => found.push(`error ${event.message}`));
		window.addEventListener('unhandledrejection', (event) => found.push(`rejection ${event.reason}`));
	});
}

/** What `watch` has kept. @param {Page} page @returns {Promise<string[]>} */
export const found = (page) => page.evaluate(() => Reflect.get(window, 'found'));

/** Waits until every panel has what it asked for. @param {Page} page */
export const settled = (page) =>
	page.waitForFunction(
		() => document.querySelectorAll('.panel').length === 12 && !document.querySelector('.panel[aria-busy="true"]'),
	);
