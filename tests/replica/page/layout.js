// The fixed parts of the page around the messages, under the names the site gives them.
import { button, el } from './dom.js';

/**
 * @param {{sidebar: Element, transcript: Element, composer: Element}} parts
 */
export function layout({ sidebar, transcript, composer }) {
	const title = button('Rename chat', '', () => {});
	const greeting = el('div', { class: 'greeting' }, 'What shall we build?');
	const share = button('Share', 'Share', () => {}, {
		'data-testid': 'wiggle-controls-actions-share',
	});
	const column = el(
		'div',
		{ 'data-testid': 'chat-column-body' },
		greeting,
		transcript,
		el('div', { 'data-composer-banners-room': '' }),
		el(
			'div',
			{ 'data-chat-input-container': 'true' },
			el('div', { 'data-cds': 'ChatComposerNotices' }),
			el('div', { 'data-cds': 'ChatComposerDock' }, el('div', { role: 'presentation' }, composer)),
		),
		el('div', { role: 'note', 'data-disclaimer': 'true' }, 'A stand-in for tests. Nothing here comes from a model.'),
	);
	const main = el(
		'main',
		{ 'data-perf-region': 'main' },
		el(
			'div',
			{ 'data-testid': 'chat-header' },
			el('div', { 'data-testid': 'chat-title-split' }, title),
			el('div', { 'data-testid': 'wiggle-controls-actions' }, share),
		),
		el('div', { 'data-testid': 'bardhub-claudechat-root' }, column),
	);
	const parts = [...column.children];
	/** As a framework does when it finds another tree than it drew: what is not its own goes. */
	const hydrate = () => column.replaceChildren(...parts);
	return { root: [sidebar, main], main, title, hydrate };
}
