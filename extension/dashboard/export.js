// Why this exists: what a panel shows can be taken along: its table as CSV, its data as JSON, its chart as SVG and PNG.
import { draw, make } from './make.js';

/** @typedef {string | number | null | { raw: string | number | null, said: string }} Cell What it is, and what people read. */
/** @typedef {{ head: string[], rows: Cell[][] }} Table */

/** @param {Cell} cell */
export const raw = (cell) => (cell !== null && typeof cell === 'object' ? cell.raw : cell);
/** @param {Cell} cell */
export const said = (cell) => String((cell !== null && typeof cell === 'object' ? cell.said : cell) ?? '–');

/** Where a spreadsheet would find a formula: behind blanks and what is not seen, and behind what some take for the end of a cell. */
const FORMULA = /(?<=^|[;；\t\r\n])(?=[\s"'\p{Cc}\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫−])|^(?=[;；\t\r\n])/gu;

/** A text that begins like a formula would be run by a spreadsheet. @param {string | number | null} value */
function field(value) {
	const text = typeof value === 'string' ? value.replace(FORMULA, "'") : String(value ?? '');
	return /[",;；\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param {Table} table By RFC 4180; the mark at its begin tells spreadsheets that it is UTF-8. */
export const csv = ({ head, rows }) =>
	`\uFEFF${[head, ...rows].map((row) => row.map((cell) => field(raw(cell))).join(',')).join('\r\n')}\r\n`;

/** What the page's style sheet says of an element of a chart, and the file has to say itself. */
const LOOKS = ['fill', 'stroke', 'stroke-width', 'font-family', 'font-size', 'font-weight', 'opacity'];

/** @param {SVGElement} chart @param {string} title @param {string} summary A drawing that needs no style sheet. */
export function picture(chart, title, summary) {
	const copy = /** @type {SVGElement} */ (chart.cloneNode(true));
	const [from, to] = [chart, copy].map((svg) => [svg, ...svg.querySelectorAll('*')]);
	from.forEach((element, at) => {
		const style = getComputedStyle(element);
		for (const look of LOOKS) to[at].setAttribute(look, style.getPropertyValue(look));
		for (const name of ['class', 'id', 'role', 'tabindex', 'aria-label']) to[at].removeAttribute(name);
	});
	const ground = getComputedStyle(document.body).backgroundColor;
	copy.prepend(
		draw('title', {}, title),
		draw('desc', {}, summary),
		draw('rect', { width: '100%', height: '100%', fill: ground }),
	);
	copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
	return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`;
}

/** @param {string} svg @param {number} [times] How many pixels are drawn for one. @returns {Promise<Blob | null>} */
export async function png(svg, times = 2) {
	const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
	try {
		const image = new Image();
		image.src = address;
		await image.decode();
		const canvas = make('canvas', { width: image.naturalWidth * times, height: image.naturalHeight * times });
		canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
		return await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
	} finally {
		URL.revokeObjectURL(address);
	}
}

/** @param {Blob} blob @param {string} name */
export function save(blob, name) {
	const href = URL.createObjectURL(blob);
	make('a', { href, download: name }).click();
	// The browser reads it after this turn.
	setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
