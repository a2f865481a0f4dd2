// Puts a small stand-in for another chat site on a loopback port, for a browser that maps the site's name to it.
/// <reference types="node" />
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import https from 'node:https';
import markdownIt from 'markdown-it';
import { makeCertificate } from '../replica/certificate.mjs';
import { cspHeader } from '../replica/csp.mjs';
import { defaults, withFlags } from '../replica/flags.mjs';
import { answerTo } from '../replica/model.mjs';
import { site as chatgpt } from './page/chatgpt.js';
import { site as named } from './page/chatgpt_named.js';
import { site as shellLayout } from './page/chatgpt_shell.js';
import { site as gemini } from './page/gemini.js';

/** @typedef {import('./page/site.js').Site} Site */

const sites = { chatgpt, chatgpt_named: named, chatgpt_shell: shellLayout, gemini };
const assets = ['main', 'escaped', ...Object.keys(sites)];
/** Characters of an answer that come at once, and the pause after them. */
const piece = 160;
const pauseMs = 15;

/**
 * @param {keyof typeof sites} name
 * @param {{csp?: import('../replica/csp.mjs').CspName, flags?: Partial<import('../replica/flags.mjs').Flags>}} [options]
 */
export async function startSite(name, { csp = 'none', flags = {} } = {}) {
	const { key, cert, spki } = await makeCertificate();
	const site = sites[name];
	const state = { flags: withFlags(defaults, flags) };
	/** @type {Map<string, {question: string, blocks: string[]}[]>} */
	const conversations = new Map();
	/** What the model said, as it was written. @type {string[]} */
	const answers = [];

	const server = https.createServer({ key, cert }, async (incoming, response) => {
		const path = new URL(incoming.url ?? '/', `https://${site.host}`).pathname;
		const asset = /^\/assets\/(\w+)\.js$/.exec(path)?.[1];
		const chat = /^\/__chat\/([\w-]+)$/.exec(path)?.[1];
		if (asset === 'site') {
			send(response, 'text/javascript', `export { site } from './${name}.js';`);
		} else if (asset && assets.includes(asset)) {
			send(response, 'text/javascript', await readFile(new URL(`page/${asset}.js`, import.meta.url), 'utf8'));
		} else if (chat && incoming.method === 'POST') {
			const chunks = [];
			for await (const chunk of incoming) chunks.push(chunk);
			const question = Buffer.concat(chunks).toString('utf8');
			const { text } = answerTo(question, state.flags);
			answers.push(text);
			const turn = { question, blocks: await stream(response, site, text) };
			conversations.set(chat, [...(conversations.get(chat) ?? []), turn]);
			response.end();
		} else if (chat) {
			send(response, 'application/json', JSON.stringify(conversations.get(chat) ?? []));
		} else if (path === site.newChat || path.startsWith(site.path)) {
			const nonce = randomBytes(16).toString('base64');
			const policy = cspHeader(csp, nonce);
			if (policy) response.setHeader('content-security-policy', policy);
			send(response, 'text/html', shell(nonce));
		} else {
			response.writeHead(404).end();
		}
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));

	return {
		port: /** @type {import('node:net').AddressInfo} */ (server.address()).port,
		spki,
		answers,
		origin: `https://${site.host}`,
		/** @param {Partial<import('../replica/flags.mjs').Flags>} changes */
		setFlags(changes) {
			state.flags = withFlags(state.flags, changes);
		},
		close() {
			server.closeAllConnections();
			return new Promise((resolve) => server.close(resolve));
		},
	};
}

/** @param {import('node:http').ServerResponse} response @param {string} type @param {string} text */
function send(response, type, text) {
	response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' });
	response.end(text);
}

/** @param {string} nonce */
const shell = (nonce) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A stand-in for tests</title><link rel="icon" href="data:,">
<style>.sr-only, .cdk-visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }</style>
<script type="module" nonce="${nonce}" src="/assets/main.js"></script></head><body></body></html>`;

/**
 * Sends an answer as it grows: each line has the index of a block and what it looks like now. At rest some look otherwise. Gives the
 * blocks at the end.
 * @param {import('node:http').ServerResponse} response @param {Site} site @param {string} text
 */
async function stream(response, site, text) {
	response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
	/** @type {string[]} */
	let shown = [];
	for (let length = piece; ; length += piece) {
		const grows = length < text.length + piece;
		const blocks = drawn(site, text.slice(0, length), grows);
		const changed = blocks.flatMap((html, index) => (html === shown[index] ? [] : [JSON.stringify([index, html])]));
		if (changed.length > 0) response.write(`${changed.join('\n')}\n`);
		shown = blocks;
		if (!grows) return blocks;
		await new Promise((resolve) => setTimeout(resolve, pauseMs));
	}
}

/** The blocks of a text as the site draws them. @param {Site} site @param {string} text @param {boolean} growing */
function drawn(site, text, growing) {
	const parser = markdownIt({ html: false });
	parser.renderer.rules.fence = (tokens, index) =>
		site.fence(tokens[index].content, tokens[index].info.trim().split(/\s/)[0], growing);
	/** @type {ReturnType<typeof parser.parse>[]} */
	const blocks = [];
	let depth = 0;
	for (const token of parser.parse(text, {})) {
		if (depth === 0) blocks.push([]);
		blocks.at(-1)?.push(token);
		depth += token.nesting;
	}
	return blocks.map((tokens) => parser.renderer.render(tokens, parser.options, {}).trim());
}
