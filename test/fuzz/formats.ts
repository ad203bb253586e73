/** Every editor and every reader of text that others write, with sources of its format. Each takes a damaged text, and must give an answer or a fault of ours. */
import {spliced} from '#edit/editor.ts';
import {type AnyEdit, editorFor, type FormatName} from '#edit/formats.ts';
import {apacheConfig} from '#host/apache/config.ts';
import {aptSetting} from '#host/apt/apt-conf.ts';
import {parseStatus} from '#host/apt/packages.ts';
import {settingsIn} from '#host/django/settings-file.ts';
import {parseDn} from '#host/ldap/ldap-dn.ts';
import {parseLdif} from '#host/ldap/ldif.ts';
import {parseNslcd} from '#host/ldap/nslcd.ts';
import {parseMongoConf} from '#host/mongodb/file.ts';
import {mysqlFile} from '#host/mysql/file.ts';
import {parseMysql} from '#host/mysql/now.ts';
import {ifupdownIn} from '#host/network/brings-up.ts';
import {parseUnixTable} from '#host/network/unix-listeners.ts';
import {nginxConfig} from '#host/nginx/config.ts';
import {nginxReads} from '#host/nginx/reads.ts';
import {parsePostconf} from '#host/postfix/now.ts';
import {parsePostgresConf} from '#host/postgres/conf-lines.ts';
import {parseRedisConf} from '#host/redis/file.ts';
import {readXmlRpc} from '#host/supervisor/client.ts';
import {parseSupervisorConf} from '#host/supervisor/file.ts';
import {parseTable} from '#host/system/listeners.ts';
import {filtersInSave, filtersOf} from '#host/system/packet-rules.ts';
import {portsInFiles} from '#host/system/sshd.ts';
import {sudoWithoutPassword} from '#host/system/sudoers.ts';
import {Fault} from '#model/fault.ts';
import {Blocked} from '#model/unknown.ts';
import {parseRequirements} from '#resources/python/requirements.ts';
import {nginxLua, nginxSite, nginxStock} from '../unit/edit/support/nginx-sources.ts';
import {hba, my, nslcd, nss, postgresql, redis, shell, unit, uwsgi} from '../unit/edit/support/sources.ts';
import {fileReader} from '../unit/support/file-reader.ts';
import {installedPackages} from '../unit/support/look.ts';

export type Format = {
	readonly sources: readonly string[];
	/** What is wrong with its answer; nothing where it is one. */
	try(text: string): unknown | Promise<unknown>;
};

const file =
	(path: string, read: (host: ReturnType<typeof fileReader>) => Promise<unknown>, packages: readonly string[] = []) =>
	(text: string): Promise<unknown> =>
		read(fileReader({...installedPackages(...packages), [path]: text}));

/** What was edited is edited: the same edit finds nothing to do, and what did not parse is refused. */
const edits = ({format, settings}: AnyEdit) => {
	const editor = editorFor(format as FormatName);
	return (text: string): void => {
		const once = spliced(text, editor.edit(text, settings));
		for (const setting of settings) {
			const again = editor.edit(once, [setting]);
			if (again.length > 0)
				throw new TypeError(
					`${editor.name(setting)} is edited again: ${JSON.stringify(spliced(once, again).slice(0, 300))}`,
				);
		}
	};
};

const hosts = [
	'127.0.0.1\tlocalhost\n127.0.1.1\tweb01.example.org web01\n\n# The following\n::1     ip6-localhost ip6-loopback\nff02::1 ip6-allnodes\n',
	'10.0.0.1 web01 Web01 # old\n',
];
const python = [
	'# -*- coding: utf-8 -*-\nfrom __future__ import unicode_literals\nimport os\nDEBUG = True\nALLOWED_HOSTS = ["a", \'b\']\nDATABASES = {\n    "default": {"ENGINE": "x", "PASSWORD": "y",},\n}\nif DEBUG:\n    X = 1\n',
	'try:\n    from .local import *\nexcept ImportError:\n    pass\nSECRET_KEY = """a\nb"""\nDATABASES["ldap"]["NAME"] = f"{x}"\n',
];
const yaml = [
	'# c\nnet:\n  port: 27017\n  bindIp: 127.0.0.1\nsecurity: {authorization: enabled}\nlist:\n- a\n- "b # c"\n',
	'a: |\n  x\nb: &x 1\nc: *x\n',
];
const toml = ['title = "x"\n[owner]\nname = \'y\' # c\n[[a]]\nb = [1,\n 2]\n[a.c]\nd = {e = """x"""}\n'];
const apache = [
	'ServerRoot "/etc/apache2"\nDefine x 1\n<IfModule mod_ssl.c>\nListen 443\n</IfModule>\n<Macro VHost $a>\n<VirtualHost *:80>\nServerName $a\n</VirtualHost>\n</Macro>\nUse VHost a.example\nInclude ports.conf\nHeader set X "a \\\n b"\n',
];
const sudoers = [
	'Defaults\tenv_reset\nDefaults:deploy !authenticate\nUser_Alias A = a, %b, \\\n c\nCmnd_Alias C = /bin/ls, sha224:x /bin/a\nroot\tALL=(ALL:ALL) ALL\nA ALL=(root) NOPASSWD: C, PASSWD: ALL\n"%dom\\\\ain admins" ALL=NOPASSWD: ALL\n@includedir /etc/sudoers.d\n',
];
const nft =
	'table inet filter {\n\tset s {\n\t\ttype ipv4_addr\n\t\telements = { 10.0.0.1 }\n\t}\n\tchain input {\n\t\ttype filter hook input priority filter; policy accept;\n\t\tct state established,related accept\n\t\ttcp dport { 22, 80 } jump other\n\t\tiifname "lo" accept\n\t\tdrop\n\t}\n\tchain other {\n\t\treturn\n\t}\n}\n';
const save =
	'*filter\n:INPUT ACCEPT [0:0]\n:f2b - [0:0]\n-A INPUT -p tcp -m multiport --dports 22 -j f2b\n-A INPUT -i lo -j ACCEPT\n-A f2b -s 1.2.3.4/32 -j REJECT\n-A INPUT -j DROP\nCOMMIT\n';

export const formats: Readonly<Record<string, Format>> = {
	'edit hosts': {sources: hosts, try: edits({format: 'hosts', settings: [{name: 'web01', address: '127.0.1.1'}]})},
	'edit nsswitch': {sources: nss, try: edits({format: 'nsswitch', settings: [{database: 'passwd', token: 'ldap'}]})},
	'edit nslcd.conf': {sources: nslcd, try: edits({format: 'nslcd.conf', settings: [{key: 'base', value: ['dc=a']}]})},
	'edit redis.conf': {
		sources: redis,
		try: edits({format: 'redis.conf', settings: [{key: 'bind', value: ['127.0.0.1 -::1']}]}),
	},
	'edit my.cnf': {
		sources: my,
		try: edits({format: 'my.cnf', settings: [{section: 'mysqld', key: 'bind-address', value: ['127.0.0.1']}]}),
	},
	'edit uwsgi-ini': {
		sources: uwsgi,
		try: edits({format: 'uwsgi-ini', settings: [{section: 'uwsgi', key: 'socket', value: ['/run/y']}]}),
	},
	'edit systemd-unit': {
		sources: unit,
		try: edits({format: 'systemd-unit', settings: [{section: 'Service', key: 'User', value: ['x']}]}),
	},
	'edit postgresql.conf': {
		sources: postgresql,
		try: edits({format: 'postgresql.conf', settings: [{key: 'listen_addresses', value: ['localhost']}]}),
	},
	'edit pg_hba.conf': {
		sources: hba,
		try: edits({
			format: 'pg_hba.conf',
			settings: [{type: 'host', database: 'app', user: 'app', address: '127.0.0.1/32', method: 'scram-sha-256'}],
		}),
	},
	'edit nginx': {
		sources: [nginxStock, nginxSite, nginxLua],
		try: edits({format: 'nginx', settings: [{block: ['http'], directive: 'server_tokens', args: [['off']]}]}),
	},
	'edit python': {sources: python, try: edits({format: 'python', settings: [{path: ['DEBUG'], value: {bool: false}}]})},
	'edit shell': {
		sources: shell,
		try: edits({format: 'shell', settings: [{key: 'SLAPD_SERVICES', value: ['ldap://127.0.0.1/']}]}),
	},
	'edit toml': {
		sources: toml,
		try: edits({format: 'toml', settings: [{path: ['owner', 'name'], value: {text: ['z']}}]}),
	},
	'edit yaml': {
		sources: yaml,
		try: edits({format: 'yaml', settings: [{path: ['net', 'bindIp'], value: {text: ['127.0.0.1']}}]}),
	},
	'read apache': {
		sources: apache,
		try: file('/etc/apache2/apache2.conf', host => host.fact(apacheConfig), ['apache2=2.4.57']),
	},
	'read nginx': {
		sources: [nginxStock, nginxSite, nginxLua],
		try: file('/etc/nginx/nginx.conf', host => host.fact(nginxConfig('/etc/nginx/nginx.conf'))),
	},
	'what nginx reads': {
		sources: [nginxStock, nginxSite, nginxLua],
		try: file('/etc/nginx/nginx.conf', host => host.fact(nginxReads('/etc/nginx/nginx.conf'))),
	},
	'read sudoers': {sources: sudoers, try: file('/etc/sudoers', sudoWithoutPassword)},
	'read sshd_config': {
		sources: [
			'Port 22\nListenAddress 0.0.0.0:2222\nInclude /etc/ssh/sshd_config.d/*.conf\nMatch User root\n  PermitRootLogin "yes"\n',
		],
		try: file('/etc/ssh/sshd_config', portsInFiles),
	},
	'read apt.conf': {
		sources: [
			'APT::Periodic { Enable "1"; Update-Package-Lists "1"; };\n/* c */\n#clear APT::X;\nDir "/" { Etc "etc"; }\n// x\n',
		],
		try: file('/etc/apt/apt.conf.d/20auto', host => aptSetting(host, 'APT::Periodic::Enable')),
	},
	'read my.cnf': {
		sources: my,
		try: file('/etc/mysql/my.cnf', host => host.fact(mysqlFile), ['mariadb-server=1:10.11.6']),
	},
	'read postgresql.conf': {sources: postgresql, try: text => parsePostgresConf(text, 'f')},
	'read redis.conf': {sources: redis, try: text => parseRedisConf(text, 'f')},
	'read nslcd.conf': {sources: nslcd, try: parseNslcd},
	'read mongod.conf': {sources: yaml, try: text => parseMongoConf(text, '/etc/mongod.conf')},
	'read mongodb.conf': {
		sources: ['dbpath = /x\nbind_ip = 127.0.0.1\nauth = true\n'],
		try: text => parseMongoConf(text, '/etc/mongodb.conf'),
	},
	'read supervisord.conf': {
		sources: [
			'[supervisord]\nlogfile=%(here)s/x\n[program:a]\ncommand=/bin/a %(process_num)02d ; c\nenvironment=A="b",C=\'d\'\n[group:g]\nprograms=a,b\n',
		],
		try: text => parseSupervisorConf(text, 'f'),
	},
	'read python settings': {sources: python, try: text => settingsIn(text, 'f', 3)},
	'read interfaces': {
		sources: [
			'auto lo\niface lo inet loopback\nauto eth0\niface eth0 inet static\n\taddress 10.0.0.1/24\n\tup ip a \\\n add x\n',
		],
		try: text => ifupdownIn(text, 'f', '10.0.0.1'),
	},
	'read dpkg status': {
		sources: ['Package: a\nStatus: install ok installed\nVersion: 1\nDescription: x\n y\n .\n\nPackage: b\n'],
		try: parseStatus,
	},
	'read requirements': {
		sources: ['Django==1.7 # c\n-r other.txt\ngit+https://x/y.git#egg=z\na>=1,<2 ; python_version < "3"\n'],
		try: parseRequirements,
	},
	'read nft': {sources: [nft], try: filtersOf},
	'read iptables-save': {sources: [save], try: text => filtersInSave(text, 4)},
	'read postconf': {
		sources: ['mynetworks = 127.0.0.0/8 [::1]/128\nrelay_domains = $mydestination\n'],
		try: parsePostconf,
	},
	'read ldif': {
		sources: [
			'dn: cn=config\nobjectClass: x\nolcAccess: {0}to *\n  by * read\na:: YQ==\nb:< file:///x\n\ndn:: ZGM9eA==\n',
		],
		try: parseLdif,
	},
	'read DN': {sources: ['cn=a\\, b+sn=#04024869,ou="x,y",dc=example,dc=org'], try: parseDn},
	'read XML-RPC': {
		sources: [
			'<?xml version="1.0"?><methodResponse><params><param><value><array><data><value><struct><member><name>a</name><value><int>1</int></value></member></struct></value></data></array></value></param></params></methodResponse>',
		],
		try: readXmlRpc,
	},
	'read mysql answers': {
		sources: ['var\tport\t3306\tCONFIG\t/etc/my.cnf\nuser\ta\\tb\tlocalhost\nUptime\t12\n'],
		try: text => parseMysql(text, 0),
	},
	'read /proc/net/tcp': {
		sources: [
			'  sl  local_address rem_address   st\n   0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 1234 1\n',
		],
		try: text => parseTable(text, 'tcp'),
	},
	'read /proc/net/unix': {
		sources: ['Num RefCount\n0000000000000000: 00000002 00000000 00010000 0001 01 12345 /run/a.sock\n'],
		try: parseUnixTable,
	},
};

/** undefined where it gave an answer or a fault of ours; else what went wrong. */
export const wrongWith = async (format: Format, text: string): Promise<string | undefined> => {
	try {
		await format.try(text);
		return undefined;
	} catch (error) {
		return error instanceof Fault || error instanceof Blocked
			? undefined
			: `${(error as Error).stack ?? error}`.slice(0, 800);
	}
};
