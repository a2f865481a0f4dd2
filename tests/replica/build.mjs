// Bundles the page once and again only when a source is newer than the bundle.
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
export const dist = `${here}dist`;

export async function buildIfStale() {
	const sources = (await readdir(`${here}page`)).map((name) => `${here}page/${name}`);
	const bundle = [`${dist}/replica.js`, `${dist}/replica-style.css`];
	const [changed, built] = await Promise.all([times(sources), times(bundle).catch(() => [0])]);
	if (Math.min(...built) > Math.max(...changed)) return;
	const { outputFiles } = await build({
		entryPoints: { replica: `${here}page/main.js`, 'replica-style': `${here}page/replica.css` },
		outdir: dist,
		bundle: true,
		format: 'esm',
		target: 'es2023',
		legalComments: 'none',
		logLevel: 'warning',
		write: false,
	});
	await mkdir(dist, { recursive: true });
	await Promise.all(outputFiles.map(({ path, contents }) => replace(path, contents)));
}

/**
 * Test workers may build at the same time: none of them must ever serve half a file.
 * @param {string} path
 * @param {Uint8Array} contents
 */
async function replace(path, contents) {
	const unfinished = `${path}.${process.pid}`;
	await writeFile(unfinished, contents);
	await rename(unfinished, path);
}

/** @param {string[]} paths */
function times(paths) {
	return Promise.all(paths.map(async (path) => (await stat(path)).mtimeMs));
}
