// A server with a browser that takes it for claude.ai: what every test of the stand-in starts with.
import { test as base } from '@playwright/test';
import { startReplica } from './server.mjs';

/**
 * @typedef {{replica: Awaited<ReturnType<typeof startReplica>>, page: import('@playwright/test').Page}} Opened
 * @typedef {(options?: Parameters<typeof startReplica>[0]) => Promise<Opened>} Open
 */

/** @type {import('@playwright/test').Fixtures<{open: Open}, {}, {}, import('@playwright/test').PlaywrightWorkerArgs>} */
const fixtures = {
	open: async ({ playwright }, use) => {
		/** @type {(() => Promise<unknown>)[]} */
		const closing = [];
		await use(async (options) => {
			const replica = await startReplica(options);
			closing.unshift(() => replica.close());
			const browser = await playwright.chromium.launch(asClaude(replica));
			closing.unshift(() => browser.close());
			return { replica, page: await browser.newPage() };
		});
		for (const close of closing) await close();
	},
};

export const test = base.extend(fixtures);

/** @param {{port: number, spki: string}} replica */
function asClaude({ port, spki }) {
	return {
		executablePath: '/usr/bin/chromium',
		args: [
			'--headless=new',
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
			`--host-resolver-rules=MAP claude.ai 127.0.0.1:${port}, MAP * ~NOTFOUND , EXCLUDE 127.0.0.1`,
			`--ignore-certificate-errors-spki-list=${spki}`,
		],
	};
}
