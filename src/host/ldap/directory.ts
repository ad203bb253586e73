/** The directory as this host can ask it: does it answer, are base and organizational units there, which accounts does it hold. */
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {isInstalled, packages} from '../apt/packages.ts';
import {lastLines} from '../programs/run.ts';
import {type LdifEntry, parseLdif} from './ldif.ts';
import {nslcd} from './nslcd.ts';

/** `socket`: as root of this host over ldapi; else anonymously, as nslcd would. */
export type DirectoryPlace = {
	readonly uri: string;
	readonly base: string | undefined;
	readonly socket: boolean;
	readonly startTls: boolean;
};

export type Directory =
	| {readonly answers: false; readonly why: string}
	| {
			readonly answers: true;
			/** Is the base there? */
			readonly base: boolean;
			readonly units: readonly string[];
			/** Some of its accounts. */
			readonly accounts: readonly {readonly name: string; readonly uid: string}[];
	  };

/** The directory of this host: its own slapd, else the one that nslcd asks. 'absent' where there is neither. */
export const directoryPlace: Fact<DirectoryPlace | 'absent'> = {
	id: 'directory-place',
	async read(host) {
		const own = isInstalled((await host.fact(packages)).all.get('slapd'));
		const client = await host.fact(nslcd).catch((error: unknown) => {
			// An ordinary user may still ask a directory of this host, and its own naming context.
			if (own && error instanceof Blocked) return 'absent' as const;
			throw error;
		});
		if (!own && client === 'absent') return 'absent';
		const conf = client === 'absent' ? undefined : client;
		const socket = own && process.geteuid?.() === 0;
		const uri = socket ? 'ldapi:///' : own ? 'ldap://127.0.0.1/' : (conf?.uris[0] ?? 'ldap://127.0.0.1/');
		return {uri, base: conf?.base, socket, startTls: !own && (conf?.startTls ?? false)};
	},
};

/** What it answers about a base. Throws Blocked (no-tool, timeout, offline-root). */
export const directory = (place: DirectoryPlace, base: string): Fact<Directory> => ({
	id: `directory:${place.uri}:${base}`,
	read: host => ask(host, place, base),
});

/** The naming context of a directory whose base nobody told. */
export const namingContext = (place: DirectoryPlace): Fact<string | undefined> => ({
	id: `naming-context:${place.uri}`,
	async read(host) {
		const ran = await search(host, place, '', 'base', '(objectClass=*)', ['namingContexts']);
		return ran.code === 0 ? parseLdif(ran.stdout)[0]?.attributes.get('namingcontexts')?.[0] : undefined;
	},
});

const patience = 3000;
const noSuchObject = 32;

const ask = async (host: Reader, place: DirectoryPlace, base: string): Promise<Directory> => {
	const filter = '(|(objectClass=organizationalUnit)(objectClass=posixAccount))';
	const ran = await search(host, place, base, 'children', filter, ['objectClass', 'uid', 'uidNumber']);
	// 3, 4 and 11: more than it gives at once; what it gave will do.
	if ([0, 3, 4, 11].includes(ran.code)) return directoryOf(parseLdif(ran.stdout));
	const words = lastLines(`${ran.stdout}\n${ran.stderr}`, 2).join(' ');
	if (ran.code === noSuchObject) return {answers: true, base: false, units: [], accounts: []};
	if (/Can't contact LDAP server/.test(words)) return {answers: false, why: words};
	throw new Blocked({because: 'unreadable', need: `${place.uri} refuses the search below ${base}: ${words}`});
};

/** The entries that a search gave. */
export const directoryOf = (entries: readonly LdifEntry[]): Extract<Directory, {readonly answers: true}> => {
	const has = (entry: LdifEntry, kind: string): boolean =>
		(entry.attributes.get('objectclass') ?? []).some(one => one.toLowerCase() === kind);
	return {
		answers: true,
		base: true,
		units: entries.filter(entry => has(entry, 'organizationalunit')).map(({dn}) => dn),
		accounts: entries
			.filter(entry => has(entry, 'posixaccount'))
			.map(({attributes}) => ({name: attributes.get('uid')?.[0] ?? '', uid: attributes.get('uidnumber')?.[0] ?? ''})),
	};
};

const search = async (
	host: Reader,
	place: DirectoryPlace,
	base: string,
	scope: string,
	filter: string,
	attributes: readonly string[],
) => {
	const bind = place.socket ? ['-Q', '-Y', 'EXTERNAL'] : ['-x', ...(place.startTls ? ['-ZZ'] : [])];
	const options = ['-LLL', '-o', 'ldif-wrap=no', '-o', 'nettimeout=2', '-z', '500'];
	return host.probe(
		['ldapsearch', ...bind, ...options, '-H', place.uri, '-b', base, '-s', scope, filter, ...attributes],
		{timeout: patience},
	);
};
