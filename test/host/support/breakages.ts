/** What people and programs do to an installed host, and by which node of the plan each must be seen. */

type Act = {readonly argv: readonly string[]; readonly stdin?: string};

export type Breakage = {
	readonly what: string;
	readonly breaks: readonly Act[];
	/** Ids of exactly those nodes that are to change. */
	readonly sees: readonly string[];
	/** Mended by hand, where an apply would build for half a minute. */
	readonly mends?: readonly string[];
};

const shell = (script: string): Act => ({argv: ['sh', '-ec', script]});
const sql = (statement: string, database = 'postgres'): Act => ({
	argv: ['runuser', '-u', 'postgres', '--', 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', database, '-f', '-'],
	stdin: statement,
});
const config = (ldif: string): Act => ({argv: ['ldapmodify', '-Q', '-Y', 'EXTERNAL', '-H', 'ldapi:///'], stdin: ldif});
const entry = (ldif: string): Act => ({
	argv: [
		'sh',
		'-ec',
		`umask 077; printf %s "$(cat /root/secrets/admin)" > /run/pw; ldapmodify -x -H ldap://127.0.0.1/ -D cn=admin,dc=ipynbsrv,dc=ldap -y /run/pw; rm /run/pw`,
	],
	stdin: ldif,
});
const asApplication = (script: string): Act => ({argv: ['runuser', '-u', 'ipynbsrv', '--', 'sh', '-ec', script]});

const repository = '/srv/ipynbsrv/_repo';
const statics = `${repository}/wui/ipynbsrv/wui/static`;
const settings = `${repository}/wui/ipynbsrv/settings.py`;
const ada = 'cn=ada,ou=users,dc=ipynbsrv,dc=ldap';
const nginx = '/usr/local/openresty/nginx';
const site = `${nginx}/conf/sites-enabled/ipynbsrv.conf`;
const directory = 'ldap-config:dc=ipynbsrv,dc=ldap:olcRootDN+olcAccess+olcDbIndex+olcRootPW';
const login = 'postgres-login:ipynbsrv@127.0.0.1:5432/ipynbsrv';

export const breakages: readonly Breakage[] = [
	{
		what: 'an LDAP attribute changed',
		breaks: [entry(`dn: ${ada}\nchangetype: modify\nreplace: sn\nsn: Byron\n`)],
		sees: [`ldap-entry:${ada}`],
	},
	{
		what: 'an LDAP user deleted from the group',
		breaks: [entry('dn: cn=ada,ou=groups,dc=ipynbsrv,dc=ldap\nchangetype: modify\ndelete: memberUid\n')],
		sees: ['ldap-entry:cn=ada,ou=groups,dc=ipynbsrv,dc=ldap'],
	},
	{
		what: 'the directory opened to everybody',
		breaks: [
			config(
				'dn: olcDatabase={1}mdb,cn=config\nchangetype: modify\nreplace: olcAccess\nolcAccess: {0}to * by * write\n',
			),
		],
		sees: [directory],
	},
	{
		what: "the directory administrator's password changed",
		breaks: [config('dn: olcDatabase={1}mdb,cn=config\nchangetype: modify\nreplace: olcRootPW\nolcRootPW: other\n')],
		sees: [directory],
	},
	{what: 'slapd not enabled', breaks: [shell('systemctl disable slapd')], sees: ['unit:slapd.service']},
	{
		what: 'slapd listening everywhere',
		breaks: [shell(`sed -i 's|^SLAPD_SERVICES=.*|SLAPD_SERVICES="ldap:/// ldapi:///"|' /etc/default/slapd`)],
		sees: ['edit:/etc/default/slapd', 'unit:slapd.service'],
	},
	{
		what: 'the name of the directory lost',
		breaks: [shell("sed -i 's/ipynbsrv.ldap//' /etc/hosts")],
		sees: ['hosts-name:ipynbsrv.ldap'],
	},
	{
		what: 'nsswitch without ldap',
		// nscd answers from what it knows until it has seen the change, which may be after the look.
		breaks: [shell("sed -i 's/ ldap//' /etc/nsswitch.conf; nscd --invalidate=passwd || true")],
		sees: ['edit:/etc/nsswitch.conf', 'proof:getent:passwd:ada'],
	},
	{
		what: "PAM without the directory's people",
		breaks: [shell('pam-auth-update --package --disable directory-people')],
		sees: ['pam:directory-people'],
	},
	{
		what: "PAM that asks the directory about this host's own accounts",
		breaks: [shell('pam-auth-update --package --disable directory-people; pam-auth-update --package --enable ldap')],
		sees: ['pam:directory-people'],
	},
	{
		what: 'nslcd asks another base',
		breaks: [shell("sed -i 's/^base .*/base dc=example,dc=org/' /etc/nslcd.conf")],
		sees: ['edit:/etc/nslcd.conf', 'unit:nslcd.service'],
	},
	{what: 'a role made superuser', breaks: [sql('alter role ipynbsrv superuser')], sees: ['postgres-role:ipynbsrv']},
	{
		what: 'a role that may not log in',
		breaks: [sql('alter role ipynbsrv nologin')],
		sees: ['postgres-role:ipynbsrv', login],
	},
	{
		what: "a role's password changed",
		breaks: [sql("alter role ipynbsrv password 'other-than-that'")],
		sees: ['postgres-role:ipynbsrv', login],
	},
	{
		what: 'a database given away',
		breaks: [sql('alter database ipynbsrv owner to postgres')],
		sees: ['postgres-database:ipynbsrv'],
	},
	{
		what: 'passwords hashed by MD5',
		breaks: [
			shell("sed -i '1i password_encryption = md5' /etc/postgresql/*/main/postgresql.conf"),
			sql('select pg_reload_conf()'),
		],
		sees: ['postgres-setting:host-setup'],
	},
	{
		what: 'a superuser demoted',
		breaks: [sql("update auth_user set is_superuser = false where username = 'admin'", 'ipynbsrv')],
		sees: ['django-superuser:admin'],
	},
	{
		what: 'an unapplied migration',
		breaks: [
			asApplication(
				`cd ${repository}/wui/ipynbsrv/wui/migrations; last=$(ls 0*.py | tail -1); printf 'from django.db import migrations\\n\\n\\nclass Migration(migrations.Migration):\\n    dependencies = [("wui", "%s")]\\n    operations = []\\n' "\${last%.py}" > 0099_late.py`,
			),
		],
		sees: [`django-migrate:${repository}/wui`],
	},
	{
		what: 'DEBUG switched on',
		breaks: [shell(`sed -i 's/^DEBUG = False/DEBUG = True/' ${settings}`)],
		sees: [`edit:${settings}`, 'unit:ipynbsrv.service', 'proof:http:ldap-user', 'proof:http:superuser'],
	},
	{
		what: 'LESS newer than its CSS',
		breaks: [asApplication(`printf '.late { color: red; }\\n' >> ${statics}/less/main.less`)],
		sees: ['asset:less', `django-collectstatic:${repository}/wui`],
	},
	{
		what: 'a compiled style damaged',
		breaks: [asApplication(`echo x >> ${statics}/css/main.css`)],
		sees: ['asset:less', `django-collectstatic:${repository}/wui`],
	},
	{
		what: 'a collected file damaged',
		breaks: [asApplication(`echo x >> ${repository}/wui/static/css/main.css`)],
		sees: [`django-collectstatic:${repository}/wui`],
	},
	{
		what: 'a collected file lost',
		breaks: [shell(`rm ${repository}/wui/static/js/main.js`)],
		sees: [`django-collectstatic:${repository}/wui`],
	},
	{
		what: 'a page of the guide damaged',
		breaks: [asApplication(`echo x >> ${repository}/docs/user-guide/site/index.html`)],
		sees: ['asset:guide'],
	},
	{
		what: 'an ini of other content',
		breaks: [shell("sed -i 's/^processes = .*/processes = 9/' /etc/ipynbsrv/uwsgi.ini")],
		sees: ['file:/etc/ipynbsrv/uwsgi.ini', 'unit:ipynbsrv.service'],
	},
	{
		what: 'OpenResty stopped',
		breaks: [shell('systemctl stop openresty')],
		sees: ['unit:openresty.service', 'proof:http:login-page'],
	},
	{what: 'OpenResty not enabled', breaks: [shell('systemctl disable openresty')], sees: ['unit:openresty.service']},
	{
		what: 'a stock server back',
		breaks: [shell(`sed -i '0,/http {/s//http {\\n    server { listen 8081; }/' ${nginx}/conf/nginx.conf`)],
		sees: [`edit:${nginx}/conf/nginx.conf`],
	},
	{
		what: 'the site not enabled',
		breaks: [shell(`rm ${site}`)],
		sees: [`root-copy:${site}`],
	},
	{
		what: 'another address in the site',
		breaks: [shell(`sed -i 's|http://[0-9.]*:\\$1|http://10.9.8.7:$1|' ${site}`)],
		sees: [`root-copy:${site}`],
	},
	{
		what: 'a site that another user owns',
		breaks: [shell(`chown ipynbsrv: ${site}`)],
		sees: [`root-copy:${site}`],
	},
	{
		what: 'the data directory mounted no more',
		breaks: [shell('systemctl stop srv-ipynbsrv-data.mount')],
		sees: ['unit:srv-ipynbsrv-data.mount', 'unit:ipynbsrv.service', 'proof:http:login-page'],
	},
	{
		what: 'a directory open to all',
		breaks: [shell('chmod 777 /srv/ipynbsrv/data/homes')],
		sees: ['directory:/srv/ipynbsrv/data/homes'],
	},
	{what: 'the user with a login shell', breaks: [shell('usermod -s /bin/bash ipynbsrv')], sees: ['user:ipynbsrv']},
	{
		what: 'another commit checked out',
		breaks: [asApplication(`cd ${repository}; git -c user.name=x -c user.email=x@x commit -q --allow-empty -m x`)],
		sees: [`git:${repository}`],
	},
	{
		what: 'a built binary damaged',
		breaks: [
			shell(
				`cp ${nginx}/sbin/nginx /root/nginx; cp ${nginx}/sbin/nginx ${nginx}/sbin/n; echo x >> ${nginx}/sbin/n; mv ${nginx}/sbin/n ${nginx}/sbin/nginx`,
			),
		],
		sees: ['build:/usr/local/openresty'],
		mends: ['mv', '/root/nginx', `${nginx}/sbin/nginx`],
	},
];
