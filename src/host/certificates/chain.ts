/** Does a chain lead to an authority that this host trusts, as a browser would walk it? */
import type {X509Certificate} from 'node:crypto';
import type {Fact} from '#model/host.ts';
import {parseChain} from './certificates.ts';

/** The authorities of the host's own store. */
export const authorities: Fact<readonly X509Certificate[]> = {
	id: 'authorities',
	read: async host =>
		parseChain(Buffer.from((await host.read('/etc/ssl/certs/ca-certificates.crt')) ?? '').toString('utf8')),
};

export type ChainState = {
	readonly state: 'complete' | 'self-signed' | 'incomplete' | 'no-authorities';
	readonly says: string;
};

/** From the first certificate to a trusted one, by the certificates that come with it. */
export const chainState = (chain: readonly X509Certificate[], trusted: readonly X509Certificate[]): ChainState => {
	let at = chain[0];
	if (at === undefined) return {state: 'incomplete', says: 'there is none'};
	if (trusted.length === 0)
		return {state: 'no-authorities', says: 'this host has no list of authorities (ca-certificates)'};
	for (let steps = 0; steps < 10; steps++) {
		const current: X509Certificate = at;
		if (trusted.some(root => root.fingerprint256 === current.fingerprint256 || issued(root, current)))
			return {state: 'complete', says: 'leads to a trusted authority'};
		if (issued(current, current))
			return {
				state: 'self-signed',
				says: steps === 0 ? 'is self-signed' : `ends at ${shortName(current.subject)}, which this host does not trust`,
			};
		const next = chain.find(one => one !== current && issued(one, current));
		if (next === undefined)
			return {state: 'incomplete', says: `comes without the certificate of ${shortName(current.issuer)}`};
		at = next;
	}
	return {state: 'incomplete', says: 'goes round in circles'};
};

const issued = (issuer: X509Certificate, one: X509Certificate): boolean => {
	try {
		return one.checkIssued(issuer) && one.verify(issuer.publicKey);
	} catch {
		return false;
	}
};

/** `Let's Encrypt R11` of a whole distinguished name. */
export const shortName = (name: string): string => /^CN=(.+)$/m.exec(name)?.[1] ?? name.replaceAll('\n', ', ');
