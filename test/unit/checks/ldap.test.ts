/** The directory and its client: files, searches and password schemes, as recorded on booted Debian 11, 12 and 13. */
import {describe, expect, it, test} from 'vitest';
import {check as listenersCheck} from '#checks/ldap/listeners.ts';
import {check as nsswitch} from '#checks/ldap/nsswitch.ts';
import {check as pam} from '#checks/ldap/pam.ts';
import {schemeOf} from '#checks/ldap/passwords.ts';
import {directoryOf} from '#host/ldap/asked-directory.ts';
import {parseLdif} from '#host/ldap/ldif.ts';
import {parseNslcd} from '#host/ldap/nslcd.ts';
import {parseTable} from '#host/system/listeners.ts';
import {installedPackages, look, recorded, recordedReleases} from '../support/look.ts';

describe.each(recordedReleases)('recorded on %s', release => {
	test('nslcd.conf', () =>
		expect(parseNslcd(recorded(release, 'nslcd'))).toMatchObject({
			uris: ['ldap://127.0.0.1/'],
			base: 'dc=example,dc=org',
			startTls: false,
			bindDn: undefined,
		}));
	test('units and accounts', () =>
		expect(directoryOf(parseLdif(recorded(release, 'ldapsearch-units')))).toEqual({
			answers: true,
			base: true,
			units: ['ou=users,dc=example,dc=org'],
			accounts: [{name: 'ada', uid: '5001'}],
		}));
	test('password schemes', () => {
		const schemes = new Map(
			parseLdif(recorded(release, 'slapcat')).map(({dn, attributes}) => [
				dn,
				schemeOf(attributes.get('userpassword')?.[0] ?? ''),
			]),
		);
		expect(schemes.get('uid=ada,ou=users,dc=example,dc=org')).toBe('{MD5}');
	});
	test('nsswitch.conf', async () => {
		const rows = await look(nsswitch, {
			...installedPackages('libnss-ldapd'),
			'/etc/nsswitch.conf': recorded(release, 'nsswitch'),
		});
		expect(rows.map(({item, state}) => `${item} ${state}`)).toEqual(['group ok', 'passwd ok', 'shadow ok']);
	});
	test('who listens', () => {
		const ports = (protocol: 'tcp' | 'tcp6', name: string) =>
			parseTable(recorded(release, name), protocol).map(({address, port}) => `${address} ${port}`);
		expect(ports('tcp', 'proc-net-tcp')).toEqual(
			expect.arrayContaining(['0.0.0.0 389', '127.0.0.1 6379', '127.0.0.1 5432', '127.0.0.1 25']),
		);
		expect(ports('tcp6', 'proc-net-tcp6')).toEqual(expect.arrayContaining([':: 389', '::1 6379']));
		// The case that the doctor was made for: on Debian 12 alone the socket unit holds MariaDB's port.
		expect(ports('tcp6', 'proc-net-tcp6').includes(':: 3306')).toBe(release === 'bookworm');
	});
});

describe('nslcd.conf', () => {
	it('a base of one map is not the base', () =>
		expect(parseNslcd('base dc=a\nbase passwd ou=users,dc=a\nbase group ou=groups,dc=a').base).toBe('dc=a'));
	it('its password is in a box', () => {
		const conf = parseNslcd('binddn cn=x\nbindpw hidden one\nuri ldap://a/ ldap://b/\nssl start_tls');
		expect(conf).toMatchObject({bindDn: 'cn=x', uris: ['ldap://a/', 'ldap://b/'], startTls: true});
		expect(() => JSON.stringify(conf)).toThrow(/secret/);
	});
});

it.each([
	['{SSHA}abc', '{SSHA}'],
	['{ssha}abc', '{SSHA}'],
	['{CRYPT}$6$x$y', '{CRYPT}$6$'],
	['{CRYPT}$1$x$y', '{CRYPT}$1$'],
	['{CRYPT}abJnggxhB/yWI', '{CRYPT}DES'],
	['{CLEARTEXT}x', 'plain'],
	['as it is', 'plain'],
])('the scheme of %s', (value, scheme) => expect(schemeOf(value)).toBe(scheme));

describe('in an offline root', () => {
	it.each([
		['passwd: files ldap\ngroup: files ldap [NOTFOUND=return]\nshadow: compat ldap # x\n', 'ok ok ok'],
		['passwd: files ldap systemd\ngroup: files\n', 'fail ok fail'],
		[
			'passwd: files [!SUCCESS=return] ldap\ngroup: files [SUCCESS=return] ldap\nshadow: ldap\ninitgroups: files\n',
			'ok fail fail ok',
		],
	])('%j', async (text, states) => {
		const rows = await look(nsswitch, {...installedPackages('nslcd'), '/etc/nsswitch.conf': text});
		expect(rows.map(({state}) => state).join(' ')).toBe(states);
	});
	it('PAM in some of its files only', async () => {
		const line = 'auth [success=1 default=ignore] pam_ldap.so minimum_uid=1000\n';
		const files = {
			...installedPackages('libpam-ldapd'),
			'/etc/pam.d/common-auth': line,
			'/etc/pam.d/common-account': line,
			'/etc/pam.d/common-password': `# ${line}`,
			'/etc/pam.d/common-session': '',
		};
		expect(await look(pam, files)).toMatchObject([
			{state: 'fail', says: 'pam_ldap is not in common-password, common-session'},
		]);
		expect(await look(pam, files, [{stack: 'ipynbsrv', answers: {}, expects: {'ldap.pam': [false]}}])).toMatchObject([
			{state: 'na'},
		]);
		expect(
			await look(pam, files, [
				{stack: 'one', answers: {}, expects: {'ldap.pam': [false]}},
				{stack: 'two', answers: {}, expects: {'ldap.pam': [true]}},
			]),
		).toMatchObject([{state: 'fail'}]);
	});
	it('PAM asks the directory about accounts of this host as well', async () => {
		const files = (auth: string) => ({
			...installedPackages('libpam-ldapd'),
			...Object.fromEntries(
				['account', 'password', 'session'].map(part => [`/etc/pam.d/common-${part}`, `${part} optional pam_ldap.so\n`]),
			),
			'/etc/pam.d/common-auth': auth,
		});
		const auth = (...before: readonly string[]) =>
			[
				`auth [success=${before.length + 2} default=ignore] pam_unix.so`,
				...before,
				'auth [success=1 default=ignore] pam_ldap.so minimum_uid=1000 use_first_pass',
				'auth requisite pam_deny.so',
				'auth required pam_permit.so\n',
			].join('\n');
		const installed = [{stack: 'ipynbsrv', answers: {}, expects: {'ldap.pam': [true]}}];
		const past = 'auth [success=1 default=ignore] pam_localuser.so';
		expect(await look(pam, files(auth()), installed)).toMatchObject([{state: 'warn', is: 'localToo'}]);
		expect(await look(pam, files(auth(past)), installed)).toMatchObject([{state: 'ok'}]);
		expect(await look(pam, files(auth()))).toMatchObject([{state: 'ok'}]);
	});
	it('where slapd is to listen', async () => {
		const files = (line: string) => ({...installedPackages('slapd'), '/etc/default/slapd': `${line}\n`});
		expect(await look(listenersCheck, files('SLAPD_SERVICES="ldap:/// ldapi:///"'))).toMatchObject([
			{state: 'fail', layers: {file: {where: '/etc/default/slapd:1'}}},
		]);
		expect(
			await look(listenersCheck, files("SLAPD_SERVICES='ldap://127.0.0.1:389/ ldap://[::1]/ ldapi:///'")),
		).toMatchObject([{state: 'unknown'}]);
	});
});
