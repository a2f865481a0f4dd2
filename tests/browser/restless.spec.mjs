// A page that does not leave our elements alone: takes them away, moves and copies them, as often as it can, and bends what every
// script of its own stands on. There is one bar at the end, it works, and the page was not kept busy by us.
import { expect, test } from '@playwright/test';
import { tell } from '../attacks/report.mjs';
import * as acts from './acts.mjs';
import { Stage } from './stage.mjs';

test('our elements are taken away, moved and copied a thousand times: one bar stands there at the end, and works', async () => {
	const stage = await Stage.open({ flags: { pace: 0 } });
	try {
		const chat = await acts.begin(stage);
		const { page, bar } = chat;
		await acts.ask(chat, 'Planning');
		await bar.says(/^Planning stored/);
		const ours = '[data-prompt-runner]';
		const done = await page.evaluate(async (ours) => {
			const parent = /** @type {Element} */ (document.querySelector(ours)?.parentElement);
			let done = 0;
			while (done < 1_000) {
				for (const host of document.querySelectorAll(ours)) {
					const copy = /** @type {Element} */ (host.cloneNode(true));
					document.body.append(copy);
					parent.prepend(host);
					document.body.append(host);
					copy.remove();
					host.remove();
					done += 5;
				}
				await new Promise((resolve) => setTimeout(resolve));
			}
			return done;
		}, ours);
		await bar.says(/^Planning stored|^Analysis: put/);
		await expect.poll(() => page.locator('[data-prompt-runner=bar]').count()).toBe(1);

		// A page that takes ours away as soon as it is there: we may come back, and not without end.
		const { times, tasks } = await page.evaluate(async (ours) => {
			let times = 0;
			const remove = () => {
				for (const host of document.querySelectorAll(ours)) {
					host.remove();
					times += 1;
				}
			};
			const observer = new MutationObserver(remove);
			observer.observe(document.body, { childList: true, subtree: true });
			remove();
			let tasks = 0;
			const end = performance.now() + 3_000;
			while (performance.now() < end) {
				await new Promise((resolve) => setTimeout(resolve));
				tasks += 1;
			}
			observer.disconnect();
			return { times, tasks };
		}, ours);
		// At most once in a frame of 16 ms, for the bar and the message's button.
		expect(times).toBeLessThan(400);
		expect(tasks).toBeGreaterThan(100);
		await bar.click('Put the Analysis prompt in');
		await bar.says('Analysis: the prompt is in the composer. Press Enter to send it.');
		tell('D52', done, 'times copied, moved and taken away', 'one bar, and it works');
		tell(
			'D52',
			times,
			'times taken away at once, in 3 s',
			`put back once a frame at most; the page ran ${tasks} tasks meanwhile`,
		);
	} finally {
		await stage.close();
	}
});

test('what the page has bent of JavaScript itself bends nothing of ours', async () => {
	const stage = await Stage.open({ csp: 'none', flags: { pace: 0 } });
	try {
		await stage.context.addInitScript(() => {
			const met = { bent: 0, ours: /** @type {string[]} */ ([]) };
			Object.assign(window, { met });
			/** What anybody might stand on, told apart by who calls. @type {[any, string[]][]} */
			const all = [
				[
					Element.prototype,
					['querySelector', 'querySelectorAll', 'closest', 'matches', 'getAttribute', 'append', 'remove'],
				],
				[Element.prototype, ['insertAdjacentElement', 'attachShadow', 'setAttribute', 'getBoundingClientRect']],
				[Node.prototype, ['appendChild', 'insertBefore', 'contains', 'cloneNode']],
				[Document.prototype, ['createElement', 'elementFromPoint', 'querySelector', 'execCommand']],
				[EventTarget.prototype, ['addEventListener', 'dispatchEvent']],
				[Array.prototype, ['push', 'map', 'filter', 'some', 'includes', 'slice', 'indexOf', 'join']],
				[String.prototype, ['split', 'startsWith', 'trim', 'replace']],
				[Function.prototype, ['call', 'apply', 'bind']],
				[Promise.prototype, ['then']],
				[JSON, ['parse', 'stringify']],
				[window, ['fetch', 'setTimeout', 'requestAnimationFrame', 'getComputedStyle']],
			];
			const { apply } = Reflect;
			for (const [holder, names] of all) {
				for (const name of names) {
					const own = holder[name];
					met.bent += 1;
					holder[name] = function (/** @type {any[]} */ ...args) {
						const { stack } = new Error();
						if (stack !== undefined && stack.length > 0) {
							// By hand, since what else there is has been bent.
							for (let at = 0; at < stack.length - 6; at++) {
								if (stack[at] === 'c' && stack[at + 6] === '-' && stack[at + 7] === 'e' && stack[at + 16] === ':') {
									met.ours[met.ours.length] = name;
									return undefined;
								}
							}
						}
						return apply(own, this, args);
					};
				}
			}
			// What a message would inherit.
			for (const [name, value] of [
				['to', 'host'],
				['request', { type: 'start' }],
				['sendOnClick', true],
			])
				Object.defineProperty(Object.prototype, String(name), { value, configurable: true, writable: true });
		});
		const chat = await acts.begin(stage);
		await acts.ask(chat, 'Planning');
		await chat.bar.says(/^Planning stored: 3 of 3 sections/);
		await acts.put(chat, 'Analysis');
		const met = await chat.page.evaluate(() => Reflect.get(window, 'met'));
		expect(met.bent).toBeGreaterThan(30);
		expect(met.ours).toEqual([]);
		tell('C48', met.bent, 'functions that the page has bent', '0 were called by ours, and a phase goes through');
	} finally {
		await stage.close();
	}
});
