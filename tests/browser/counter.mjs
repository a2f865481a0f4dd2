// Counts what the engine does to the page, from outside: every accessor and method of the DOM is wrapped in the extension's own world,
// after the engine has started. So what is counted is the engine that ships, which counts nothing itself.

/**
 * @typedef {object} Counts
 * @property {number} calls Of any accessor or method of the DOM.
 * @property {number} nodes That were visited: handed over, climbed over or, by a query, walked through.
 * @property {number} characters That were read.
 * @property {number} answer Of these, those that stand in messages of the model.
 * @property {number} queries Over the whole document.
 * @property {number} layouts Reads for which the browser has to lay the page out.
 * @property {number} timers That were started.
 */

/** Runs in the extension's world; nothing from outside is known there. */
function install() {
	const fresh = () => ({ calls: 0, nodes: 0, characters: 0, answer: 0, queries: 0, layouts: 0, timers: 0 });
	const world = /** @type {any} */ (globalThis);
	if (world.counts) {
		world.counts = fresh();
		return;
	}
	world.counts = fresh();
	// The page says where its task begins and ends of which all is to be counted, and nothing that falls between two tasks.
	document.addEventListener('counted-from', () => {
		world.counts = fresh();
	});
	document.addEventListener('counted-to', () => {
		world.task = { ...world.counts };
	});
	const interfaces = [
		...[Node, Element, HTMLElement, Document, DocumentFragment, ShadowRoot, CharacterData, Text, Attr],
		...[NodeList, HTMLCollection, NamedNodeMap, DOMTokenList, MutationRecord, Range, Selection, TreeWalker],
	];
	const texts = ['textContent', 'innerText', 'outerText', 'innerHTML', 'outerHTML', 'data', 'nodeValue', 'wholeText'];
	const layouts =
		/^(innerText|outerText|(offset|client|scroll)(Top|Left|Width|Height|Parent)|getBoundingClientRect|getClientRects|checkVisibility|elementFromPoint|elementsFromPoint|scrollIntoView|focus)$/;
	const walks = /^(querySelector|querySelectorAll|getElementsBy\w+)$/;
	const originals = {
		size: Element.prototype.getElementsByTagName,
		all: Document.prototype.getElementsByTagName,
		length: /** @type {any} */ (Object.getOwnPropertyDescriptor(HTMLCollection.prototype, 'length')).get,
		parent: /** @type {any} */ (Object.getOwnPropertyDescriptor(Node.prototype, 'parentNode')).get,
		closest: Element.prototype.closest,
	};
	/** What a query is asked of that goes over the whole document. @type {unknown[]} */
	const whole = [document, document.documentElement, document.body];
	const climb = (/** @type {Node | null} */ from, /** @type {Node | null} */ to) => {
		let steps = 1;
		for (let node = from; node && node !== to; node = originals.parent.call(node)) steps += 1;
		return steps;
	};
	const below = (/** @type {any} */ root) => {
		const list = root instanceof Element ? originals.size.call(root, '*') : originals.all.call(document, '*');
		return originals.length.call(list);
	};
	const inAnswer = (/** @type {Node} */ node) => {
		const element = node instanceof Element ? node : originals.parent.call(node);
		return element instanceof Element && originals.closest.call(element, '[data-testid=assistant-message]') !== null;
	};
	/** Our own elements in the page are drawn into, not read. @param {any} self @param {string} name @param {any[]} given @param {any} result */
	const note = (self, name, given, result) => {
		const { counts } = world;
		counts.calls += 1;
		if (layouts.test(name)) counts.layouts += 1;
		if (walks.test(name)) {
			counts.nodes += 1 + below(self);
			if (whole.includes(self)) counts.queries += 1;
		} else if (name === 'closest' && self instanceof Node) counts.nodes += climb(self, result);
		else if (name === 'contains' && self instanceof Node) counts.nodes += climb(given[0], self);
		else if (name === 'matches' || result instanceof Node) counts.nodes += 1;
		if (typeof result === 'string' && texts.includes(name)) {
			counts.characters += result.length;
			if (self instanceof Node && inAnswer(self)) counts.answer += result.length;
		}
	};
	for (const { prototype } of interfaces) {
		for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
			const { get, value } = property;
			if (name === 'constructor' || !property.configurable) continue;
			if (get) {
				Object.defineProperty(prototype, name, {
					...property,
					get() {
						const result = get.call(this);
						note(this, name, [], result);
						return result;
					},
				});
			} else if (typeof value === 'function') {
				Object.defineProperty(prototype, name, {
					...property,
					value: function (/** @type {any[]} */ ...given) {
						const result = value.apply(this, given);
						note(this, name, given, result);
						return result;
					},
				});
			}
		}
	}
	for (const name of ['setTimeout', 'setInterval', 'requestAnimationFrame', 'requestIdleCallback']) {
		const original = world[name];
		world[name] = (/** @type {any[]} */ ...given) => {
			world.counts.timers += 1;
			return original(...given);
		};
	}
	const style = world.getComputedStyle;
	world.getComputedStyle = (/** @type {any[]} */ ...given) => {
		world.counts.layouts += 1;
		return style(...given);
	};
}

/** From now on counts, from zero. What goes wrong in the extension's world meanwhile is kept: an engine that stopped is no cheap one. @param {import('./bar.mjs').Bar} bar */
export async function count(bar) {
	/** @type {string[]} */
	const wrong = [];
	bar.session.on('Runtime.exceptionThrown', ({ exceptionDetails: { exception, text } }) => {
		wrong.push(exception?.description ?? text);
	});
	await bar.evaluate(`(${install})()`);
	return wrong;
}

/** What was counted since. @param {import('./bar.mjs').Bar} bar @returns {Promise<Counts>} */
export const counted = (bar) => bar.evaluate('({ ...globalThis.counts })');

/** What was counted in the newest task that the page marked. @param {import('./bar.mjs').Bar} bar @returns {Promise<Counts>} */
export const countedInTask = (bar) => bar.evaluate('globalThis.task');
