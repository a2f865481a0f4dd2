// Passes a message on to the echo host and gives back what comes of it: answers come in the order of the questions.
/** @type {chrome.runtime.Port | undefined} */
let port;
/** @type {((message: unknown) => void)[]} */
const waiting = [];

chrome.runtime.onMessage.addListener((message, _sender, answer) => {
	if (!port) {
		port = chrome.runtime.connectNative('io.github.prompt_runner.echo');
		port.onMessage.addListener((echoed) => waiting.shift()?.(echoed));
		port.onDisconnect.addListener(() => {
			port = undefined;
			for (const unheard of waiting.splice(0)) unheard(undefined);
		});
	}
	waiting.push(answer);
	port.postMessage(message);
	return true;
});
