// Why this exists: in Chromium the page's own policy decides whether WASM may compile in a content script, and a try
// that fails is reported to the site. So the policy is read from the response, and the engine is chosen without a try.

import { PATTERNS } from './sites.js';

/**
 * True when every one of these policies lets WebAssembly compile. A header may hold several, separated by commas.
 * @param {string[]} policies
 */
export function allowsWasm(policies) {
	return policies
		.flatMap((policy) => policy.split(','))
		.every((policy) => {
			/** @type {Map<string, string[]>} */
			const directives = new Map();
			for (const part of policy.toLowerCase().split(';')) {
				const [name, ...sources] = part.trim().split(/\s+/);
				// Of a directive given twice, browsers take the first.
				if (name && !directives.has(name)) directives.set(name, sources);
			}
			const sources = directives.get('script-src') ?? directives.get('default-src');
			return !sources || sources.includes("'wasm-unsafe-eval'") || sources.includes("'unsafe-eval'");
		});
}

/** @type {Map<number, boolean>} */
const verdicts = new Map(); // and in storage.session, for the worker may be stopped before the page asks

/** @param {number} tab */
const key = (tab) => `csp:${tab}`;

/** @param {number} tab */
export async function forget(tab) {
	verdicts.delete(tab);
	await chrome.storage.session.remove(key(tab));
}

/**
 * The verdict on the page that this tab shows, given once: a page that came without a response that we saw (out of
 * a cache or the site's own worker) must not inherit the verdict of the one before it. Unknown is false.
 * @param {number} tab
 */
export async function take(tab) {
	const known = verdicts.get(tab) ?? (await chrome.storage.session.get(key(tab)))[key(tab)];
	await forget(tab);
	return known === true;
}

/** Watches the responses of the sites' pages; to be called while the worker starts. */
export function watch() {
	/** @type {chrome.webRequest.RequestFilter} */
	const pages = { urls: PATTERNS, types: ['main_frame'] };
	chrome.webRequest.onBeforeRequest.addListener((request) => void forget(request.tabId), pages);
	chrome.webRequest.onHeadersReceived.addListener(
		(response) => {
			// A policy that only reports would let WASM compile, but the site would be told: it counts like any other.
			const policies = (response.responseHeaders ?? [])
				.filter(({ name }) => /^content-security-policy(-report-only)?$/i.test(name))
				.map(({ value }) => value ?? '');
			const allowed = allowsWasm(policies);
			verdicts.set(response.tabId, allowed);
			void chrome.storage.session.set({ [key(response.tabId)]: allowed });
		},
		pages,
		['responseHeaders'],
	);
}
