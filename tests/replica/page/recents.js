// The page with all conversations, which is where the site lists more than the sidebar does.
import { listConversations } from './api.js';
import { el } from './dom.js';

export async function recentsTable() {
	const rows = (await listConversations()).map(({ uuid, name, updated_at }) =>
		el(
			'tr',
			{},
			el('td', {}, el('a', { href: `/chat/${uuid}` }, name || 'New chat')),
			el('td', {}, el('time', { datetime: updated_at }, new Date(updated_at).toLocaleString('en'))),
		),
	);
	return el('table', { 'data-cds': 'Table' }, el('tbody', {}, ...rows));
}
