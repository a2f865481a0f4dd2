// Where one is, and what stands there: other conversations, other tabs, walls, holes and policies. An answer is stored once, under the
// conversation it was given in, and what is no chat is left alone.
import { Stage } from '../stage.mjs';
import { BRISK, SLOW, acts, expect, test } from './scene.mjs';

test('n19 one goes to another conversation while the answer comes in, with the old title still up, and comes back', async ({
	scene,
}) => {
	const texts = ['Will it rain?', acts.answer('planning')];
	scene.stage.replica.conversations.seed('About the rain', texts);
	await scene.begin({ pace: SLOW });
	await scene.ask();
	await scene.bar.says('Planning: the reply is coming in');
	const here = new URL(scene.page.url()).pathname;
	await scene.page.getByRole('link', { name: 'About the rain' }).first().click();
	await expect(scene.page.getByTestId('assistant-message')).toHaveCount(1);
	await expect.poll(() => scene.bar.shown()).toBeUndefined();
	scene.flags({ pace: BRISK });
	await scene.awaited();
	await scene.page.goBack();
	await scene.bar.says(/^Planning: (the reply is coming in|storing)|^Planning stored/);
	scene.flags({});
	await scene.stored();
	expect((await scene.status()).conversation).toBe(`claude.ai${here}`);
});

test('n21 two tabs on one conversation: both say that it is stored, and it is stored once', async ({ scene }) => {
	await scene.begin({ cutAt: 0.6 });
	await scene.ask();
	await scene.bar.says(/stopped early/);
	const [one, two] = [scene.chat, await acts.visitToo(scene.stage, scene.page)];
	// The second tab reads the answer too, and the host knows it already.
	await two.bar.says(/^Planning: the reply (is not complete|stopped early)/);
	scene.flags({});
	await scene.page.bringToFront();
	await scene.bar.click('Ask for Planning again');
	await scene.bar.says('Planning: the prompt is in the composer. Press Enter to send it.');
	await scene.page.keyboard.press('Enter');
	await scene.bar.says('Planning stored: 3 of 3 sections');
	await two.page.reload();
	for (const { bar } of [one ?? two, two]) await bar.says(/^(Planning stored|Analysis: put the prompt)/);
	const wanted = { stands: ['replied', 'pending', 'pending'], problem: null, sections_ok: 3, captures: 2 };
	// Asked twice: rendered, placed and sent once more.
	await scene.holds({ ...wanted, more: 3 });
});

test('n37 the conversation was deleted: the page goes to a new chat, and nothing of the session is lost or claimed', async ({
	scene,
}) => {
	await scene.begin();
	await scene.ask();
	await scene.stored();
	const id = new URL(scene.page.url()).pathname.split('/').at(-1) ?? '';
	scene.stage.replica.conversations.remove(id);
	await scene.page.reload();
	await expect(scene.page).toHaveURL(/\/new$/);
	await acts.asked({ page: scene.page, bar: scene.bar });
	await expect.poll(() => scene.bar.shown()).toBeUndefined();
	await scene.holds({ stands: ['replied', 'pending', 'pending'], problem: null, sections_ok: 3, captures: 1 });
});

for (const wall of /** @type {const} */ (['login', 'challenge'])) {
	test(`n38 a wall stands in front of the site (${wall}): it is left alone, and behind it all goes on`, async ({
		scene,
	}) => {
		scene.flags({ wall });
		await scene.session();
		const { page, bar } = await scene.stage.visit('/new');
		await acts.asked({ page, bar });
		expect(await page.locator('[data-prompt-runner=send]').count()).toBe(0);
		expect((await scene.store()).stands).toEqual(['prompted', 'pending', 'pending']);
		const shown = await bar.shown();
		expect(shown?.text ?? 'nothing').not.toMatch(/composer\. Press|stored/);
		scene.flags({});
		await page.reload();
		scene.chat = { page, bar };
		await scene.ask();
		await scene.stored();
	});
}

for (const csp of /** @type {const} */ (['tt', 'wasm'])) {
	test(`n39 the site sends a strict policy (${csp}): nothing of ours breaks it`, async ({ scene }) => {
		const stage = await Stage.open({ csp, flags: { pace: 0 } });
		try {
			scene.stage = stage;
			await scene.begin();
			await scene.ask();
			await scene.stored();
			expect((await scene.bar.shown())?.engine).toBe(csp === 'wasm' ? 'wasm' : 'js');
			expect(await scene.page.evaluate(() => window.__replica.violations)).toEqual([]);
			expect(stage.replica.reports).toEqual([]);
		} finally {
			await stage.close();
		}
	});
}

/** Without this the browser switches off what was loaded from a folder, once it is loaded anew. @param {Stage} stage */
async function developerMode(stage) {
	const page = await stage.context.newPage();
	await page.goto('chrome://extensions');
	await page.evaluate(() => {
		const { developerPrivate } = /** @type {any} */ (window).chrome;
		return developerPrivate.updateProfileConfiguration({ inDeveloperMode: true });
	});
	await page.close();
}

test('n40 the extension is updated while the answer comes in: the answer is stored once, at the latest after a reload', async ({
	scene,
}) => {
	const stage = await Stage.open({ flags: { pace: 0 } });
	try {
		scene.stage = stage;
		await scene.begin({ pace: SLOW });
		await scene.ask();
		await scene.bar.says('Planning: the reply is coming in');
		await developerMode(stage);
		await scene.page.bringToFront();
		const worker = await stage.worker();
		const gone = worker.waitForEvent('close');
		await worker.evaluate(() => chrome.runtime.reload()).catch(() => undefined);
		await gone;
		scene.flags({});
		await acts.answered({ page: scene.page, bar: scene.bar }, 1);
		await stage.worker();
		await scene.page.reload();
		await scene.bar.says(/^(Planning stored|Analysis: put the prompt)/);
		await scene.holds({ stands: ['replied', 'pending', 'pending'], problem: null, sections_ok: 3, captures: 1 });
	} finally {
		await stage.close();
	}
});

test('n41 a conversation shows no message for a while after it was opened', async ({ scene }) => {
	await scene.begin({ hydrationHole: 600 });
	await scene.ask();
	await scene.stored();
	await scene.page.reload();
	await scene.bar.says('Analysis: put the prompt into the composer.');
	await expect.poll(async () => (await scene.bar.buttons()).length).toBe(1);
	await scene.holds({ stands: ['replied', 'pending', 'pending'], problem: null, sections_ok: 3, captures: 1 });
	await scene.ask('Analysis');
	await scene.bar.says('Analysis stored: 3 of 3 sections');
	expect((await scene.store()).events).toBe(acts.FIRST + 2 * acts.PHASE);
});
