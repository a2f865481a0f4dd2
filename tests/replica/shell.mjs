// One HTML document serves every address, as in any single-page application; the script draws the rest.

/** What a visitor gets who is not let in. */
const walls = {
	login: wall(
		'Sign in - Claude',
		'<h1>Sign in</h1><a href="/login">Log in</a> <button type="button">Continue with Google</button>',
	),
	challenge: wall('Just a moment...', '<h1>claude.ai</h1><p>Verify you are human by completing the action below.</p>'),
};

/**
 * @param {string} nonce
 * @param {import('./flags.mjs').Flags} flags
 */
export function shellHtml(nonce, flags) {
	if (flags.wall) return walls[flags.wall];
	const mode = flags.mode === 'auto' ? '' : ` data-mode="${flags.mode}"`;
	return `<!doctype html>
<html lang="en" data-theme="claude" data-build-id="replica" data-org-plan="pro"${mode}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="replica-flags" content="${escapeAttribute(JSON.stringify(flags))}">
<title>Claude</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/replica-style.css">
<script type="module" nonce="${nonce}" src="/assets/replica.js"></script>
</head>
<body><div id="root"></div></body>
</html>
`;
}

/** @param {string} text */
function escapeAttribute(text) {
	return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

/**
 * @param {string} title
 * @param {string} body
 */
function wall(title, body) {
	return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>
<body>${body}</body></html>
`;
}
