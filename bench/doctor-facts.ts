/** The facts of the race, once: what goss is told as its spec and the doctor as checks is made from the same table, so that neither looks at more than the other. */
export type Fact =
	| {
			readonly kind: 'file';
			readonly path: string;
			readonly contents?: readonly string[];
			readonly owner?: string;
			readonly group?: string;
			readonly mode?: string;
			readonly directory?: true;
	  }
	| {readonly kind: 'service'; readonly name: string}
	| {readonly kind: 'port'; readonly port: number; readonly ip?: string}
	| {readonly kind: 'redis'; readonly key: string; readonly value: string}
	| {readonly kind: 'mysql'; readonly variable: string; readonly value: string}
	| {readonly kind: 'certificate'; readonly path: string; readonly seconds: number}
	| {readonly kind: 'user'; readonly name: string; readonly shell?: string; readonly home?: string}
	| {readonly kind: 'group'; readonly name: string; readonly gid?: number}
	| {readonly kind: 'package'; readonly name: string; readonly installed: boolean};

/** The 26 of the notes: a host with Redis, MariaDB, nginx, Supervisor and SSH. */
export const small: readonly Fact[] = [
	{kind: 'file', path: '/etc/redis/redis.conf', contents: ['^save ""$', '^appendonly no$']},
	{kind: 'file', path: '/etc/mysql/mariadb.conf.d/50-server.cnf', contents: ['^bind-address\\s*=\\s*127\\.0\\.0\\.1$']},
	{kind: 'file', path: '/etc/nsswitch.conf', contents: ['^passwd:\\s+files', '^group:\\s+files', '^shadow:\\s+files']},
	{
		kind: 'file',
		path: '/etc/nginx/nginx.conf',
		owner: 'root',
		mode: '0644',
		contents: ['^\\s*include /etc/nginx/sites-enabled/'],
	},
	{kind: 'file', path: '/etc/ssl/private/bench.key', owner: 'root', mode: '0600'},
	{kind: 'file', path: '/var/lib/mysql', directory: true, owner: 'mysql', group: 'mysql'},
	...['redis-server', 'mariadb', 'nginx', 'supervisor', 'ssh'].map(name => ({kind: 'service', name}) as const),
	{kind: 'port', port: 22},
	{kind: 'port', port: 80},
	{kind: 'port', port: 6379, ip: '127.0.0.1'},
	{kind: 'redis', key: 'save', value: ''},
	{kind: 'mysql', variable: 'bind_address', value: '127.0.0.1'},
	{kind: 'certificate', path: '/etc/ssl/certs/bench.pem', seconds: 2_592_000},
	{kind: 'user', name: 'redis', shell: '/usr/sbin/nologin'},
	{kind: 'user', name: 'mysql', home: '/nonexistent'},
	{kind: 'group', name: 'www-data', gid: 33},
	...['redis-server', 'mariadb-server', 'nginx-light', 'supervisor'].map(
		name => ({kind: 'package', name, installed: true}) as const,
	),
	{kind: 'package', name: 'apache2', installed: false},
	{kind: 'file', path: '/etc/hosts', contents: ['^127\\.0\\.0\\.1\\s+localhost']},
];

/** 39 more of the same kinds, in the proportions of the small one. */
export const large: readonly Fact[] = [
	...small,
	{
		kind: 'file',
		path: '/etc/ssh/sshd_config',
		owner: 'root',
		mode: '0644',
		contents: ['^Include /etc/ssh/sshd_config\\.d'],
	},
	{
		kind: 'file',
		path: '/etc/supervisor/supervisord.conf',
		owner: 'root',
		contents: ['^files = /etc/supervisor/conf\\.d'],
	},
	{kind: 'file', path: '/etc/mysql/my.cnf', contents: ['^!includedir /etc/mysql/conf\\.d/']},
	{kind: 'file', path: '/etc/shadow', owner: 'root', group: 'shadow', mode: '0640'},
	{kind: 'file', path: '/etc/passwd', owner: 'root', mode: '0644', contents: ['^root:x:0:0:']},
	{kind: 'file', path: '/var/lib/redis', directory: true, owner: 'redis', group: 'redis'},
	{kind: 'file', path: '/var/log/nginx', directory: true},
	{kind: 'file', path: '/etc/nginx/sites-enabled', directory: true, owner: 'root'},
	...['dbus', 'systemd-journald', 'systemd-logind', 'systemd-user-sessions', 'cron'].map(
		name => ({kind: 'service', name}) as const,
	),
	{kind: 'file', path: '/etc/redis', directory: true, group: 'redis'},
	{kind: 'redis', key: 'appendonly', value: 'no'},
	{kind: 'redis', key: 'protected-mode', value: 'yes'},
	{kind: 'redis', key: 'port', value: '6379'},
	{kind: 'mysql', variable: 'port', value: '3306'},
	{kind: 'mysql', variable: 'skip_networking', value: '0'},
	{kind: 'certificate', path: '/etc/ssl/certs/bench.pem', seconds: 86_400},
	...['root', 'www-data', 'nobody', 'sshd', 'daemon'].map(name => ({kind: 'user', name}) as const),
	...['redis', 'mysql', 'shadow', 'adm'].map(name => ({kind: 'group', name}) as const),
	...['openssh-server', 'openssl', 'cron', 'dbus', 'systemd', 'apt', 'dpkg', 'bash', 'python3'].map(
		name => ({kind: 'package', name, installed: true}) as const,
	),
	{kind: 'package', name: 'postfix', installed: false},
];
