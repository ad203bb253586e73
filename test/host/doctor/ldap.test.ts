/** The checks of the directory and its client on a booted Debian 12: slapd, nslcd, nsswitch and PAM as its packages set them up. */
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {until} from '../support/until.ts';
import {put, script, sh} from './support/inside.ts';
import {installedState} from './support/installed-state.ts';
import {type Recipe, recipes} from './support/recipes.ts';
import {services} from './support/services.ts';

const base = 'dc=example,dc=org';
const admin = `cn=admin,${base}`;
const asAdmin = ['-x', '-H', 'ldap://127.0.0.1/', '-D', admin, '-w', 'admin-of-tests'];

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

const list: readonly Recipe[] = [
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
		name: 'another password of the bind account',
		check: 'ldap.bind',
		break: async host => void (await put(host, '/root/admin', 'not-that-one\n')),
		verdict: 'fail',
		says: /cannot bind: the name or the password is wrong/,
		mend: async host => void (await put(host, '/root/admin', 'admin-of-tests\n')),
	},
	{
		name: 'MD5',
		check: 'ldap.passwords',
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
		break: script(`sed -i 's|^SLAPD_SERVICES=.*|SLAPD_SERVICES="ldap:/// ldapi:///"|' ${defaults}`),
		verdict: 'fail',
		says: /changed in the file, not in the process/,
		layers: {kernel: ['127.0.0.1:389', '[::1]:389']},
	},
	{
		name: 'group without ldap',
		check: 'ldap.nsswitch',
		item: 'group',
		break: script("sed -i '/^group:/s/ ldap//' /etc/nsswitch.conf"),
		verdict: 'fail',
		says: /group does not ask ldap/,
		layers: {file: ['files']},
	},
	{
		name: 'ldap before files',
		check: 'ldap.nsswitch',
		item: 'shadow',
		break: script("sed -i 's/^shadow:.*/shadow: ldap [NOTFOUND=continue] files/' /etc/nsswitch.conf"),
		verdict: 'fail',
		says: /ldap is not the last of shadow/,
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
		break: script('DEBIAN_FRONTEND=noninteractive pam-auth-update --package --remove ldap'),
		verdict: 'fail',
		says: /pam_ldap is not in common-auth/,
		layers: {file: []},
	},
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
		await host.must(['ldapadd', ...asAdmin], {stdin: entries});
		await put(host, '/root/admin', 'admin-of-tests\n');
		await put(host, '/var/lib/host-setup/state.json', JSON.stringify(installed));
		await known(host);
	},
});
