/** PAM's control words as Linux-PAM takes them, over the files of Debian and what people make of them. */
import {describe, expect, test} from 'vitest';
import {letsAnybodyIn, letsInByModule, pamStack} from '#host/pam/stack.ts';
import {fileReader} from '../../support/file-reader.ts';

const debian = `auth	[success=2 default=ignore]	pam_unix.so nullok
auth	[success=1 default=ignore]	pam_ldap.so minimum_uid=1000 use_first_pass
auth	requisite			pam_deny.so
auth	required			pam_permit.so
auth	optional			pam_cap.so
`;

const door = async (common: string, service = 'auth required pam_env.so\n@include common-auth\n') => {
	const reader = fileReader({'/etc/pam.d/common-auth': common, '/etc/pam.d/login': service});
	return letsAnybodyIn(await pamStack(reader, 'login', 'auth'))?.where;
};

describe('asks', () => {
	test.each([
		['as Debian has it', debian],
		['pam_permit at the end, sufficient', debian.replace('required			pam_permit', 'sufficient pam_permit')],
		['an optional permit before', `auth optional pam_permit.so\n${debian}`],
		['root only', `auth sufficient pam_rootok.so\n${debian}`],
		['required deny after a permit', 'auth required pam_permit.so\nauth required pam_deny.so\n'],
		['nobody knows what an own module says', `auth sufficient pam_corp.so\n${debian}`],
		['an account line is another matter', `account sufficient pam_permit.so\n${debian}`],
	])('%s', async (_name, common) => expect(await door(common)).toBeUndefined());
});

describe('lets everybody in', () => {
	test.each([
		['sufficient before', `auth sufficient pam_permit.so\n${debian}`, '/etc/pam.d/common-auth:1'],
		[
			'by a full path',
			`auth sufficient /lib/x86_64-linux-gnu/security/pam_permit.so\n${debian}`,
			'/etc/pam.d/common-auth:1',
		],
		['the deny line is gone', debian.replace(/.*pam_deny.*\n/, ''), '/etc/pam.d/common-auth:3'],
		['a jump too far', debian.replace('default=ignore', 'default=2'), '/etc/pam.d/common-auth:4'],
		['done instead of ignore', `auth [default=done] pam_permit.so\n${debian}`, '/etc/pam.d/common-auth:1'],
		['deny is no longer requisite', debian.replace('requisite', 'optional'), '/etc/pam.d/common-auth:4'],
	])('%s', async (_name, common, where) => expect(await door(common)).toBe(where));
	test.each([
		['every local account', 'auth sufficient pam_localuser.so\n'],
		['everybody who is not root', 'auth sufficient pam_succeed_if.so user != root quiet\n'],
		['every number', 'auth sufficient pam_succeed_if.so uid >= 0\n'],
		['no condition at all', 'auth sufficient pam_succeed_if.so quiet\n'],
	])('%s', async (_name, line) => expect(await door(`${line}${debian}`)).toBe('/etc/pam.d/common-auth:1'));
	test('a group is not everybody', async () =>
		expect(await door(`auth sufficient pam_succeed_if.so user ingroup wheel\n${debian}`)).toBeUndefined());
	test('pam_rootok where root asks', async () => {
		const lines = await pamStack(
			fileReader({'/etc/pam.d/sshd': `auth sufficient pam_rootok.so\n${debian}`}),
			'sshd',
			'auth',
		);
		expect(letsAnybodyIn(lines, 'sshd')?.module).toBe('pam_rootok');
		expect(letsAnybodyIn(lines, 'su')).toBeUndefined();
	});
	test('in a stack of its own', async () =>
		expect(await door(`auth sufficient pam_permit.so\n`, 'auth substack common-auth\n')).toBe(
			'/etc/pam.d/common-auth:1',
		));
});

describe('whom only the directory knows', () => {
	test.each([
		[true, debian],
		[true, `auth required pam_faillock.so preauth\n${debian}`],
		[false, debian.replace('[success=2 default=ignore]', 'requisite')],
		[false, debian.replace('[success=1 default=ignore]', 'optional')],
		[false, debian.replace('[success=1 default=ignore]', '[success=ignore default=ignore]')],
	])('%s', async (comes, common) => {
		const lines = await pamStack(fileReader({'/etc/pam.d/common-auth': common}), 'common-auth', 'auth');
		expect(letsInByModule(lines, 'pam_ldap')).toBe(comes);
	});
});
