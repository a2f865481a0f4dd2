// Why this exists: the worker lets through what the table of requests allows. Generated from core/src/protocol by `cargo xtask codegen`.
export const VERSION = 1;
export const HOST_NAME = 'io.github.prompt_runner';
/**
 * Of each request: whether a page of a chat site may ask it (the rest belongs to our own pages), and whether it does no more the second
 * time than the first. A host may end after it did what it was asked and before it said so.
 * @type {Record<import('./types/protocol.d.ts').Request['type'], { page: boolean, again: boolean }>}
 */
export const REQUESTS = {
	status: { page: true, again: true },
	prompt: { page: true, again: true },
	placed: { page: true, again: true },
	sent: { page: true, again: true },
	capture: { page: true, again: true },
	accept: { page: true, again: false },
	limit: { page: true, again: false },
	page_report: { page: true, again: true },
	rate: { page: true, again: true },
	ping: { page: false, again: true },
	start: { page: false, again: false },
	list: { page: false, again: true },
	read: { page: false, again: true },
	complete: { page: false, again: true },
	show: { page: false, again: true },
	skip: { page: false, again: false },
	redo: { page: false, again: true },
	abandon: { page: false, again: true },
	panel: { page: false, again: true },
	workflows: { page: false, again: true },
	changes: { page: false, again: true },
	apply: { page: false, again: false },
	undo: { page: false, again: false },
	restore: { page: false, again: false },
	steps: { page: false, again: true },
	outcome: { page: false, again: true },
	timeline: { page: false, again: true },
};
