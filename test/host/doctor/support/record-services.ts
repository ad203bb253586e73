/**
 * Writes fixtures/recorded/RELEASE/*.txt anew: what redis, MariaDB, PostgreSQL, supervisor, slapd, nslcd and Postfix say on booted
 * Debian 11, 12 and 13. `node test/host/doctor/support/record-services.ts [RELEASE...]`, as root. Comments of configuration files
 * are left out: they are others' text.
 */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {mysqlQuestions} from '#host/mysql/now.ts';
import {healthQuestion} from '#host/postgres/health.ts';
import type {Release} from '#rehearse/base.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {until} from '../../support/until.ts';
import {withHost} from '../../support/with-host.ts';
import {put, sh} from './inside.ts';
import {services} from './services.ts';

const target = join(import.meta.dirname, '../../../../fixtures/recorded');

const bare = (path: string): string => `grep -hvE '^[[:space:]]*([#;]|$)' ${path}`;

/** The body of an answer of supervisord. */
const rpc = (method: string): string => `python3 - <<'END'
import http.client, socket
class Unix(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect('/var/run/supervisor.sock')
ask = Unix('localhost')
ask.request('POST', '/RPC2', '<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params></params></methodCall>', {'Content-Type': 'text/xml'})
print(ask.getresponse().read().decode(), end='')
END`;

const resp = (command: string): string =>
	`bash -c 'exec 3<>/dev/tcp/127.0.0.1/6379; printf "${command}\\r\\nQUIT\\r\\n" >&3; cat <&3'`;

/** Name -> what is run inside. */
const records: Readonly<Record<string, string>> = {
	'redis-conf': bare('/etc/redis/redis.conf'),
	'redis-config-get': resp('CONFIG GET *'),
	'redis-info': resp('INFO server'),
	'mysql-conf': `for f in /etc/mysql/mariadb.cnf /etc/mysql/mariadb.conf.d/*.cnf; do echo "# $f"; ${bare('$f')} || true; done`,
	'mysql-now': `mariadb --batch --skip-column-names <<'END'\n${mysqlQuestions.mariadb}END`,
	'mariadb-socket': 'systemctl show --property=Listen mariadb.socket',
	'postgres-conf': bare('/etc/postgresql/*/main/postgresql.conf'),
	'pg-hba': bare('/etc/postgresql/*/main/pg_hba.conf'),
	'postgres-health': `runuser -u postgres -- psql -XqAt -v ON_ERROR_STOP=1 <<'END'\n${healthQuestion}END`,
	'supervisor-processes': rpc('supervisor.getAllProcessInfo'),
	'supervisor-configs': rpc('supervisor.getAllConfigInfo'),
	'supervisor-fault': rpc('supervisor.noSuchMethod'),
	nslcd: bare('/etc/nslcd.conf'),
	nsswitch: bare('/etc/nsswitch.conf'),
	'ldapsearch-units': `ldapsearch -Q -LLL -o ldif-wrap=no -Y EXTERNAL -H ldapi:/// -b dc=example,dc=org -s children '(|(objectClass=organizationalUnit)(objectClass=posixAccount))' objectClass uid uidNumber`,
	slapcat: "slapcat -o ldif-wrap=no -a '(userPassword=*)'",
	'proc-net-tcp': 'cat /proc/net/tcp',
	'proc-net-tcp6': 'cat /proc/net/tcp6',
	postconf:
		'postconf -x mynetworks smtpd_relay_restrictions smtpd_recipient_restrictions inet_interfaces relay_domains',
	'postconf-P': 'postconf -P -x',
};

const directory = `dn: ou=users,dc=example,dc=org
objectClass: organizationalUnit
ou: users

dn: uid=ada,ou=users,dc=example,dc=org
objectClass: account
objectClass: posixAccount
uid: ada
cn: Ada
uidNumber: 5001
gidNumber: 5001
homeDirectory: /home/ada
userPassword: {MD5}X03MO1qnZdYdgyfeuILPmQ==
`;

const programs =
	'[program:worker]\ncommand=/bin/sleep 1000\nnumprocs=2\nprocess_name=%(program_name)s_%(process_num)02d\n[program:broken]\ncommand=/bin/false\nstartretries=0\n[program:manual]\ncommand=/bin/sleep "<9>"\nautostart=false\n';

const prepare = async (host: ThrowAway): Promise<void> => {
	await host.must(
		['ldapadd', '-x', '-H', 'ldap://127.0.0.1/', '-D', 'cn=admin,dc=example,dc=org', '-w', 'admin-of-tests'],
		{stdin: directory},
	);
	await put(host, '/etc/supervisor/conf.d/record.conf', programs);
	await sh(host, 'supervisorctl update');
	await until(async () => (await host.run(['supervisorctl', 'status'])).stdout.includes('FATAL'), {
		what: 'a program that was given up',
		deadline: 20_000,
	});
};

const record = (release: Release): Promise<void> =>
	withHost({release, layer: services, network: 'none'}, async host => {
		await prepare(host);
		mkdirSync(join(target, release), {recursive: true});
		for (const [name, script] of Object.entries(records))
			writeFileSync(join(target, release, `${name}.txt`), await sh(host, script));
	});

const asked = process.argv.slice(2) as Release[];
for (const release of asked.length > 0 ? asked : (['bullseye', 'bookworm', 'trixie'] as const)) await record(release);
