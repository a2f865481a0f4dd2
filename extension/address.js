// Why this exists: a tab has an address, a session a conversation. Which belongs to which, our own pages ask here.
import { SITES } from './sites.js';

/**
 * The conversation that stands at an address: `null` in a new chat, `undefined` where no chat is.
 * @param {string | undefined} address
 */
export function conversationOf(address) {
	const url = address && URL.canParse(address) ? new URL(address) : undefined;
	const site = SITES.find(({ host }) => url?.origin === `https://${host}`);
	if (!url || !site) return undefined;
	const path = site.conversationPath;
	const id = url.pathname.startsWith(path) ? /^[\w-]+/.exec(url.pathname.slice(path.length))?.[0] : undefined;
	return id ? `${site.host}${path}${id}` : null;
}

/** The address of a conversation, such as `claude.ai/chat/…`. @param {string} known */
export const addressOf = (known) => (conversationOf(`https://${known}`) === known ? `https://${known}` : undefined);
