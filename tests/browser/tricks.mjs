// What a hostile page can do to a button that it cannot reach: make the clicks up, or hide what a real click falls on.
// All of it runs in the page, with the page's own rights and nothing more.

/** Makes clicks up in every way that a script has, so many times each. Says which ways it tried. @param {number} times */
export function forge(times) {
	const init = { bubbles: true, cancelable: true, composed: true, detail: 1, button: 0, buttons: 1, view: window };
	/** @param {Element} host */
	const middle = (host) => {
		const { x, y, width, height } = host.getBoundingClientRect();
		return { clientX: x + width - 60, clientY: y + height / 2 };
	};
	/** @param {Element} host @param {...string} types */
	const mouse = (host, ...types) => {
		for (const type of types) host.dispatchEvent(new MouseEvent(type, { ...init, ...middle(host) }));
	};
	/** @param {Element} host @param {...string} types */
	const pointer = (host, ...types) => {
		const more = { ...init, ...middle(host), pointerId: 1, pointerType: 'mouse', isPrimary: true };
		for (const type of types) host.dispatchEvent(new PointerEvent(type, more));
	};
	/** @param {Element} host @param {string} key @param {number} keyCode */
	const keys = (host, key, keyCode) => {
		for (const type of ['keydown', 'keypress', 'keyup'])
			host.dispatchEvent(new KeyboardEvent(type, { ...init, key, code: key === ' ' ? 'Space' : key, keyCode }));
	};
	/** Puts something into the page for as long as it is tried. @param {Element} element @param {() => void} use */
	const briefly = (element, use) => {
		document.body.append(element);
		use();
		element.remove();
	};
	/** Something that stands in the place of our host, in the page's own tree. @param {Element} host @param {Element} child @param {() => void} use */
	const inside = (host, child, use) => {
		host.append(child);
		use();
		child.remove();
	};
	/** @type {Event[]} */
	const seen = [];
	addEventListener('click', (event) => seen.push(event), { capture: true, once: true });
	mouse(document.body, 'click');

	/** @type {Record<string, (host: HTMLElement) => void>} */
	const ways = {
		'click()': (host) => host.click(),
		'a click event': (host) => mouse(host, 'click'),
		'a click of the pointer kind': (host) => pointer(host, 'click'),
		'a whole press of the pointer': (host) =>
			pointer(host, 'pointerover', 'pointerenter', 'pointerdown', 'pointerup', 'click'),
		'a whole press of the mouse': (host) => mouse(host, 'mouseover', 'mousemove', 'mousedown', 'mouseup', 'click'),
		'a double click': (host) => mouse(host, 'click', 'click', 'dblclick', 'auxclick'),
		Enter: (host) => keys(host, 'Enter', 13),
		Space: (host) => keys(host, ' ', 32),
		touch: (host) => {
			const touch = new Touch({ identifier: 1, target: host, ...middle(host) });
			for (const type of ['touchstart', 'touchend'])
				host.dispatchEvent(new TouchEvent(type, { ...init, touches: [touch], changedTouches: [touch] }));
		},
		'what lies at its place': (host) => {
			const { clientX, clientY } = middle(host);
			for (const element of document.elementsFromPoint(clientX, clientY))
				mouse(element, 'mousedown', 'mouseup', 'click');
		},
		'what is inside it, if that can be had': (host) => {
			const inner = host.shadowRoot?.querySelector('button') ?? host.querySelector('button');
			inner?.click();
			inner?.dispatchEvent(new MouseEvent('click', init));
		},
		'a child of the host': (host) => {
			const child = document.createElement('button');
			inside(host, child, () => child.click());
		},
		'a child in a slot of the button': (host) => {
			const child = document.createElement('span');
			child.slot = 'button';
			inside(host, child, () => mouse(child, 'click'));
		},
		focus: (host) => {
			host.tabIndex = 0;
			host.focus();
			if (document.activeElement instanceof HTMLElement) document.activeElement.click();
			keys(document.activeElement ?? host, 'Enter', 13);
			host.removeAttribute('tabindex');
			host.blur();
		},
		'an access key': (host) => {
			host.accessKey = 'p';
			keys(host, 'p', 80);
			host.removeAttribute('accesskey');
		},
		'a label': (host) => {
			const label = document.createElement('label');
			host.id = 'forged';
			label.htmlFor = 'forged';
			briefly(label, () => label.click());
			host.removeAttribute('id');
		},
		'a form': (host) => {
			const form = document.createElement('form');
			const submit = document.createElement('button');
			form.append(submit);
			form.addEventListener('submit', (event) => event.preventDefault());
			inside(host, form, () => {
				form.requestSubmit(submit);
				submit.click();
			});
		},
		'a command': (host) => {
			const invoker = document.createElement('button');
			Object.assign(invoker, { commandForElement: host, command: '--click' });
			briefly(invoker, () => invoker.click());
			host.dispatchEvent(new CustomEvent('command', init));
		},
		'a popover': (host) => {
			const invoker = document.createElement('button');
			invoker.popoverTargetElement = host;
			briefly(invoker, () => invoker.click());
		},
		'an old activation': (host) => {
			for (const type of ['DOMActivate', 'activate', 'submit', 'change', 'input', 'toggle'])
				host.dispatchEvent(new UIEvent(type, init));
		},
		'an event that was seen before': (host) => {
			for (const event of seen) host.dispatchEvent(event);
		},
		'an event that says it is trusted': (host) => {
			const event = new MouseEvent('click', init);
			try {
				Object.defineProperty(event, 'isTrusted', { get: () => true });
			} catch {
				// The browser does not let it.
			}
			host.dispatchEvent(
				Object.setPrototypeOf(event, Object.create(MouseEvent.prototype, { isTrusted: { value: true } })),
			);
		},
	};
	const hosts = [...document.querySelectorAll('[data-prompt-runner]')];
	let made = 0;
	for (const host of hosts) {
		if (!(host instanceof HTMLElement)) continue;
		for (const way of Object.values(ways)) {
			for (let time = 0; time < times; time++) way(host);
			made += times;
		}
	}
	return { hosts: hosts.length, ways: Object.keys(ways), made };
}

/** @typedef {{ css?: string, act?: (at: { x: number, y: number }) => unknown }} Trick */

const feed = '[role=feed]';
const around = `${feed}, [data-testid=transcript-list], [data-testid=transcript-sizer], [data-testid=transcript-row]`;
const row = '[data-testid=transcript-row]:has([data-prompt-runner=bar])';
const cover = '#trick { position: fixed; inset: 0; z-index: 2147483647; background: #fff';

/** Ways to hide a button and still have a real click fall on it, or on what covers it. @type {Record<string, Trick>} */
export const hidden = {
	'the page is transparent': { css: 'body { opacity: 0 }' },
	'a part of the page is faint': { css: `${feed} { opacity: .3 }` },
	'each part is a little faint': { css: `${around} { opacity: .9 }` },
	'a filter makes it transparent': { css: 'html { filter: opacity(0) }' },
	'a filter blurs it': { css: 'body { filter: blur(20px) }' },
	'a filter makes it white': { css: 'body { filter: brightness(100) }' },
	'a filter makes it black': { css: 'body { filter: brightness(0) }' },
	'a filter makes it grey': { css: 'body { filter: invert(.5) }' },
	'a second filter makes it grey': { css: 'body { filter: sepia(1) contrast(0) }' },
	'it is blended into white': { css: `${feed} { mix-blend-mode: screen }` },
	'a mask hides it': { css: `${feed} { mask-image: linear-gradient(transparent, transparent) }` },
	'a mask of the older kind hides it': {
		css: `${feed} { -webkit-mask-box-image: linear-gradient(transparent, transparent) }`,
	},
	'it is shrunk to a dot': { css: `${row} { transform: scale(.05) }` },
	'it stands edgewise': { css: `${row} { transform: rotateX(88deg) }` },
	'it is zoomed away': { css: `${feed} { zoom: .1 }` },
	'only a spot of it is left': {
		act: ({ x, y }) => {
			const row = document.querySelector('[data-testid=transcript-row]:has([data-prompt-runner=bar])');
			const place = row?.getBoundingClientRect() ?? new DOMRect();
			if (row instanceof HTMLElement) row.style.clipPath = `circle(6px at ${x - place.x}px ${y - place.y}px)`;
		},
	},
	'something lies over it': { css: `${cover} }` },
	'something clear lies over it': { css: `${cover}; opacity: 0 }` },
	'something with a hole lies over it': {
		act: ({ x, y }) => {
			const hole = `M${x - 6} ${y - 6}h12v12h-12Z`;
			const path = `path(evenodd, 'M0 0H3000V3000H0Z ${hole}')`;
			const style = `position: fixed; inset: 0; z-index: 9; background: #fff; clip-path: ${path}`;
			document.querySelector('#trick')?.setAttribute('style', style);
		},
	},
	'something with a few holes lies over it': {
		act: ({ x, y }) => {
			const holes = [-0.4, 0, 0.4].map((part) => `M${x + part * 200 - 12} ${y + part * 24 - 4}h24v8h-24Z`);
			const path = `path(evenodd, 'M0 0H3000V3000H0Z ${holes.join(' ')}')`;
			const style = `position: fixed; inset: 0; z-index: 9; background: #fff; clip-path: ${path}`;
			document.querySelector('#trick')?.setAttribute('style', style);
		},
	},
	'a popover is open': {
		act: () => {
			const popover = Object.assign(document.createElement('div'), { id: 'trick-top', popover: 'manual' });
			popover.style.cssText = 'inset: auto; left: 0; bottom: 0; width: 9px; height: 9px; pointer-events: none';
			document.body.append(popover);
			popover.showPopover();
		},
	},
	'a dialog is open': {
		act: () => {
			const dialog = Object.assign(document.createElement('dialog'), { id: 'trick-top' });
			document.body.append(dialog);
			dialog.showModal();
		},
	},
	'its row is cut off': { css: `${row} { height: 1px; overflow: hidden }` },
	'its row is cut to nothing': { css: `${row} { clip-path: inset(50%) }` },
	'its row turns its back': { css: `${row} { transform: rotateY(180deg); backface-visibility: hidden }` },
	'it fades by an animation': {
		css: `@keyframes fade { to { opacity: 0 } } ${feed} { animation: fade 1ms forwards }`,
		// It begins with some frame to come, and until it has ended the button is seen.
		act: async () => {
			const fades = document.querySelector('[role=feed]')?.getAnimations() ?? [];
			await Promise.all(fades.map((fade) => fade.finished));
		},
	},
	'the page is shown in a picture of itself': { css: `body { filter: drop-shadow(0 0 9px #000) opacity(.01) }` },
	'it is moved away': { css: `${feed} { transform: translateX(-4000px) }` },
	'its part of the page is inert': { act: () => document.querySelector('[role=feed]')?.setAttribute('inert', '') },
	'its part of the page is skipped': { css: `${feed} { content-visibility: hidden }` },
};

/** Ways to show a button only when it is pressed, or to bring it to where the mouse is. @type {Record<string, Trick>} */
export const sudden = {
	'it is shown when it is pressed': {
		css: 'body { opacity: 0 }',
		act: () => {
			const show = () => document.querySelector('#trick-style')?.remove();
			addEventListener('pointerdown', show, { capture: true, once: true });
		},
	},
	'it is shown to every handler of ours': {
		css: 'body.unseen { opacity: 0 }',
		act: () => {
			document.body.className = 'unseen';
			const blink = () => {
				document.body.className = '';
				setTimeout(() => {
					if (document.querySelector('#trick-style')) document.body.className = 'unseen';
				});
			};
			for (const type of ['pointerover', 'pointermove', 'pointerdown', 'pointerup', 'click'])
				addEventListener(type, blink, true);
		},
	},
};

/** Moves the bar's button to a place, as if it had always stood there. @param {{ by: { x: number, y: number } }} how */
export function move({ by }) {
	const row = document.querySelector('[data-testid=transcript-row]:has([data-prompt-runner=bar])');
	if (row instanceof HTMLElement)
		row.style.cssText = `position: relative; z-index: 9; transform: translate(${by.x}px, ${by.y}px)`;
}

/** @param {string | undefined} css */
export function begin(css) {
	document.body.append(Object.assign(document.createElement('div'), { id: 'trick' }));
	document.head.append(Object.assign(document.createElement('style'), { id: 'trick-style', textContent: css ?? '' }));
}

export function end() {
	for (const element of document.querySelectorAll('#trick, #trick-style, #trick-top')) element.remove();
	for (const element of document.querySelectorAll('[inert]')) element.removeAttribute('inert');
	for (const element of document.querySelectorAll('[data-testid=transcript-row]')) element.removeAttribute('style');
	document.body.removeAttribute('class');
}

/** All that a page's own rules can say of an element of ours. */
export const restyle = () => {
	const all = ['paper', 'ink', 'quiet', 'edge', 'accent', 'on', 'tone', 'working', 'ready', 'attention', 'done'];
	const rules = [
		...all.map((name) => `--${name}: transparent`),
		...['color', 'background', '-webkit-text-fill-color', 'border-color'].map((name) => `${name}: transparent`),
		...['opacity: 0', 'visibility: hidden', 'display: none', 'pointer-events: none', 'font-size: 0', 'zoom: .01'],
		...['filter: opacity(0)', 'transform: scale(0)', 'clip-path: circle(0)', 'position: fixed', 'left: -9999px'],
		...['mix-blend-mode: screen', 'mask-image: linear-gradient(transparent, transparent)', 'text-indent: -999px'],
	].map((rule) => `${rule} !important`);
	const style = document.createElement('style');
	style.textContent = `[data-prompt-runner], [data-prompt-runner] * { ${rules.join(';')} }`;
	document.head.append(style);
	for (const host of document.querySelectorAll('[data-prompt-runner]')) host.setAttribute('style', rules.join(';'));
};
