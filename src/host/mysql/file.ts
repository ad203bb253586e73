/** What the option files tell the MariaDB or MySQL server of this host, in the order in which it reads them: the last one counts. */

import {trimmedEnd, wordsIn} from '#edit/blanks.ts';
import {lineNumber} from '#edit/lines.ts';
import {myCnfDialect} from '#edit/sections/my-cnf.ts';
import {readSections} from '#edit/sections/read.ts';
import type {Fact, Reader} from '#model/host.ts';
import {isInstalled, type Packages, packages} from '../apt/packages.ts';
import {laterTime} from '../files/changed-since.ts';
import {type Included, noneIncluded, readIncluded} from '../files/include-files.ts';
import {ifTold} from '../see.ts';
import {processTable} from '../system/process-table.ts';
import {unitState} from '../units/units.ts';

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
	readonly path: string;
	readonly section: string;
	/** Of the running process: what its files say does not count beside it. */
	readonly byCommand?: true;
};
export type MysqlFile = {
	readonly options: readonly MysqlOption[];
	readonly files: readonly string[];
	/** Files and directories that root's client reads as well, also where nothing is yet. */
	readonly reads: readonly string[];
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
		const given = await givenTo(host, server.unit);
		const only = given.find(({name}) => name === 'defaults_file')?.value;
		const extra = given.find(({name}) => name === 'defaults_extra_file')?.value;
		const own = only !== undefined ? [only] : [...systemFiles, ...(extra === undefined ? [] : [extra])];
		const seen = noneIncluded();
		const read = (await Promise.all([...own, ...ofRoot].map(path => readFile(host, path, 0, seen)))).flat();
		const ofServer = read.filter(({by}) => !ofRoot.includes(by));
		const group = groupsOf(server);
		return {
			options: [...ofServer.flatMap(({options}) => options.filter(({section}) => group(section))), ...given],
			files: [...new Set(ofServer.map(({path}) => path))],
			reads: [...new Set([...own, ...ofRoot, ...read.flatMap(({path, includes}) => [path, ...includes])])],
			changedAt: Math.max(0, ...ofServer.map(({changedAt}) => changedAt)),
		};
	},
};

/** The options of the running process. Its other words, and those that only say where the files are, are none. */
const givenTo = async (host: Reader, unit: string): Promise<readonly MysqlOption[]> => {
	if (host.root !== '/') return [];
	const pid = (await ifTold(() => unitState(unit, host)))?.mainPid;
	const table = await ifTold(() => host.fact(processTable));
	const words = (pid === undefined ? undefined : table?.get(pid)?.argv) ?? [];
	return words.slice(1).flatMap(word => {
		const [, name = '', , value] = /^--([\w-]+)(=([\s\S]*))?$/.exec(word) ?? [];
		const plain = name
			.replace(/^loose[-_]/, '')
			.replaceAll('-', '_')
			.toLowerCase();
		if (plain === '' || plain.startsWith('wsrep_start_position')) return [];
		return [
			{name: plain, value, where: `the command line of ${unit}`, path: '', section: 'mysqld', byCommand: true as const},
		];
	});
};

const systemFiles = ['/etc/my.cnf', '/etc/mysql/my.cnf'];
/** HOME of what root starts is root's own (programs/guard.ts). */
const ofRoot = ['/root/.my.cnf', '/root/.mylogin.cnf'];

/** The option that counts. */
export const mysqlOption = ({options}: MysqlFile, name: string): MysqlOption | undefined =>
	options.findLast(one => one.name === name);

/** The options of one file, with their sections; includes are not followed. A line that is none is passed over. */
export const parseMyCnf = (text: string, path: string): readonly MysqlOption[] =>
	piecesOf(text, path).flatMap(piece => ('include' in piece ? [] : [piece]));

/** `!include FILE` or `!includedir DIRECTORY`, at its place among the options. */
type Include = {readonly include: string; readonly directory: boolean};

const piecesOf = (text: string, path: string): readonly (MysqlOption | Include)[] => {
	const {sections, others} = readSections(myCnfDialect, text, () => undefined);
	const options = sections.flatMap(({name, entries}) =>
		entries.map(({key, flag, written, line}) => ({
			at: line.start,
			piece: {
				section: trimmedEnd(name).toLowerCase(),
				name: key
					.replace(/^loose[-_]/, '')
					.replaceAll('-', '_')
					.toLowerCase(),
				value: flag ? undefined : myCnfDialect.read(text.slice(written.start, written.end), key),
				where: `${path}:${lineNumber(text, line.start)}`,
				path,
			},
		})),
	);
	const includes = others.map(line => {
		const [word = '', ...target] = wordsIn(line.text).map(one => one.text);
		return {at: line.start, piece: {include: target.join(' '), directory: word === '!includedir'}};
	});
	return [...options, ...includes].sort((one, other) => one.at - other.at).map(({piece}) => piece);
};

const upstream = (version: string): string => version.replace(/^\d+:/, '').replace(/[-+~].*$/, '');

/** [mysqld] is read by both; a version in the name is one series. */
const groupsOf = ({flavour, version}: MysqlServer): ((section: string) => boolean) => {
	const names = flavour === 'mariadb' ? ['mysqld', 'server', 'mariadb', 'mariadbd', 'galera'] : ['mysqld', 'server'];
	const series = version.split('.').slice(0, 2).join('.');
	const all = new Set(names.flatMap(name => [name, `${name}-${series}`]));
	return section => all.has(section);
};

type Read = {
	/** The file at which the reading began. */
	readonly by: string;
	readonly path: string;
	readonly options: readonly MysqlOption[];
	readonly includes: readonly string[];
	readonly changedAt: number;
};

/** One file with what it includes, each at the place of its line: what stands behind an include counts more. */
const readFile = async (
	host: Reader,
	path: string,
	depth: number,
	seen: Included,
	by = path,
): Promise<readonly Read[]> => {
	const text = depth > 10 ? undefined : await readIncluded(host, path, seen);
	if (text === undefined) return [];
	const changedAt = laterTime(await host.stat(path));
	const parts = await Promise.all(
		piecesOf(text, path).map(async (piece): Promise<readonly Read[]> => {
			if (!('include' in piece)) return [{by, path, options: [piece], includes: [], changedAt}];
			const files = piece.directory ? await filesIn(host, piece.include) : [piece.include];
			const below = (await Promise.all(files.map(one => readFile(host, one, depth + 1, seen, by)))).flat();
			return [{by, path, options: [], includes: [piece.include], changedAt}, ...below];
		}),
	);
	return [{by, path, options: [], includes: [], changedAt}, ...parts.flat()];
};

const filesIn = async (host: Reader, written: string): Promise<readonly string[]> => {
	const directory = written.replace(/\/+$/, '');
	const names = ((await host.list(directory)) ?? []).filter(name => name.endsWith('.cnf'));
	return [...names].sort().map(name => `${directory}/${name}`);
};
