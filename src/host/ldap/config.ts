/** The configuration of the local slapd, cn=config, asked once per pass as root over ldapi (EXTERNAL). The numbers in its names are slapd's: they are looked up, never assumed. */
import {Fault} from '#model/fault.ts';
import type {Fact} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {lastLines} from '../programs/run-program.ts';
import {type LdifEntry, parseLdif} from './ldif.ts';

export type LdapFacts = {
	readonly entries: readonly LdifEntry[];
	/** Its databases that hold entries, by suffix (normalised). */
	readonly databases: ReadonlyMap<string, LdifEntry>;
	/** Names without path, suffix and order: back_mdb, argon2. */
	readonly modules: readonly string[];
};

/** 'absent' while no slapd with cn=config is on this host. */
export const ldapFacts: Fact<LdapFacts | 'absent'> = {
	id: 'ldap-config',
	async read(host) {
		if ((await host.stat('/etc/ldap/slapd.d/cn=config.ldif')) === undefined) return 'absent';
		const argv = [
			'ldapsearch',
			'-Q',
			'-LLL',
			'-o',
			'ldif-wrap=no',
			'-o',
			'nettimeout=10',
			'-Y',
			'EXTERNAL',
			'-H',
			'ldapi:///',
			'-b',
			'cn=config',
			'(!(objectClass=olcSchemaConfig))',
		];
		const ran = await host.probe(argv);
		if (ran.code === 0) return factsOf(parseLdif(ran.stdout));
		throw refused(`${ran.stdout}\n${ran.stderr}`);
	},
};

/** A DN in the form in which two that mean the same are equal: lower case, no spaces around commas and equals signs. */
export const sameDn = (left: string, right: string): boolean => normalDn(left) === normalDn(right);
export const normalDn = (dn: string): string =>
	dn
		.toLowerCase()
		.replace(/(?<!\\) *([,=+]) */g, '$1')
		.trim();

/** A value of an ordered attribute without its number. */
export const withoutOrder = (value: string): string => value.replace(/^\{-?\d+\}/, '');

/** `{0}/usr/lib/ldap/argon2.la m=19456` -> argon2 */
export const moduleName = (value: string): string =>
	withoutOrder(value)
		.split(/\s/)[0]!
		.replace(/^.*\//, '')
		.replace(/\.(la|so)$/, '');

const factsOf = (entries: readonly LdifEntry[]): LdapFacts => ({
	entries,
	databases: new Map(
		entries.flatMap(entry =>
			(entry.attributes.get('olcsuffix') ?? []).map(suffix => [normalDn(suffix), entry] as const),
		),
	),
	modules: entries.flatMap(entry => entry.attributes.get('olcmoduleload') ?? []).map(moduleName),
});

const refused = (words: string): Error => {
	if (/Can't contact LDAP server|Connection refused|No such file/.test(words))
		return new Blocked({because: 'until', thing: 'unit:slapd.service'});
	const lines = lastLines(words, 4);
	return new Fault(
		'ldap.external',
		'slapd does not let root of this host see its configuration through the socket',
		'Its cn=config wants an access rule that gives gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth manage, as Debian sets it up.',
		{details: lines},
	);
};
