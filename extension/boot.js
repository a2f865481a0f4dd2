// Why this exists: a chat without a session needs no engine, which costs milliseconds. It has this alone, which asks the worker for one, and
// again when the address or a session changes. Only the page knows its <meta> policies, so this says them; then it leaves.
(() => {
	const world = /** @type {any} */ (globalThis);
	// After an update the worker injects this again.
	if (world.promptRunnerBooted) return;
	world.promptRunnerBooted = 'asking';

	const TRIES = 5;
	const REST_MS = 1_000;
	/** @type {Record<string, any>} */
	let known = {};
	let path = location.pathname;
	let round = 0;

	const ask = async (rests = false) => {
		round += 1;
		const mine = round;
		const found = document.head?.querySelectorAll('meta[http-equiv="Content-Security-Policy" i]') ?? [];
		const metas = [...found].map((meta) => meta.getAttribute('content') ?? '');
		const message = { to: 'engine', metas, path, rests, wasm: known.wasm };
		let answer;
		// The browser may stop the worker before it answers: another message starts it again. Without an id the extension is gone.
		for (let tries = 0; !answer && tries < TRIES && chrome.runtime?.id; tries++) {
			answer = await chrome.runtime.sendMessage(message).catch(() => undefined);
		}
		if (answer?.engine) leave();
		if (!answer || mine !== round || world.promptRunnerBooted === 'awake') return;
		known = answer;
		world.promptRunnerBooted = 'asleep';
		if (answer.examine) setTimeout(() => mine === round && ask(true), REST_MS);
	};
	const moved = () => {
		if (!chrome.runtime?.id) leave();
		else if (path !== location.pathname) {
			path = location.pathname;
			void ask();
		}
	};
	/** @param {any} news @returns {undefined} */
	const hear = (news) => {
		const mine = known.conversation === null || news?.notice?.view?.conversation === known.conversation;
		if (news?.from === 'outbox' || (news?.from === 'host' && mine)) void ask();
	};
	/** @type {[EventTarget, string]} */
	const moves = world.navigation ? [world.navigation, 'currententrychange'] : [window, 'popstate'];
	const leave = () => {
		world.promptRunnerBooted = 'awake';
		moves[0].removeEventListener(moves[1], moved);
		chrome.runtime?.onMessage?.removeListener(hear);
	};
	const boot = () => {
		path = location.pathname;
		moves[0].addEventListener(moves[1], moved);
		chrome.runtime.onMessage.addListener(hear);
		void ask();
	};
	// The worker turns away who is not the tab's top frame yet.
	if (/** @type {any} */ (document).prerendering) {
		document.addEventListener('prerenderingchange', boot, { once: true });
	} else {
		boot();
	}
})();
