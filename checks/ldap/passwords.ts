/** The guide's directory keeps MD5 hashes: whoever gets a copy of it reads the passwords within hours. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {parseLdif} from '#host/ldap/ldif.ts';
import {isSeen, see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';

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
	appliesTo: ({facts}) => isInstalled(facts.packages.all.get('slapd')) || 'slapd is not installed',
	async inspect({host}) {
		let weak: readonly Entry[] = [];
		const file = await see(async () => {
			const all = await schemes(host);
			weak = all.filter(({scheme}) => weakness(scheme) !== undefined);
			return {value: [...new Set(all.map(({scheme}) => scheme))].sort(), where: 'slapcat: userPassword'};
		});
		return findings(
			weak.map(({dn, scheme}): Finding => {
				const wrong = weakness(scheme)!;
				return {
					item: dn,
					...wrong,
					expected: 'salted, or Argon2',
					layers: {file: isSeen(file) ? {value: scheme, where: file.where} : file},
				};
			}),
			{state: 'ok', expected: 'salted, or Argon2', layers: {file}},
		);
	},
	remedy: ({item}) => ({
		sentence: `Have the password of ${item} set anew with ldappasswd, after slapd's olcPasswordHash was set to a good scheme ({SSHA}, {CRYPT} with $6$, {ARGON2}).`,
	}),
});

type Entry = {readonly dn: string; readonly scheme: string};

const schemes = async (host: Reader): Promise<readonly Entry[]> => {
	if (host.root === '/' && process.geteuid?.() !== 0)
		throw new Blocked({because: 'needs-root', need: 'only root may read the hashes of the directory'});
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

const weakness = (scheme: string): {readonly state: 'warn' | 'fail'; readonly says: string} | undefined => {
	if (scheme === 'plain') return {state: 'fail', says: 'its password stands there as it is'};
	if (['{MD5}', '{SMD5}', '{CRYPT}$1$', '{CRYPT}DES'].includes(scheme))
		return {state: 'fail', says: `its password is hashed by ${scheme}`};
	return scheme === '{SHA}' ? {state: 'warn', says: 'its password is hashed without a salt'} : undefined;
};
