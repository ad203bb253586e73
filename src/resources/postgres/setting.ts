/**
 * Settings of the local PostgreSQL cluster, in a file of our own under conf.d, which Debian includes: nobody's lines are
 * touched, and an administrator finds them (ALTER SYSTEM would hide them). What the server says counts, not the file.
 */

import {sha256} from '#host/files/stash.ts';
import {askPostgres, localPostgres, type PostgresServer} from '#host/postgres/client.ts';
import {type Cluster, theCluster} from '#host/postgres/clusters.ts';
import {type PostgresSettingNow, postgresFacts} from '#host/postgres/now.ts';
import {sqlText} from '#host/postgres/sql.ts';
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {patchOf} from '../files/show-diff.ts';
import {asWanted} from '../shared/as-wanted.ts';
import {clear} from '../shared/clear.ts';
import {postgresEdges} from './edges.ts';
import {reloadCluster, restartCluster} from './restart.ts';
import {sameSetting} from './value.ts';

export type PostgresSettingSpec = {
	readonly cluster?: string;
	readonly settings: Readonly<Record<string, string>>;
	/** Name of the file in conf.d, without `.conf`. Default 'host-setup'. */
	readonly file?: string;
};
type Wrong = {readonly name: string; readonly now: PostgresSettingNow | undefined};
type State = 'absent' | {readonly path: string; readonly old: Uint8Array | undefined; readonly wrong: readonly Wrong[]};
type Journaled = {
	readonly cluster: string | null;
	readonly path: string;
	readonly put: string;
	readonly existed: boolean;
};

/** Settings that hold in the running server, after a reload, or a restart of the cluster where a setting wants one. */
export const postgresSetting = (spec: PostgresSettingSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		postgresSettingType,
		postgresEdges(localPostgres, {id: `postgres-setting:${spec.file ?? 'host-setup'}`}, edges),
		spec,
	);

export const postgresSettingType: ResourceType<PostgresSettingSpec, State> = {
	name: 'postgres-setting',

	async inspect(spec, host) {
		const cluster = await theCluster(host, spec.cluster);
		const facts = cluster && (await host.fact(postgresFacts(serverOf(spec))));
		if (cluster === undefined || facts === undefined || facts === 'absent') return 'absent';
		const path = `${cluster.directory}/conf.d/${spec.file ?? 'host-setup'}.conf`;
		return {path, old: await host.read(path), wrong: wrongOf(spec, facts.settings)};
	},

	diff(spec, state) {
		const text = textOf(spec);
		if (state === 'absent')
			return Object.entries(spec.settings).map(([name, value]) => ({what: name, from: null, to: value}));
		const changes: Change[] = state.wrong.map(({name, now}) => ({
			what: name,
			from:
				now === undefined
					? null
					: now.pendingRestart
						? `${now.value}, until a restart`
						: `${now.value}${now.unit === null ? '' : ` (${now.unit})`}`,
			to: spec.settings[name]!,
		}));
		const old = state.old === undefined ? undefined : Buffer.from(state.old).toString('utf8');
		if (old === text || (old === undefined && changes.length === 0)) return changes;
		return [
			...changes,
			{
				what: state.path,
				from: old === undefined ? null : 'other lines',
				to: `${Object.keys(spec.settings).length} lines`,
				...patched(state.path, old, text),
			},
		];
	},

	holds: ({file = 'host-setup', settings}) => [{thing: `postgres-setting:${file}`, ...asWanted(settings)}],

	undoOf(spec, state) {
		const path = state === 'absent' ? '' : state.path;
		const old = state === 'absent' ? undefined : state.old;
		const record: Journaled = {
			cluster: spec.cluster ?? null,
			path,
			put: sha256(textOf(spec)),
			existed: old !== undefined,
		};
		return {can: true, record, keep: old === undefined ? [] : [old]};
	},

	async apply(spec, state, _changes, host) {
		const cluster = await theCluster(host, spec.cluster);
		if (state === 'absent' || cluster === undefined)
			throw new Fault(
				'postgres.missing',
				'no PostgreSQL cluster is on this host',
				'Install PostgreSQL first; on Debian its package makes one.',
			);
		await writeChecked(state.path, Buffer.from(textOf(spec)), state.old, cluster, host);
		await settle(
			cluster,
			async () => await stillWrong(spec, host),
			host,
			async () => putBack(state.path, state.old, host),
		);
		const left = await stillWrong(spec, host);
		if (left.length > 0) throw overridden(left, state.path);
	},

	async undo(raw, host, {kept: [old]}) {
		const {cluster: name, path, put, existed} = raw as unknown as Journaled;
		const now = await host.read(path);
		if (now === undefined) return {outcome: 'already'};
		if (existed && old !== undefined && sha256(now) === sha256(old)) return {outcome: 'already'};
		if (sha256(now) !== put) return {outcome: 'conflict', why: `${path} was changed since`};
		await putBack(path, existed ? old : undefined, host);
		const cluster = await theCluster(host, name ?? undefined);
		if (cluster)
			await settle(
				cluster,
				async () => [],
				host,
				async () => {},
			);
		return {outcome: 'undone'};
	},
};

const patched = (path: string, before: string | undefined, after: string): {readonly patch?: string} => {
	const patch = patchOf(path, before, after);
	return patch === undefined ? {} : {patch};
};

const serverOf = ({cluster}: Pick<PostgresSettingSpec, 'cluster'>): PostgresServer => ({
	kind: 'local',
	...(cluster !== undefined && {cluster}),
});

const textOf = ({settings}: PostgresSettingSpec): string =>
	[
		'# Written by setup, and wholly its own: put your own settings into another file of this directory.',
		...Object.entries(settings).map(
			([name, value]) =>
				`${checkedName(name)} = '${checkedValue(name, value).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
		),
		'',
	].join('\n');

const checkedName = (name: string): string => {
	if (!/^[a-z_]\w*(\.[a-z_]\w*)?$/i.test(name))
		throw new Fault(
			'postgres.setting-name',
			`${JSON.stringify(name)} is no name of a PostgreSQL setting`,
			'See pg_settings for the names.',
		);
	return name;
};

const checkedValue = (name: string, value: string): string => {
	if (/[\n\r\0]/.test(value))
		throw new Fault('postgres.setting-value', `the value of ${name} has a line break in it`, 'Write it on one line.');
	return value;
};

const wrongOf = ({settings}: PostgresSettingSpec, all: ReadonlyMap<string, PostgresSettingNow>): readonly Wrong[] =>
	Object.entries(settings)
		.map(([name, value]) => ({name, now: all.get(name), value}))
		.filter(({now, value}) => now === undefined || now.pendingRestart || !sameSetting(now, value));

const stillWrong = async (spec: PostgresSettingSpec, host: Host): Promise<readonly Wrong[]> => {
	host.forget();
	const facts = await host.fact(postgresFacts(serverOf(spec)));
	return facts === 'absent' ? [] : wrongOf(spec, facts.settings);
};

/** The server itself reads the draft (pg_file_settings) before it is told to use it. */
const writeChecked = async (
	path: string,
	bytes: Uint8Array,
	old: Uint8Array | undefined,
	cluster: Cluster,
	host: Host,
): Promise<void> => {
	const directory = path.slice(0, path.lastIndexOf('/'));
	if ((await host.stat(directory)) === undefined)
		await host.mkdir(directory, {mode: 0o755, owner: 'postgres:postgres'});
	await host.replace(
		path,
		bytes,
		old === undefined ? {was: 'absent', mode: 0o644, owner: 'postgres:postgres'} : {was: sha256(old)},
	);
	const errors = await fileErrors(path, cluster, host);
	if (errors === '') return;
	await putBack(path, old, host);
	throw new Fault(
		'postgres.setting-refused',
		`PostgreSQL does not take ${errors.split('\n')[0]}`,
		'The old settings are back. Correct the answer behind it, and plan again.',
		{details: errors.split('\n')},
	);
};

const fileErrors = async (path: string, cluster: Cluster, host: Reader): Promise<string> =>
	(await askPostgres(host, {kind: 'local', cluster: `${cluster.version}/${cluster.name}`}, [
		// What only a restart can bring has an error here as well; whether it starts with it shows then.
		`SELECT coalesce(f.name, 'line ' || f.sourceline) || ' = ' || coalesce(f.setting, '') || ': ' || f.error FROM pg_file_settings f LEFT JOIN pg_settings s USING (name) WHERE f.sourcefile = ${sqlText(path)} AND f.error IS NOT NULL AND s.context IS DISTINCT FROM 'postmaster'`,
	])) ?? '';

const putBack = async (path: string, old: Uint8Array | undefined, host: Host): Promise<void> => {
	const now = await host.read(path);
	if (old === undefined) await clear(host, path);
	else await host.replace(path, old, {was: now === undefined ? 'absent' : sha256(now)});
};

const settle = async (
	cluster: Cluster,
	wrong: () => Promise<readonly Wrong[]>,
	host: Host,
	takeBack: () => Promise<void>,
): Promise<void> => {
	await reloadCluster(cluster, host);
	if (!(await pendingRestart(cluster, host)) && !(await wrong()).some(one => one.now?.pendingRestart)) return;
	await restartCluster(cluster, host, takeBack);
};

const pendingRestart = async (cluster: Cluster, host: Reader): Promise<boolean> =>
	(await askPostgres(host, {kind: 'local', cluster: `${cluster.version}/${cluster.name}`}, [
		'SELECT count(*) FROM pg_settings WHERE pending_restart',
	])) !== '0';

const overridden = (left: readonly Wrong[], path: string): Fault =>
	new Fault(
		'postgres.overridden',
		`${left.map(({name, now}) => (now === undefined ? `${name} is no setting of this server` : `${name} is still ${now.value}, from ${now.file ?? now.source}`)).join('; ')}`,
		`Something read after ${path} says otherwise: for postgresql.auto.conf, ALTER SYSTEM RESET takes it out; and conf.d must be included by postgresql.conf.`,
	);
