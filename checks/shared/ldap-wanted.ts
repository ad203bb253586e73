/** What the answers of the stack say about the directory, for all checks of it. */
import type {Installed} from '#model/check.ts';
import type {Json} from '#model/json.ts';

export type LdapWanted = {
	readonly base: string;
	readonly units: readonly string[];
	/** Where slapd was to listen; undefined for a directory elsewhere. */
	readonly listen: string | null;
	readonly uri: string;
	readonly startTls: boolean;
	readonly bindDn: string;
	readonly password: Json;
	readonly passwordKey: string;
	readonly user: string | null;
	readonly pam: boolean;
	readonly [key: string]: Json;
};

/** Undefined where setup installed no directory. */
export const ldapWanted = (installed: readonly Installed[]): Json | undefined => {
	const one = installed.find(({answers}) => answers['ldap-directory'] !== undefined);
	const section = objectOf(one?.answers['ldap-directory']);
	if (one === undefined) return undefined;
	const existing = section['mode'] === 'existing';
	const base = String(section['baseDn'] ?? 'dc=ipynbsrv,dc=ldap');
	const user = objectOf(section['firstUser'])['name'];
	return {
		base,
		units: [`ou=users,${base}`, `ou=groups,${base}`],
		listen: existing ? null : String(section['listen'] ?? 'this-host'),
		uri: existing ? String(section['uri']) : 'ldap://127.0.0.1/',
		startTls: section['startTls'] === true,
		bindDn: existing ? String(section['bindDn']) : `cn=admin,${base}`,
		password: (existing ? section['bindPassword'] : section['adminPassword']) ?? null,
		passwordKey: `${one.stack}/ldap-directory.${existing ? 'bindPassword' : 'adminPassword'}`,
		user: typeof user === 'string' ? user : null,
		pam: objectOf(one.answers['ldap-client'])['pam'] !== false,
	} satisfies LdapWanted;
};

const objectOf = (value: Json | undefined): Readonly<Record<string, Json>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, Json>>) : {};
