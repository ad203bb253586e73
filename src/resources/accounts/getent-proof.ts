/** The proof that this host knows the directory's accounts. Patient, because nslcd backs off after its server restarted; root must be found all the while. */
import {setTimeout as pause} from 'node:timers/promises';
import {sha256} from '#host/files/stash.ts';
import {unitsThatRun} from '#host/units/taken-down.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import type {Thing} from '#model/thing.ts';
import {withEdges} from '../shared/edges.ts';

export type GetentProofSpec = {
	readonly database: 'passwd' | 'group';
	readonly key: string;
	/** Seconds. Default 30. */
	readonly patience?: number;
	/** The file that takes the service in; without it root is only checked. What stood there before goes back at once when root is lost. */
	readonly guards?: {readonly path: string; readonly without: (source: string) => string};
	/** Units that may answer from what they read before; those that run are started anew before the first look. */
	readonly holders?: readonly string[];
};

export type GetentProofState = {readonly entry: string | undefined};

/** getent DATABASE KEY answers. */
export const getentProof = (spec: GetentProofSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		getentProofType,
		withEdges(
			{
				id: `proof:getent:${spec.database}:${spec.key}`,
				provides: [
					`done:proof:getent:${spec.database}:${spec.key}`,
					(spec.database === 'passwd' ? `user:${spec.key}` : `group:${spec.key}`) satisfies Thing,
				],
			},
			edges,
		),
		spec,
	);

export const getentProofType: ResourceType<GetentProofSpec, GetentProofState> = {
	name: 'getent-proof',
	async inspect({database, key}, host) {
		const ran = await host.probe(['getent', database, key], {timeout: 15_000});
		return {entry: ran.code === 0 ? ran.stdout.trim() : undefined};
	},
	diff: ({database, key}, state) =>
		state !== 'absent' && state.entry !== undefined
			? []
			: [{what: 'proof', from: state === 'absent' ? null : 'nothing', to: `getent ${database} ${key} answers`}],
	undoOf: () => ({can: true, record: null}),
	async apply(spec, _state, _changes, host) {
		await keepRoot(spec, host);
		for (const one of await unitsThatRun(spec.holders ?? [], host))
			if (spec.holders?.includes(one)) await host.serve('restart', one);
		const deadline = performance.now() + (spec.patience ?? 30) * 1000;
		for (;;) {
			const {entry} = await getentProofType.inspect(spec, host);
			if (entry !== undefined) return;
			if (performance.now() >= deadline)
				throw new Fault(
					'proof.getent',
					`getent ${spec.database} ${spec.key} finds nothing`,
					'See journalctl -u nslcd: whether the directory answers, and whether the base and the entry are there.',
				);
			host.say(`waiting for ${spec.key} to be found`);
			await pause(500);
		}
	},
	undo: async () => ({outcome: 'already'}),
};

/** An operator without root is locked out of the host: the service goes out again before anything else is looked at. */
const keepRoot = async ({guards}: GetentProofSpec, host: Host): Promise<void> => {
	const ran = await host.probe(['getent', 'passwd', 'root'], {timeout: 15_000});
	if (ran.code === 0 && ran.stdout.startsWith('root:')) return;
	if (guards) {
		const bytes = (await host.read(guards.path)) ?? new Uint8Array();
		await host.replace(guards.path, [guards.without(Buffer.from(bytes).toString('utf8'))], {was: sha256(bytes)});
	}
	throw new Fault(
		'proof.root-lost',
		'getent passwd root finds nothing any more',
		`${guards ? `${guards.path} was put back at once. ` : ''}Keep a root shell open, and see journalctl -u nslcd before trying again.`,
	);
};
