import {person} from '#resources/accounts/person.ts';
import {conformance} from './suite.ts';
import {quietly} from './tools.ts';

// releases: bookworm trixie

const files = ['/etc/passwd', '/etc/group', '/etc/shadow', '/etc/gshadow', '/etc/subuid', '/etc/subgid', '/home'];

const nobody = async (): Promise<void> => {
	await quietly('userdel', '--remove', '--force', 'conformer');
	await quietly('groupdel', 'conformer');
	await quietly('rm', '-rf', '/home/conformer');
};

conformance('person', [
	{
		name: 'a new one',
		prepare: nobody,
		resource: () => person({name: 'conformer', groups: ['adm', 'www-data']}),
		breakIt: () => quietly('gpasswd', '--delete', 'conformer', 'adm'),
		touches: files,
	},
	{
		name: 'who is there, with a shell of their own',
		async prepare() {
			await nobody();
			await quietly('useradd', '--create-home', '--user-group', '--shell', '/bin/sh', 'conformer');
		},
		resource: () => person({name: 'conformer', groups: ['adm']}),
		breakIt: () => quietly('gpasswd', '--delete', 'conformer', 'adm'),
		touches: files,
	},
]);
