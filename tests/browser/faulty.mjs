#!/usr/bin/env node
// A host with a fault: between the browser and the real one, which answers everything but what a rule is about. The rules stand in a
// file that is read for each request, so that a host can be broken and mended while the browser runs. Run as a program it is that
// host; as a module it puts it in the place of the real one.
import { spawn } from 'node:child_process';
import { appendFile, chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Rule
 * @property {string} holds What a capture holds that it is about.
 * @property {'end' | 'hang' | 'refuse'} does
 * @property {object} [refusal]
 */

/** Puts the faulty host before the installed one; what comes back sets its rules. @param {import('./stage.mjs').Stage} stage */
export async function makeFaulty(stage) {
	const manifest = join(stage.profile, 'NativeMessagingHosts/io.github.prompt_runner.json');
	const written = JSON.parse(await readFile(manifest, 'utf8'));
	const [program, rules, log] = ['faulty-host', 'rules.json', 'asked.txt'].map((name) => join(stage.home, name));
	const words = [process.execPath, fileURLToPath(import.meta.url), written.path, rules, log];
	await writeFile(program, `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(' ')} "$@"\n`);
	await chmod(program, 0o755);
	await writeFile(rules, '[]');
	await writeFile(log, '');
	await writeFile(manifest, JSON.stringify({ ...written, path: program }));
	return {
		/** @param {Rule[]} given */
		rule: (...given) => writeFile(rules, JSON.stringify(given)),
		/** The captures that reached a host, in their order. @returns {Promise<string[]>} */
		asked: async () => (await readFile(log, 'utf8')).split('\n').filter(Boolean),
	};
}

/** @param {object} message */
function frame(message) {
	const body = Buffer.from(JSON.stringify(message));
	const length = Buffer.alloc(4);
	length.writeUInt32LE(body.length);
	return Buffer.concat([length, body]);
}

/** @param {string[]} args */
async function serve([real, rules, log, ...args]) {
	const host = spawn(real, args, { stdio: ['pipe', 'inherit', 'inherit'] });
	host.on('exit', () => process.exit());
	let there = Buffer.alloc(0);
	for await (const chunk of process.stdin) {
		there = Buffer.concat([there, chunk]);
		while (there.length >= 4 && there.length >= 4 + there.readUInt32LE(0)) {
			const body = there.subarray(4, 4 + there.readUInt32LE(0));
			there = there.subarray(4 + body.length);
			const text = body.toString();
			const { id, request } = JSON.parse(text);
			const capture = request.type === 'capture';
			if (capture) await appendFile(log, `${request.capture}\n`);
			/** @type {Rule[]} */
			const given = JSON.parse(await readFile(rules, 'utf8'));
			const rule = capture ? given.find(({ holds }) => text.includes(holds)) : undefined;
			if (rule?.does === 'end') process.exit();
			// One that hangs reads nothing more either.
			if (rule?.does === 'hang') await new Promise(() => setInterval(() => {}, 1_000));
			if (rule?.does === 'refuse') process.stdout.write(frame({ v: 1, id, refusal: rule.refusal }));
			else host.stdin.write(frame(JSON.parse(text)));
		}
	}
	host.stdin.end();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve(process.argv.slice(2));
