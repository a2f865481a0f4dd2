// The page's copy of the server's flags: handed over with the document, changed together with the server's.
/** @typedef {import('../flags.mjs').Flags} Flags */

const handedOver = document.querySelector('meta[name=replica-flags]')?.getAttribute('content');

/** @type {Flags} */
export const flags = JSON.parse(handedOver ?? '{}');

/** What shows a flag at once, and not only when something happens. @type {(() => void)[]} */
export const followers = [];

/** @param {Partial<Flags>} changes */
export async function setFlags(changes) {
	const response = await fetch('/__replica/flags', {
		method: 'POST',
		body: JSON.stringify(changes),
	});
	Object.assign(flags, await response.json());
	for (const follow of followers) follow();
}
