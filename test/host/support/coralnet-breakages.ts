/** What people and programs do to a host with CoralNet, and by which node of the plan each must be seen. */
import type {Breakage} from './breakages.ts';

const shell = (script: string) => ({argv: ['bash', '-ec', script]});
const asApplication = (script: string) => ({argv: ['runuser', '-u', 'coralnet', '--', 'bash', '-ec', script]});
const sql = (statement: string, database = 'postgres') => ({
	argv: ['runuser', '-u', 'postgres', '--', 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', database, '-f', '-'],
	stdin: statement,
});

const at = '/srv/www';
const repository = `${at}/coralnet`;
const project = `${repository}/project`;
const settings = `${project}/config/settings/production.py`;
const secrets = `${project}/config/settings/secrets.json`;
const unitFile = '/etc/systemd/system/coralnet.service';
const site = '/etc/nginx/sites-available/coralnet';
const enabled = '/etc/nginx/sites-enabled/coralnet';
const certificate = '/etc/ssl/coralnet/site';
const login = 'postgres-login:django@127.0.0.1:5432/coralnet';
const [application, nginx, postgresql] = ['coralnet', 'nginx', 'postgresql'].map(name => `unit:${name}.service`) as [
	string,
	string,
	string,
];
const page = 'proof:http:login-page';
const admin = 'proof:http:superuser';

export const coralnetBreakages: readonly Breakage[] = [
	{
		what: "a person's key taken out",
		breaks: [shell("sed -i '/ada@laptop/d' /home/ada/.ssh/authorized_keys")],
		sees: ['edit:/home/ada/.ssh/authorized_keys'],
	},
	{
		what: "a person's keys for everybody to write, which sshd refuses",
		breaks: [shell('chmod 666 /home/ada/.ssh/authorized_keys')],
		sees: ['edit:/home/ada/.ssh/authorized_keys'],
	},
	{what: 'a folder of keys for all', breaks: [shell('chmod 777 /home/ada/.ssh')], sees: ['directory:/home/ada/.ssh']},
	{what: 'a person out of sudo', breaks: [shell('gpasswd -d ada sudo')], sees: ['person:ada']},
	{
		what: 'the rule of sudo gone',
		breaks: [shell('rm /etc/sudoers.d/mysudoers')],
		sees: ['edit:/etc/sudoers.d/mysudoers'],
	},
	{
		what: 'the rule of sudo for everybody to write, which sudo refuses',
		breaks: [shell('chmod 666 /etc/sudoers.d/mysudoers')],
		sees: ['edit:/etc/sudoers.d/mysudoers'],
	},
	{what: 'PostgreSQL not enabled', breaks: [shell('systemctl disable postgresql')], sees: [postgresql]},
	{
		what: 'the name of the database lost',
		breaks: [shell("sed -i 's/coralnet.postgresql//' /etc/hosts")],
		sees: ['hosts-name:coralnet.postgresql'],
	},
	{
		what: "the role's password changed",
		breaks: [sql("alter role django password 'other-than-that'")],
		sees: ['postgres-role:django', login],
	},
	{what: 'the role made superuser', breaks: [sql('alter role django superuser')], sees: ['postgres-role:django']},
	{
		what: 'the database given away',
		breaks: [sql('alter database coralnet owner to postgres')],
		sees: ['postgres-database:coralnet'],
	},
	{
		what: 'passwords hashed by MD5',
		breaks: [
			shell("sed -i '1i password_encryption = md5' /etc/postgresql/*/main/postgresql.conf"),
			sql('select pg_reload_conf()'),
		],
		sees: ['postgres-setting:host-setup'],
	},
	{what: 'the user with a login shell', breaks: [shell('usermod -s /bin/bash coralnet')], sees: ['user:coralnet']},
	{
		what: 'the place of the sites for everybody to write',
		breaks: [shell(`chmod 3777 ${at}`)],
		sees: [`directory:${at}`],
	},
	{
		what: 'the place of the sites without its group',
		breaks: [shell(`chgrp root ${at}; chmod 3775 ${at}`)],
		sees: [`directory:${at}`],
	},
	{
		what: 'static files closed to nginx',
		breaks: [shell(`chmod 700 ${at}/static_serve`)],
		sees: [`directory:${at}/static_serve`],
	},
	{
		what: 'a commit of somebody in the checkout',
		breaks: [asApplication(`cd ${repository}; git -c user.name=x -c user.email=x@x commit -q --allow-empty -m x`)],
		sees: [`git:${repository}`],
	},
	{
		what: 'secrets for everybody to read',
		breaks: [shell(`chmod 644 ${secrets}`)],
		sees: [`file:${secrets}`],
	},
	{
		what: 'another database in the secrets',
		breaks: [asApplication(`sed -i 's/"DATABASE_NAME": "coralnet"/"DATABASE_NAME": "other"/' ${secrets}`)],
		sees: [`file:${secrets}`],
	},
	{
		what: 'another name allowed than that of the site',
		breaks: [asApplication(`sed -i "s/^ALLOWED_HOSTS.*/ALLOWED_HOSTS = ['else.example']/" ${settings}`)],
		sees: [`edit:${settings}`, application, admin],
	},
	{
		what: 'a migration that is owed',
		breaks: [
			asApplication(
				`cd ${project}/sources/migrations; printf 'from django.db import migrations\\n\\n\\nclass Migration(migrations.Migration):\\n    dependencies = [("sources", "0001_initial")]\\n    operations = []\\n' > 0099_late.py`,
			),
		],
		sees: [`django-migrate:${project}`],
	},
	{
		what: 'a collected file damaged',
		breaks: [asApplication(`echo x >> ${at}/static_serve/css/main.css`)],
		sees: [`django-collectstatic:${project}`],
	},
	{
		what: 'a collected file lost',
		breaks: [asApplication(`rm ${at}/static_serve/css/main.css`)],
		sees: [`django-collectstatic:${project}`],
	},
	{
		what: 'a superuser demoted',
		breaks: [sql("update auth_user set is_superuser = false where username = 'admin'", 'coralnet')],
		sees: ['django-superuser:admin'],
	},
	{what: 'gunicorn stopped', breaks: [shell('systemctl stop coralnet')], sees: [application, page]},
	{what: 'gunicorn not enabled', breaks: [shell('systemctl disable coralnet')], sees: [application]},
	{
		what: 'gunicorn with its own short timeout',
		breaks: [shell(`sed -i 's/--timeout=604810/--timeout=30/' ${unitFile}`)],
		sees: [`file:${unitFile}`, application],
	},
	{
		what: 'gunicorn for everybody to reach',
		breaks: [
			shell(`sed -i 's/127.0.0.1:8001/0.0.0.0:8001/' ${unitFile}; systemctl daemon-reload; systemctl restart coralnet`),
		],
		sees: [`file:${unitFile}`],
	},
	{
		what: 'a unit no longer closed',
		breaks: [shell(`sed -i '/^ProtectSystem/d' ${unitFile}`)],
		sees: [`file:${unitFile}`, application],
	},
	{what: 'nginx stopped', breaks: [shell('systemctl stop nginx')], sees: [nginx, page]},
	{what: 'nginx not enabled', breaks: [shell('systemctl disable nginx')], sees: [nginx]},
	{
		what: 'a site that passes no name, as in the repository',
		breaks: [shell(`sed -i '/proxy_set_header Host/d' ${site}`)],
		sees: [`file:${site}`],
	},
	{what: 'the site not enabled', breaks: [shell(`rm ${enabled}`)], sees: [`symlink:${enabled}`]},
	{
		what: 'the stock site back',
		breaks: [shell('ln -s ../sites-available/default /etc/nginx/sites-enabled/default')],
		sees: ['absent:/etc/nginx/sites-enabled/default'],
	},
	{
		what: 'a key for everybody to read',
		breaks: [shell(`chmod 644 ${certificate}.key`)],
		sees: [`self-signed:${certificate}.crt`],
	},
	{
		what: 'a certificate for another name',
		breaks: [
			shell(
				`openssl req -x509 -newkey rsa:2048 -nodes -keyout ${certificate}.key -out ${certificate}.crt -subj /CN=else.example -addext subjectAltName=DNS:else.example 2>/dev/null`,
			),
		],
		sees: [`self-signed:${certificate}.crt`, page],
	},
];
