/** What the resources of the file system share: looking through links, who owns what, and the edges a path brings. */
import {dirname} from 'node:path';
import {type Accounts, accounts, ownerIds, ownerName} from '#host/system/accounts.ts';
import type {Reader, Stat} from '#model/host.ts';
import type {Change, Edges, Undone} from '#model/resource.ts';
import type {Thing} from '#model/thing.ts';

/** Mode and owner as they are, and whether the wanted owner is theirs; plain data for a pure diff. */
export type Ownership = {
	readonly mode: number;
	readonly uid: number;
	readonly gid: number;
	readonly owner: string;
	readonly ours: boolean;
	/** Which thing it is (`Stat.id`), and where the links to it lead. */
	readonly id: string | undefined;
	readonly at: string | undefined;
};

/** `owner` undefined means that whoever owns it may. */
export const ownershipOf = async (host: Reader, stat: Stat, owner: string | undefined): Promise<Ownership> => {
	const known: Accounts = await host.fact(accounts);
	const wanted = owner === undefined ? stat : ownerIds(known, owner);
	return {
		mode: stat.mode,
		uid: stat.uid,
		gid: stat.gid,
		owner: ownerName(known, stat),
		ours: wanted !== undefined && wanted.uid === stat.uid && wanted.gid === stat.gid,
		id: stat.id,
		at: stat.at,
	};
};

/** The changes of mode and owner that a spec asks of what is there. */
export const ownershipChanges = (
	spec: {readonly mode?: number | undefined; readonly owner?: string | undefined},
	state: Ownership,
): readonly Change[] => [
	...(spec.mode === undefined || spec.mode === state.mode
		? []
		: [{key: 'mode', what: 'mode', from: octal(state.mode), to: octal(spec.mode)}]),
	...(spec.owner === undefined || state.ours ? [] : [{key: 'owner', what: 'owner', from: state.owner, to: spec.owner}]),
];

/** The same for what is to be made. */
export const newOwnership = ({
	mode,
	owner,
}: {
	readonly mode?: number | undefined;
	readonly owner?: string | undefined;
}): readonly Change[] => [
	...(mode === undefined ? [] : [{key: 'mode', what: 'mode', from: null, to: octal(mode)}]),
	...(owner === undefined ? [] : [{key: 'owner', what: 'owner', from: null, to: owner}]),
];

/** Is there a link by now where setup made the thing itself? Then nothing is put back through it. */
export const linkNow = async (host: Reader, path: string): Promise<Undone | undefined> => {
	const stat = await host.stat(path);
	return stat?.kind === 'symlink'
		? {outcome: 'conflict', why: `${path} is a link to ${stat.target} by now, which setup did not make`}
		: undefined;
};

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

/** The account that must be there before something can belong to it; root always is. */
const ownerThings = (owner: string | undefined): readonly Thing[] => {
	const [user = 'root', group = user] = (owner ?? 'root:root').split(':');
	const named = (name: string): boolean => name !== 'root' && !/^\d+$/.test(name);
	return [
		...(named(user) ? [`user:${user}` as const] : []),
		...(named(group) && group !== user ? [`group:${group}` as const] : []),
	];
};

/** Edges of something at a path, with the caller's own added: needs its parent and owner, provides itself, holds the lock of the path. */
export const pathEdges = (type: string, path: string, owner: string | undefined, edges: Partial<Edges>): Edges => ({
	...edges,
	id: edges.id ?? `${type}:${path}`,
	needs: [...new Set<Thing>([`path:${dirname(path)}`, ...ownerThings(owner), ...(edges.needs ?? [])])],
	provides: [...new Set<Thing>([`path:${path}`, ...(edges.provides ?? [])])],
	locks: [...new Set([`path:${path}`, ...(edges.locks ?? [])])],
});
