/** Does a chain lead to an authority that this host trusts, as a browser would walk it? */
import type {X509Certificate} from 'node:crypto';
import type {Fact} from '#model/host.ts';
import {parseChain} from './certificates.ts';

/** The authorities of the host's own store, taken apart when a chain is first walked: there are 140 of them. */
export const authorities: Fact<() => readonly X509Certificate[]> = {
	id: 'authorities',
	read: async host => {
		const bytes = await host.read('/etc/ssl/certs/ca-certificates.crt');
		let all: readonly X509Certificate[] | undefined;
		return () => {
			all ??= parseChain(Buffer.from(bytes ?? '').toString('utf8'));
			return all;
		};
	},
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

/** Those that a browser needs on its way to a trusted one: the certificate itself first. */
export const neededOf = (
	chain: readonly X509Certificate[],
	trusted: readonly X509Certificate[],
): readonly X509Certificate[] => {
	const needed: X509Certificate[] = [];
	for (let at = chain[0]; at !== undefined && !needed.includes(at); ) {
		const current: X509Certificate = at;
		needed.push(current);
		if (trusted.some(root => root.fingerprint256 === current.fingerprint256 || issued(root, current))) break;
		at = issued(current, current) ? undefined : chain.find(one => one !== current && issued(one, current));
	}
	return needed;
};

/** The first that stands behind the own one and does not vouch for the one before it, though it does for another of them (RFC 5246, 7.4.2). */
export const outOfOrder = (chain: readonly X509Certificate[]): string | undefined => {
	const early = chain.find(
		(one, at) =>
			at > 0 &&
			!issued(one, chain[at - 1]!) &&
			chain.some((other, place) => place !== at && place !== at - 1 && issued(one, other)),
	);
	return early === undefined ? undefined : shortName(early.subject);
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
