/** Every certificate that a server of this host is told to present, and those that an ACME client keeps: found in the configurations, read once. */
import {X509Certificate} from 'node:crypto';
import {dirname, resolve} from 'node:path';
import type {Fact, Reader} from '#model/host.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';
import {apacheConfig} from '../apache/config.ts';
import {apacheRoot} from '../apache/logical-lines.ts';
import {virtualHosts} from '../apache/sites.ts';
import {isInstalled, packages} from '../apt/packages.ts';
import {inherited, inheritedAll} from '../nginx/config.ts';
import {isRead, type Listen, nginxSites} from '../nginx/sites.ts';
import {filled, unknown} from './filled.ts';

/** Who presents it, to whom, and where that is written. */
export type Served = {
	readonly by: 'nginx' | 'apache' | 'postfix';
	readonly where: string;
	readonly names: readonly string[];
	readonly listen?: Listen;
	readonly unit: string;
};

export type Certificate = {
	/** Its first name where only one has it, else its path. */
	readonly item: string;
	readonly path: string;
	readonly key?: string;
	readonly served: readonly Served[];
	/** The certificate itself first; a reason where it could not be read. */
	readonly chain: readonly X509Certificate[] | Unknown;
};

/** `unread`: why a configuration that may name more could not be read. */
export type Certificates = {readonly all: readonly Certificate[]; readonly unread: readonly Unknown[]};

export const certificates: Fact<Certificates> = {
	id: 'certificates',
	async read(host) {
		const parts = await Promise.all([
			attempt(() => fromNginx(host)),
			attempt(() => fromApache(host)),
			attempt(() => fromPostfix(host)),
			attempt(() => fromAcme(host)),
		]);
		const merged = new Map<string, Named>();
		for (const one of parts.flatMap(({found}) => found)) {
			const known = merged.get(one.path);
			merged.set(
				one.path,
				known ? {...known, ...one, key: known.key ?? one.key, served: [...known.served, ...one.served]} : one,
			);
		}
		const all = await Promise.all([...merged.values()].map(one => withChain(host, one)));
		const names = all.map(nameFor);
		return {
			all: all
				.map((one, at) => ({
					...one,
					item: names.filter(name => name === names[at]).length > 1 ? one.path : (names[at] ?? one.path),
				}))
				.toSorted((a, b) => (a.item < b.item ? -1 : 1)),
			unread: parts.flatMap(({why}) => (why === undefined ? [] : [why])),
		};
	},
};

/** All certificates of a PEM text, in its order. */
export const parseChain = (text: string): readonly X509Certificate[] =>
	(text.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED )?CERTIFICATE-----/g) ?? []).map(
		pem => new X509Certificate(pem),
	);

type Named = Omit<Certificate, 'item' | 'chain' | 'key'> & {
	readonly key: string | undefined;
	readonly more: readonly string[];
};

const attempt = async (
	look: () => Promise<readonly Named[]>,
): Promise<{readonly found: readonly Named[]; readonly why?: Unknown}> => {
	try {
		return {found: await look()};
	} catch (error) {
		if (error instanceof Blocked) return {found: [], why: error.why};
		throw error;
	}
};

const fromNginx = async (host: Reader): Promise<readonly Named[]> =>
	(await host.fact(nginxSites)).flatMap(({nginx, config, servers}) => {
		if (!isRead(config)) throw new Blocked(config);
		const base = dirname(nginx.conf);
		return servers.flatMap(({block, http, names, listens}) => {
			const listen = listens.find(({tls}) => tls);
			if (listen === undefined) return [];
			const keys = inheritedAll([block, http], 'ssl_certificate_key').map(({args}) => args[0]);
			// One for each kind of key: the first key is that of the first certificate.
			return inheritedAll([block, http], 'ssl_certificate').flatMap(({args, where}, at) =>
				filled(args[0] ?? '', plainNames(names)).map(({file, of, fill}) => {
					const key = keys[at];
					return {
						path: resolve(base, file),
						key: key === undefined || unknown.test(fill(key)) ? undefined : resolve(base, fill(key)),
						more: [],
						served: [{by: 'nginx', where, names: of, listen, unit: nginx.unit}],
					} satisfies Named;
				}),
			);
		});
	});

const fromApache = async (host: Reader): Promise<readonly Named[]> => {
	if (!isInstalled((await host.fact(packages)).all.get('apache2'))) return [];
	const config = await host.fact(apacheConfig);
	return virtualHosts(config).flatMap(({block, names, listens}) => {
		const [listen] = listens.filter(({tls}) => tls);
		const all = [block, {children: config.top}];
		if (listen === undefined) return [];
		const keys = inheritedAll(all, 'sslcertificatekeyfile').map(({args}) => args[0]);
		const chain = inherited(all, 'sslcertificatechainfile')?.args[0];
		const at = (path: string): string => resolve(apacheRoot, path);
		return inheritedAll(all, 'sslcertificatefile').flatMap(({args: [path], where}, nth) =>
			path === undefined
				? []
				: [
						{
							path: at(path),
							key: at(keys[nth] ?? path),
							more: chain === undefined ? [] : [at(chain)],
							served: [{by: 'apache', where, names: plainNames(names), listen, unit: 'apache2.service'}],
						} satisfies Named,
					],
		);
	});
};

const fromPostfix = async (host: Reader): Promise<readonly Named[]> => {
	const path = '/etc/postfix/main.cf';
	const text = Buffer.from((await host.read(path)) ?? '').toString('utf8');
	const value = (name: string): string | undefined =>
		new RegExp(`^${name}\\s*=\\s*(.*(?:\\n[ \\t]+.*)*)`, 'm').exec(text)?.[1]?.trim();
	const certificate = value('smtpd_tls_chain_files')?.split(/[\s,]+/)[0] ?? value('smtpd_tls_cert_file');
	if (certificate === undefined || certificate === '' || certificate === 'none' || certificate.includes('$')) return [];
	const line = text.slice(0, text.indexOf(certificate)).split('\n').length;
	const key = value('smtpd_tls_key_file');
	return [
		{
			path: certificate,
			key: key === undefined || key.includes('$') ? certificate : key,
			more: [],
			served: [{by: 'postfix', where: `${path}:${line}`, names: [], unit: 'postfix.service'}],
		},
	];
};

/** What certbot and dehydrated keep is looked at whether a server uses it or not. */
const fromAcme = async (host: Reader): Promise<readonly Named[]> => {
	const roots = [
		{directory: '/etc/letsencrypt/live', key: 'privkey.pem'},
		{directory: '/var/lib/dehydrated/certs', key: 'privkey.pem'},
	];
	const all = await Promise.all(
		roots.map(async ({directory, key}) => {
			const names = (await host.list(directory)) ?? [];
			const there = await Promise.all(names.map(name => host.stat(`${directory}/${name}/fullchain.pem`)));
			return names
				.filter((_name, at) => there[at] !== undefined)
				.map(
					(name): Named => ({
						path: `${directory}/${name}/fullchain.pem`,
						key: `${directory}/${name}/${key}`,
						more: [],
						served: [],
					}),
				);
		}),
	);
	return all.flat();
};

const withChain = async (host: Reader, {more, key, ...one}: Named): Promise<Omit<Certificate, 'item'>> => ({
	...one,
	...(key !== undefined && {key}),
	chain: await readChain(host, [one.path, ...more]),
});

const readChain = async (host: Reader, paths: readonly string[]): Promise<Certificate['chain']> => {
	try {
		const texts = await Promise.all(paths.map(path => host.read(path)));
		const chain = texts.flatMap(bytes => parseChain(Buffer.from(bytes ?? '').toString('utf8')));
		if (chain.length > 0) return chain;
		return {
			because: 'unreadable',
			need: `${paths[0]} ${texts[0] === undefined ? 'is not there' : 'holds no certificate'}`,
		};
	} catch (error) {
		if (error instanceof Blocked) return error.why;
		return {because: 'unreadable', need: `${paths[0]} holds a certificate that does not parse`};
	}
};

const nameFor = ({path, served, chain}: Omit<Certificate, 'item'>): string =>
	served.flatMap(({names}) => names)[0] ??
	/\/(?:live|certs)\/([^/]+)\/fullchain\.pem$/.exec(path)?.[1] ??
	('because' in chain ? path : (namesIn(chain[0])[0] ?? path));

/** The names a certificate is for. */
export const namesIn = (one: X509Certificate | undefined): readonly string[] =>
	one?.subjectAltName?.split(', ').flatMap(word => /^DNS:(.+)$/.exec(word)?.[1] ?? []) ?? [];

/** Those that a certificate can be for: no patterns, no catch-all, no name that only this host knows. */
const plainNames = (names: readonly string[]): readonly string[] =>
	names.filter(
		name => /^(\*\.)?[\w-]+(\.[\w-]+)+$/.test(name) && !name.endsWith('.localhost') && !/^[\d.]+$/.test(name),
	);
