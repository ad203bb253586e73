/** What the option files tell the MariaDB or MySQL server of this host, in the order in which it reads them: the last one counts. */
import type {Fact, Reader} from '#model/host.ts';
import {isInstalled, type Packages, packages} from '../apt/packages.ts';

export type MysqlServer = {
	readonly flavour: 'mariadb' | 'mysql';
	/** `MariaDB`, for a sentence. */
	readonly name: string;
	readonly unit: string;
	/** The client program. */
	readonly client: string;
	/** Of its package, `10.11.18`. */
	readonly version: string;
};

/** Names with underscores, as variables have them. `value` is undefined for an option without one. */
export type MysqlOption = {
	readonly name: string;
	readonly value: string | undefined;
	readonly where: string;
	readonly section: string;
};
export type MysqlFile = {
	readonly options: readonly MysqlOption[];
	readonly files: readonly string[];
	readonly changedAt: number;
};

/** The server package of this host; undefined while there is none. */
export const mysqlServerOf = ({all}: Packages): MysqlServer | undefined => {
	const found = (pattern: RegExp) => [...all.values()].find(one => pattern.test(one.name) && isInstalled(one));
	const mariadb = found(/^mariadb-server(-\d+\.\d+)?$/);
	if (mariadb)
		return {
			flavour: 'mariadb',
			name: 'MariaDB',
			unit: 'mariadb.service',
			client: 'mariadb',
			version: upstream(mariadb.version),
		};
	const mysql = found(/^mysql-(community-)?server(-\d+\.\d+)?$/);
	return (
		mysql && {flavour: 'mysql', name: 'MySQL', unit: 'mysql.service', client: 'mysql', version: upstream(mysql.version)}
	);
};

/** 'absent' where no server is installed. */
export const mysqlFile: Fact<MysqlFile | 'absent'> = {
	id: 'mysql-file',
	async read(host) {
		const server = mysqlServerOf(await host.fact(packages));
		if (server === undefined) return 'absent';
		const read = (await Promise.all(['/etc/my.cnf', '/etc/mysql/my.cnf'].map(path => readFile(host, path, 0)))).flat();
		const group = groupsOf(server);
		return {
			options: read.flatMap(({text, path}) => parseMyCnf(text, path).filter(({section}) => group(section))),
			files: read.map(({path}) => path),
			changedAt: Math.max(0, ...read.map(({changedAt}) => changedAt)),
		};
	},
};

/** The option that counts. */
export const mysqlOption = ({options}: MysqlFile, name: string): MysqlOption | undefined =>
	options.findLast(one => one.name === name);

/** The options of one file, with their sections; includes are not followed. */
export const parseMyCnf = (text: string, path: string): readonly MysqlOption[] => {
	let section = '';
	return text.split('\n').flatMap((raw, index) => {
		const line = raw.trim();
		const head = /^\[([^\]]*)\]/.exec(line);
		if (head) section = head[1]!.trim().toLowerCase();
		if (head || line === '' || /^[#;!]/.test(line)) return [];
		const [, name = '', value] = /^([^=\s#]+)\s*(?:=\s*(.*))?$/.exec(withoutComment(line)) ?? [];
		if (name === '') return [];
		return [
			{
				section,
				name: name
					.replace(/^loose[-_]/, '')
					.replaceAll('-', '_')
					.toLowerCase(),
				value: value === undefined ? undefined : unquoted(value),
				where: `${path}:${index + 1}`,
			},
		];
	});
};

const upstream = (version: string): string => version.replace(/^\d+:/, '').replace(/[-+~].*$/, '');

/** [mysqld] is read by both; a version in the name is one series. */
const groupsOf = ({flavour, version}: MysqlServer): ((section: string) => boolean) => {
	const names = flavour === 'mariadb' ? ['mysqld', 'server', 'mariadb', 'mariadbd', 'galera'] : ['mysqld', 'server'];
	const series = version.split('.').slice(0, 2).join('.');
	const all = new Set(names.flatMap(name => [name, `${name}-${series}`]));
	return section => all.has(section);
};

type Read = {readonly path: string; readonly text: string; readonly changedAt: number};

const readFile = async (host: Reader, path: string, depth: number): Promise<readonly Read[]> => {
	const bytes = depth > 10 ? undefined : await host.read(path);
	if (bytes === undefined) return [];
	const text = Buffer.from(bytes).toString('utf8');
	const names = [...text.matchAll(/^\s*!include(dir)?\s+(\S+)/gm)].map(async ([, isDir, target = '']) => {
		const directory = target.replace(/\/+$/, '');
		if (isDir === undefined) return [target];
		return ((await host.list(directory)) ?? [])
			.filter(name => name.endsWith('.cnf'))
			.map(name => `${directory}/${name}`);
	});
	const included = await Promise.all((await Promise.all(names)).flat().map(one => readFile(host, one, depth + 1)));
	return [{path, text, changedAt: (await host.stat(path))?.mtimeMs ?? 0}, ...included.flat()];
};

const withoutComment = (line: string): string => {
	const quoted = /^([^=]*=\s*(["']).*?\2)/.exec(line);
	return quoted ? quoted[1]! : line.replace(/#.*$/, '').trim();
};

const unquoted = (value: string): string => /^(["'])(.*)\1$/.exec(value.trim())?.[2] ?? value.trim();
