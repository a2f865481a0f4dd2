// An answer is taken out of the page itself, whatever the page calls its parts and whatever language its buttons speak: all three sections,
// with no look at the copy button or the site's record, which would give the text as well, only later and at a price. How long that took
// after the last word is printed and not judged: the machine of a test is no measure.
import { expect, test } from './nasty/scene.mjs';

/** @typedef {import('../replica/flags.mjs').Flags} Flags */

/** @type {Flags['layout'][]} */
const LAYOUTS = ['hub-2026-10', 'dframe-2026-07', 'skeleton-2026-07', 'resp-2026-03', 'legacy-2025', 'renamed-future'];
/** @type {Flags['language'][]} */
const LANGUAGES = ['en', 'de', 'ja', 'ko', 'fr'];

for (const layout of LAYOUTS) {
	test(`an answer is taken out of the page, layout ${layout}, in ${LANGUAGES.length} languages`, async ({
		scene,
		stage,
	}) => {
		/** @type {string[]} */
		const times = [];
		for (const language of LANGUAGES) {
			await scene.begin({ layout, language });
			const worker = await stage.worker();
			await worker.evaluate(() => {
				const heard = Object.assign(globalThis, { heard: /** @type {object[]} */ ([]) }).heard;
				chrome.runtime.onMessage.addListener(({ to, request }) => {
					if (to === 'sources') heard.push({ to });
					if (request?.type !== 'capture') return;
					heard.push({ source: request.source, others: request.others?.length ?? 0, at: Date.now() });
				});
			});
			await scene.ask();
			await scene.stored();
			const heard = await worker.evaluate(() => /** @type {any} */ (globalThis).heard);
			const asked = heard.map((/** @type {any} */ { at: _, ...rest }) => rest);
			expect(asked, language).toEqual([{ source: 'page', others: 0 }]);
			await scene.page.waitForFunction(() => window.__replica.lastTokenAt > 0);
			const last = await scene.page.evaluate(() => window.__replica.lastTokenAt);
			times.push(`${language} ${heard[0].at - last} ms`);
			await scene.page.close();
		}
		console.log(`${layout}: the answer left the page after its last word: ${times.join(', ')}`);
	});
}
