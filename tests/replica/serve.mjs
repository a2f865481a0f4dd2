// Starts the stand-in by hand and says how to look at it.
import { parseArgs } from 'node:util';
import { cspNames } from './csp.mjs';
import { startReplica } from './server.mjs';

const { values } = parseArgs({
	options: {
		csp: { type: 'string', default: 'none' },
		flags: { type: 'string', default: '{}' },
		port: { type: 'string', default: '0' },
	},
});
const csp = cspNames.find((name) => name === values.csp);
if (!csp) throw new Error(`--csp is one of ${cspNames.join(', ')}`);

const replica = await startReplica({ csp, flags: JSON.parse(values.flags), port: Number(values.port) });
console.log(`The stand-in listens on 127.0.0.1:${replica.port} (CSP: ${csp}). Look at it with:

chromium --user-data-dir="$(mktemp -d)" --no-first-run --disable-quic \\
  "--host-resolver-rules=MAP claude.ai 127.0.0.1:${replica.port}, MAP * ~NOTFOUND , EXCLUDE 127.0.0.1" \\
  "--ignore-certificate-errors-spki-list=${replica.spki}" \\
  https://claude.ai/new
`);
