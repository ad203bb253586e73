/** Passwords that users set themselves (passwd, a password manager) are hashed by slapd: with Argon2 where Debian ships its module, else as slapd does. */
import type {Reader} from '#model/host.ts';
import type {Resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {type LdapConfigSpec, ldapConfig} from './config.ts';

/** Loads slapd's Argon2 module and makes it the default; on a release without it (Debian 11) there is nothing to do. */
export const passwordModule = (): readonly Resource[] => [
	late(
		'ldap-config:modules:argon2',
		{entry: {is: 'modules'}, set: [{attribute: 'olcModuleLoad', values: ['argon2'], how: 'includes'}]},
		['done:ldap-argon2'],
	),
	late(
		'ldap-config:frontend:olcPasswordHash',
		{entry: {is: 'frontend'}, set: [{attribute: 'olcPasswordHash', values: ['{ARGON2}']}]},
		['done:ldap-password-hash'],
		['done:ldap-argon2'],
	),
];

const late = (
	id: string,
	spec: LdapConfigSpec,
	provides: Resource['provides'] & {},
	needs: Resource['needs'] & {} = [],
): Resource =>
	ldapConfig(
		async host => ((await ships(host)) ? spec : {...spec, set: []}),
		{id, provides, needs: ['package:slapd', ...needs]},
		spec,
	);

const ships = async (host: Reader): Promise<boolean> => {
	const names = await host.list('/usr/lib/ldap');
	if (names === undefined) throw new Blocked({because: 'until', thing: 'package:slapd'});
	return names.includes('argon2.la') || names.includes('argon2.so');
};
