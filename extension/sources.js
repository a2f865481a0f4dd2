// Why this exists: where the page does not show the whole of an answer, it still has it elsewhere: behind the message's own copy
// button, and in the site's record of the conversation, which is read only if the user said so. What they give is text like any
// other; whether it is the answer, the host finds by its proof.

/** @typedef {import('./types/protocol.d.ts').Other} Other */

/** How long a copy button may take, in milliseconds. */
const COPY_MS = 2_000;

/**
 * Presses a copy button and takes what the page was about to put on the clipboard, which stays as it is. Runs in the page's own
 * world, since only there its clipboard can be stood in for.
 * @param {string} selector @param {number} index Which of those that it finds. @param {number} patience
 * @returns {Promise<string | null>}
 */
async function overhear(selector, index, patience) {
	const button = document.querySelectorAll(selector)[index];
	const { clipboard } = navigator;
	if (!(button instanceof HTMLElement) || !clipboard) return null;
	try {
		return await new Promise((resolve) => {
			setTimeout(resolve, patience, null);
			/** @param {Record<string, (given: any) => Promise<void>>} inPlace */
			const stand = (inPlace) => Object.assign(clipboard, inPlace);
			stand({
				writeText: async (text) => resolve(String(text)),
				write: async ([item]) => {
					const blob = await item.getType('text/plain');
					resolve(await blob.text());
				},
			});
			button.click();
		});
	} finally {
		// What was set stands in front of the browser's own.
		Reflect.deleteProperty(clipboard, 'writeText');
		Reflect.deleteProperty(clipboard, 'write');
	}
}

/**
 * The newest answer of a conversation as the site of Claude keeps it. Runs in the page, whose session the site knows.
 * @param {string} id Of the conversation.
 * @returns {Promise<string | null>}
 */
async function lookUp(id) {
	/** @param {string} path */
	const get = async (path) => {
		const answer = await fetch(`/api/organizations${path}`, { headers: { accept: 'application/json' } });
		return answer.ok ? answer.json() : undefined;
	};
	for (const { uuid } of (await get('')) ?? []) {
		const kept = await get(`/${uuid}/chat_conversations/${id}?tree=True&rendering_mode=messages&render_all_tools=true`);
		const last = kept?.chat_messages?.findLast((/** @type {any} */ { sender }) => sender === 'assistant');
		/** @type {{ type: string, text: string }[]} */
		const parts = last?.content ?? [];
		const texts = parts.filter(({ type }) => type === 'text').map(({ text }) => text);
		if (texts.length > 0) return texts.join('\n\n');
	}
	return null;
}

/**
 * The same answer as other sources have it, in order of trust.
 * @param {chrome.scripting.InjectionTarget} target
 * @param {{ selector?: unknown, index?: unknown, conversation?: unknown }} answer Where its copy button is, and in which conversation it stands.
 * @param {boolean} record Whether the user lets the site's record be read.
 * @returns {Promise<Other[]>}
 */
export async function others(target, { selector, index, conversation }, record) {
	/** @type {Other[]} */
	const found = [];
	/** @param {Other['source']} source @param {chrome.scripting.ExecutionWorld} world @param {Function} func @param {unknown[]} args */
	const take = async (source, world, func, args) => {
		const injection = /** @type {any} */ ({ target, world, func, args });
		// A page that is gone, or that answers with an error, has nothing to give.
		const [ran] = await chrome.scripting.executeScript(injection).catch(() => []);
		if (typeof ran?.result === 'string' && ran.result.trim()) found.push({ source, text: ran.result });
	};
	if (typeof selector === 'string' && typeof index === 'number') {
		await take('copy', 'MAIN', overhear, [selector, index, COPY_MS]);
	}
	const id = /^claude\.ai\/chat\/([\w-]+)$/.exec(String(conversation))?.[1];
	if (record && id) await take('record', 'ISOLATED', lookUp, [id]);
	return found;
}
