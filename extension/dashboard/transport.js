// Why this exists: one page is a tab of the extension and what `prompt-runner dashboard` serves. How it asks, hears of news and gets
// its words differs between the two; all of that is here, and nothing else of the page knows where it is.

/** @typedef {import('../types/protocol.d.ts').Request} Request */
/** @typedef {import('../types/protocol.d.ts').Reply} Reply */
/** @typedef {{ message: string, hint: string }} Refusal */
/** @typedef {{ reply?: Reply, refusal?: Refusal }} Answer */
/**
 * @typedef {object} Transport
 * @property {(request: Request) => Promise<Answer>} ask Never rejects: no answer is a refusal too.
 * @property {(changed: () => void) => void} listen Calls back whenever something was written, by whichever program.
 * @property {(key: string, ...args: (string | number)[]) => string} text A text of the catalogue, with its placeholders filled.
 */

/** How long to wait before a server that did not answer is asked for news again. */
const PAUSE_MS = 3_000;

/** @returns {Promise<Transport>} In a tab of the extension: the worker passes requests to the host, and news to its pages. */
async function port() {
	// Only here: our server has no worker, and does not serve what speaks to one.
	const { call } = await import('../call.js');
	return {
		ask: async (request) => {
			try {
				return await call({ to: 'host', request });
			} catch (error) {
				return { refusal: { message: String(error), hint: chrome.i18n.getMessage('host_gone_hint') } };
			}
		},
		listen: (changed) =>
			chrome.runtime.onMessage.addListener((message) => {
				if (message?.from === 'host') changed();
			}),
		text: (key, ...args) => chrome.i18n.getMessage(key, args.map(String)) || key,
	};
}

/** @returns {Promise<Transport>} In a page of our own server: it lets in who has the token of the address. */
async function http() {
	/** @type {Record<string, { message: string }>} */
	const words = await fetch('words.json').then((answer) => answer.json());
	/** @type {Transport['text']} */
	const text = (key, ...args) =>
		(words[key]?.message ?? key).replace(/\$(\d)/g, (_, place) => String(args[place - 1] ?? ''));

	/** @param {string} path @param {object} [body] @returns {Promise<{ status: number, json?: any, refusal?: Refusal }>} */
	const call = async (path, body) => {
		const headers = { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': 'application/json' }) };
		try {
			const answer = await fetch(`api/v1/${path}`, {
				method: body ? 'POST' : 'GET',
				headers,
				body: JSON.stringify(body),
			});
			const json = await answer.json();
			const refusal = answer.ok ? undefined : { message: json.detail, hint: json.hint };
			return { status: answer.status, json, refusal };
		} catch {
			return { status: 0, refusal: { message: text('dash_server_gone'), hint: text('dash_server_gone_hint') } };
		}
	};
	const keys = new URLSearchParams(location.hash.slice(1));
	let token = keys.get('token') ?? '';
	if (keys.has('ticket')) {
		token = (await call('enter', { ticket: keys.get('ticket') })).json?.token ?? '';
		history.replaceState(null, '', `${location.pathname}${location.search}#token=${token}`);
	}
	return {
		ask: async (request) => {
			const { json, refusal } = await call('request', request);
			return refusal ? { refusal } : { reply: json };
		},
		listen: async (changed) => {
			let after = 0;
			for (;;) {
				const { status, json } = await call(`news?after=${after}`);
				// Another dashboard has taken the port: its token is not ours.
				if (status === 401) return;
				if (status !== 200) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
				else if (json.seq > after) {
					after = json.seq;
					changed();
				}
			}
		},
		text,
	};
}

/** @type {Transport} */
export const transport = globalThis.chrome?.runtime?.id ? await port() : await http();
