/** Data, configuration and logs of servers, as the accounts that they run as meet them: after a restore, a copy or a chown as root they start no more, and say it in their own log only. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {type Cluster, postgresClusters} from '#host/postgres/clusters.ts';
import {postgresConf} from '#host/postgres/conf.ts';
import {ifTold} from '#host/see.ts';
import {accounts} from '#host/system/accounts.ts';
import {rightsOf} from '#host/trust/rights.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';

const kinds = defineKinds({
	barred: {
		state: 'fail',
		example: {
			path: '/var/lib/ldap',
			server: 'slapd',
			user: 'openldap',
			how: 'write' as 'read' | 'write',
			owner: 'root',
		},
		says: ({path, server, user, how, owner}) =>
			`${server} runs as ${user}, which may not ${how} ${path} (it belongs to ${owner})`,
		remedy: ({path, user}) => ({
			sentence: `Give it back: chown -R ${user}: ${path}, after a look at what changed its owner; then restart the server and read its log.`,
		}),
	},
	lax: {
		state: 'fail',
		example: {path: '/var/lib/postgresql/15/main', mode: '0777', most: '0750'},
		says: ({path, mode, most}) => `${path} has the mode ${mode}, and others have nothing to do there (${most} at most)`,
		remedy: ({path, most}) => ({
			sentence: 'Close it; whoever looked in meanwhile has seen what is in there, password hashes among it.',
			commands: [['chmod', most, path]],
		}),
	},
	gone: {
		state: 'fail',
		example: {path: '/var/log/nginx', server: 'nginx'},
		says: ({path, server}) => `${path} is not there, and ${server} does not start without it`,
		remedy: ({path, server}) => ({
			sentence: `Make ${path} anew with the owner and mode that its package gives it (apt-get install --reinstall brings it for ${server}).`,
		}),
	},
});

/** `logs`: opened at the start, by root where `user` is. `most`: what others may have of it at most. */
type Kept = {
	readonly package: string;
	readonly server: string;
	readonly user: string;
	readonly path: string;
	readonly how: 'read' | 'write' | 'there';
	readonly most?: number;
	readonly needed?: true;
};

const kept: readonly Kept[] = [
	{package: 'slapd', server: 'slapd', user: 'openldap', path: '/var/lib/ldap', how: 'write', most: 0o755},
	{package: 'slapd', server: 'slapd', user: 'openldap', path: '/var/lib/ldap/data.mdb', how: 'write', most: 0o640},
	{package: 'slapd', server: 'slapd', user: 'openldap', path: '/etc/ldap/slapd.d', how: 'write', most: 0o755},
	{
		package: 'slapd',
		server: 'slapd',
		user: 'openldap',
		path: '/etc/ldap/slapd.d/cn=config.ldif',
		how: 'read',
		most: 0o640,
	},
	{package: 'slapd', server: 'slapd', user: 'openldap', path: '/etc/ldap/slapd.d/cn=config', how: 'write', most: 0o750},
	{package: 'redis-server', server: 'Redis', user: 'redis', path: '/var/lib/redis', how: 'write', most: 0o755},
	{package: 'redis-server', server: 'Redis', user: 'redis', path: '/etc/redis/redis.conf', how: 'read'},
	{package: 'redis-server', server: 'Redis', user: 'redis', path: '/var/log/redis', how: 'write', needed: true},
	{package: 'mariadb-server', server: 'MariaDB', user: 'mysql', path: '/var/lib/mysql', how: 'write', most: 0o755},
	{
		package: 'mariadb-server',
		server: 'MariaDB',
		user: 'mysql',
		path: '/var/lib/mysql/ibdata1',
		how: 'write',
		most: 0o660,
	},
	{package: 'mongodb-server', server: 'MongoDB', user: 'mongodb', path: '/var/lib/mongodb', how: 'write', most: 0o755},
	{
		package: 'mongodb-org-server',
		server: 'MongoDB',
		user: 'mongodb',
		path: '/var/lib/mongodb',
		how: 'write',
		most: 0o755,
	},
	{package: 'postfix', server: 'Postfix', user: 'postfix', path: '/var/lib/postfix', how: 'write', most: 0o755},
	{package: 'apache2', server: 'Apache', user: 'root', path: '/var/log/apache2', how: 'there', needed: true},
	{package: 'nginx-common', server: 'nginx', user: 'root', path: '/var/log/nginx', how: 'there', needed: true},
	{package: 'supervisor', server: 'Supervisor', user: 'root', path: '/var/log/supervisor', how: 'there', needed: true},
];

export const check = defineCheck({
	id: 'services.files',
	title: 'What servers keep is theirs, and nobody else has it',
	why: 'A database directory that belongs to root after a restore, a log directory that is gone or a configuration that the server may not read keep it from starting: it runs on until then. One that is open to all gives away what is in it.',
	reads: [
		'owner and mode of the directories and files of slapd, Redis, MariaDB, MongoDB, Postfix and of each PostgreSQL cluster, where their packages put them',
		'whether the log directories of nginx, Apache and Supervisor are there',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'the packages of Debian; PostgreSQL manual, "Creating a Database Cluster" (0700 or 0750)',
	verify: 'ls -ld /var/lib/ldap /etc/ldap/slapd.d /var/lib/postgresql/*/* /var/lib/mysql /var/lib/redis',
	facts: {packages, accounts, clusters: postgresClusters},
	kinds,
	appliesTo: ({facts}) =>
		facts.clusters.length > 0 ||
		kept.some(one => isInstalled(facts.packages.all.get(one.package))) ||
		'none of these servers is installed',
	async inspect({host, facts}) {
		const clusters = await Promise.all(facts.clusters.map(async one => ({...one, data: await dataOf(host, one)})));
		const all: readonly Kept[] = [
			...kept.filter(one => isInstalled(facts.packages.all.get(one.package))),
			...clusters.flatMap(({version, name, directory, data}) => {
				const common = {package: 'postgresql', server: `PostgreSQL ${version}/${name}`, user: 'postgres'} as const;
				return [
					{...common, path: data, how: 'write', most: 0o750} as const,
					{...common, path: `${data}/base`, how: 'write', most: 0o750} as const,
					{...common, path: `${data}/global/pg_control`, how: 'write', most: 0o640} as const,
					{...common, path: `${directory}/postgresql.conf`, how: 'read'} as const,
					{...common, path: `${directory}/pg_hba.conf`, how: 'read'} as const,
					{...common, path: '/var/log/postgresql', how: 'write', needed: true} as const,
				];
			}),
		];
		const found = await Promise.all(all.map(one => wrongOf(host, one)));
		const byPath = new Map(found.filter(one => one !== undefined).map(one => [one.item, one]));
		// What lies in a directory that is shut is shut with it.
		const roots = [...byPath.values()].filter(
			one => ![...byPath.keys()].some(path => String(one.item).startsWith(`${path}/`)),
		);
		return findings<FoundOf<typeof kinds>>(roots, {
			is: 'ok',
			says: `${all.length} directories and files`,
			expected: [],
			layers: {file: {value: all.length, where: 'owner and mode'}},
		});
	},
});

const dataOf = async (host: Reader, cluster: Cluster): Promise<string> =>
	(await ifTold(() => postgresConf(host, cluster)))?.get('data_directory')?.value ??
	`/var/lib/postgresql/${cluster.version}/${cluster.name}`;

const wrongOf = async (
	host: Reader,
	{server, user, path, how, most, needed}: Kept,
): Promise<FoundOf<typeof kinds> | undefined> => {
	const at = await host.stat(path, {follow: true});
	const sight = (value: string, expected: string) => ({
		item: path,
		expected,
		layers: {file: {value, where: path}},
	});
	if (at === undefined) return needed ? {...sight('not there', 'there'), is: 'gone', data: {path, server}} : undefined;
	const mode = `0${at.mode.toString(8)}`;
	if (most !== undefined && (at.mode & 0o007 & ~most) !== 0)
		return {...sight(mode, `0${most.toString(8)}`), is: 'lax', data: {path, mode, most: `0${most.toString(8)}`}};
	if (how === 'there') return undefined;
	const account = (await host.fact(accounts)).users.get(user);
	const rights = account && (await rightsOf(host, path, account));
	// A server that was set up with another account than its package's is not judged by this one.
	if (rights === undefined || rights[how]) return undefined;
	return {...sight(rights.owner, user), is: 'barred', data: {path, server, user, how, owner: rights.owner}};
};
