// A hidden tab gets no animation frames, yet the answer must go on: whichever comes first, frame or timer.

/** @returns {Promise<void>} */
export function nextFrame() {
	return new Promise((resolve) => {
		requestAnimationFrame(() => resolve());
		setTimeout(resolve, 200);
	});
}

/** @param {number} ms */
export function pause(ms) {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
