// Answers that come in nastily: whatever the page does to their nodes, attributes and pauses, the whole text is stored once, and what
// is not whole is never called so.
import { BRISK, PLANNING, SLOW, acts, expect, test } from './scene.mjs';

/** @typedef {import('./scene.mjs').Scene} Scene */

/** An envelope of ours in the wrong place: everything in it is right but where it stands. */
const FAKE = acts.answer('planning', [], 'Only thought of.');

/**
 * The answer is whole in the end. What happens while it comes in may be done by the case.
 * @type {[string, Partial<import('./scene.mjs').Flags>, ((scene: Scene) => Promise<unknown>)?][]}
 */
const WHOLE = [
	['n1 the node of the answer is replaced while it grows', { pace: BRISK, rerender: 1500 }],
	[
		'n3 it comes token by token, and then the rest at once',
		{ pace: SLOW },
		async ({ bar, stage }) => {
			await bar.says('Planning: the reply is coming in, 0 of 3 sections so far.');
			stage.replica.setFlags({ pace: 0 });
		},
	],
	['n4 every word, fence and proof is spread over many nodes', { pace: BRISK, splitText: true }],
	['n5 it says that it has ended long after its last text, by an attribute alone', { endDelayMs: 700 }],
	['n6 blocks are away when it says that it has ended, and come back', { mergeAtEnd: 400 }],
	['n7 for more than a second it does not say whether it grows', { attributeDelayMs: 1200 }],
	['n8 it never says whether it grows', { noStreamingAttribute: true }],
	['n11 it pauses for a tool and says that it has ended', { toolPauseAt: 0.8, toolPauseMs: 800 }],
	['n12 expanded thinking holds an envelope with the right proof', { thinkingText: FAKE }],
	[
		'n18 a hidden tab draws once a second, and then the rest at once',
		{ pace: SLOW * 4, drawEveryMs: 1000 },
		async ({ bar, stage }) => {
			await bar.says('Planning: the reply is coming in');
			const front = await stage.context.newPage();
			await front.bringToFront();
			stage.replica.setFlags({ pace: 0 });
		},
	],
	[
		'n35 the colours of the page change while it comes in',
		{ pace: SLOW, mode: 'light' },
		async (scene) => {
			await scene.bar.says('Planning: the reply is coming in');
			await scene.flagsNow({ mode: 'dark', pace: 0 });
		},
	],
	['n51 toolbars and stop buttons stand there several times while it grows', { pace: BRISK, extraControls: 4 }],
];

for (const [title, flags, meanwhile] of WHOLE) {
	test(title, async ({ scene }) => {
		await scene.begin(flags);
		await scene.ask();
		await meanwhile?.(scene);
		await scene.stored();
		expect((await scene.bar.buttons()).map(({ button }) => button)).toEqual(['Stored']);
	});
}

test('n8 an answer that never says whether it grows, and is cut, is called cut once it is surely quiet', async ({
	scene,
}) => {
	await scene.begin({ noStreamingAttribute: true, cutAt: 0.6 });
	await scene.ask();
	await scene.bar.says('Planning: the reply stopped early, 1 of 3 sections. What came is kept.');
	await scene.holds({ stands: ['failed', 'pending', 'pending'], problem: 'cut', sections_ok: 1, captures: 1 });
});

test('n11 a tool takes so long that its pause looks like the end: kept as cut, then replaced by the complete answer', async ({
	scene,
}) => {
	await scene.begin({ toolPauseAt: 0.8, toolPauseMs: 4000, stopFlickers: true });
	await scene.ask();
	await scene.bar.says(/^Planning: the reply stopped early, [12] of 3 sections\. What came is kept\.$/);
	expect((await scene.store()).stands).toEqual(['failed', 'pending', 'pending']);
	await scene.stored(1);
});

test('n17 the developer stops an answer inside a fence: it is called cut, and the open section is not whole', async ({
	scene,
}) => {
	await scene.begin({ pace: BRISK / 2 });
	await scene.ask();
	await scene.bar.says('Planning: the reply is coming in, 2 of 3 sections so far.');
	await scene.page.getByTestId('chat-input-stop').click();
	await scene.bar.says('Planning: the reply stopped early, 1 of 3 sections. What came is kept.');
	await scene.holds({ stands: ['failed', 'pending', 'pending'], problem: 'cut', sections_ok: 1, captures: 1 });
	expect(await scene.reply()).not.toContain('PROMPT-RUNNER/END');
});

test('n29 an answer of 210 KB, with a block that is too big to be highlighted and one of 5,000 lines, is stored to the letter', async ({
	scene,
}) => {
	const big = Array.from(
		{ length: 5_000 },
		(_, at) => `const line${at} = "${at}"; // a line of the code of this block`,
	);
	expect(big.join('\n').length).toBeGreaterThan(204_800);
	const many = Array.from({ length: 5_000 }, (_, at) => `${at}`).join('\n');
	const bodies = [big.join('\n'), many, 'Low.'];
	const sections = PLANNING.map((name, at) => `## ${name}\n\n\`\`\`\`js\n${bodies[at]}\n\`\`\`\``);
	await scene.begin({ answer: [...sections, acts.trailer(PLANNING)].join('\n\n') });
	await scene.ask();
	await scene.stored();
	await expect(scene.page.getByText('Syntax highlighting has been disabled due to code size.')).toBeVisible();
	expect((await scene.said())[0].length).toBeGreaterThan(210_000);
});
