// An observer that hears of every change, as ours does, and does nothing.
new MutationObserver(() => {}).observe(document.body, {
	attributes: true,
	attributeFilter: ['data-is-streaming'],
	characterData: true,
	childList: true,
	subtree: true,
});
