// Why this exists: the choices of the user that change what a click does and what is read. Both are off until somebody turns them on here.
import { call } from './call.js';
import { sayPage, text } from './say.js';

const send = /** @type {HTMLInputElement} */ (document.getElementById('send'));
const record = /** @type {HTMLInputElement} */ (document.getElementById('record'));
const saved = /** @type {HTMLElement} */ (document.getElementById('saved'));

for (const choice of [send, record]) {
	choice.addEventListener('change', async () => {
		saved.textContent = '';
		await chrome.storage.local.set({ options: { sendOnClick: send.checked, readRecord: record.checked } });
		saved.textContent = text('options_saved');
	});
}

sayPage();
document.title = text('options_title');
const { sendOnClick, readRecord } = await call({ to: 'options' });
send.checked = sendOnClick;
record.checked = readRecord;
