// The whole thing, real and throw-away: the stand-in served as https://claude.ai, Chromium with the extension, the native host,
// the command line and a database, all in one temporary folder. Every browser test and the demo stand on it.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from '@playwright/test';
import { startReplica } from '../replica/server.mjs';
import { Bar } from './bar.mjs';

/** @typedef {import('../../extension/types/protocol.d.ts').View} View */
/**
 * @typedef {object} Own
 * @property {boolean} [headed]
 * @property {boolean} [host] False for a machine on which nobody has run `install` yet.
 * @property {string[]} [extensions] Folders of other extensions in the same browser.
 * @property {boolean} [ours] False for a browser without our extension.
 * @property {string} [language] Of the browser, such as `de`.
 * @property {(options: any) => Promise<any>} [serve] Serves another stand-in than that for claude.ai.
 *
 * @typedef {NonNullable<Parameters<typeof startReplica>[0]> & Own} Options
 */

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const CHROMIUM = process.env.PROMPT_RUNNER_CHROMIUM ?? '/usr/bin/chromium';
const PROGRAM = join(process.env.PROMPT_RUNNER_PROGRAMS ?? join(ROOT, 'target/debug'), 'prompt-runner');
const EXTENSION = join(ROOT, 'extension');
const QUIET = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

export class Stage {
	/**
	 * @param {string} home
	 * @param {Awaited<ReturnType<typeof startReplica>>} replica
	 * @param {string} id The id of the extension.
	 */
	constructor(home, replica, id) {
		this.home = home;
		this.replica = replica;
		this.id = id;
		this.project = join(home, 'shop');
		this.profile = join(home, 'profile');
		this.headed = false;
		this.ours = true;
		this.extension = EXTENSION;
		/** @type {Stage[]} Other browsers on this machine. */
		this.others = [];
		/** @type {string[]} */
		this.extensions = [];
		/** @type {string | undefined} */
		this.language = undefined;
		/** @type {NonNullable<Options['csp']>} */
		this.csp = 'none';
		/** What people and tests would otherwise share with the machine: everything of ours lives below `home`. */
		this.env = {
			...process.env,
			HOME: home,
			XDG_CONFIG_HOME: join(home, 'config'),
			XDG_DATA_HOME: join(home, 'data'),
			PROMPT_RUNNER_DATA_DIR: join(home, 'data/prompt-runner'),
		};
		/** @type {import('@playwright/test').BrowserContext | undefined} */
		this.browser = undefined;
	}

	/** @param {Options} options */
	static async open(options = {}) {
		const {
			headed = false,
			host = true,
			ours = true,
			extensions = [],
			language,
			serve = startReplica,
			...replica
		} = options;
		const home = await mkdtemp(join(tmpdir(), 'prompt-runner-'));
		const id = (await readFile(join(EXTENSION, 'id.txt'), 'utf8')).trim();
		const stage = new Stage(home, await serve(replica), id);
		stage.csp = replica.csp ?? 'none';
		Object.assign(stage, { headed, ours, extensions, language });
		await mkdir(stage.project, { recursive: true });
		if (host) await stage.install();
		await stage.launch();
		return stage;
	}

	/** Tells the browser where the host is, as a user would. */
	async install() {
		await this.cli('install', '--browser', 'chromium', '--user-data-dir', this.profile);
	}

	async launch() {
		const extensions = [...(this.ours ? [this.extension] : []), ...this.extensions].join(',');
		this.browser = await chromium.launchPersistentContext(this.profile, {
			executablePath: CHROMIUM,
			headless: false,
			chromiumSandbox: false,
			viewport: { width: 1180, height: 860 },
			env: { ...this.env, ...(this.language ? { LANGUAGE: this.language } : {}) },
			args: [
				...(this.headed ? [] : ['--headless=new']),
				...QUIET,
				...(this.language ? [`--lang=${this.language}`] : []),
				`--disable-extensions-except=${extensions}`,
				`--load-extension=${extensions}`,
				`--host-resolver-rules=MAP ${new URL(this.replica.origin).host} 127.0.0.1:${this.replica.port}, MAP * ~NOTFOUND , EXCLUDE 127.0.0.1`,
				`--ignore-certificate-errors-spki-list=${this.replica.spki}`,
			],
		});
		if (!this.ours) return;
		const worker = await this.worker();
		// The very first page of a profile must not be faster than the worker that is just being installed.
		await until('the worker to listen', () =>
			worker.evaluate(() => chrome.webRequest.onHeadersReceived.hasListeners()),
		);
	}

	/** The name of a workflow; one in a file is put where the project's own lie. @param {string} workflow */
	async workflow(workflow) {
		if (!workflow.endsWith('.toml')) return workflow;
		const folder = join(this.project, '.prompt-runner/workflows');
		await mkdir(folder, { recursive: true });
		await copyFile(workflow, join(folder, basename(workflow)));
		return basename(workflow, '.toml');
	}

	get context() {
		if (!this.browser) throw new Error('the browser is not open');
		return this.browser;
	}

	/** Another browser on the same machine: its own profile, the same host and the same database. */
	async another() {
		const other = new Stage(this.home, this.replica, this.id);
		other.profile = join(this.home, 'another-profile');
		this.others.push(other);
		await other.install();
		await other.launch();
		return other;
	}

	/** A page of the chat site, or of another by its whole address, and our bar in it. */
	async visit(path = '/new') {
		const page = await this.context.newPage();
		const bar = await Bar.in(page, this.id);
		await page.goto(new URL(path, this.replica.origin).href);
		return { page, bar };
	}

	/** The extension's worker, started if it sleeps. */
	async worker() {
		const ours = (/** @type {import('@playwright/test').Worker} */ worker) => worker.url().includes(this.id);
		return this.context.serviceWorkers().find(ours) ?? this.context.waitForEvent('serviceworker', ours);
	}

	/** The popup as a page, for the tab with this address. @param {import('@playwright/test').Page} page */
	async popup(page) {
		const popup = await this.context.newPage();
		await popup.goto(`chrome-extension://${this.id}/popup.html?tab=${await this.tab(page)}`);
		return popup;
	}

	/** @param {import('@playwright/test').Page} page */
	async tab(page) {
		const worker = await this.worker();
		const url = page.url();
		return worker.evaluate(async (url) => (await chrome.tabs.query({ url }))[0]?.id, url);
	}

	/** What the toolbar shows for a tab. @param {import('@playwright/test').Page} page */
	async badge(page) {
		const worker = await this.worker();
		return worker.evaluate(
			async (tabId) => ({
				text: await chrome.action.getBadgeText({ tabId }),
				title: await chrome.action.getTitle({ tabId }),
			}),
			await this.tab(page),
		);
	}

	/** Runs the command line in the project; its standard output. @param {string[]} args */
	async cli(...args) {
		const { stdout } = await promisify(execFile)(PROGRAM, args, {
			cwd: this.project,
			env: this.env,
			maxBuffer: 1 << 28,
		});
		return stdout;
	}

	/** @returns {Promise<View>} The active session of the project. */
	async status() {
		return JSON.parse(await this.cli('orchestrate', 'status', '--json')).view;
	}

	/** The processes of the native host on this database. @returns {Promise<number[]>} */
	async hosts() {
		const mine = `PROMPT_RUNNER_DATA_DIR=${this.env.PROMPT_RUNNER_DATA_DIR}\0`;
		/** One that has ended meanwhile has nothing to read. @param {string} pid @param {string} file */
		const read = (pid, file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
		const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
		const found = await Promise.all(
			all.map(async (pid) => {
				if (!/prompt-runner-host\0chrome-extension/.test(await read(pid, 'cmdline'))) return [];
				return (await read(pid, 'environ')).includes(mine) ? [Number(pid)] : [];
			}),
		);
		return found.flat();
	}

	async close() {
		for (const { browser } of [this, ...this.others]) await browser?.close();
		await this.replica.close();
		await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
	}
}

/**
 * Looks until something is so. @template T
 * @param {string} what @param {() => Promise<T | undefined | false>} look @returns {Promise<T>}
 */
export async function until(what, look, limitMs = 30_000) {
	const end = Date.now() + limitMs;
	for (;;) {
		const found = await look();
		if (found) return found;
		if (Date.now() > end) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}
