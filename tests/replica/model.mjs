// The scripted model: reads the prompt's own request for a trailer and answers that phase by the contract.
import { readFileSync } from 'node:fs';

const header = /^[^\w\n]*PROMPT-RUNNER\/1[ \t]+(\S+)[ \t]+(\S+)[ \t]+(\S+)[^\n]*$/gm;
const section = /^## (\w+)\n\n(`{4,})[^\n]*\n[\s\S]*?\n\2$/gm;
const featureHeading = /^#+ (?:The )?feature\s+(.+)$/im;
const featureLine = /^feature:\s*(.+)$/im;
const longestName = 60;
const foreignNonce = '00foreign00nonce';
const chat = `Sure. Tell me which part of the application you would like to look at first, and paste the
code in question if you can: I will point out what I would change and why.

- a bug you can reproduce
- a feature you are about to add
- a piece of code you would like to have reviewed`;

/**
 * @typedef {object} Answer
 * @property {string} text As much of it as comes.
 * @property {string} rest What comes when it is told to go on.
 * @property {string} title
 * @property {string} thinking
 * @property {number} tool Where in the text a tool is used; -1 nowhere.
 * @property {'end_turn' | 'max_tokens' | 'error'} ends
 *
 * @param {string} prompt
 * @param {import('./flags.mjs').Flags} flags
 * @returns {Answer}
 */
export function answerTo(prompt, flags) {
	const asked = request(prompt, flags);
	const whole = flags.answerOnce.shift() ?? flags.answer ?? (asked ? phaseAnswer(asked) : chat);
	const filled = asked ? fill(whole, asked) : whole;
	const { cutAt, interruptAt, continueAt } = flags;
	const at = Math.ceil(filled.length * Math.min(cutAt, interruptAt, continueAt));
	const text = filled.slice(0, at);
	const repeated =
		flags.continueOverlap > 0
			? text
					.split(/(?<=\n)/)
					.slice(-flags.continueOverlap)
					.join('')
			: '';
	return {
		text,
		rest: repeated + filled.slice(at),
		title: asked ? `${asked.feature}: ${asked.phase}` : firstWords(prompt),
		thinking: asked ? fill(flags.thinkingText, asked) : flags.thinkingText,
		tool: flags.toolPauseAt < 1 ? text.lastIndexOf('\n\n## ', text.length * flags.toolPauseAt) : -1,
		ends: interruptAt < 1 ? 'error' : continueAt < 1 ? 'max_tokens' : 'end_turn',
	};
}

/**
 * @typedef {{session: string, phase: string, nonce: string, feature: string, sections: string[]}} Request
 *
 * @param {string} prompt
 * @param {import('./flags.mjs').Flags} flags
 * @returns {Request | null}
 */
function request(prompt, flags) {
	const match = [...prompt.matchAll(header)].at(-1);
	if (!match) return null;
	const [line, session, phase, nonce] = match;
	const after = prompt.slice(match.index + line.length);
	return {
		session,
		phase: phase.toLowerCase(),
		nonce: flags.foreignNonce ? foreignNonce : nonce,
		feature: featureName(prompt),
		sections: [...after.matchAll(/^[^\w\n]*section:\s*(\w+)/gm)].map(([, name]) => name),
	};
}

/**
 * A name short enough to be said in a sentence, out of however much was written about the feature.
 * @param {string} prompt
 */
function featureName(prompt) {
	const described = (featureHeading.exec(prompt) ?? featureLine.exec(prompt))?.[1] ?? 'CSV export';
	const [sentence] = described.split(/[,.;:!?](?:\s|$)/);
	const name = sentence
		.replace(/[*`"“”]/g, '')
		.replace(/^(?:add|build|implement)(?: an?| the)? /i, '')
		.trim();
	return name.length > longestName ? name.slice(0, name.lastIndexOf(' ', longestName)) : name;
}

/** The phases for which there is a script. */
const SCRIPTED = ['planning', 'analysis', 'implementation', 'testing', 'cleaning'];

/**
 * A prompt that asks for some of the sections only, as a repair does, gets only those.
 * @param {Request} asked
 */
function phaseAnswer(asked) {
	if (!SCRIPTED.includes(asked.phase)) return improvised(asked);
	const script = readFileSync(new URL(`answers/${asked.phase}.md`, import.meta.url), 'utf8');
	const all = [...script.matchAll(section)].map(([text, name]) => ({ text, name }));
	const some = all.filter(({ name }) => asked.sections.includes(name));
	const given = some.length > 0 ? some : all;
	const preamble = script.slice(0, script.indexOf('\n## ')).trim();
	return [preamble, ...given.map(({ text }) => text), trailer(given)].join('\n\n');
}

/**
 * An answer to a phase of somebody's own: every section that is asked for, long enough to be seen to come in.
 * @param {Request} asked
 */
function improvised(asked) {
	const lines = (/** @type {string} */ name) =>
		Array.from({ length: 12 }, (_, at) => `- ${name.toLowerCase()} ${at + 1} of {{feature}}`).join('\n');
	const given = asked.sections.map((name) => ({
		name,
		text: `## ${name}\n\n\`\`\`\`markdown\n${lines(name)}\n\`\`\`\``,
	}));
	return [...given.map(({ text }) => text), trailer(given)].join('\n\n');
}

/** @param {{name: string}[]} sections */
function trailer(sections) {
	const names = sections.map(({ name }) => `section: ${name}`).join('\n');
	return `\`\`\`promptrunner
PROMPT-RUNNER/1 {{session}} {{phase}} {{nonce}}
${names}
PROMPT-RUNNER/END {{nonce}}
\`\`\``;
}

/**
 * @param {string} text
 * @param {Request} asked
 */
function fill(text, asked) {
	return text.replace(/\{\{(feature|session|phase|nonce)\}\}/g, (_, name) => {
		return asked[/** @type {'feature' | 'session' | 'phase' | 'nonce'} */ (name)];
	});
}

/** @param {string} prompt */
function firstWords(prompt) {
	return prompt.trim().split(/\s+/).slice(0, 5).join(' ').slice(0, 40) || 'Untitled';
}
