/**
 * The proof that instances can be had: one is made through the API, answers over HTTPS out of its database, and is removed, and nothing is left of it. The backend
 * says 200 to whatever it is asked for and tells nobody how that ended; so only this shows it. Its undo ends what people made since.
 */
import {sha256} from '#host/files/stash.ts';
import {askPostgres, localPostgres} from '#host/postgres/client.ts';
import {theCluster} from '#host/postgres/clusters.ts';
import {sqlText} from '#host/postgres/sql.ts';
import {httpAsk} from '#host/web/http.ts';
import {faultData} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {dumpDatabase} from '../postgres/dump.ts';
import {withEdges} from '../shared/edges.ts';
import {packAway} from '../shared/pack-away.ts';
import {readStamp, removeStamp, writeStamp} from '../shared/stamp.ts';
import {api, type ProofSpec, proveInstance} from './prove-instance.ts';

export type InstanceProofSpec = ProofSpec & {
	/** Files whose change asks for a new proof. */
	readonly watch: readonly string[];
};
export type InstanceProofState = {readonly proven: boolean; readonly saw: string; readonly digest: string};

export const instanceProof = (spec: InstanceProofSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		instanceProofType,
		withEdges(
			{
				id: `proof:openslides-instance:${spec.site}`,
				provides: ['done:proof:openslides-instance'],
				title: 'an instance is made, answers, and is removed',
			},
			edges,
		),
		spec,
	);

export const instanceProofType: ResourceType<InstanceProofSpec, InstanceProofState> = {
	name: 'openslides-instance-proof',
	async inspect(spec, host) {
		if (host.root !== '/')
			throw new Blocked({because: 'offline-root', need: 'instances are made on the running host only'});
		const digest = await digestOf(spec, host);
		const stamp = await readStamp<{readonly digest: string}>(host, stampOf(spec.site));
		if (stamp?.digest !== digest) return {proven: false, saw: 'not proven yet', digest};
		try {
			const {status} = await httpAsk({...(await api(spec, host)), timeout: 20_000});
			return {proven: status === 200, saw: `the API answers ${status}`, digest};
		} catch (error) {
			return {proven: false, saw: faultData(error).sentence, digest};
		}
	},
	diff: (_spec, state) =>
		state !== 'absent' && state.proven
			? []
			: [
					{
						what: 'proof',
						from: state === 'absent' ? null : state.saw,
						to: 'an instance is made through the API, answers over HTTPS, is removed, and nothing is left of it',
					},
				],
	undoOf: ({site, instances}) => ({can: true, record: {site, instances}}),
	async apply(spec, {digest}, _changes, host) {
		await proveInstance(spec, host);
		await writeStamp(host, stampOf(spec.site), {digest});
	},
	async undo(record, host, {purgeData}) {
		const {site, instances} = record as {readonly site: string; readonly instances: string};
		await removeStamp(host, stampOf(site));
		const ids = ((await host.list(instances)) ?? []).filter(name => /^[0-9a-f]{32}$/.test(name));
		// Taken away by an earlier undo, which stopped them.
		if (ids.length > 0 && (await host.stat(program)) === undefined)
			return {
				outcome: 'kept',
				why: `${ids.length} instances lie in ${instances}: apply again, then undo with --purge-data`,
			};
		for (const id of ids) {
			await role('stop', id, host);
			if (purgeData) await purge(id, `${instances}/${id}`, host);
		}
		return ids.length === 0
			? {outcome: 'already'}
			: purgeData
				? {outcome: 'undone'}
				: {
						outcome: 'kept',
						why: `of ${ids.length === 1 ? 'one instance' : `${ids.length} instances`} databases and files stay (${instances}); stopped`,
					};
	},
};

const stampOf = (site: string): string => `proof:openslides-instance:${site}`;

const digestOf = async ({password: _, watch, ...spec}: InstanceProofSpec, host: Reader): Promise<string> => {
	const files = await Promise.all(watch.map(async path => sha256((await host.read(path)) ?? '')));
	return sha256(JSON.stringify([spec, files]));
};

const program = '/usr/local/lib/openslides/instances';

const role = (verb: string, id: string, host: Host): Promise<void> => host.exec([program, verb, id]);

/** A dump of its database and a copy of its files stay: of one that is stopped, so that both are of one moment. */
const purge = async (id: string, path: string, host: Host): Promise<void> => {
	const cluster = await theCluster(host, undefined);
	const name = `openslides_${id}`;
	const there = await askPostgres(host, localPostgres, [
		`SELECT count(*) FROM pg_database WHERE datname = ${sqlText(name)}`,
	]);
	if (cluster !== undefined && there === '1') await dumpDatabase(host, cluster, name);
	const stat = await host.stat(`${path}/data`);
	if (stat !== undefined) await packAway(host, `${path}/data`, `${path}/data`, stat.id);
	await role('remove', id, host);
};
