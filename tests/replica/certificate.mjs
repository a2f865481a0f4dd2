// The browser must accept claude.ai on loopback: a throw-away certificate, made in memory, pinned by its key.
import { createHash, X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';

/** @returns {Promise<{key: string, cert: string, spki: string}>} */
export async function makeCertificate() {
	const pair = await generate([{ name: 'commonName', value: 'claude.ai' }], {
		keyType: 'ec',
		curve: 'P-256',
		algorithm: 'sha256',
		extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'claude.ai' }] }],
	});
	const publicKey = new X509Certificate(pair.cert).publicKey.export({ type: 'spki', format: 'der' });
	const spki = createHash('sha256').update(publicKey).digest('base64');
	return { key: pair.private, cert: pair.cert, spki };
}
