/** What people and programs do to a host with WebLab-Deusto, and by which node of the plan each must be seen. */
import type {Breakage} from './breakages.ts';

const shell = (script: string) => ({argv: ['bash', '-ec', script]});
const sql = (statement: string) => ({argv: ['mariadb', '-BN'], stdin: statement});
const asApplication = (script: string) => ({argv: ['runuser', '-u', 'weblab', '--', 'bash', '-ec', script]});

const at = '/srv/weblab/deployments/example';
const config = `${at}/core_host_config.py`;
const wrapper = '/etc/weblab-deusto/example-wrapper.sh';
const program = 'supervisor-program:weblab-example';
const conf = '/etc/supervisor/conf.d/weblab-example.conf';
const dropIn = '/etc/systemd/system/supervisor.service.d/weblab-deusto.conf';
const site = '/etc/apache2/sites-available/weblab-example.conf';
const copy = '/etc/weblab-deusto/example-apache.conf';
const apache = 'unit:apache2.service';
const proof = 'proof:weblab:example';
const mariadbConf = '/etc/mysql/mariadb.conf.d/90-this-host-only.cnf';
const account = 'mysql-account:weblab@localhost';
const login = 'mysql-login:weblab@127.0.0.1:3306/WebLab';
const redisConf = '/etc/redis/redis.conf';
const redisRules = '/etc/redis-accounts.nft';
const modules = 'apache-module:ssl,headers,rewrite,proxy,proxy_http,proxy_balancer,lbmethod_bybusyness';
const certificate = '/etc/ssl/weblab-deusto/example';
const site2 = '/srv/weblab/.virtualenvs/weblab/lib/python2.7/site-packages';

export const weblabBreakages: readonly Breakage[] = [
	{
		what: "the database's socket unit enabled, which opens it at the next boot",
		breaks: [shell('systemctl enable mariadb.socket')],
		sees: ['unit:mariadb.socket'],
	},
	{
		what: 'the database told to listen everywhere',
		breaks: [shell(`sed -i 's/127.0.0.1/0.0.0.0/' ${mariadbConf}`)],
		sees: [`file:${mariadbConf}`, 'unit:mariadb.service'],
	},
	{what: 'MariaDB not enabled', breaks: [shell('systemctl disable mariadb')], sees: ['unit:mariadb.service']},
	{
		what: "the account's password changed",
		breaks: [sql("ALTER USER 'weblab'@'localhost' IDENTIFIED BY 'other-than-that'")],
		sees: [account, login],
	},
	{
		what: 'rights taken from the account',
		breaks: [sql("REVOKE DROP, ALTER ON `WebLab`.* FROM 'weblab'@'localhost'")],
		sees: [account],
	},
	{
		what: 'rights everywhere for the account',
		breaks: [sql("GRANT ALL ON *.* TO 'weblab'@'localhost'")],
		sees: [account],
	},
	{
		what: 'Redis told to listen everywhere',
		breaks: [shell(`sed -i 's/^bind .*/bind 0.0.0.0/' ${redisConf}`)],
		sees: [`edit:${redisConf}`, 'unit:redis-server.service'],
	},
	{
		what: 'Redis without protected mode',
		breaks: [shell(`sed -i 's/^protected-mode .*/protected-mode no/' ${redisConf}`)],
		sees: [`edit:${redisConf}`, 'unit:redis-server.service'],
	},
	{
		what: 'snapshots on in the running Redis',
		breaks: [shell("redis-cli config set save '60 1'")],
		sees: ['redis-as-in-file'],
	},
	{
		what: 'another account let into Redis',
		breaks: [
			shell(
				`sed -i 's/lets in weblab/& www-data/; s/skuid { 0,/& 33,/' ${redisRules}; systemctl restart redis-accounts`,
			),
		],
		sees: ['redis-accounts'],
	},
	{
		what: "the rules of Redis' accounts not loaded at boot",
		breaks: [shell('systemctl disable redis-accounts')],
		sees: ['unit:redis-accounts.service'],
	},
	{what: 'Redis not enabled', breaks: [shell('systemctl disable redis-server')], sees: ['unit:redis-server.service']},
	{
		what: 'debug mode on',
		breaks: [asApplication(`sed -i 's/^debug_mode .*/debug_mode = True/' ${config}`)],
		sees: [`edit:${config}`, program, proof],
	},
	{
		what: 'the cores let loose on every address',
		breaks: [asApplication(`sed -i '/^core_facade_bind/d' ${config}`)],
		sees: [`edit:${config}`, program, proof],
	},
	{
		what: 'another address of the site',
		breaks: [
			asApplication(`sed -i "s|^core_server_url.*|core_server_url = u'http://else.example/weblab/'|" ${config}`),
		],
		sees: [`edit:${config}`, program, proof],
	},
	{
		what: 'the settings for everybody to read',
		breaks: [shell(`chmod 644 ${config}`)],
		sees: [`edit:${config}`],
	},
	{
		what: "the guide's wrapper as it is printed",
		breaks: [shell(`sed -i 's/"$@"/$@/' ${wrapper}`)],
		sees: [`file:${wrapper}`, program],
	},
	{
		what: 'a program without killasgroup',
		breaks: [shell(`sed -i '/^killasgroup/d' ${conf}`)],
		sees: [`file:${conf}`, program],
	},
	{
		what: 'the program stopped',
		breaks: [shell('supervisorctl stop weblab-example')],
		sees: [program, 'loopback-only:10000', 'loopback-only:10001', proof],
	},
	{
		what: 'the process of a laboratory dead, of which supervisor says nothing',
		breaks: [
			shell('until [ $(ps -o etimes= -p $(supervisorctl pid weblab-example)) -gt 65 ]; do sleep 1; done'),
			shell("pkill -f '[w]eblab.laboratory'"),
		],
		sees: [program, 'loopback-only:10001'],
	},
	{what: 'supervisor not enabled', breaks: [shell('systemctl disable supervisor')], sees: ['unit:supervisor.service']},
	{
		what: 'supervisor no longer closed',
		breaks: [shell(`sed -i '/^ProtectSystem/d' ${dropIn}`)],
		sees: [`file:${dropIn}`, 'unit:supervisor.service'],
	},
	{
		what: 'the site not enabled',
		breaks: [shell('a2dissite -q weblab-example')],
		sees: ['apache-site:weblab-example'],
	},
	{
		what: 'a site without its redirect',
		breaks: [shell(`sed -i '/RedirectMatch 301/d' ${site}`)],
		sees: [`file:${site}`, apache, proof],
	},
	{
		what: "root's copy of the configuration changed",
		breaks: [shell(`echo 'ProxyVia Off' >> ${copy}`)],
		sees: [`root-copy:${copy}`, apache, proof],
	},
	{
		what: 'the stock site back',
		breaks: [shell('a2ensite -q 000-default')],
		sees: ['apache-site:000-default'],
	},
	{
		what: 'a balancer without its method',
		breaks: [shell('a2dismod -q -f lbmethod_bybusyness')],
		sees: [modules],
	},
	{what: 'Apache stopped', breaks: [shell('systemctl stop apache2')], sees: [apache, proof]},
	{what: 'Apache not enabled', breaks: [shell('systemctl disable apache2')], sees: [apache]},
	{
		what: 'Apache with a process for each visitor',
		breaks: [shell('a2dismod -q mpm_event; a2enmod -q mpm_prefork')],
		sees: ['apache-mpm'],
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
		sees: [`self-signed:${certificate}.crt`, proof],
	},
	{what: 'the firewall emptied', breaks: [shell('nft flush ruleset')], sees: ['firewall', 'redis-accounts']},
	{what: 'the firewall not started at boot', breaks: [shell('systemctl disable nftables')], sees: ['firewall']},
	{
		what: 'no updates by themselves',
		breaks: [shell(`sed -i 's/Unattended-Upgrade "1"/Unattended-Upgrade "0"/' /etc/apt/apt.conf.d/20auto-upgrades`)],
		sees: ['file:/etc/apt/apt.conf.d/20auto-upgrades'],
	},
	{
		what: 'the timer of the updates off',
		breaks: [shell('systemctl disable --now apt-daily-upgrade.timer')],
		sees: ['unit:apt-daily-upgrade.timer'],
	},
	{what: 'the user with a login shell', breaks: [shell('usermod -s /bin/bash weblab')], sees: ['user:weblab']},
	{what: 'a home closed to Apache', breaks: [shell('chmod 700 /srv/weblab')], sees: ['directory:/srv/weblab']},
	{
		what: 'the application gone from its environment',
		breaks: [asApplication(`mv ${site2}/weblabdeusto-5.0-py2.7.egg ${at}/../egg`)],
		sees: ['setup-py:weblabdeusto'],
		mends: ['mv', `${at}/../egg`, `${site2}/weblabdeusto-5.0-py2.7.egg`],
	},
	{
		what: "Debian 11's archive no longer pinned",
		breaks: [shell('rm /etc/apt/preferences.d/debian-bullseye')],
		sees: ['file:/etc/apt/preferences.d/debian-bullseye'],
	},
];
