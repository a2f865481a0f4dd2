// Puts the stand-in for claude.ai on a loopback port, ready for a browser that maps the host name to it.
/// <reference types="node" />
import https from 'node:https';
import { buildIfStale } from './build.mjs';
import { makeCertificate } from './certificate.mjs';
import { Conversations } from './conversations.mjs';
import { defaults, withFlags } from './flags.mjs';
import { answerRequest } from './routes.mjs';

/**
 * @typedef {{method: string, path: string, body: string}} SeenRequest
 *
 * @typedef {object} State
 * @property {import('./csp.mjs').CspName} csp
 * @property {import('./flags.mjs').Flags} flags
 * @property {Conversations} conversations
 * @property {Record<string, unknown>[]} reports
 * @property {SeenRequest[]} requests
 * @property {Map<string, () => void>} approvals What goes on once it is approved, by conversation.
 */

/**
 * @param {{csp?: import('./csp.mjs').CspName, flags?: Partial<import('./flags.mjs').Flags>, port?: number}} [options]
 */
export async function startReplica({ csp = 'none', flags = {}, port = 0 } = {}) {
	const [{ key, cert, spki }] = await Promise.all([makeCertificate(), buildIfStale()]);
	/** @type {State} */
	const state = {
		csp,
		flags: withFlags(defaults, flags),
		conversations: new Conversations(),
		reports: [],
		requests: [],
		approvals: new Map(),
	};
	const server = https.createServer({ key, cert }, (incoming, response) => {
		answerRequest(state, incoming, response).catch((error) => {
			console.error(error);
			response.destroy();
		});
	});
	await new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(null)));

	return {
		port: /** @type {import('node:net').AddressInfo} */ (server.address()).port,
		spki,
		origin: 'https://claude.ai',
		reports: state.reports,
		requests: state.requests,
		conversations: state.conversations,
		/** @param {Partial<import('./flags.mjs').Flags>} changes */
		setFlags(changes) {
			state.flags = withFlags(state.flags, changes);
		},
		close() {
			server.closeAllConnections();
			return new Promise((resolve) => server.close(resolve));
		},
	};
}
