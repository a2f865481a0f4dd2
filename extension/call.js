// Why this exists: where the browser stops the worker before it has heard a message, it answers our pages with nothing at all, and
// with no error. What was never heard may be said once more; what was heard and not answered may not, for it may have been done.

/**
 * Asks the worker.
 * @param {object} message
 * @returns {Promise<any>} What it answers; rejects where it was stopped before it did.
 */
export async function call(message) {
	const answer = (await chrome.runtime.sendMessage(message)) ?? (await chrome.runtime.sendMessage(message));
	if (answer === undefined) throw new Error('The worker was stopped before it heard.');
	return answer;
}
