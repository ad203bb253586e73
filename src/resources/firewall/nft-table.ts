/**
 * One table of nftables that is wholly ours, beside whatever firewall is in charge: it only shuts, so that what it shuts stays shut whoever opens.
 * A file and a unit bring it at boot; this looks at the kernel, because whoever flushes the rules takes it along and no file shows that.
 */
import type {Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';

export type NftTableSpec = {
	readonly name: string;
	/** As `nft list table` prints it. */
	readonly text: string;
	/** The unit that loads it. */
	readonly unit: string;
};
export type NftTableState = {readonly now: string | undefined};

/** The table as it should be, in the kernel. Needs its unit. */
export const nftTable = (spec: NftTableSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		nftTableType,
		withEdges(
			{
				id: `nft-table:${spec.name}`,
				needs: ['package:nftables', `unit:${spec.unit}`],
				provides: [`done:nft-table:${spec.name}`],
				locks: ['systemd'],
				title: `the rules of ${spec.name}, in the kernel`,
			},
			edges,
		),
		spec,
	);

export const nftTableType: ResourceType<NftTableSpec, NftTableState> = {
	name: 'nft-table',
	inspect: async ({name}, host) => ({now: await tableNow(name, host)}),
	diff({name, text}, state) {
		const now = state === 'absent' ? undefined : state.now;
		return now !== undefined && plain(now) === plain(text)
			? []
			: [{what: `table inet ${name}`, from: now === undefined ? null : 'other rules', to: 'as in its file'}];
	},
	// The unit takes it away when it is stopped.
	undoOf: () => ({can: true, record: null}),
	apply: ({unit}, _state, _changes, host) => host.exec(['systemctl', 'restart', unit]),
	rereads: () => true,
	undo: async () => ({outcome: 'already'}),
};

const tableNow = async (name: string, host: Reader): Promise<string | undefined> => {
	if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the rules of the running kernel'});
	const ran = await host.probe(['/usr/sbin/nft', 'list', 'table', 'inet', name]);
	return ran.code === 0 ? ran.stdout : undefined;
};

const plain = (text: string): string =>
	text
		.split('\n')
		.filter(line => !line.trimStart().startsWith('#'))
		.join(' ')
		.replaceAll(/\s+/g, ' ')
		.trim();
