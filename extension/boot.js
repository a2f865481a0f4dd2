// Why this exists: only the page knows its <meta> policies, and only the worker may choose the engine that they allow.
// So this says what it sees and ends; the engine that the worker injects does all the rest.
(() => {
	const world = /** @type {{ promptRunnerBooted?: boolean }} */ (globalThis);
	// The worker injects this again after an update; a page that has it needs no second engine.
	if (world.promptRunnerBooted) return;
	world.promptRunnerBooted = true;

	const TRIES = 5;
	const boot = async () => {
		const found = document.querySelectorAll('meta[http-equiv="Content-Security-Policy" i]');
		const metas = [...found].map((meta) => meta.getAttribute('content') ?? '');
		// The browser may stop the worker before it has answered, or even heard: another message starts it again. A page whose
		// extension was updated or removed has no id any more: its successor injects its own script.
		for (let tries = 0; tries < TRIES && chrome.runtime?.id; tries++) {
			if (await chrome.runtime.sendMessage({ to: 'engine', metas }).catch(() => false)) return;
		}
	};
	// A page rendered ahead is not the tab's top frame yet, and the worker turns such senders away.
	if (/** @type {{ prerendering?: boolean }} */ (document).prerendering) {
		document.addEventListener('prerenderingchange', boot, { once: true });
	} else {
		boot();
	}
})();
