// An update of the extension under open pages: the old engine takes its things and goes, the new one takes over by itself, and the
// answer that is coming in meanwhile is stored once.
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as acts from './acts.mjs';
import { answered, expect, FIRST, PHASE, test, until } from './acts.mjs';
import { FULL, report } from './chance.mjs';

/** How often the extension is updated under one answer. */
const UPDATES = FULL ? 50 : 5;

/** @typedef {import('./stage.mjs').Stage} Stage */

/** Slow enough that an answer is still on its way when something happens to it. */
const SLOWLY = { pace: 60 };
const AT_ONCE = { pace: 0 };

/** Has the browser run a copy of the extension, which can be given another version. @param {Stage} stage */
async function withCopy(stage) {
	await stage.context.close();
	const copy = join(stage.home, 'extension');
	await cp(stage.extension, copy, { recursive: true });
	stage.extension = copy;
	await stage.launch();
	// Without this the browser switches off what was loaded from a folder, once it is loaded anew.
	await manage(stage, () => {
		const { developerPrivate } = /** @type {any} */ (window).chrome;
		return developerPrivate.updateProfileConfiguration({ inDeveloperMode: true });
	});
}

/** Does what a person does on the browser's page for extensions. @param {Stage} stage @param {(id: string) => unknown} act */
async function manage(stage, act) {
	const page = await stage.context.newPage();
	await page.goto('chrome://extensions');
	await page.evaluate(act, stage.id);
	await page.close();
}

/** Puts the next version in the place of the one that runs. @param {Stage} stage @param {string} version */
async function update(stage, version) {
	const file = join(stage.extension, 'manifest.json');
	const manifest = JSON.parse(await readFile(file, 'utf8'));
	await writeFile(file, JSON.stringify({ ...manifest, version }));
	const old = await stage.worker();
	const gone = old.waitForEvent('close');
	// The worker that says so is gone before it could answer.
	await old.evaluate(() => chrome.runtime.reload()).catch(() => {});
	await gone;
	const worker = await stage.worker();
	expect(await worker.evaluate(() => chrome.runtime.getManifest().version)).toBe(version);
}

/**
 * What an engine of ours still has in a page: the observers of its world, and its listeners on the address.
 * @param {import('./bar.mjs').Bar} bar @param {number} world
 */
async function alive(bar, world) {
	const objectGroup = 'alive';
	const evaluate = async (/** @type {string} */ expression) => {
		const { result } = await bar.session.send('Runtime.evaluate', { expression, contextId: world, objectGroup });
		return result.objectId ?? '';
	};
	const prototypeObjectId = await evaluate('MutationObserver.prototype');
	const { objects } = await bar.session.send('Runtime.queryObjects', { prototypeObjectId, objectGroup });
	const observers = await bar.session.send('Runtime.callFunctionOn', {
		objectId: objects.objectId,
		functionDeclaration: 'function () { return this.length }',
	});
	const listeners = await bar.session.send('DOMDebugger.getEventListeners', { objectId: await evaluate('navigation') });
	// What is looked at here would stay because of that.
	await bar.session.send('Runtime.releaseObjectGroup', { objectGroup });
	return { observers: observers.result.value, listeners: listeners.listeners.length };
}

test('the extension is updated while an answer comes in: one bar, one engine, and the answer is stored once', async ({
	open,
}) => {
	test.setTimeout(FULL ? 300_000 : 90_000);
	const stage = await open({ flags: SLOWLY });
	await withCopy(stage);
	const chat = await acts.begin(stage);
	const { page, bar } = chat;
	/** @type {string[]} */
	const thrown = [];
	bar.session.on('Runtime.exceptionThrown', ({ exceptionDetails }) => {
		thrown.push(exceptionDetails.exception?.description ?? exceptionDetails.text);
	});
	await acts.ask(chat, 'Planning');
	await bar.says('Planning: the reply is coming in');

	for (let round = 1; round <= UPDATES; round++) {
		const old = bar.world ?? 0;
		expect(await alive(bar, old)).toEqual({ observers: 1, listeners: 1 });
		await update(stage, `0.2.${round}`);
		await until('the next engine', async () => bar.world !== undefined && bar.world !== old);
		await bar.says('Planning: the reply is coming in');
		await expect.poll(() => alive(bar, old)).toEqual({ observers: 0, listeners: 0 });
		await expect(page.locator('[data-prompt-runner=bar]')).toHaveCount(1);
		await expect(page.locator('[data-prompt-runner=send]')).toHaveCount(1);
	}

	stage.replica.setFlags(AT_ONCE);
	await bar.says('Planning stored: 3 of 3 sections');
	await answered(chat, 1);
	expect(await acts.store(stage)).toEqual({ stands: ['replied', 'pending', 'pending'], events: FIRST + PHASE });
	expect(await acts.waiting(stage)).toEqual([]);
	expect((await bar.buttons()).map(({ button }) => button)).toEqual(['Stored']);

	await acts.ask(chat, 'Analysis');
	await bar.says('Analysis stored: 3 of 3 sections');
	await expect(page.locator('[data-prompt-runner=bar]')).toHaveCount(1);
	expect(await acts.store(stage)).toEqual({ stands: ['replied', 'replied', 'pending'], events: FIRST + 2 * PHASE });
	expect(thrown).toEqual([]);
	await report('update', { updates: UPDATES });
});

test('the extension is switched off: what it put into the page goes with the next thing that happens there', async ({
	open,
}) => {
	const stage = await open({ flags: AT_ONCE });
	const chat = await acts.begin(stage);
	await acts.ask(chat, 'Planning');
	await chat.bar.says('Planning stored: 3 of 3 sections');
	const worker = await stage.worker();
	const gone = worker.waitForEvent('close');
	await manage(stage, (id) => /** @type {any} */ (window).chrome.management.setEnabled(id, false));
	await gone;
	await acts.write(chat, 'Thank you.');
	await answered(chat, 2);
	await expect(chat.page.locator('[data-prompt-runner]')).toHaveCount(0);
});
