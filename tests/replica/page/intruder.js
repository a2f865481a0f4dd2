// Another extension, as it looks from the page: its own elements in messages, between their blocks, and beside the composer.
const marked = 'data-other-extension';

/** @param {string} tag @param {string} text */
function own(tag, text) {
	const element = document.createElement(tag);
	element.setAttribute(marked, '');
	element.textContent = text;
	return element;
}

/** @param {Element} root */
function intrude(root) {
	for (const message of root.querySelectorAll('[data-testid=assistant-message]')) {
		if (message.querySelector(`[${marked}]`)) continue;
		message.prepend(own('other-extension-toolbar', 'Summarise'));
		message.append(own('div', 'Translate'));
	}
	// Right behind each heading, where a section's body begins.
	for (const heading of root.querySelectorAll('[data-perf-reply-text] > h2'))
		if (!heading.nextElementSibling?.hasAttribute(marked)) heading.after(own('other-extension-badge', 'AI checked'));
	const field = root.querySelector('fieldset');
	if (field && !field.querySelector(`[${marked}]`)) field.prepend(own('other-extension-writer', 'Improve my text'));
}

/** Comes after each change, as such extensions do. @param {Element} root */
export function letIntrude(root) {
	intrude(root);
	new MutationObserver(() => intrude(root)).observe(root, { childList: true, subtree: true });
}
