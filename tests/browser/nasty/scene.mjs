// What the nasty cases have in common: one browser for many of them, a fresh session and a fresh chat for each, and what the store
// holds after it. Each title begins with the number that the case has in the stand-in's README.
import { test as base, expect } from '@playwright/test';
import { defaults } from '../../replica/flags.mjs';
import * as acts from '../acts.mjs';
import { Stage } from '../stage.mjs';

export { acts, expect };

/**
 * @typedef {import('../../replica/flags.mjs').Flags} Flags
 * @typedef {import('../bar.mjs').Bar} Bar
 * @typedef {import('@playwright/test').Page} Page
 */

/** Fast, and yet many frames long. */
export const BRISK = 3_000;
/** So slow that there is time to do something to an answer. */
export const SLOW = 150;

export const PLANNING = ['ANALYSIS_TEMPLATE', 'IMPLEMENTATION_TEMPLATE', 'EXECUTION_NOTES'];

export class Scene {
	/** @param {Stage} stage */
	constructor(stage) {
		this.stage = stage;
		/** The number of the newest event when the case began. */
		this.before = 0;
		/** @type {{ page: Page, bar: Bar } | undefined} */
		this.chat = undefined;
		/** Of the session. */
		this.id = '';
	}

	get page() {
		if (!this.chat) throw new Error('no chat is open');
		return this.chat.page;
	}

	get bar() {
		if (!this.chat) throw new Error('no chat is open');
		return this.chat.bar;
	}

	/** A session of its own, offered in a chat of its own. @param {Partial<Flags>} flags */
	async begin(flags = {}, path = '/new') {
		this.flags(flags);
		await this.session();
		return this.open(path);
	}

	/** The flags from now on, for what is loaded from now on and for the model. @param {Partial<Flags>} flags */
	flags(flags) {
		this.stage.replica.setFlags({ ...defaults, pace: 0, ...flags });
	}

	/** Takes the copy buttons away as they come, so that the page alone says what an answer is. */
	withoutCopy() {
		return this.page.evaluate(() => {
			const remove = () => {
				for (const button of document.querySelectorAll('[aria-label=Copy]')) button.remove();
			};
			new MutationObserver(remove).observe(document.body, { childList: true, subtree: true });
		});
	}

	/** Flags of the page that is open. @param {Partial<Flags>} flags */
	flagsNow(flags) {
		return this.page.evaluate((flags) => window.__replica.setFlags(flags), flags);
	}

	async session() {
		this.before = await this.seq();
		await this.stage.cli('orchestrate', 'plan', 'Export the task list as a CSV file');
		this.id = (await this.stage.status()).session;
	}

	async open(path = '/new') {
		this.chat = await this.stage.visit(path);
		await this.bar.says(/^Planning: put the prompt into the composer\.$/);
		return this.chat;
	}

	/** A session that lives in a conversation which is there already, as one that is started in its popup. @param {string[]} texts */
	async beginIn(texts, flags = {}) {
		this.flags(flags);
		const id = this.stage.replica.conversations.seed('An old chat', texts);
		await this.adopt(id);
	}

	/** @param {string} id Of the conversation. */
	async adopt(id) {
		this.before = await this.seq();
		this.chat = await this.stage.visit(`/chat/${id}`);
		await this.page.getByTestId('transcript-row').first().waitFor();
		const popup = await this.stage.popup(this.page);
		await popup.evaluate(async (conversation) => {
			const request = { type: 'start', feature: 'Export the task list as a CSV file', conversation };
			await chrome.runtime.sendMessage({ to: 'host', request });
		}, `claude.ai/chat/${id}`);
		await popup.close();
		this.id = JSON.parse(await this.stage.cli('orchestrate', 'list', '--json')).sessions[0].session;
		await this.page.bringToFront();
		await this.bar.says(/^Planning: put the prompt into the composer\.$/);
	}

	/** The number of the newest event in the log. */
	async seq() {
		const log = JSON.parse(await this.stage.cli('orchestrate', 'list', '--json'));
		return Math.max(0, ...log.sessions.map((/** @type {{ seq?: number }} */ { seq }) => seq ?? 0));
	}

	/** @param {string} phase As people read it. */
	ask(phase = 'Planning') {
		if (!this.chat) throw new Error('no chat is open');
		return acts.ask(this.chat, phase);
	}

	/** @returns {Promise<import('../stage.mjs').View>} The session of this case. */
	async status() {
		return JSON.parse(await this.stage.cli('orchestrate', 'status', '--session', this.id, '--json')).view;
	}

	/** What the store holds of this case: where each phase stands, how its first one is, and how many events there are. */
	async store() {
		const view = await this.status();
		const [{ problem, sections_ok }] = view.phases;
		return { stands: view.phases.map(({ stand }) => stand), problem, sections_ok, events: view.seq - this.before };
	}

	/** The reply of a phase as it is kept. */
	reply(phase = 'planning') {
		return this.stage.cli('orchestrate', 'show', '--session', this.id, '--reply', phase);
	}

	/** What the stand-in has said, by its own books. @returns {Promise<string[]>} */
	said() {
		return this.page.evaluate(() =>
			window.__replica.turns.filter(({ sender }) => sender === 'assistant').map(({ text }) => text),
		);
	}

	/** Whole: the bar says so, and the store has it once and to the letter. @param {number} more Events of other kinds. */
	async stored(more = 0, although = '') {
		const says = `Planning stored: 3 of 3 sections, [1-9]\\d* lines\\.${although && ` Taken although: ${although}\\.`}`;
		await this.bar.says(new RegExp(`^${says}$`));
		await this.holds({ stands: ['replied', 'pending', 'pending'], problem: null, sections_ok: 3, captures: 1, more });
		const kept = await this.reply();
		const bodies = (await this.said()).flatMap(fenced);
		for (const body of bodies) expect(kept).toContain(body);
		expect((await this.status()).conversation).toBe(`claude.ai${new URL(this.page.url()).pathname}`);
	}

	/** Still awaited: nothing is recorded, and the bar does not say that anything were. */
	async awaited(more = 0) {
		await this.holds({ stands: ['awaiting', 'pending', 'pending'], problem: null, sections_ok: 0, captures: 0, more });
	}

	/**
	 * The store has just this, and not one capture more. Captures that nobody can account for are counted as false.
	 * @param {{ stands: string[], problem: string | null, sections_ok: number, captures: number, more?: number }} wanted
	 */
	async holds({ captures, more = 0, ...wanted }) {
		const events = acts.FIRST + acts.PHASE - 1 + captures + more;
		const store = await this.store();
		const excess = store.events - events;
		if (excess > 0) base.info().annotations.push({ type: 'false captures', description: `${excess}` });
		expect(store).toEqual({ ...wanted, events });
	}
}

/** The bodies that an answer by the contract has in fences of four backticks. @param {string} text */
export function fenced(text) {
	return [...text.matchAll(/^## \w+\n\n(`{4,})[^\n]*\n([\s\S]*?)\n\1$/gm)].map(([, , body]) => body);
}

/** @type {import('@playwright/test').Fixtures<{ scene: Scene }, { stage: Stage }, {}, import('@playwright/test').PlaywrightWorkerArgs>} */
const fixtures = {
	stage: [
		// biome-ignore lint/correctness/noEmptyPattern: Playwright wants to see what a fixture asks for, be it nothing.
		async ({}, use) => {
			const stage = await Stage.open({ flags: { pace: 0 } });
			await use(stage);
			await stage.close();
		},
		{ scope: 'worker' },
	],
	scene: async ({ stage }, use) => {
		const scene = new Scene(stage);
		await use(scene);
		for (const page of stage.context.pages().slice(1)) await page.close();
	},
};

export const test = base.extend(fixtures);
