// A conversation of any length in the stand-in's page, and an answer that grows in it word by word, the same each time. The rows are
// copies of rows that the stand-in drew itself; all of them are mounted, which the site of today avoids and others do not.
import { readFile } from 'node:fs/promises';
import { expect } from '@playwright/test';

/** @typedef {import('@playwright/test').Page} Page */

/** About 5 KB of an answer's text, with headings, lists and code. */
const TEXT = await readFile(new URL('../replica/answers/planning.md', import.meta.url), 'utf8');

/** Who waits in the page is told at once. When that took longer, somebody else was at work, in milliseconds. */
const AT_WORK_MS = 5;
/** So long nobody is at work any more, in milliseconds. */
const QUIET_MS = 300;

/**
 * Prepends copies until there are so many messages, and waits until all was done that hears of them. Milliseconds in which the page
 * could do nothing else, at the longest and up to the end.
 * @param {Page} page @param {number} messages @param {number} length Of an answer.
 */
export async function fill(page, messages, length = TEXT.length) {
	await expect(page.locator('[data-testid=transcript-row]').nth(1)).toBeAttached();
	const { there, longest, whole } = await page.evaluate(
		async ({ messages, text, atWorkMs, quietMs }) => {
			const rows = [...document.querySelectorAll('[data-testid=transcript-row]')];
			const [user, model] = ['user-message', 'assistant-message'].map(
				(id) => /** @type {Element} */ (rows.find((row) => row.querySelector(`[data-testid=${id}]`))),
			);
			const missing = messages - rows.length;
			const number = (/** @type {Element} */ row, /** @type {number} */ at) => {
				row.setAttribute('data-index', `${at}`);
				row.querySelector('[aria-posinset]')?.setAttribute('aria-posinset', `${at + 1}`);
			};
			const copies = document.createDocumentFragment();
			for (let at = 0; at < missing; at += 1) {
				const row = /** @type {HTMLElement} */ ((at % 2 ? model : user).cloneNode(true));
				for (const ours of row.querySelectorAll('[data-prompt-runner]')) ours.remove();
				// Rows out of sight are not laid out, or nothing but the layout would be measured.
				row.style.contentVisibility = 'auto';
				const message = row.querySelector('[data-turn-key]');
				message?.setAttribute('data-turn-key', `copy-${rows.length}-${at}`);
				const body = row.querySelector('[data-perf-reply-text]');
				body?.replaceChildren(
					...text.split(/\n\n+/).map((part) => {
						const code = part.startsWith('```');
						const block = document.createElement(part.startsWith('#') ? 'h2' : code ? 'pre' : 'p');
						const into = code ? block.appendChild(document.createElement('code')) : block;
						for (const word of part.split(/(?<=\n)|(?<=`)/)) {
							into.append(Object.assign(document.createElement('span'), { textContent: word }));
						}
						return block;
					}),
				);
				if (!body) row.querySelector('[data-testid=user-message]')?.replaceChildren(`Please go on with part ${at}.`);
				number(row, at);
				copies.append(row);
			}
			for (const [at, row] of rows.entries()) number(row, missing + at);
			// When it is scrolled, the stand-in numbers its own rows anew, as if there were no copies.
			window.addEventListener('scroll', (event) => event.stopImmediatePropagation(), true);
			document.dispatchEvent(new Event('counted-from'));
			const begun = performance.now();
			rows[0].before(copies);
			const found = await new Promise((resolve) => {
				const { port1, port2 } = new MessageChannel();
				let [last, worked, longest] = [begun, begun, 0];
				port1.onmessage = () => {
					const now = performance.now();
					longest = Math.max(longest, now - last);
					if (now - last > atWorkMs) worked = now;
					last = now;
					if (now - worked > quietMs) resolve({ longest, whole: worked - begun });
					else port2.postMessage(null);
				};
				port2.postMessage(null);
			});
			document.dispatchEvent(new Event('counted-to'));
			return { there: document.querySelectorAll('[data-testid=transcript-row]').length, ...found };
		},
		{ messages, text: TEXT.slice(0, length), atWorkMs: AT_WORK_MS, quietMs: QUIET_MS },
	);
	expect(there).toBe(Math.max(messages, 2));
	return { longest, whole };
}

/**
 * Lets an answer grow at the end of the conversation by so many words, and takes it away again. Between two words everything is done
 * that hears of the first, and nothing else: all of it is one task, so no timer and no frame comes between. Milliseconds for a word.
 * @param {Page} page @param {number} words
 */
export function grow(page, words) {
	return page.evaluate(async (words) => {
		const rows = document.querySelectorAll('[data-testid=transcript-row]:has([data-testid=assistant-message])');
		const last = /** @type {Element} */ (rows[rows.length - 1]);
		const row = /** @type {HTMLElement} */ (last.cloneNode(true));
		for (const ours of row.querySelectorAll('[data-prompt-runner]')) ours.remove();
		const message = /** @type {HTMLElement} */ (row.querySelector('[data-testid=assistant-message]'));
		const body = /** @type {Element} */ (row.querySelector('[data-perf-reply-text]'));
		message.setAttribute('data-turn-key', `grown-${performance.now()}`);
		message.dataset.isStreaming = 'true';
		body.replaceChildren();
		last.after(row);
		await new Promise((resolve) => setTimeout(resolve));

		const make = (/** @type {string} */ tag, text = '') =>
			Object.assign(document.createElement(tag), { textContent: text });
		/** @type {Element} */
		let block = body.appendChild(make('p', 'It'));
		document.dispatchEvent(new Event('counted-from'));
		const begun = performance.now();
		for (let at = 0; at < words; at += 1) {
			// As answers do: a heading, prose that grows, prose that is drawn anew, and code, span by span.
			const step = at % 100;
			if (step === 0) body.append(make('h2', `Part ${at}`));
			else if (step === 1 || step === 41) block = body.appendChild(make('p', 'It'));
			else if (step === 71) block = body.appendChild(make('pre')).appendChild(make('code'));
			else if (step < 41) /** @type {Text} */ (block.firstChild).appendData(' word');
			else if (step < 71) {
				const anew = make('p', `${block.textContent} word`);
				block.replaceWith(anew);
				block = anew;
			} else block.append(make('span', ' word'));
			await null;
		}
		const each = (performance.now() - begun) / words;
		document.dispatchEvent(new Event('counted-to'));
		message.dataset.isStreaming = 'false';
		await new Promise((resolve) => setTimeout(resolve));
		row.remove();
		return each;
	}, words);
}

/** Takes every name and number from the messages, as in layouts that give them none. @param {Page} page */
export function unname(page) {
	return page.evaluate(() => {
		for (const name of ['data-turn-key', 'data-index', 'data-rs-index', 'aria-posinset']) {
			for (const named of document.querySelectorAll(`[${name}]`)) named.removeAttribute(name);
		}
	});
}

/**
 * Fills the list of a small stand-in: copies of its newest entries, put before them, until there are so many.
 * @param {Page} page @param {{ entry: string, answer: string }} how `entry`: of the list. @param {number} entries
 */
export async function fillAny(page, { entry, answer }, entries) {
	const there = await page.evaluate(
		async ({ entry, answer, entries }) => {
			const all = [...document.querySelectorAll(entry)];
			const pair = all.slice(all.findLastIndex((row) => !row.querySelector(answer) && !row.matches(answer)));
			const group = pair.length > 0 ? pair : all.slice(-1);
			const copies = document.createDocumentFragment();
			for (let at = all.length; at < entries; at += 1) {
				const row = /** @type {HTMLElement} */ (group[at % group.length].cloneNode(true));
				for (const ours of row.querySelectorAll('[data-prompt-runner]')) ours.remove();
				row.style.contentVisibility = 'auto';
				for (const named of [row, ...row.querySelectorAll('*')]) {
					for (const { name, value } of [...named.attributes]) {
						if (/^data-.*id$|^id$/.test(name)) named.setAttribute(name, `${value}-${at}`);
					}
				}
				copies.append(row);
			}
			group[0].before(copies);
			await new Promise((resolve) => setTimeout(resolve, 500));
			return document.querySelectorAll(entry).length;
		},
		{ entry, answer, entries },
	);
	expect(there).toBeGreaterThanOrEqual(entries);
}

/**
 * Lets the newest answer of any page grow by so many words, each a task of its own and so many milliseconds after the one before, as a
 * model gives them. From the first word until half a second after the last one, all is one count.
 * @param {Page} page @param {string} body Of an answer. @param {string} says The attribute that says that an answer grows; else empty.
 * @param {number} words
 */
export function growAny(page, body, says, words, apartMs = 4) {
	return page.evaluate(
		async ({ body, says, words, apartMs }) => {
			const into = /** @type {Element} */ ([...document.querySelectorAll(body)].at(-1));
			const message = says ? into.closest(`[${says}]`) : null;
			message?.setAttribute(says, 'true');
			const text = document.createTextNode('It');
			into.append(Object.assign(document.createElement('p'), { textContent: '' }));
			into.lastElementChild?.append(text);
			// Where the list was scrolled by what came, its entries in view are looked at first.
			await new Promise((resolve) => setTimeout(resolve, 1_500));
			document.dispatchEvent(new Event('counted-from'));
			for (let at = 0; at < words; at += 1) {
				text.appendData(' word');
				await new Promise((resolve) => setTimeout(resolve, apartMs));
			}
			await new Promise((resolve) => setTimeout(resolve, 500));
			document.dispatchEvent(new Event('counted-to'));
		},
		{ body, says, words, apartMs },
	);
}
