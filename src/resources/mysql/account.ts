/** An account of MariaDB that may use its own databases and nothing more; its password goes there as a hash, and only when another is stored. */
import {askMysql, tellMysql} from '#host/mysql/client.ts';
import {isStored, nativeHash} from '#host/mysql/password.ts';
import {mysqlAccountName, mysqlLiteral, mysqlPattern, mysqlText} from '#host/mysql/sql.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Secret, type Text} from '#model/secret.ts';
import {mysqlEdges} from './edges.ts';

export type MysqlAccountSpec = {
	readonly user: string;
	/** From where it may come. `localhost` is the socket, and 127.0.0.1 as long as the server looks names up. */
	readonly host: string;
	readonly password: Text;
	/** It has all rights in these. */
	readonly databases: readonly string[];
};
type There = {
	readonly password: 'right' | 'wrong';
	/** The account as SHOW CREATE USER writes it, with its hash. */
	readonly made: string;
	readonly locked: boolean;
	/** Rights over all databases: `SUPER, FILE`; none for `USAGE`. */
	readonly everywhere: string;
	readonly mayGrant: boolean;
	/** Of the wanted databases: those without all rights. */
	readonly lacks: readonly string[];
};
export type MysqlAccountState = 'absent' | There;
type Journaled = {
	readonly user: string;
	readonly host: string;
	readonly created: boolean;
	readonly password: boolean;
	readonly locked: boolean;
	readonly everywhere: string;
	readonly mayGrant: boolean;
	readonly granted: readonly string[];
} & {readonly [key: string]: Json};

/** An account. Rights that it has in databases of others stay; rights over the whole server are taken from it. */
export const mysqlAccount = (spec: MysqlAccountSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		mysqlAccountType,
		mysqlEdges(
			{
				id: `mysql-account:${spec.user}@${spec.host}`,
				needs: spec.databases.map(name => `database:mysql/${name}` as const),
				provides: [`role:mysql/${spec.user}@${spec.host}`],
			},
			edges,
		),
		spec,
	);

export const mysqlAccountType: ResourceType<MysqlAccountSpec, MysqlAccountState> = {
	name: 'mysql-account',

	inspect: accountNow,

	diff(spec, state) {
		if (state === 'absent')
			return [
				{what: `account ${spec.user}@${spec.host}`, from: null, to: 'may log in'},
				{key: 'password', what: 'password', from: null, to: 'as answered'},
				...spec.databases.map(name => granted(name)),
			];
		const changes: Change[] = [];
		if (state.password === 'wrong')
			changes.push({key: 'password', what: 'password', from: 'another', to: 'as answered'});
		if (state.locked) changes.push({key: 'locked', what: 'account', from: 'locked', to: 'may log in'});
		if (state.everywhere !== '' || state.mayGrant)
			changes.push({
				key: 'everywhere',
				what: 'rights over all databases',
				from: [state.everywhere, ...(state.mayGrant ? ['GRANT OPTION'] : [])].filter(one => one !== '').join(', '),
				to: 'none',
			});
		return [...changes, ...state.lacks.map(granted)];
	},

	holds: ({user, host}) => [{thing: `role:mysql/${user}@${host}`}],

	undoOf(spec, state) {
		const there = state === 'absent' ? undefined : state;
		const password = there === undefined || there.password === 'wrong';
		const record: Journaled = {
			user: spec.user,
			host: spec.host,
			created: there === undefined,
			password,
			locked: there?.locked ?? false,
			everywhere: there?.everywhere ?? '',
			mayGrant: there?.mayGrant ?? false,
			granted: there === undefined ? spec.databases : there.lacks,
		};
		return {
			can: true,
			record,
			keep: [...(password ? [nativeHash(spec.password)] : []), ...(there && password ? [[there.made]] : [])],
		};
	},

	async apply({user, host: from, password, databases}, state, changes, host) {
		const name = mysqlAccountName(user, from);
		const has = (key: string): boolean => changes.some(change => change.key === key);
		const identified: Text = [
			`${state === 'absent' ? 'CREATE' : 'ALTER'} USER ${name} IDENTIFIED VIA mysql_native_password USING `,
			...mysqlLiteral(nativeHash(password)),
			';\n',
		];
		await tellMysql(host, [
			...(has('password') ? identified : []),
			has('locked') ? `ALTER USER ${name} ACCOUNT UNLOCK;\n` : '',
			...(state !== 'absent' && has('everywhere') ? [nothingEverywhere(name, state)] : []),
			...databases
				.filter(database => state === 'absent' || state.lacks.includes(database))
				.map(database => `GRANT ALL PRIVILEGES ON ${mysqlPattern(database)}.* TO ${name};\n`),
		]);
	},

	async undo(raw, host, {kept}) {
		const record = raw as Journaled;
		const {user, host: from, created} = record;
		const name = mysqlAccountName(user, from);
		const texts = kept.map(bytes => Buffer.from(bytes).toString('utf8'));
		const stored = await storedNow(user, from, host);
		if (stored === undefined) return {outcome: 'already'};
		if (created) {
			await tellMysql(host, [`DROP USER ${name};`]);
			return {outcome: 'undone'};
		}
		const ours = !record.password || stored === texts[0];
		const {lacks, made} = await thereNow({user, host: from, databases: record.granted}, host);
		await tellMysql(host, [
			...record.granted
				.filter(database => !lacks.includes(database))
				.map(database => `REVOKE ALL PRIVILEGES ON ${mysqlPattern(database)}.* FROM ${name};\n`),
			record.everywhere === '' && !record.mayGrant
				? ''
				: `GRANT ${record.everywhere || 'USAGE'} ON *.* TO ${name}${record.mayGrant ? ' WITH GRANT OPTION' : ''};\n`,
			...(record.password && ours ? asMade(`${user}@${from}`, texts[1] ?? '') : []),
			record.locked ? `ALTER USER ${name} ACCOUNT LOCK;\n` : '',
		]);
		return ours || made === texts[1]
			? {outcome: 'undone'}
			: {outcome: 'kept', why: `the password of ${user}@${from} was changed since, and stays`};
	},
};

const granted = (database: string): Change => ({
	key: 'rights',
	item: database,
	what: `rights in ${database}`,
	from: null,
	to: 'all',
});

const nothingEverywhere = (name: string, {everywhere, mayGrant}: There): string =>
	[
		...(everywhere === '' ? [] : [`REVOKE ALL PRIVILEGES ON *.* FROM ${name};\n`]),
		...(mayGrant ? [`REVOKE GRANT OPTION ON *.* FROM ${name};\n`] : []),
	].join('');

/** What SHOW CREATE USER wrote, as a change: only the words of the server itself come first. */
const asMade = (who: string, made: string): Text =>
	made.startsWith('CREATE USER ')
		? [new Secret(`the account ${who} as it was`, `ALTER USER ${made.slice('CREATE USER '.length)};\n`)]
		: [];

async function accountNow(
	{user, host: from, password, databases}: MysqlAccountSpec,
	host: Reader,
): Promise<MysqlAccountState> {
	const stored = await storedNow(user, from, host);
	if (stored === undefined) return 'absent';
	return {
		...(await thereNow({user, host: from, databases}, host)),
		password: isStored(password, stored) ? 'right' : 'wrong',
	};
}

/** What the server tells of an account that is there. */
const thereNow = async (
	{user, host: from, databases}: Pick<MysqlAccountSpec, 'user' | 'host' | 'databases'>,
	host: Reader,
): Promise<Omit<There, 'password'>> => {
	const name = mysqlAccountName(user, from);
	const rows = (await askMysql(host, [`SHOW CREATE USER ${name};\nSHOW GRANTS FOR ${name};\n`])) ?? [];
	const [made = '', ...grants] = rows.map(([line = '']) => line);
	const whole = grants.find(line => / ON \*\.\* TO /.test(line)) ?? '';
	const everywhere = /^GRANT (.*?) ON \*\.\* TO /.exec(whole)?.[1] ?? 'USAGE';
	return {
		made,
		locked: / ACCOUNT LOCK\b/.test(made),
		everywhere: everywhere === 'USAGE' ? '' : everywhere,
		mayGrant: / WITH (.* )?GRANT OPTION/.test(whole),
		lacks: databases.filter(
			database => !grants.some(line => line.startsWith(`GRANT ALL PRIVILEGES ON ${mysqlPattern(database)}.* TO `)),
		),
	};
};

/** The stored form of the password; empty where it logs in another way; undefined where there is no account. */
const storedNow = async (user: string, from: string, host: Reader): Promise<string | undefined> => {
	const rows = await askMysql(host, [
		`SELECT plugin, authentication_string FROM mysql.user WHERE BINARY User = BINARY ${mysqlText(user)} AND Host = ${mysqlText(from)} COLLATE utf8mb4_general_ci;`,
	]);
	const [plugin, stored = ''] = rows?.[0] ?? [];
	if (plugin === undefined) return undefined;
	return plugin === 'mysql_native_password' ? stored : '';
};
