// The list of conversations. Its links navigate inside the page, as everything on the site does.
import { listConversations } from './api.js';
import { el } from './dom.js';

const shown = 20;

export class Sidebar {
	#list = el('div', { class: 'sidebar-list' });

	/** @param {(address: string) => void} navigate */
	constructor(navigate) {
		this.navigate = navigate;
		this.element = el(
			'aside',
			{ 'data-testid': 'sidebar', 'aria-label': 'Sidebar' },
			el('div', { class: 'sidebar-name' }, 'Replica'),
			this.#link('/new', 'New chat'),
			this.#link('/recents', 'Chats'),
			el('div', { class: 'sidebar-heading' }, 'Recents'),
			this.#list,
		);
	}

	async refresh() {
		const conversations = (await listConversations()).slice(0, shown);
		this.#list.replaceChildren(
			...conversations.map(({ uuid, name }) =>
				el('div', { 'data-row-key': `chat:${uuid}` }, this.#link(`/chat/${uuid}`, name || 'New chat')),
			),
		);
	}

	/**
	 * @param {string} address
	 * @param {string} text
	 */
	#link(address, text) {
		const link = el('a', { href: address }, text);
		link.addEventListener('click', (event) => {
			event.preventDefault();
			this.navigate(address);
		});
		return link;
	}
}
