// Why this exists: numbers, times and names of the protocol as people of one language read them. Nothing is judged here.
import { transport } from './transport.js';

export const { text } = transport;
export const language = text('language');

/** @param {Intl.NumberFormatOptions} [options] */
const numbers = (options) => {
	const format = new Intl.NumberFormat(language, options);
	return (/** @type {number} */ value) => format.format(value);
};
/** @param {Intl.DateTimeFormatOptions} options */
const dates = (options) => {
	const format = new Intl.DateTimeFormat(language, options);
	return (/** @type {number} */ value) => format.format(value);
};

export const number = numbers();
/** Short, for an axis. */
export const compact = numbers({ notation: 'compact', maximumFractionDigits: 1 });
export const decimal = numbers({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
export const percent = numbers({ style: 'percent', maximumFractionDigits: 0 });
export const money = numbers({
	style: 'currency',
	currency: 'USD',
	minimumFractionDigits: 2,
	maximumFractionDigits: 2,
});
/** @param {number} part @param {number} of */
export const share = (part, of) => (of ? percent(part / of) : '–');

export const moment = dates({ dateStyle: 'medium', timeStyle: 'medium' });
export const when = dates({ day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });
export const clock = dates({ timeStyle: 'short' });
const shortDay = dates({ day: 'numeric', month: 'short', timeZone: 'UTC' });
const month = dates({ month: 'short', year: 'numeric', timeZone: 'UTC' });
const longDay = dates({ dateStyle: 'medium', timeZone: 'UTC' });
/** How an axis of so many days names the days on it, by their begin in UTC. @param {number} count */
export const daysOf = (count) => (count > 300 ? month : shortDay);
/** @param {string} iso `YYYY-MM-DD` */
export const day = (iso) => longDay(Date.parse(iso));

/** Each unit with its length in milliseconds, and up to which length it is used. */
const UNITS = /** @type {const} */ ([
	['second', 1_000, 60_000],
	['minute', 60_000, 3_600_000],
	['hour', 3_600_000, 172_800_000],
	['day', 86_400_000, Number.POSITIVE_INFINITY],
]);
/** A time in its one unit. @param {number} ms */
export function duration(ms) {
	const [unit, length] = UNITS.find(([, , below]) => ms < below) ?? UNITS[3];
	const value = ms / length;
	return numbers({ style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: value < 10 ? 1 : 0 })(value);
}
/** @param {number | null} ms */
export const maybe = (ms) => (ms === null ? '–' : duration(ms));

/** A name of the protocol in words; as it is where the catalogue has none. @param {string} kind @param {string} name */
export const named = (kind, name) => {
	const key = `${kind}_${name}`;
	const said = text(key);
	return said === key ? name : said;
};
/** @param {string} name */
export const phase = (name) => named('phase', name);
/** What a session or a group is called; some have no name. @param {string | null} name */
export const name = (name) => name || text('dash_none');
/** The last part of a path: enough to know a project by. @param {string} path */
export const folder = (path) => path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;
/** A template as people tell it from others. @param {{ name: string, label: string }} template */
export const template = ({ name, label }) => `${phase(label)} ${name.slice(0, 8)}`;
