// No trace in ordinary conversations: hundreds of them, made in code out of a seed, are visited in a browser with the extension and in
// one without. Nothing is captured, the documents are the same, and what is copied is the same to the byte. With PROMPT_RUNNER_FULL=1
// it is all of them; PROMPT_RUNNER_SEED plays a printed seed again.
import { chromium } from '@playwright/test';
import * as acts from './acts.mjs';
import { answer, answered, expect, test, trailer, until } from './acts.mjs';
import { chance, FULL, report, SEED } from './chance.mjs';

/** @typedef {import('./acts.mjs').Page} Page */

const CONVERSATIONS = FULL ? 300 : 60;

const WORDS =
	'the a list row export test board filter cache why slow fast user page button index query merge branch rain coat tomorrow where which never'.split(
		' ',
	);
const FOREIGN = [
	'Warum ist der Export so langsam? Die Größe der Datei überrascht mich.',
	'このテストはなぜ遅いのですか。',
	'为什么导出这么慢？',
	'لماذا التصدير بطيء؟',
	'Почему экспорт такой медленный?',
	'למה הייצוא איטי?',
	'수출이 왜 느린가요? 👩‍💻 e\u0301',
];
/** A complete answer by the contract, of a session that was over long ago. */
const OLD = answer('planning', [], 'As it was.')
	.replaceAll('{{session}}', '20250101_101010_0123abcd')
	.replaceAll('{{phase}}', 'planning')
	.replaceAll('{{nonce}}', '0123456789abcdef');
const OLD_PROOF = OLD.slice(OLD.lastIndexOf('```promptrunner'));
/** The rules as they stand in a prompt, with nothing filled in. */
const RULES = trailer(['FINDINGS', 'DESIGN', 'TASKS']);

/** Messages of a conversation, the user's first. @param {() => number} random @returns {string[]} */
function conversation(random) {
	const among = (/** @type {number} */ count) => Math.floor(random() * count);
	/** @template T @param {T[]} things */
	const one = (things) => things[among(things.length)];
	const words = (/** @type {number} */ count) => Array.from({ length: count }, () => one(WORDS)).join(' ');
	const sentence = () => `${words(3 + among(12))}.`;
	const kinds = [
		sentence,
		() => Array.from({ length: 2 + among(3) }, sentence).join('\n\n'),
		() => `## ${words(2)}\n\n${sentence()}\n\n### FINDINGS\n\n${sentence()}`,
		() =>
			`\`\`\`${one(['js', 'rust', 'python', '', 'json'])}\nconst ${one(WORDS)} = ${among(99)}; // ${words(2)}\n\treturn;\n\`\`\``,
		() => `| ${words(1)} | ${words(1)} |\n|---|---|\n| ${among(9)} | \`${words(1)}\` |`,
		() =>
			`- ${words(3)}\n- ${words(2)}\n  1. ${words(2)}\n  2. **${words(1)}** and [a link](https://example.org/${among(99)})`,
		() => `> ${sentence()}`,
		() => one(FOREIGN),
		() => 'What does PROMPT-RUNNER/1 mean, and PROMPT-RUNNER/END?',
		() => OLD,
		() => OLD_PROOF,
		() => RULES,
		() => `I got this once:\n\n\`\`\`\`\n${OLD_PROOF}\n\`\`\`\`\n\n${sentence()}`,
	];
	const turns = 2 * (1 + among(3));
	return Array.from({ length: turns }, () => Array.from({ length: 1 + among(3) }, () => one(kinds)()).join('\n\n'));
}

/** @typedef {{ path: string, name: string, answers: number, ours: number }} Where `ours`: so many elements are waited for. */
/** @typedef {{ document: string, selected: string, plain: string, html: string, ours: number }} Look */

/**
 * Goes to a conversation inside the page, as the site does, and takes what stands there and what a person would copy. Runs in the page.
 * @param {Where} where @returns {Promise<Look>}
 */
async function visited({ path, name, answers, ours }) {
	if (location.pathname !== path) {
		history.pushState(null, '', path);
		dispatchEvent(new PopStateEvent('popstate'));
	}
	const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
	const count = (/** @type {string} */ selector) => document.querySelectorAll(selector).length;
	const drawn = () => document.title === `${name} - Claude` && count('[data-testid=message-actions]') === answers;
	while (!drawn() || count('[data-prompt-runner]') < ours) await frame();
	for (let calm = 0; calm < 3; calm++) await frame();

	if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
	const range = document.createRange();
	range.selectNodeContents(document.body);
	getSelection()?.removeAllRanges();
	getSelection()?.addRange(range);
	const selected = String(getSelection());
	document.execCommand('copy');
	const [item] = await navigator.clipboard.read();
	const read = async (/** @type {string} */ type) => (await item.getType(type)).text();
	const [plain, html] = [await read('text/plain'), await read('text/html')];
	getSelection()?.removeAllRanges();

	const copy = /** @type {Element} */ (document.documentElement.cloneNode(true));
	const mine = copy.querySelectorAll('[data-prompt-runner]');
	for (const element of mine) element.remove();
	return { document: copy.outerHTML.replaceAll(/nonce="[^"]*"/g, ''), selected, plain, html, ours: mine.length };
}

/** @param {Page} page @param {Where} where @returns {Promise<Look>} */
async function look(page, where) {
	const session = await page.context().newCDPSession(page);
	const expression = `(${visited})(${JSON.stringify(where)})`;
	// Copying needs a person's gesture.
	const options = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
	const { result, exceptionDetails } = await session.send('Runtime.evaluate', options);
	await session.detach();
	if (exceptionDetails) throw new Error(exceptionDetails.exception?.description);
	return result.value;
}

test('ordinary conversations: nothing is captured, nothing is changed, and what is copied is the same', async ({
	open,
}) => {
	test.setTimeout(FULL ? 300_000 : 90_000);
	console.log(`ordinary: PROMPT_RUNNER_SEED=${SEED}`);
	const random = chance(SEED);
	const stage = await open({ flags: { pace: 0 } });
	const { replica } = stage;

	// Somewhere else a prompt waits for its answer, so that there is something to be mistaken for.
	const elsewhere = await acts.begin(stage);
	replica.setFlags({ answer: 'Not yet.' });
	await acts.ask(elsewhere, 'Planning');
	await answered(elsewhere, 1);
	await elsewhere.bar.says('Planning: this reply is not what was asked for');
	const before = await acts.store(stage);
	const listening = await stage.popup(elsewhere.page);
	await listening.evaluate(() => {
		Object.assign(window, { kept: 0 });
		chrome.storage.local.onChanged.addListener((changes) => {
			const names = Object.keys(changes).filter((name) => /^(outbox|refused):/.test(name));
			Object.assign(window, { kept: Reflect.get(window, 'kept') + names.length });
		});
	});

	const conversations = Array.from({ length: CONVERSATIONS }, (_, at) => {
		const texts = conversation(random);
		const name = `Ordinary ${at}`;
		const path = `/chat/${replica.conversations.seed(name, texts)}`;
		return { path, name, answers: texts.length / 2, ours: 0 };
	});
	const plain = await chromium.launch({
		executablePath: process.env.PROMPT_RUNNER_CHROMIUM ?? '/usr/bin/chromium',
		args: [
			'--headless=new',
			'--no-sandbox',
			`--host-resolver-rules=MAP claude.ai 127.0.0.1:${replica.port}, MAP * ~NOTFOUND , EXCLUDE 127.0.0.1`,
			`--ignore-certificate-errors-spki-list=${replica.spki}`,
		],
	});
	try {
		const { page: with_, bar } = await stage.visit(conversations[0].path);
		await acts.asked({ page: with_, bar });
		const context = await plain.newContext({ viewport: with_.viewportSize() });
		const bare = await context.newPage();
		await bare.goto(`${replica.origin}${conversations[0].path}`);
		for (const each of [stage.context, context]) {
			await each.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: replica.origin });
		}
		await with_.bringToFront();

		let [changed, equal] = [0, 0];
		for (const where of conversations) {
			const [one, other] = await Promise.all([look(with_, where), look(bare, where)]);
			changed += one.document === other.document && one.ours === 0 ? 0 : 1;
			const same = one.selected === other.selected && one.plain === other.plain && one.html === other.html;
			equal += same && one.plain.length > 0 ? 1 : 0;
		}

		await test.step('with the bar and the buttons in the page, too', async () => {
			const where = conversations[0];
			await listening.evaluate(async (conversation) => {
				const request = { type: 'start', feature: 'A roof', conversation };
				await chrome.runtime.sendMessage({ to: 'host', request });
			}, `claude.ai${where.path}`);
			const other = await look(bare, where);
			await until('our elements to be there', async () => {
				const { ours, ...one } = await look(with_, { ...where, ours: 0 });
				if (ours !== where.answers + 1) return false;
				expect(one).toEqual({
					document: other.document,
					selected: other.selected,
					plain: other.plain,
					html: other.html,
				});
				return true;
			});
		});

		const captures = await listening.evaluate(() => Reflect.get(window, 'kept'));
		const numbers = { conversations: conversations.length, captures, dom_changes: changed, copies_equal: equal };
		await report('ordinary', numbers);
		expect(numbers).toEqual({ conversations: CONVERSATIONS, captures: 0, dom_changes: 0, copies_equal: CONVERSATIONS });
		const records = JSON.parse(await stage.cli('orchestrate', 'list', '--json')).sessions;
		expect(records.map((/** @type {{ feature: string }} */ { feature }) => feature).sort()).toEqual([
			'A roof',
			'Export the task list as a CSV file',
		]);
		expect(await acts.store(stage)).toEqual(before);
		expect(await acts.waiting(stage)).toEqual([]);
	} finally {
		await plain.close();
	}
});
