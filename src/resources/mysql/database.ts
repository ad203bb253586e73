/** A database of MariaDB with its character set. It holds data: undo drops it only while its tables have no rows, or dumps it first when it was told to. */
import {askMysql, tellMysql} from '#host/mysql/client.ts';
import {mysqlName, mysqlText} from '#host/mysql/sql.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource, type Undone} from '#model/resource.ts';
import {dumpMysql} from './dump.ts';
import {mysqlEdges} from './edges.ts';

export type MysqlDatabaseSpec = {
	readonly name: string;
	/** `utf8mb4` by default; what its new tables have. */
	readonly charset?: string;
	/** `utf8mb4_general_ci` by default: the same on every release, which their own default is not. */
	readonly collation?: string;
};
export type MysqlDatabaseState = 'absent' | {readonly charset: string; readonly collation: string};
type Journaled = {
	readonly name: string;
	readonly was: {readonly charset: string; readonly collation: string} | null;
	readonly put: {readonly charset: string; readonly collation: string};
} & {readonly [key: string]: Json};

/** A database. Tables that are there keep their character set; only what is made later has another. */
export const mysqlDatabase = (spec: MysqlDatabaseSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		mysqlDatabaseType,
		mysqlEdges({id: `mysql-database:${spec.name}`, provides: [`database:mysql/${spec.name}`], holdsData: true}, edges),
		spec,
	);

export const mysqlDatabaseType: ResourceType<MysqlDatabaseSpec, MysqlDatabaseState> = {
	name: 'mysql-database',

	inspect: ({name}, host) => databaseNow(name, host),

	diff(spec, state) {
		const wanted = wantedOf(spec);
		if (state === 'absent')
			return [
				{what: `database ${spec.name}`, from: null, to: wanted.charset},
				{what: 'collation', from: null, to: wanted.collation},
			];
		return (['charset', 'collation'] as const)
			.filter(key => state[key] !== wanted[key])
			.map(key => ({key, what: words[key], from: state[key], to: wanted[key]}));
	},

	holds: ({name}) => [{thing: `database:mysql/${name}`}],

	unsaved: ({name}) => [`the MariaDB database ${name}`],
	undoOf: (spec, state) => ({
		can: true,
		record: {name: spec.name, was: state === 'absent' ? null : state, put: wantedOf(spec)} satisfies Journaled,
	}),

	async apply(spec, state, _changes, host) {
		const {charset, collation} = wantedOf(spec);
		await tellMysql(host, [
			`${state === 'absent' ? 'CREATE' : 'ALTER'} DATABASE ${mysqlName(spec.name)} CHARACTER SET ${mysqlName(charset)} COLLATE ${mysqlName(collation)};`,
		]);
	},

	async undo(raw, host, {purgeData}) {
		const {name, was, put} = raw as Journaled;
		const now = await databaseNow(name, host);
		if (now === 'absent') return {outcome: 'already'};
		if (was === null) return dropDatabase(name, host, purgeData);
		if (now.charset === was.charset && now.collation === was.collation) return {outcome: 'already'};
		if (now.charset !== put.charset || now.collation !== put.collation)
			return {outcome: 'conflict', why: `the database ${name} has the character set ${now.collation} by now`};
		await tellMysql(host, [
			`ALTER DATABASE ${mysqlName(name)} CHARACTER SET ${mysqlName(was.charset)} COLLATE ${mysqlName(was.collation)};`,
		]);
		return {outcome: 'undone'};
	},
};

const words = {charset: 'character set', collation: 'collation'} as const;

const wantedOf = ({charset = 'utf8mb4', collation = 'utf8mb4_general_ci'}: MysqlDatabaseSpec) => ({charset, collation});

const databaseNow = async (name: string, host: Reader): Promise<MysqlDatabaseState> => {
	mysqlName(name);
	const rows = await askMysql(host, [
		`SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE BINARY SCHEMA_NAME = BINARY ${mysqlText(name)};`,
	]);
	const [charset, collation] = rows?.[0] ?? [];
	return charset === undefined || collation === undefined ? 'absent' : {charset, collation};
};

const dropDatabase = async (name: string, host: Host, purgeData: boolean): Promise<Undone> => {
	const filled = await filledTables(name, host);
	if (filled.length > 0 && !purgeData)
		return {
			outcome: 'kept',
			why: `the database ${name} has rows in ${filled.slice(0, 5).join(', ')}${filled.length > 5 ? ` and ${filled.length - 5} more` : ''}`,
		};
	if (filled.length > 0) await dumpMysql(host, name);
	await tellMysql(host, [`DROP DATABASE IF EXISTS ${mysqlName(name)};`]);
	return {outcome: 'undone'};
};

/**
 * Tables with at least one row; no view is asked, which would run what its owner wrote, as root. Between the list and the question its owner could put a view in a
 * table's place: so the names are locked, and what they name is looked at again, before they are asked. A subquery of two rows is what ends the client there.
 */
const filledTables = async (name: string, host: Reader): Promise<readonly string[]> => {
	const tables = (
		(await askMysql(host, [
			`SELECT TABLE_NAME FROM information_schema.TABLES WHERE BINARY TABLE_SCHEMA = BINARY ${mysqlText(name)} AND TABLE_TYPE = 'BASE TABLE' ORDER BY 1;`,
		])) ?? []
	).map(([table = '']) => table);
	if (tables.length === 0) return [];
	const quoted = tables.map(table => `${mysqlName(name)}.\`${table.replaceAll('`', '``')}\``);
	const rows = await askMysql(host, [
		'SET lock_wait_timeout = 20;\n',
		`LOCK TABLES ${quoted.map(one => `${one} READ`).join(', ')};\n`,
		`SELECT IF((SELECT COUNT(*) FROM information_schema.TABLES WHERE BINARY TABLE_SCHEMA = BINARY ${mysqlText(name)} AND TABLE_TYPE = 'BASE TABLE' AND BINARY TABLE_NAME IN (${tables.map(table => `BINARY ${mysqlText(table)}`).join(', ')})) = ${tables.length}, 1, (SELECT 1 UNION SELECT 2));\n`,
		...quoted.map((one, at) => `SELECT ${at}, EXISTS (SELECT 1 FROM ${one});\n`),
	]);
	return (rows ?? []).flatMap(([at, some]) => (some === '1' ? [tables[Number(at)] ?? ''] : []));
};
