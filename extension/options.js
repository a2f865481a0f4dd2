// Why this exists: the one choice of the user that changes what a click does. Off until somebody turns it on here.
import { sayPage, text } from './say.js';

const send = /** @type {HTMLInputElement} */ (document.getElementById('send'));
const saved = /** @type {HTMLElement} */ (document.getElementById('saved'));

send.addEventListener('change', async () => {
	saved.textContent = '';
	await chrome.storage.local.set({ options: { sendOnClick: send.checked } });
	saved.textContent = text('options_saved');
});

sayPage();
document.title = text('options_title');
const { sendOnClick } = await chrome.runtime.sendMessage({ to: 'options' });
send.checked = sendOnClick;
