// Starts the page: draws the frame, follows the address, lets tests look in.
import { Chat } from './chat.js';
import { showMode } from './flags.js';
import { layout } from './layout.js';
import { exposeProbe } from './probe.js';
import { recentsTable } from './recents.js';
import { Sidebar } from './sidebar.js';

showMode();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', showMode);

const sidebar = new Sidebar(navigate);
const chat = new Chat({ moved: showAddress, navigate, named });
const { root, main, title } = layout({
	sidebar: sidebar.element,
	transcript: chat.transcript.element,
	composer: chat.composer.element,
});
exposeProbe(chat);
document.querySelector('#root')?.append(...root);
window.addEventListener('popstate', follow);
follow();

/** @param {string} address */
function navigate(address) {
	history.pushState(null, '', address);
	follow();
}

/** @param {string} name */
function named(name) {
	title.textContent = name;
	document.title = name ? `${name} - Claude` : 'Claude';
	sidebar.refresh();
}

/** @param {string} address */
function showAddress(address) {
	main.dataset.page = address.split('/')[1];
}

async function follow() {
	const { pathname } = location;
	showAddress(pathname);
	main.querySelector('table')?.remove();
	if (pathname === '/recents') main.append(await recentsTable());
	const conversation = /^\/chat\/([\w-]+)$/.exec(pathname)?.[1] ?? null;
	if (conversation === null) named('');
	else sidebar.refresh();
	await chat.open(conversation);
}
