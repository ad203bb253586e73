/** `setup doctor --try` at real doors: sshd, Postfix with Dovecot, slapd, PostgreSQL, MariaDB, the login page of a Django; and that it says first what it tries. */
import {expect} from 'vitest';
import {setup} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest, type Layer} from '../support/with-host.ts';
import {djangoLayer, prepareDjango, project, restartApp, settings} from './support/django.ts';
import {put, script, sh} from './support/inside.ts';
import {doctorIn, type Recipe, recipes, withProgram} from './support/recipes.ts';
import {services} from './support/services.ts';

const doors: Layer = {
	name: 'doctor-doors',
	key: '1',
	on: services,
	async build(host) {
		await host.must(
			[
				...['apt-get', 'install', '-y', '--no-install-recommends', 'openssh-server', 'openssh-client'],
				...['dovecot-imapd', 'dovecot-pop3d'],
			],
			{env: {DEBIAN_FRONTEND: 'noninteractive'}, timeout: 900_000},
		);
	},
};

const clear = '/etc/dovecot/conf.d/99-clear.conf';
const keysOnly = '/etc/ssh/sshd_config.d/keys.conf';
const asRoot = 'ldapmodify -Q -Y EXTERNAL -H ldapi:///';

const dovecot = async (host: Parameters<Recipe['break']>[0], text: string): Promise<void> => {
	await put(host, clear, text);
	await sh(host, 'systemctl restart dovecot');
};

const auth = 'service auth {\n  unix_listener /var/spool/postfix/private/auth {\n    mode = 0666\n  }\n}\n';

const list: readonly Recipe[] = [
	{
		name: 'sshd goes on with what it read before',
		check: 'doors.ssh',
		tries: true,
		break: script(`printf 'PasswordAuthentication no\\nKbdInteractiveAuthentication no\\n' > ${keysOnly}`),
		verdict: 'fail',
		is: 'asks',
		says: /takes passwords/,
		layers: {runtime: 'publickey, password'},
		mend: 'remedy',
	},
	{
		name: 'IMAP and POP in the clear',
		check: 'doors.mail',
		item: 'imap 0.0.0.0:143',
		tries: true,
		break: host => dovecot(host, `disable_plaintext_auth = no\n${auth}`),
		verdict: 'fail',
		is: 'inClear',
		mend: host => dovecot(host, auth),
	},
	{
		name: 'AUTH before STARTTLS',
		check: 'doors.mail',
		item: 'smtp 0.0.0.0:25',
		tries: true,
		break: script('postconf -e smtpd_sasl_auth_enable=yes smtpd_tls_auth_only=no; systemctl restart postfix'),
		verdict: 'fail',
		is: 'inClear',
		mend: script('postconf -e smtpd_tls_auth_only=yes; systemctl restart postfix'),
	},
	{
		name: 'slapd takes a name for a login',
		check: 'doors.directory',
		tries: true,
		break: script(
			`printf 'dn: cn=config\\nchangetype: modify\\nadd: olcAllows\\nolcAllows: bind_anon_cred bind_anon_dn\\n' | ${asRoot}`,
		),
		verdict: 'fail',
		is: 'letsIn',
		layers: {runtime: 'success'},
		mend: script(`printf 'dn: cn=config\\nchangetype: modify\\ndelete: olcAllows\\n' | ${asRoot}`),
	},
	{
		name: 'trust by an include',
		check: 'doors.postgres',
		tries: true,
		break: script(
			"cd /etc/postgresql/15/main; cp -p pg_hba.conf /root/hba; sed -i '1i host all postgres 127.0.0.1/32 trust' pg_hba.conf; systemctl reload postgresql@15-main",
		),
		verdict: 'fail',
		is: 'letsIn',
		says: /lets postgres in/,
		mend: script('cp -p /root/hba /etc/postgresql/15/main/pg_hba.conf; systemctl reload postgresql@15-main'),
	},
	{
		name: 'an account without a name takes every name',
		check: 'doors.mysql',
		tries: true,
		break: script(`mariadb -e "CREATE USER ''@'localhost' IDENTIFIED BY ''"`),
		verdict: 'fail',
		is: 'letsIn',
		says: /lets setup-nobody-\w+ in/,
		mend: script(`mariadb -e "DROP USER ''@'localhost'"`),
	},
];

recipes('doors of servers', {layer: doors, timeout: 600_000}, list, {
	async prepare(host) {
		await dovecot(host, auth);
		await sh(
			host,
			'postconf -e inet_interfaces=all smtpd_sasl_type=dovecot smtpd_sasl_path=private/auth smtpd_tls_auth_only=yes; systemctl restart postfix',
		);
	},
});

const backend = `${project}/config/backend.py`;

const withBackend =
	(does: string) =>
	async (host: Parameters<Recipe['break']>[0]): Promise<void> => {
		await put(
			host,
			backend,
			`from django.contrib.auth.models import User\n\n\nclass Backend:\n    def authenticate(self, request, username=None, password=None):\n        ${does}\n\n    def get_user(self, pk):\n        return User.objects.filter(pk=pk).first()\n`,
		);
		await sh(host, `echo 'AUTHENTICATION_BACKENDS = ["config.backend.Backend"]' >> ${settings}`);
		await restartApp(host);
	};

const withoutBackend = async (host: Parameters<Recipe['break']>[0]): Promise<void> => {
	await sh(host, `sed -i '/AUTHENTICATION_BACKENDS/d' ${settings}`);
	await restartApp(host);
};

recipes(
	'the login page of an application',
	{layer: djangoLayer, timeout: 600_000},
	[
		{
			name: 'a backend that makes accounts of every name',
			check: 'doors.application',
			tries: true,
			break: withBackend('return User.objects.filter(is_superuser=True).first()'),
			verdict: 'fail',
			is: 'letsIn',
			mend: withoutBackend,
		},
		{
			name: 'a backend whose directory is gone',
			check: 'doors.application',
			tries: true,
			break: withBackend('raise OSError("no directory")'),
			verdict: 'fail',
			is: 'fails',
			says: /500/,
			mend: withoutBackend,
		},
	],
	{prepare: prepareDjango},
);

hostTest('what is tried is said before, and nothing is without the word', withProgram({layer: doors}), async host => {
	const quiet = await doctorIn(host, 'doors');
	expect(new Set(quiet.report.rows.map(({state}) => state))).toEqual(new Set(['na']));
	expect(quiet.report.tries).toBeUndefined();
	const failed = "journalctl --no-pager | grep -c 'setup-nobody-' || true";
	expect(await sh(host, failed)).toBe('0\n');
	const said: string[] = [];
	const ran = await host.run([setup, 'doctor', '--try', 'doors', '--format', 'json'], {
		onLine: line => void said.push(line),
	});
	expect(ran.stderr).toMatch(/^Tries now, at doors of this host:\n {2}ldap 0\.0\.0\.0:389: binds as cn=setup-nobody-/);
	expect(said[0]).toBe('Tries now, at doors of this host:');
	const {tries = []} = JSON.parse(ran.stdout) as Awaited<ReturnType<typeof doctorIn>>['report'];
	expect(tries.map(({door}) => door.split(' ')[0])).toEqual(['ldap', 'pop', 'imap', 'mysql', 'postgres', 'ssh']);
	// sshd writes a moment after it has answered.
	await until(async () => Number(await sh(host, failed)) > 0, {what: 'the name in the log'});
});
