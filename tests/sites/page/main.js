// What every chat page does: takes a text out of its editor on Enter, shows it, and draws the answer as it comes in.
// @ts-expect-error The server gives the markup of its site under this address.
import { site as served } from '/assets/site.js';

/** @type {import('./site.js').Site} */
const site = served;

/** So many characters of an answer have come when it gets its own name. */
const NAMED_AT = 400;

/** @param {string} selector @returns {HTMLElement} */
const at = (selector) => /** @type {HTMLElement} */ (document.querySelector(selector));

document.body.insertAdjacentHTML('afterbegin', site.chat);
const composer = at(site.composer);
let messages = 0;
let streaming = false;

const conversation = () =>
	location.pathname.startsWith(site.path) ? location.pathname.slice(site.path.length) : undefined;
const written = () => [...composer.children].map((line) => line.textContent).join('\n') || composer.textContent || '';

function control() {
	const wanted = streaming ? site.stop : site.sendWhenEmpty || written().trim() ? site.send : '';
	if (at('#controls').dataset.shown === wanted) return;
	at('#controls').dataset.shown = wanted;
	at('#controls').innerHTML = wanted;
	at('#controls')
		.querySelector('button')
		?.addEventListener('click', () => void submit());
}

/** @param {string} text */
function ask(text) {
	at(site.list).insertAdjacentHTML('beforeend', site.question(messages, text));
}

/** The element that takes the answer to the newest question. */
function begin() {
	const into = at(site.within?.(messages) ?? site.list);
	into.insertAdjacentHTML('beforeend', site.answer(messages));
	messages += 1;
	return /** @type {HTMLElement} */ (into.lastElementChild);
}

/** @param {HTMLElement} answer @param {number} index @param {string} html */
function draw(answer, index, html) {
	const body = /** @type {HTMLElement} */ (answer.querySelector(site.body));
	const block = document.createElement('template');
	block.innerHTML = html;
	if (body.children[index]) body.children[index].replaceWith(block.content);
	else body.append(block.content);
}

async function submit() {
	const text = written();
	if (streaming || !text.trim()) return;
	composer.innerHTML = '<p><br></p>';
	streaming = true;
	control();
	ask(text);
	if (!conversation()) history.pushState({}, '', `${site.path}${crypto.randomUUID()}`);
	const answer = begin();
	const response = await fetch(`/__chat/${conversation()}`, { method: 'POST', body: text });
	const decoder = new TextDecoder();
	const lines = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
	for (let rest = ''; ; ) {
		const { done, value } = await lines.read();
		if (done) break;
		const parts = (rest + decoder.decode(value, { stream: true })).split('\n');
		rest = parts.pop() ?? '';
		for (const part of parts) draw(answer, .../** @type {[number, string]} */ (JSON.parse(part)));
		if (answer.textContent && answer.textContent.length > NAMED_AT) site.named?.(answer, messages - 1);
	}
	streaming = false;
	control();
	await new Promise((resolve) => setTimeout(resolve, site.settleMs));
	site.ended(answer);
}

composer.addEventListener('keydown', (event) => {
	if (event.key !== 'Enter' || event.shiftKey) return;
	event.preventDefault();
	void submit();
});
new MutationObserver(control).observe(composer, { childList: true, subtree: true, characterData: true });
control();

if (conversation()) {
	const turns = await (await fetch(`/__chat/${conversation()}`)).json();
	for (const { question, blocks } of turns) {
		ask(question);
		const answer = begin();
		for (const [index, html] of blocks.entries()) draw(answer, index, html);
		site.ended(answer);
	}
}
