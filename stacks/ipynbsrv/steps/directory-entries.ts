/** What the guide creates by hand in Apache Directory Studio: the two organizational units, a first group and a first user. */
import {z} from 'zod';
import {absolutePath, email, oneLine, secret, unixName} from '#answers/questions/questions.ts';
import type {LdapServer} from '#host/ldap/client.ts';
import type {Resource} from '#model/resource.ts';
import type {Secret} from '#model/secret.ts';
import {dn, ldapEntry} from '#resources/ldap/entry.ts';

/** The questions about the first user; the group has the user's name, as the guide asks. */
export const firstUser = (id: z.ZodInt) =>
	z
		.strictObject({
			name: unixName().meta({title: 'User name', help: 'Also the name of the group.', example: 'alice'}),
			givenName: oneLine({max: 128})
				.optional()
				.meta({title: 'First name', help: 'As the pages show it.', example: 'Alice'}),
			surname: oneLine({max: 128}).meta({
				title: 'Surname',
				help: 'Every person in a directory has one.',
				example: 'Example',
			}),
			mail: email()
				.optional()
				.meta({title: 'E-mail', help: 'Where the application writes to them.', example: 'alice@example.org'}),
			uid: id
				.default(2500)
				.meta({title: 'uidNumber', help: 'Their number on this host; it must be free.', from: 'guide'}),
			gid: id.default(2500).meta({
				title: 'gidNumber of the first group',
				help: 'The number of the group that has the name of the user.',
				from: 'guide',
			}),
			home: absolutePath()
				.optional()
				.meta({title: 'Home directory', help: 'Default: /home/NAME.', example: '/home/alice'}),
			shell: absolutePath()
				.default('/bin/bash')
				.meta({title: 'Login shell', help: 'What they get when they log in to this host.', from: 'setup'}),
			password: secret({generate: 'default'}).meta({
				title: 'Password',
				help: 'Stored salted and strong. The user may change it later: setup sets it only when the entry is made.',
				from: 'setup',
			}),
		})
		.meta({title: 'First user'});

export type FirstUser = {
	readonly name: string;
	readonly givenName?: string | undefined;
	readonly surname: string;
	readonly mail?: string | undefined;
	readonly uid: number;
	readonly gid: number;
	readonly home?: string | undefined;
	readonly shell: string;
	readonly password: Secret;
};

/** Base entry, ou=users, ou=groups, the group and the user, as resources of one server. */
export const directoryEntries = (server: LdapServer, baseDn: string, user: FirstUser): readonly Resource[] => {
	const needs = server.kind === 'local' ? ['done:ldap-admin' as const] : [];
	const unit = (name: string): Resource =>
		ldapEntry(
			{server, dn: dn(['ou', name], baseDn), attributes: {objectClass: ['organizationalUnit'], ou: name}},
			{needs},
		);
	return [
		...(server.kind === 'local' ? [ldapEntry({server, dn: baseDn, attributes: {objectClass: ['top']}}, {needs})] : []),
		unit('users'),
		unit('groups'),
		ldapEntry(
			{
				server,
				dn: dn(['cn', user.name], ['ou', 'groups'], baseDn),
				attributes: {
					objectClass: ['posixGroup'],
					cn: user.name,
					gidNumber: String(user.gid),
					memberUid: {includes: [user.name]},
				},
			},
			{needs},
		),
		ldapEntry(
			{
				server,
				dn: dn(['cn', user.name], ['ou', 'users'], baseDn),
				attributes: {
					objectClass: ['inetOrgPerson', 'posixAccount'],
					cn: user.name,
					uid: user.name,
					sn: user.surname,
					...(user.givenName !== undefined && {givenName: user.givenName}),
					...(user.mail !== undefined && {mail: user.mail}),
					uidNumber: String(user.uid),
					gidNumber: String(user.gid),
					homeDirectory: user.home ?? `/home/${user.name}`,
					loginShell: user.shell,
				},
				password: [user.password],
				passwordWhen: 'created',
			},
			{needs, provides: ['done:first-user']},
		),
	];
};
