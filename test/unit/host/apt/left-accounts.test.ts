/** Accounts that packages made: which of them are nobody's any more after a purge. */
import {expect, test} from 'vitest';
import {beforeAll, foundIn, madeBy} from '#resources/apt/left-accounts.ts';
import {fileReader} from '../../support/file-reader.ts';

const host = fileReader({
	'/etc/passwd':
		'root:x:0:0::/:\nold:x:100:100::/:\nopenldap:x:105:108::/:\nldap:x:106:109::/:\nopenldap-x:x:107:110::/:\nada:x:1000:1000::/:\n',
	'/etc/group': 'root:x:0:\nold:x:100:\nopenldap:x:108:\n_ssh:x:111:\nada:x:1000:\nvideo2:x:112:\n',
	'/var/lib/dpkg/status': '',
	'/var/lib/dpkg/info/slapd.postinst': 'addgroup --system openldap\nadduser old ada\n',
	'/var/lib/dpkg/info/openssh-client.list': '/.\n/usr/lib/sysusers.d/ssh.conf\n',
	'/usr/lib/sysusers.d/ssh.conf': 'g _ssh -\n',
	'/var/lib/dpkg/info/other.postinst': 'adduser ldap\naddgroup video2\n',
});

test('those that were not there before, that are of the system, and that the scripts of what goes name', async () => {
	const before = {users: ['root', 'old'], groups: ['root', 'old']};
	expect(await madeBy(['slapd', 'openssh-client'], before, host)).toEqual({
		users: ['openldap'],
		groups: ['openldap', '_ssh'],
	});
	expect(await madeBy(['slapd'], {users: ['openldap'], groups: ['openldap']}, host)).toEqual({
		users: ['old'],
		groups: ['old'],
	});
});

test('before is what was there before each of the transactions; where one did not write it down, nobody knows', () => {
	const first = {users: ['root'], groups: ['adm', 'root']};
	const second = {users: ['openldap', 'root'], groups: ['adm', 'openldap', 'root']};
	expect(beforeAll([second, first])).toEqual(first);
	expect(beforeAll([first, undefined])).toBeUndefined();
	expect(beforeAll([])).toBeUndefined();
});

test('the end of a line in a name of theirs is no other path, which would be removed', () => {
	expect(foundIn('d 105 108 /var/lib/x\nd 105 108 /etc/empty\0f 105 108 /var/lib/y\0')).toEqual([
		{kind: 'd', uid: 105, gid: 108, path: '/var/lib/x\nd 105 108 /etc/empty'},
		{kind: 'f', uid: 105, gid: 108, path: '/var/lib/y'},
	]);
});
