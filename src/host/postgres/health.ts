/** What a running cluster says of itself, in one answer of one psql: settings and those that wait, roles, owners, when it started and last read its files. */
import type {Fact} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {lastLines} from '../programs/run-program.ts';
import {refuseSilentNames} from '../units/silent-names.ts';
import type {Cluster} from './clusters.ts';
import {parseUpkeep, type RawUpkeep, type Upkeep, upkeepQuestion} from './upkeep.ts';

export type PostgresHealth = {
	/** 150003 */
	readonly version: number;
	/** As the server writes them, with units. */
	readonly settings: ReadonlyMap<
		string,
		{readonly value: string; readonly pending: boolean /** Only a start takes it. */; readonly atStart: boolean}
	>;
	/** As its files have them at this moment, the last of each name; those that it cannot take are told with why. */
	readonly files: readonly {
		readonly name: string;
		readonly value: string;
		readonly where: string;
		readonly path: string;
		readonly error: string | null;
	}[];
	readonly roles: ReadonlyMap<
		string,
		{
			readonly login: boolean;
			readonly superuser: boolean;
			readonly verifier: 'scram' | 'md5' | 'none';
			/** The superuser whose member it is, and as whom it may act at any time. */
			readonly becomes: string | null;
		}
	>;
	/** Lines of pg_hba.conf, as it is at this moment, that the server would refuse; `path` is known since PostgreSQL 16. */
	readonly refused: readonly {readonly path: string | null; readonly line: number; readonly error: string}[];
	/** Database -> owner. */
	readonly databases: ReadonlyMap<string, string>;
	/** Milliseconds. */
	readonly startedAt: number;
	readonly loadedAt: number;
	readonly upkeep: Upkeep;
};

/** Throws Blocked where it cannot be asked. */
export const postgresHealth = (cluster: Cluster): Fact<PostgresHealth> => ({
	id: `postgres-health:${cluster.version}/${cluster.name}`,
	async read(host) {
		if (host.root === '/' && process.geteuid?.() !== 0)
			throw new Blocked({
				because: 'needs-root',
				need: `only root may ask PostgreSQL ${cluster.version}/${cluster.name} as its superuser`,
			});
		await refuseSilentNames(host);
		const argv = [
			`${cluster.programs}/psql`,
			'-X',
			'-q',
			'-A',
			'-t',
			'-w',
			'-v',
			'ON_ERROR_STOP=1',
			'-h',
			cluster.socket,
			'-p',
			String(cluster.port),
			'-d',
			'postgres',
		];
		const ran = await host.probe(argv, {as: 'postgres', stdin: [healthQuestion], timeout: patience});
		if (ran.code === 0) return parseHealth(ran.stdout);
		const words = `${ran.stdout}\n${ran.stderr}`;
		if (/(No such file or directory|Connection refused|is starting up|is shutting down)/.test(words))
			throw new Blocked({because: 'until', thing: `unit:${cluster.unit}`});
		throw new Blocked({
			because: 'unreadable',
			need: `PostgreSQL ${cluster.version}/${cluster.name}: ${lastLines(words, 1)[0] ?? 'refused without a word'}`,
		});
	},
});

/** The one line of JSON that the question gives. */
export const parseHealth = (text: string): PostgresHealth => {
	const raw = JSON.parse(text) as Raw;
	const files = new Map(
		raw.files.map(([name, value, file, line, error]) => [
			name,
			{name, value, where: `${file}:${line}`, path: file, error},
		]),
	);
	return {
		version: raw.version,
		settings: new Map(
			raw.settings.map(([name, value, pending, context]) => [
				name,
				{value, pending, atStart: context === 'postmaster'},
			]),
		),
		files: [...files.values()],
		roles: new Map(
			raw.roles.map(([name, login, superuser, verifier, becomes = null]) => [
				name,
				{login, superuser, verifier, becomes},
			]),
		),
		refused: (raw.refused ?? []).map(([path, line, error]) => ({path, line, error})),
		databases: new Map(raw.databases),
		startedAt: raw.started * 1000,
		loadedAt: raw.loaded * 1000,
		upkeep: parseUpkeep(raw.upkeep),
	};
};

const patience = 3000;

/** Without a path of one's own a function that any role put into `public` would run as the superuser. The verifiers themselves stay in the server. */
export const healthQuestion = `SET search_path = pg_catalog, pg_temp;
SET statement_timeout = '20s';
SELECT json_build_object(
	'version', current_setting('server_version_num')::int,
	'settings', (SELECT json_agg(json_build_array(name, CASE WHEN name = 'search_path' THEN reset_val ELSE current_setting(name) END, pending_restart, context)) FROM pg_settings),
	'files', coalesce((SELECT json_agg(json_build_array(lower(name), setting, sourcefile, sourceline, error) ORDER BY seqno) FROM pg_file_settings WHERE name IS NOT NULL), '[]'),
	'roles', (SELECT json_agg(json_build_array(rolname, rolcanlogin, rolsuper, CASE WHEN rolpassword LIKE 'SCRAM-SHA-256%' THEN 'scram' WHEN rolpassword LIKE 'md5%' THEN 'md5' ELSE 'none' END, CASE WHEN NOT rolsuper THEN (SELECT min(s.rolname) FROM pg_authid s WHERE s.rolsuper AND pg_has_role(pg_authid.oid, s.oid, 'MEMBER')) END)) FROM pg_authid WHERE rolname !~ '^pg_'),
	'databases', (SELECT json_agg(json_build_array(datname, pg_get_userbyid(datdba))) FROM pg_database),
	'refused', coalesce((SELECT json_agg(json_build_array(to_json(r)->>'file_name', r.line_number, r.error)) FROM pg_hba_file_rules r WHERE r.error IS NOT NULL), '[]'),
	'started', extract(epoch FROM pg_postmaster_start_time()),
	'loaded', extract(epoch FROM pg_conf_load_time()),
	'upkeep', ${upkeepQuestion}
);
`;

type Raw = {
	readonly version: number;
	readonly settings: readonly (readonly [string, string, boolean, string])[];
	readonly files: readonly (readonly [string, string, string, number, string | null])[];
	readonly roles: readonly (readonly [string, boolean, boolean, 'scram' | 'md5' | 'none', (string | null)?])[];
	readonly refused?: readonly (readonly [string | null, number, string])[];
	readonly databases: readonly (readonly [string, string])[];
	readonly started: number;
	readonly loaded: number;
	readonly upkeep?: RawUpkeep;
};
