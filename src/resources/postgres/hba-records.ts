/**
 * Records of pg_hba.conf that are in force: each stands before whatever would catch the same connection, the server itself has read the file without a
 * complaint, and an undo takes out ours alone.
 */
import {spliced} from '#edit/editor.ts';
import {type HbaSetting, pgHba} from '#edit/postgres/pg-hba.ts';
import {sha256} from '#host/files/stash.ts';
import {textOf} from '#host/files/text-of.ts';
import {askPostgres} from '#host/postgres/client.ts';
import {type Cluster, theCluster} from '#host/postgres/clusters.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {patchOf} from '../files/show-diff.ts';
import {postgresEdges} from './edges.ts';
import {reloadCluster} from './restart.ts';

export type PostgresAccessSpec = {
	/** For an id of its own; one step may have several. */
	readonly name: string;
	readonly cluster?: string;
	readonly records: readonly HbaSetting[];
};
export type PostgresAccessState =
	| 'no cluster'
	| {
			readonly path: string;
			readonly text: string;
			/** Did the server read it after it was last written? */
			readonly loaded: boolean;
	  };

/** The records, in the file and in force. */
export const postgresAccess = (spec: PostgresAccessSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		postgresAccessType,
		postgresEdges(
			{kind: 'local', ...(spec.cluster !== undefined && {cluster: spec.cluster})},
			{id: `postgres-access:${spec.name}`, provides: [`done:postgres-access:${spec.name}`]},
			edges,
		),
		spec,
	);

export const postgresAccessType: ResourceType<PostgresAccessSpec, PostgresAccessState> = {
	name: 'postgres-access',
	async inspect(spec, host) {
		const cluster = await theCluster(host, spec.cluster);
		if (cluster === undefined) return 'no cluster';
		const path = (await asked(host, cluster, 'SHOW hba_file')) ?? `${cluster.directory}/pg_hba.conf`;
		const [text, stat, loaded] = await Promise.all([
			textOf(host, path),
			host.stat(path, {follow: true}),
			asked(host, cluster, 'SELECT extract(epoch FROM pg_conf_load_time()) * 1000'),
		]);
		if (text === undefined) throw new Blocked({because: 'unreadable', need: `${path}, which hba_file names`});
		return {path, text, loaded: Number(loaded) >= (stat?.mtimeMs ?? 0)};
	},
	diff({records}, state) {
		if (state === 'absent' || state === 'no cluster')
			return records.map(one => ({item: pgHba.name(one), what: 'record', from: null, to: shown(one)}));
		const after = spliced(state.text, pgHba.edit(state.text, records));
		if (after === state.text)
			return state.loaded ? [] : [{key: 'load', what: state.path, from: 'not read since it changed', to: 'in force'}];
		const patch = patchOf(state.path, state.text, after);
		const change: Change = {
			key: 'file',
			what: state.path,
			from: 'other records',
			to: records.map(shown).join('; '),
			...(patch !== undefined && {patch}),
		};
		return [change];
	},
	holds: ({records}) => records.map(one => ({thing: `pg-hba:${pgHba.name(one)}`, as: shown(one)})),
	undoOf(spec, state) {
		if (state === 'no cluster') return {can: false, why: 'there is no cluster yet'};
		return {
			can: true,
			record: {cluster: spec.cluster ?? null, path: state.path, records: spec.records as unknown as Json},
			keep: [[spliced(state.text, pgHba.edit(state.text, spec.records))], [state.text]],
		};
	},
	async apply(spec, state, changes, host) {
		const cluster = await theCluster(host, spec.cluster);
		if (state === 'no cluster' || cluster === undefined)
			throw new Fault(
				'postgres.missing',
				'no PostgreSQL cluster is on this host',
				'Install PostgreSQL first; on Debian its package makes one.',
			);
		if (changes.some(({key}) => key === 'file')) {
			const after = spliced(state.text, pgHba.edit(state.text, spec.records));
			await host.replace(state.path, [after], {was: sha256(state.text)});
			const error = await asked(
				host,
				cluster,
				"SELECT line_number || ': ' || error FROM pg_hba_file_rules WHERE error IS NOT NULL LIMIT 1",
			);
			if (error) {
				await host.replace(state.path, [state.text], {was: sha256(after)});
				throw new Fault(
					'postgres.access-refused',
					`PostgreSQL does not take line ${error} of ${state.path}`,
					'The file is as it was. Mend what it says, then run it again.',
				);
			}
		}
		await reloadCluster(cluster, host);
	},
	async undo(raw, host, {kept}) {
		const {
			cluster: name,
			path,
			records,
		} = raw as {readonly cluster: string | null; readonly path: string; readonly records: Json} & {
			readonly [key: string]: Json;
		};
		const current = await textOf(host, path);
		const [became, was] = kept.map(bytes => Buffer.from(bytes).toString('utf8'));
		if (current === undefined || became === undefined || was === undefined || current === was)
			return {outcome: 'already'};
		const {revertEdit} = await import('#edit/undo/revert.ts');
		const {result, conflicts} = revertEdit({
			format: 'pg_hba.conf',
			settings: records as unknown as readonly HbaSetting[],
			current,
			was,
			became,
		});
		if (result !== current) {
			await host.replace(path, [result], {was: sha256(current)});
			const cluster = await theCluster(host, name ?? undefined);
			// Where it is down it reads the file at its next start.
			if (cluster) await reloadCluster(cluster, host).catch(() => undefined);
		}
		return conflicts.length > 0
			? {outcome: 'conflict', why: `in ${path} these were changed since: ${conflicts.map(one => one.name).join(', ')}`}
			: {outcome: 'undone'};
	},
};

const asked = (host: Reader, cluster: Cluster, sql: string): Promise<string | undefined> =>
	askPostgres(host, {kind: 'local', cluster: `${cluster.version}/${cluster.name}`}, [sql]);

const shown = (one: HbaSetting): string => `${pgHba.name(one)} ${one.method ?? ''}`.trim();
