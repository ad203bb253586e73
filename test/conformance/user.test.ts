import {group} from '#resources/accounts/group.ts';
import {user} from '#resources/accounts/user.ts';
import {conformance} from './suite.ts';
import {quietly} from './tools.ts';

// releases: bookworm trixie

const files = ['/etc/passwd', '/etc/group', '/etc/shadow', '/etc/gshadow'];

const fresh = async (): Promise<void> => {
	await quietly('userdel', 'conformer');
	await quietly('groupdel', 'conformer');
};

const old = async (): Promise<void> => {
	await fresh();
	await quietly(
		'useradd',
		'--system',
		'--user-group',
		'--no-create-home',
		'--home',
		'/nonexistent',
		'--shell',
		'/bin/false',
		'--comment',
		'Was here',
		'conformer',
	);
};

conformance('group', [
	{
		name: 'a new one',
		prepare: fresh,
		resource: () => group({name: 'conformer'}),
		breakIt: () => quietly('groupdel', 'conformer'),
		touches: files,
	},
]);

conformance('user', [
	{
		name: 'a new one',
		prepare: fresh,
		resource: () => user({name: 'conformer', home: '/srv/conformer'}),
		breakIt: () => quietly('usermod', '--shell', '/bin/bash', 'conformer'),
		touches: files,
	},
	{
		name: 'in further groups',
		prepare: fresh,
		resource: () =>
			user({
				name: 'conformer',
				home: '/srv/conformer',
				shell: '/bin/sh',
				gecos: 'Of the suite',
				group: 'www-data',
				groups: ['adm', 'mail'],
			}),
		breakIt: () => quietly('gpasswd', '--delete', 'conformer', 'adm'),
		touches: files,
	},
	{
		name: 'an existing one',
		prepare: old,
		resource: () => user({name: 'conformer', home: '/srv/conformer', groups: ['adm']}),
		breakIt: () => quietly('usermod', '--home', '/tmp', 'conformer'),
		touches: files,
	},
	{
		name: 'whose group is there already',
		async prepare() {
			await fresh();
			await quietly('groupadd', '--system', 'conformer');
		},
		resource: () => user({name: 'conformer', home: '/srv/conformer', group: 'conformer'}),
		touches: files,
	},
]);
