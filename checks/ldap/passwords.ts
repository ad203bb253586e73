/** The guide's directory keeps MD5 hashes: whoever gets a copy of it reads the passwords within hours. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {parseLdif} from '#host/ldap/ldif.ts';
import {isSeen, see} from '#host/see.ts';
import {refuseSilentNames} from '#host/units/silent-names.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';

const anew = ({dn}: {readonly dn: string}) => ({
	sentence: `Have the password of ${dn} set anew with ldappasswd, after slapd's olcPasswordHash was set to a good scheme ({SSHA}, {CRYPT} with $6$, {ARGON2}).`,
});

const dn = 'uid=ada,ou=users,dc=example,dc=org';

const kinds = defineKinds({
	plain: {state: 'fail', example: {dn}, says: 'its password stands there as it is', remedy: anew},
	weak: {
		state: 'fail',
		example: {dn, scheme: '{MD5}'},
		says: ({scheme}) => `its password is hashed by ${scheme}`,
		remedy: anew,
	},
	unsalted: {state: 'warn', example: {dn}, says: 'its password is hashed without a salt', remedy: anew},
});

export const check = defineCheck({
	id: 'ldap.passwords',
	title: 'Passwords in the directory are neither plain nor MD5',
	why: 'A backup or a careless access rule gives the hashes away. Plain ones are lost then, and MD5, DES and unsalted ones nearly so; salted SHA, SHA-512 crypt and Argon2 take time.',
	reads: ['slapcat: the scheme of every userPassword, never its value'],
	severity: 'fail',
	layers: ['file'],
	source:
		'ipynbsrv guide, "User Management" (MD5 passwords, which today are the wrong choice); OpenLDAP Administrator\'s Guide, "Password Storage"',
	verify: 'slapcat -a "(userPassword=*)" | grep -A1 userPassword (base64; decoded it begins with its scheme)',
	facts: {packages},
	kinds,
	appliesTo: ({facts}) => isInstalled(facts.packages.all.get('slapd')) || 'slapd is not installed',
	async inspect({host}) {
		let weak: readonly Entry[] = [];
		const file = await see(async () => {
			const all = await schemes(host);
			weak = all.filter(({scheme}) => kindOf(scheme) !== undefined);
			return {value: [...new Set(all.map(({scheme}) => scheme))].sort(), where: 'slapcat: userPassword'};
		});
		return findings(
			weak.map(({dn, scheme}): FoundOf<typeof kinds> => {
				const sight = {
					item: dn,
					expected: 'salted, or Argon2',
					layers: {file: isSeen(file) ? {value: scheme, where: file.where} : file},
				};
				const is = kindOf(scheme) ?? 'weak';
				return is === 'weak' ? {...sight, is, data: {dn, scheme}} : {...sight, is, data: {dn}};
			}),
			{is: 'ok', expected: 'salted, or Argon2', layers: {file}},
		);
	},
});

type Entry = {readonly dn: string; readonly scheme: string};

const schemes = async (host: Reader): Promise<readonly Entry[]> => {
	if (host.root === '/' && process.geteuid?.() !== 0)
		throw new Blocked({because: 'needs-root', need: 'only root may read the hashes of the directory'});
	await refuseSilentNames(host);
	const text = await host.query(['slapcat', '-o', 'ldif-wrap=no', '-a', '(userPassword=*)'], {
		timeout: 4000,
		...(process.getuid?.() === 0 && {as: 'openldap'}),
	});
	return parseLdif(text).flatMap(({dn, attributes}) =>
		(attributes.get('userpassword') ?? []).map(value => ({dn, scheme: schemeOf(value)})),
	);
};

/** `{SSHA}`, `{CRYPT}$6$`, `plain`. */
export const schemeOf = (value: string): string => {
	const scheme = /^\{([^}]+)\}/.exec(value)?.[1]?.toUpperCase();
	if (scheme === undefined || scheme === 'CLEARTEXT') return 'plain';
	if (scheme !== 'CRYPT') return `{${scheme}}`;
	return `{CRYPT}${/^\{[^}]+\}(\$\w+\$)/.exec(value)?.[1] ?? 'DES'}`;
};

const kindOf = (scheme: string): 'plain' | 'weak' | 'unsalted' | undefined => {
	if (scheme === 'plain') return 'plain';
	if (['{MD5}', '{SMD5}', '{CRYPT}$1$', '{CRYPT}DES'].includes(scheme)) return 'weak';
	return scheme === '{SHA}' ? 'unsalted' : undefined;
};
