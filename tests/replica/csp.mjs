// What claude.ai really sends is not known, so the page is served under each policy it could plausibly have.

/** @typedef {'none' | 'strict' | 'wasm' | 'tt'} CspName */

const trustedTypes = "require-trusted-types-for 'script'; trusted-types ProseMirrorClipboard 'allow-duplicates'; ";

/** @type {Record<CspName, (nonce: string) => string | null>} */
const policies = {
	none: () => null,
	strict: (nonce) => policy(`'nonce-${nonce}' 'strict-dynamic'`),
	wasm: (nonce) => policy(`'nonce-${nonce}' 'strict-dynamic' 'wasm-unsafe-eval'`),
	tt: (nonce) => trustedTypes + policy(`'nonce-${nonce}' 'strict-dynamic'`),
};

export const cspNames = /** @type {CspName[]} */ (Object.keys(policies));

/**
 * @param {CspName} name
 * @param {string} nonce
 */
export function cspHeader(name, nonce) {
	return policies[name](nonce);
}

/** @param {string} sources */
function policy(sources) {
	return `script-src ${sources}; object-src 'none'; base-uri 'none'; report-uri /csp-report`;
}
