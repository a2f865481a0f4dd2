// What stands around the conversation and follows a flag at once: the colour scheme, and the banner of a limit.
import { el } from './dom.js';
import { flags } from './flags.js';

export function showMode() {
	const dark = matchMedia('(prefers-color-scheme: dark)').matches;
	const followed = dark ? 'dark' : 'light';
	document.documentElement.dataset.mode = flags.mode === 'auto' ? followed : flags.mode;
}

/** The banner above the composer, which says that there is nothing left for now. */
export function showLimit() {
	const { limitBanner, limitResets } = flags;
	const time = el('time', { datetime: limitResets }, new Date(limitResets || 0).toLocaleTimeString('en'));
	const banner = el(
		'div',
		{ 'data-cds': 'Banner' },
		limitBanner,
		...(limitResets ? [' ', time] : []),
		' ',
		el('a', { href: '/upgrade?from=ratelimit' }, 'Upgrade'),
	);
	document.querySelector('[data-cds=ChatComposerNotices]')?.replaceChildren(...(limitBanner ? [banner] : []));
}
