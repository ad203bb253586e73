/** The directory as this host can ask it: does it answer, are base and organizational units there, which accounts does it hold. */
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {isInstalled, packages} from '../apt/packages.ts';
import {lastLines} from '../programs/run-program.ts';
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
			/** The server's own end of a search, where it comes before ours: entries that it gave. */
			readonly limit?: number;
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
const sizeLimit = 4;
/** timeLimitExceeded, sizeLimitExceeded, adminLimitExceeded. */
const moreThere: ReadonlySet<number> = new Set([3, sizeLimit, 11]);
/** Entries that we ask for. */
const most = 500;

const ask = async (host: Reader, place: DirectoryPlace, base: string): Promise<Directory> => {
	const filter = '(|(objectClass=organizationalUnit)(objectClass=posixAccount))';
	const ran = await search(host, place, base, 'children', filter, ['objectClass', 'uid', 'uidNumber']);
	if (ran.code === 0) return directoryOf(parseLdif(ran.stdout));
	// More than it gives at once: of the accounts what it gave will do, of the few units none may be left out.
	if (moreThere.has(ran.code)) {
		const entries = parseLdif(ran.stdout);
		const units = await search(host, place, base, 'children', '(objectClass=organizationalUnit)', ['objectClass']);
		return {
			...directoryOf(entries),
			units: directoryOf(parseLdif(units.stdout)).units,
			...(ran.code === sizeLimit && entries.length < most && {limit: entries.length}),
		};
	}
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
	const options = ['-LLL', '-o', 'ldif-wrap=no', '-o', 'nettimeout=30', '-z', String(most)];
	return host.probe(
		['ldapsearch', ...bind, ...options, '-H', place.uri, '-b', base, '-s', scope, filter, ...attributes],
		{timeout: patience},
	);
};
