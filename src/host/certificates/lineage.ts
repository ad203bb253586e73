/**
 * What certbot keeps of one certificate: for which names it is, from whom, and by which way it is renewed. Its own list (`certbot certificates`) is for people and
 * takes a second; these are the files behind it.
 */
import {X509Certificate} from 'node:crypto';
import type {Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';
import {namesIn} from './certificates.ts';

/** Where certbot keeps the newest of a name. */
export const lineagePaths = (name: string) => ({
	certificate: `/etc/letsencrypt/live/${name}/fullchain.pem`,
	key: `/etc/letsencrypt/live/${name}/privkey.pem`,
	renewal: `/etc/letsencrypt/renewal/${name}.conf`,
});

export type Lineage = {
	/** Those of the certificate itself, in the order of the alphabet. */
	readonly names: readonly string[];
	readonly until: Date;
	/** The address of the authority. */
	readonly server: string;
	readonly authenticator: string;
	/** Directories by name, for http-01 by webroot. */
	readonly webroots: Readonly<Record<string, string>>;
};

/** Undefined where there is none, or one that certbot could not renew: without its certificate, its key, or its file of renewal. Throws Blocked for what may not be read. */
export const readLineage = async (name: string, host: Reader): Promise<Lineage | undefined> => {
	const paths = lineagePaths(name);
	const [pem, key, renewal] = [
		await host.read(paths.certificate),
		await host.stat(paths.key, {follow: true}),
		await textOf(host, paths.renewal),
	];
	if (pem === undefined || key === undefined || renewal === undefined) return undefined;
	const certificate = parsed(pem);
	if (certificate === undefined) return undefined;
	const lines = renewal.split('\n').map(line => line.trim());
	const [own, map = []] = splitAt(lines, lines.indexOf('[[webroot_map]]'));
	const of = (lines: readonly string[]): readonly (readonly [string, string])[] =>
		lines.flatMap(line => {
			const [, name, value] = /^([^#[=][^=]*?)\s*=\s*(.*)$/.exec(line) ?? [];
			return name === undefined || value === undefined ? [] : [[name, value] as const];
		});
	const settings = new Map(of(own));
	return {
		names: namesIn(certificate).toSorted(),
		until: new Date(certificate.validTo),
		server: settings.get('server') ?? '',
		authenticator: settings.get('authenticator') ?? '',
		webroots: Object.fromEntries(of(map)),
	};
};

const splitAt = (lines: readonly string[], at: number): readonly [readonly string[], (readonly string[])?] =>
	at < 0 ? [lines] : [lines.slice(0, at), lines.slice(at + 1)];

const parsed = (pem: Uint8Array): X509Certificate | undefined => {
	try {
		return new X509Certificate(pem);
	} catch {
		return undefined;
	}
};
