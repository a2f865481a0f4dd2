// Starts the page: draws the frame, follows the address, lets tests look in.
import { Chat } from './chat.js';
import { flags, followers } from './flags.js';
import { letIntrude } from './intruder.js';
import { layout } from './layout.js';
import { showLimit, showMode } from './notices.js';
import { exposeProbe } from './probe.js';
import { recentsTable } from './recents.js';
import { Sidebar } from './sidebar.js';

followers.push(showMode, showLimit);
showMode();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', showMode);

const sidebar = new Sidebar(navigate);
const chat = new Chat({ moved: showAddress, navigate, named });
document.documentElement.lang = flags.language;
const { root, main, title, hydrate } = layout({
	sidebar: sidebar.element,
	transcript: chat.transcript.element,
	composer: chat.composer.element,
});
exposeProbe(chat, hydrate);
document.querySelector('#root')?.append(...root);
showLimit();
if (flags.intruder) letIntrude(document.body);
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
