// A hidden tab gets no animation frames, yet the answer must go on: whichever comes first, frame or timer.

import { flags } from './flags.js';

/** @returns {Promise<void>} */
export function nextFrame() {
	if (flags.drawEveryMs > 0) return pause(flags.drawEveryMs);
	return new Promise((resolve) => {
		requestAnimationFrame(() => resolve());
		setTimeout(resolve, 200);
	});
}

/**
 * @param {number} ms
 * @returns {Promise<void>}
 */
export function pause(ms) {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
