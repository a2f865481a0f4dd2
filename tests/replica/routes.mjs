// The addresses of the stand-in: the documents, the bundle, and the part of the site's API the page needs.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dist } from './build.mjs';
import { streamCompletion } from './completion.mjs';
import { cspHeader } from './csp.mjs';
import { withFlags } from './flags.mjs';
import { shellHtml } from './shell.mjs';

export const organization = '7d5a1c1e-5b0f-4a36-9c55-0e6f3b1c2a90';
const types = { js: 'text/javascript', css: 'text/css' };

/**
 * @typedef {object} Exchange
 * @property {import('./server.mjs').State} state
 * @property {import('node:http').ServerResponse} response
 * @property {string} body
 * @property {string[]} parts What the address pattern caught.
 */

/** @type {[method: string, address: RegExp, handle: (exchange: Exchange) => unknown][]} */
const routes = [
	['GET', /^\/(?:new|recents|chat\/[\w-]+)$/, document],
	['GET', /^\/assets\/(replica(?:-style)?)\.(js|css)$/, asset],
	['POST', /^\/csp-report$/, report],
	['POST', /^\/__replica\/flags$/, setFlags],
	['GET', /^\/api\/organizations$/, organizations],
	['GET', /^\/api\/organizations\/[\w-]+\/chat_conversations$/, list],
	['GET', /^\/api\/organizations\/[\w-]+\/chat_conversations\/([\w-]+)$/, conversation],
	['POST', /^\/api\/organizations\/[\w-]+\/chat_conversations\/([\w-]+)\/completion$/, completion],
	['POST', /^\/api\/organizations\/[\w-]+\/chat_conversations\/([\w-]+)\/tool_approval$/, approve],
];

/**
 * @param {import('./server.mjs').State} state
 * @param {import('node:http').IncomingMessage} incoming
 * @param {import('node:http').ServerResponse} response
 */
export async function answerRequest(state, incoming, response) {
	const method = incoming.method ?? 'GET';
	const path = new URL(incoming.url ?? '/', 'https://claude.ai').pathname;
	const body = await read(incoming);
	state.requests.push({ method, path, body });
	for (const [wanted, address, handle] of routes) {
		const match = wanted === method ? address.exec(path) : null;
		if (match) return handle({ state, response, body, parts: match.slice(1) });
	}
	json(response, 404, { type: 'error', error: { type: 'not_found_error' } });
}

/** @param {import('node:http').IncomingMessage} incoming */
async function read(incoming) {
	const chunks = [];
	for await (const chunk of incoming) chunks.push(chunk);
	return Buffer.concat(chunks).toString('utf8');
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {unknown} value
 */
function json(response, status, value) {
	response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
	response.end(JSON.stringify(value));
}

/** @param {Exchange} exchange */
function document({ state, response }) {
	const nonce = randomBytes(16).toString('base64');
	const policy = cspHeader(state.csp, nonce);
	if (policy) response.setHeader('content-security-policy', policy);
	response.writeHead(200, {
		'content-type': 'text/html; charset=utf-8',
		'cache-control': 'no-store',
		'x-frame-options': 'SAMEORIGIN',
		'set-cookie': `lastActiveOrg=${organization}; Path=/; Secure; SameSite=Lax`,
	});
	response.end(shellHtml(nonce, state.flags));
}

/** @param {Exchange} exchange */
async function asset({ response, parts: [name, extension] }) {
	const type = types[/** @type {'js' | 'css'} */ (extension)];
	const content = await readFile(`${dist}/${name}.${extension}`);
	response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' });
	response.end(content);
}

/** @param {Exchange} exchange */
function report({ state, response, body }) {
	const sent = JSON.parse(body);
	state.reports.push(sent['csp-report'] ?? sent);
	response.writeHead(204).end();
}

/** @param {Exchange} exchange */
function setFlags({ state, response, body }) {
	state.flags = withFlags(state.flags, JSON.parse(body));
	json(response, 200, state.flags);
}

/** @param {Exchange} exchange */
function organizations({ response }) {
	json(response, 200, [{ uuid: organization, name: 'Replica', capabilities: ['chat'] }]);
}

/** @param {Exchange} exchange */
function list({ state, response }) {
	json(response, 200, state.conversations.list());
}

/** @param {Exchange} exchange */
function conversation({ state, response, parts: [uuid] }) {
	const found = state.conversations.find(uuid);
	if (found) json(response, 200, found);
	else json(response, 404, { type: 'error', error: { type: 'not_found_error' } });
}

/** @param {Exchange} exchange */
function completion({ state, response, body, parts: [uuid] }) {
	return streamCompletion(state, uuid, JSON.parse(body), response);
}

/** @param {Exchange} exchange */
function approve({ state, response, parts: [uuid] }) {
	state.approvals.get(uuid)?.();
	response.writeHead(204).end();
}
