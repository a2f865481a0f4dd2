// The bar and the buttons of the extension stand in closed shadow roots, out of the page's reach. The extension's own world may
// look in, so a test reads them there and then clicks where a person would: with the mouse, at the place on the screen.
import { expect } from '@playwright/test';

/**
 * @typedef {{ name: string, seen: boolean, bare: boolean, x: number, y: number }} Button
 * @typedef {{ text: string, tone: string, engine: string, steps: string[], current: string, button: string, buttons: Button[] } & Button} Shown
 * What an element of ours shows; of its buttons the first one's place stands beside the list.
 */

/** Read in the extension's world. @param {string} name */
const look = (name) => `(() => {
	return [...document.querySelectorAll('[data-prompt-runner=${name}]')].map((host) => {
		const root = chrome.dom.openOrClosedShadowRoot(host);
		const buttons = [...root.querySelectorAll('button:not([hidden])')].map((button) => {
			const place = button.getBoundingClientRect();
			const [x, y] = [place.x + place.width / 2, place.y + place.height / 2];
			const bare = document.elementFromPoint(x, y) === host;
			return { name: button.textContent, seen: button.hasAttribute('data-seen'), bare, x, y };
		});
		return {
			text: root.querySelector('p')?.textContent ?? '',
			tone: root.querySelector('section')?.dataset.tone ?? '',
			engine: host.dataset.engine ?? '',
			steps: [...root.querySelectorAll('li')].map((step) => step.textContent),
			current: root.querySelector('[aria-current]')?.textContent ?? '',
			button: buttons[0]?.name ?? '',
			buttons,
			...buttons[0],
		};
	});
})()`;

export class Bar {
	/** @param {import('@playwright/test').Page} page @param {import('@playwright/test').CDPSession} session */
	constructor(page, session) {
		this.page = page;
		this.session = session;
		/** @type {number | undefined} The extension's world in this page. */
		this.world = undefined;
	}

	/** @param {import('@playwright/test').Page} page @param {string} id */
	static async in(page, id) {
		const bar = new Bar(page, await page.context().newCDPSession(page));
		bar.session.on('Runtime.executionContextCreated', ({ context }) => {
			if (context.origin === `chrome-extension://${id}`) bar.world = context.id;
		});
		bar.session.on('Runtime.executionContextsCleared', () => {
			bar.world = undefined;
		});
		await bar.session.send('Runtime.enable');
		return bar;
	}

	/** Evaluates in the extension's world of the page. @param {string} expression */
	async evaluate(expression) {
		if (this.world === undefined) return undefined;
		const options = { expression, contextId: this.world, returnByValue: true, awaitPromise: true };
		const answer = await this.session.send('Runtime.evaluate', options).catch(() => undefined);
		if (answer?.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description);
		return answer?.result.value;
	}

	/** @returns {Promise<Shown | undefined>} What the bar shows, if there is one. There is never a second one. */
	async shown() {
		const bars = (await this.evaluate(look('bar'))) ?? [];
		expect(bars.length).toBeLessThanOrEqual(1);
		return bars[0];
	}

	/** @returns {Promise<Shown[]>} The buttons under the messages. */
	async buttons() {
		return (await this.evaluate(look('send'))) ?? [];
	}

	/** Waits until the bar says this. @param {string | RegExp} text */
	async says(text, timeout = 30_000) {
		await expect.poll(async () => (await this.shown())?.text ?? '', { timeout, intervals: [20] }).toMatch(text);
	}

	/** Keeps every sentence that the bar says from now on, however short it stands there. */
	async listen() {
		await this.evaluate(`(() => {
			const host = document.querySelector('[data-prompt-runner=bar]');
			globalThis.heard = [];
			const keep = (records) => heard.push(...records.flatMap((record) => [...record.addedNodes].map((node) => node.textContent)));
			new MutationObserver(keep).observe(chrome.dom.openOrClosedShadowRoot(host).querySelector('p'), { childList: true });
		})()`);
	}

	/** Waits until the bar has said this since `listen`. @param {RegExp} text */
	async heard(text) {
		const heard = async () => ((await this.evaluate('globalThis.heard')) ?? []).join('\n');
		await expect.poll(heard, { timeout: 30_000, intervals: [20] }).toMatch(text);
	}

	/** Waits for a button of this name and clicks it with the mouse. @param {string | RegExp} name */
	async click(name) {
		const named = async () => {
			const buttons = (await this.shown())?.buttons ?? [];
			return buttons.find((button) => (typeof name === 'string' ? button.name.includes(name) : name.test(button.name)));
		};
		await expect.poll(async () => (await named()) !== undefined, { intervals: [20], message: `${name}` }).toBe(true);
		await this.press(named);
	}

	/** Scrolls something of ours into view, and clicks it where it then stands. @param {() => Promise<Button | undefined>} find */
	async press(find) {
		await expect
			.poll(async () => {
				const size = this.page.viewportSize() ?? { width: 0, height: 0 };
				const found = await find();
				if (found?.bare) return 'in view';
				await this.page.mouse.move(size.width / 2, size.height / 3);
				await this.page.mouse.wheel(0, (found?.y ?? 0) - size.height / 2);
				return 'out of view';
			})
			.toBe('in view');
		await this.rest(find);
		await this.page.mouse.down();
		await this.page.mouse.up();
	}

	/** Rests the mouse on something of ours, as a hand does before it presses, until the extension has seen it there. @param {() => Promise<Button | undefined>} find */
	async rest(find) {
		// To where it stands now: it may have been seen before, and moved on since.
		const now = await find();
		if (now) await this.page.mouse.move(now.x, now.y);
		const resting = async () => {
			const found = await find();
			if (found && !found.seen) await this.page.mouse.move(found.x, found.y);
			return found?.seen;
		};
		await expect.poll(resting, { intervals: [20] }).toBe(true);
	}
}
