// What the page shows to tests, and what TipTap leaves on its element: the compiler knows neither.
import type { Editor } from '@tiptap/core';
import type { Probe } from './probe.js';

declare global {
	interface Window {
		__replica: Probe;
	}
	interface HTMLElement {
		editor?: Editor;
	}
}
