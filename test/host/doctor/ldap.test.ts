/** The checks of the directory and its client on a booted Debian 12: slapd, nslcd, nsswitch and PAM as its packages set them up. */
import {expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {directoryPeopleText} from '#resources/accounts/directory-people.ts';
import {until} from '../support/until.ts';
import {put, script, sh} from './support/inside.ts';
import {installedState} from './support/installed-state.ts';
import {doctorIn, type Recipe, recipes} from './support/recipes.ts';
import {services} from './support/services.ts';

const base = 'dc=example,dc=org';
const admin = `cn=admin,${base}`;
const asAdmin = ['-x', '-H', 'ldap://127.0.0.1/', '-D', admin, '-w', 'admin-of-tests'];

/** Gives the database these rules, in their order. */
const access = (...rules: readonly string[]) => accessTo('{1}mdb', ...rules);

const accessTo =
	(database: string, ...rules: readonly string[]) =>
	async (host: ThrowAway): Promise<void> =>
		void (await host.must(['ldapmodify', '-Q', '-Y', 'EXTERNAL', '-H', 'ldapi:///'], {
			stdin: `dn: olcDatabase=${database},cn=config\nchangetype: modify\nreplace: olcAccess\n${rules.map((rule, at) => `olcAccess: {${at}}${rule}\n`).join('')}`,
		}));

const sizeLimit =
	(change: string) =>
	async (host: ThrowAway): Promise<void> =>
		void (await host.must(['ldapmodify', '-Q', '-Y', 'EXTERNAL', '-H', 'ldapi:///'], {
			stdin: `dn: olcDatabase={1}mdb,cn=config\nchangetype: modify\n${change}\n`,
		}));

const entries = `dn: ou=users,${base}
objectClass: organizationalUnit
ou: users

dn: ou=groups,${base}
objectClass: organizationalUnit
ou: groups

dn: uid=ada,ou=users,${base}
objectClass: account
objectClass: posixAccount
uid: ada
cn: Ada
uidNumber: 5001
gidNumber: 5001
homeDirectory: /home/ada
userPassword: {SSHA}Fq0kJ4Pbb7L6gdoeT3F1bnCkpRYxMjM0
`;

const modify = async (host: ThrowAway, ldif: string): Promise<void> =>
	void (await host.must(['ldapmodify', ...asAdmin], {stdin: ldif}));
const password = (value: string) => (host: ThrowAway) =>
	modify(host, `dn: uid=ada,ou=users,${base}\nchangetype: modify\nreplace: userPassword\nuserPassword: ${value}\n`);

const known = async (host: ThrowAway): Promise<void> =>
	void (await until(async () => (await host.run(['getent', 'passwd', 'ada'])).code === 0, {
		what: 'ada to be known to this host',
		deadline: 40_000,
	}));

const defaults = '/etc/default/slapd';

/** Entries of a page each, until slapd takes no more. */
const filler = Array.from(
	{length: 900},
	(_one, at) =>
		`dn: cn=filler${at},ou=filler,${base}\nobjectClass: organizationalRole\ncn: filler${at}\ndescription: ${'x'.repeat(2500)}\n\n`,
).join('');

const list: readonly Recipe[] = [
	{
		name: 'a database that has reached its size',
		check: 'ldap.room',
		is: 'full',
		item: base,
		async break(host) {
			await sizeLimit('replace: olcDbMaxSize\nolcDbMaxSize: 2097152')(host);
			await host.must(['ldapadd', ...asAdmin], {
				stdin: `dn: ou=filler,${base}\nobjectClass: organizationalUnit\nou: filler\n`,
			});
			const {stderr} = await host.run(['ldapadd', ...asAdmin], {stdin: filler});
			expect(stderr).toMatch(/Other \(e.g., implementation specific\) error \(80\)/);
		},
		verdict: 'fail',
		says: /dc=example,dc=org fills 9\d % of the 2 MiB that its file may have \(olcDbMaxSize\): soon it takes no change/,
		async mend(host) {
			// What is deleted gives its pages back, and the file stays as long as it is.
			await sizeLimit('replace: olcDbMaxSize\nolcDbMaxSize: 8388608')(host);
			await host.must(['ldapdelete', '-r', ...asAdmin, `ou=filler,${base}`], {timeout: 120_000});
			await sizeLimit('replace: olcDbMaxSize\nolcDbMaxSize: 2097152')(host);
			expect((await doctorIn(host, 'ldap.room')).report.rows.map(({state}) => state)).toEqual(['ok']);
			await sizeLimit('replace: olcDbMaxSize\nolcDbMaxSize: 1073741824')(host);
		},
	},
	{
		name: 'slapd stopped',
		check: 'ldap.server',
		is: 'down',
		item: 'running',
		break: script('systemctl stop slapd'),
		verdict: 'fail',
		says: /slapd\.service is inactive/,
	},
	{
		name: 'slapd not enabled',
		check: 'ldap.server',
		is: 'notAtBoot',
		item: 'boot',
		break: script('systemctl disable slapd'),
		verdict: 'warn',
		says: /does not start at boot/,
	},
	{
		name: 'a unit deleted from the directory',
		check: 'ldap.base',
		is: 'noUnits',
		async break(host) {
			await host.must(['ldapdelete', ...asAdmin, `ou=groups,${base}`]);
		},
		verdict: 'fail',
		says: /ou=groups,dc=example,dc=org is missing/,
		layers: {runtime: {base: true, units: [`ou=users,${base}`]}},
		mend: async host =>
			void (await host.must(['ldapadd', ...asAdmin], {
				stdin: `dn: ou=groups,${base}\nobjectClass: organizationalUnit\nou: groups\n`,
			})),
	},
	{
		name: 'searches that end after one entry',
		check: 'ldap.base',
		is: 'limited',
		break: sizeLimit('replace: olcSizeLimit\nolcSizeLimit: 1'),
		verdict: 'warn',
		says: /ends a search after one entry/,
		mend: sizeLimit('delete: olcSizeLimit'),
	},
	{
		name: "its data root's, as after a restore",
		check: 'services.files',
		is: 'barred',
		item: '/var/lib/ldap',
		break: script('chown -R root: /var/lib/ldap'),
		verdict: 'fail',
		says: /slapd runs as openldap, which may not write \/var\/lib\/ldap \(it belongs to root\)/,
		mend: script('chown -R openldap: /var/lib/ldap'),
	},
	{
		name: 'its program moved while it runs, behind an init script',
		check: 'services.programs',
		is: 'gone',
		item: 'slapd.service /usr/sbin/slapd',
		break: script('mv /usr/sbin/slapd /usr/sbin/slapd.old'),
		verdict: 'fail',
		says: /slapd\.service does not start again: \/usr\/sbin\/slapd is not there/,
		mend: script('mv /usr/sbin/slapd.old /usr/sbin/slapd'),
	},
	{
		name: 'its configuration open to all',
		check: 'services.files',
		is: 'lax',
		item: '/etc/ldap/slapd.d/cn=config',
		break: script('chmod 755 /etc/ldap/slapd.d/cn=config'),
		verdict: 'fail',
		says: /others have nothing to do there/,
		mend: 'remedy',
	},
	{
		name: 'another password of the bind account',
		check: 'ldap.bind',
		is: 'refused',
		break: async host => void (await put(host, '/root/admin', 'not-that-one\n')),
		verdict: 'fail',
		says: /cannot bind: the name or the password is wrong/,
		mend: async host => void (await put(host, '/root/admin', 'admin-of-tests\n')),
	},
	{
		name: 'MD5',
		check: 'ldap.passwords',
		is: 'weak',
		item: `uid=ada,ou=users,${base}`,
		break: password('{MD5}X03MO1qnZdYdgyfeuILPmQ=='),
		verdict: 'fail',
		says: /hashed by \{MD5\}/,
		layers: {file: '{MD5}'},
		mend: password('{SSHA}Fq0kJ4Pbb7L6gdoeT3F1bnCkpRYxMjM0'),
	},
	{
		name: 'plain',
		check: 'ldap.passwords',
		is: 'plain',
		item: `uid=ada,ou=users,${base}`,
		break: password('as-it-is'),
		verdict: 'fail',
		says: /stands there as it is/,
		layers: {file: 'plain'},
		mend: password('{SSHA}Fq0kJ4Pbb7L6gdoeT3F1bnCkpRYxMjM0'),
	},
	{
		name: 'listening everywhere, as Debian comes',
		check: 'ldap.listeners',
		is: 'open',
		break: script(
			`sed -i 's|^SLAPD_SERVICES=.*|SLAPD_SERVICES="ldap:/// ldapi:///"|' ${defaults}; systemctl restart slapd`,
		),
		verdict: 'fail',
		says: /answers from outside on .*and has no TLS/,
		layers: {
			file: 'ldap:/// ldapi:///',
			runtime: 'ldap:/// ldapi:///',
			kernel: ['0.0.0.0:389', '[::]:389 (IPv4 as well)'],
		},
	},
	{
		name: 'opened in the file, not yet in the process',
		check: 'ldap.listeners',
		is: 'open',
		break: script(`sed -i 's|^SLAPD_SERVICES=.*|SLAPD_SERVICES="ldap:/// ldapi:///"|' ${defaults}`),
		verdict: 'fail',
		says: /changed in the file, not in the process/,
		layers: {kernel: ['127.0.0.1:389', '[::1]:389']},
	},
	{
		name: 'group without ldap',
		check: 'ldap.nsswitch',
		is: 'notAsked',
		item: 'group',
		break: script("sed -i '/^group:/s/ ldap//' /etc/nsswitch.conf"),
		verdict: 'fail',
		says: /group does not ask ldap/,
		layers: {file: ['files']},
	},
	{
		name: 'an action that ends the search before it comes to ldap',
		check: 'ldap.nsswitch',
		is: 'endsBefore',
		item: 'shadow',
		break: script("sed -i 's/^shadow:.*/shadow: files [NOTFOUND=return] ldap/' /etc/nsswitch.conf"),
		verdict: 'fail',
		says: /shadow ends before it comes to ldap: \[NOTFOUND=return\]/,
		mend: script("sed -i 's/^shadow:.*/shadow: files ldap/' /etc/nsswitch.conf"),
	},
	{
		name: 'a second line counts, and does not ask it',
		check: 'ldap.nsswitch',
		is: 'notAsked',
		item: 'passwd',
		break: script("echo 'passwd: files' >> /etc/nsswitch.conf"),
		verdict: 'fail',
		mend: script("sed -i '$d' /etc/nsswitch.conf"),
	},
	{
		name: 'an action with blanks in it',
		check: 'ldap.nsswitch',
		is: 'endsBefore',
		item: 'group',
		break: script("sed -i 's/^group:.*/group: files [ NOTFOUND = return ] ldap/' /etc/nsswitch.conf"),
		verdict: 'fail',
		mend: script("sed -i 's/^group:.*/group: files ldap/' /etc/nsswitch.conf"),
	},
	{
		name: 'memberships are asked for elsewhere',
		check: 'ldap.nsswitch',
		item: 'initgroups',
		break: script("echo 'initgroups: files' >> /etc/nsswitch.conf"),
		verdict: 'fail',
		says: /initgroups does not ask ldap/,
		mend: 'fix',
	},
	{
		name: 'everybody may read the hashes',
		check: 'ldap.access',
		is: 'anybody',
		item: base,
		break: access('to * by * read'),
		verdict: 'fail',
		says: /anybody may read the password hashes/,
		mend: access('to attrs=userPassword,shadowLastChange by self write by anonymous auth by * none', 'to * by * read'),
	},
	{
		name: 'every user may read the hashes of the others',
		check: 'ldap.access',
		is: 'everyUser',
		item: base,
		break: access('to attrs=userPassword by anonymous auth by users read', 'to * by * read'),
		verdict: 'fail',
		says: /every user of the directory may read/,
		mend: access('to attrs=userPassword,shadowLastChange by self write by anonymous auth by * none', 'to * by * read'),
	},
	{
		name: 'every user may change the own number',
		check: 'ldap.access',
		is: 'changes',
		item: base,
		break: access(
			'to attrs=userPassword,shadowLastChange by self write by anonymous auth by * none',
			'to * by self write by * read',
		),
		verdict: 'fail',
		says: /every user may change uidNumber of their own entry/,
		mend: access('to attrs=userPassword,shadowLastChange by self write by anonymous auth by * none', 'to * by * read'),
	},
	{
		name: 'every user may change who is in a group',
		check: 'ldap.access',
		is: 'changes',
		item: base,
		break: access(
			'to attrs=userPassword,shadowLastChange by self write by anonymous auth by * none',
			'to attrs=memberUid by users write by * read',
			'to * by * read',
		),
		verdict: 'fail',
		says: /every user of the directory may change memberUid of others/,
		mend: access('to attrs=userPassword,shadowLastChange by self write by anonymous auth by * none', 'to * by * read'),
	},
	{
		name: 'everybody may change the configuration of slapd',
		check: 'ldap.access',
		is: 'configuration',
		item: 'cn=config',
		break: accessTo('{0}config', 'to * by * manage'),
		verdict: 'fail',
		says: /anybody, without a login, may change the configuration/,
		mend: accessTo(
			'{0}config',
			'to * by dn.exact=gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth manage by * break',
		),
	},
	{
		name: 'nslcd stopped',
		check: 'ldap.nslcd',
		is: 'down',
		item: 'running',
		break: script('systemctl stop nslcd'),
		verdict: 'fail',
		says: /nslcd\.service is/,
	},
	{
		name: 'nslcd older than its file',
		check: 'ldap.nslcd',
		is: 'pending',
		item: 'restart-pending',
		break: script('echo "# edited" >> /etc/nslcd.conf'),
		verdict: 'warn',
		says: /changed in the file, not in the process/,
	},
	{
		name: 'nslcd asks elsewhere: all runs, and the user is not known',
		check: 'ldap.getent',
		is: 'unknown',
		item: 'ada',
		async break(host) {
			await sh(host, `sed -i 's/^base .*/base ou=groups,${base}/' /etc/nslcd.conf; systemctl restart nslcd`);
			await until(async () => (await host.run(['getent', 'passwd', 'ada'])).code !== 0, {what: 'ada to be unknown'});
		},
		verdict: 'fail',
		says: /ada is in the directory, and this host does not know it/,
		layers: {runtime: null},
		async mend(host) {
			await sh(host, `sed -i 's/^base .*/base ${base}/' /etc/nslcd.conf; systemctl restart nslcd`);
			await known(host);
		},
	},
	{
		name: 'PAM without ldap',
		check: 'ldap.pam',
		is: 'off',
		break: script('DEBIAN_FRONTEND=noninteractive pam-auth-update --package --remove directory-people'),
		verdict: 'fail',
		says: /pam_ldap is not in common-auth/,
		layers: {file: []},
	},
	{
		name: 'PAM asks the directory about accounts of this host as well',
		check: 'ldap.pam',
		is: 'localToo',
		break: script(
			'export DEBIAN_FRONTEND=noninteractive; pam-auth-update --package --disable directory-people; pam-auth-update --package --enable ldap',
		),
		verdict: 'warn',
		says: /is that administrator here/,
	},
	...[
		's/^auth.*pam_unix.so.*/auth requisite pam_unix.so nullok/',
		's/^auth.*pam_ldap.so.*/auth optional pam_ldap.so/',
	].map(
		(expression): Recipe => ({
			name: `PAM asks the directory in vain: ${expression}`,
			check: 'ldap.pam',
			is: 'inVain',
			break: script(`cp /etc/pam.d/common-auth /root/common-auth; sed -i '${expression}' /etc/pam.d/common-auth`),
			verdict: 'fail',
			says: /refused all the same/,
			mend: script('cp /root/common-auth /etc/pam.d/common-auth'),
		}),
	),
];

const installed = installedState({
	'ldap-directory': {
		mode: 'local',
		baseDn: base,
		adminPassword: {file: '/root/admin'},
		firstUser: {name: 'ada', surname: 'Lovelace'},
	},
	'ldap-client': {},
});

recipes('ldap: every check on a booted host', {layer: services, network: 'none', timeout: 400_000}, list, {
	async prepare(host) {
		await sh(
			host,
			`sed -i 's|^SLAPD_SERVICES=.*|SLAPD_SERVICES="ldap://127.0.0.1/ ldap://[::1]/ ldapi:///"|' ${defaults}; systemctl restart slapd nslcd; install -d -m 0700 /var/lib/host-setup`,
		);
		await put(host, '/usr/share/pam-configs/directory-people', directoryPeopleText);
		await sh(
			host,
			'export DEBIAN_FRONTEND=noninteractive; pam-auth-update --package --disable ldap; pam-auth-update --package --enable directory-people',
		);
		await host.must(['ldapadd', ...asAdmin], {stdin: entries});
		await put(host, '/root/admin', 'admin-of-tests\n');
		await put(host, '/var/lib/host-setup/state.json', JSON.stringify(installed));
		await known(host);
	},
});
