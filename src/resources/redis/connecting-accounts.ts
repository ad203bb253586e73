/**
 * Redis for named accounts of this host alone, by rules in the kernel. Several stacks may use one Redis: each has a line of its own in the file, and what
 * another let in stays. Connections that were opened while there were no rules are ended, or they would stay open past them.
 */
import {sha256} from '#host/files/stash.ts';
import {textOf} from '#host/files/text-of.ts';
import {askRedis} from '#host/redis/client.ts';
import {
	namedIn,
	nft,
	redisPort,
	rulesFile,
	rulesTable,
	rulesText,
	rulesUnit,
	uidsNow,
	withRoot,
} from '#host/redis/may-connect.ts';
import {accountOf, accounts} from '#host/system/accounts.ts';
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {patchOf} from '../files/show-diff.ts';
import {withEdges} from '../shared/edges.ts';

export type ConnectingAccountsSpec = {
	/** Beside root, and beside those of other stacks. */
	readonly names: readonly string[];
};
export type ConnectingAccountsState = {
	readonly file: string | undefined;
	/** The file and the numbers as they should be. */
	readonly text: string;
	readonly uids: readonly number[];
	/** The numbers in the kernel; undefined where anybody is let in. */
	readonly now: readonly number[] | undefined;
	readonly stack: string;
};

/** The file of rules, loaded. Needs the package nftables and the users; provides `done:redis-accounts`. */
export const connectingAccounts = (spec: ConnectingAccountsSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		connectingAccountsType,
		withEdges(
			{
				id: 'redis-accounts',
				needs: ['package:nftables', ...spec.names.map(name => `user:${name}` as const)],
				provides: [`path:${rulesFile}`, 'done:redis-accounts'],
				locks: ['systemd', `path:${rulesFile}`],
				title: 'Redis answers named accounts of this host alone',
			},
			edges,
		),
		spec,
	);

export const connectingAccountsType: ResourceType<ConnectingAccountsSpec, ConnectingAccountsState> = {
	name: 'redis-accounts',
	async inspect({names}, host) {
		const now = await inKernel(host);
		const own = await Promise.all(names.map(async name => (await accountOf(host, name)).uid));
		const file = await textOf(host, rulesFile);
		const stack = host.stack ?? 'setup';
		const stacks = new Map([...linesOf(file), [stack, names] as const]);
		const uids = withRoot([...own, ...(await uidsOfAll(stacks, host))]);
		return {file, text: rulesText(stacks, uids), uids, now, stack};
	},
	diff({names}, state) {
		const to = `root${names.map(name => `, ${name}`).join('')} and nobody else on this host`;
		if (state === 'absent') return [{what: `connections to Redis (port ${redisPort})`, from: null, to}];
		const changes: Change[] = [];
		if (state.file !== state.text) {
			const patch = patchOf(rulesFile, state.file, state.text);
			changes.push({
				key: 'file',
				what: rulesFile,
				from: state.file === undefined ? null : 'other accounts',
				to,
				...(patch !== undefined && {patch}),
			});
		}
		if (state.now?.join() !== state.uids.join())
			changes.push({
				key: 'loaded',
				what: 'rules in the kernel',
				from: state.now === undefined ? 'every account of this host' : `the accounts ${state.now.join(', ')}`,
				to,
			});
		return changes;
	},
	// Each stack has a line of its own in the file.
	holds: (_spec, host) => [{thing: `redis-accounts:${host.stack ?? 'setup'}`}],
	undoOf: (_spec, {stack}) => ({can: true, record: {stack}}),
	async apply(_spec, {file, text, now}, _changes, host) {
		if (file !== text) await write(text, file, host);
		await host.exec([nft, '--file', rulesFile]);
		if (now === undefined) await host.act('end the connections from before', () => endConnections());
	},
	async undo(record, host) {
		const {stack} = record as {readonly stack: string};
		const file = await textOf(host, rulesFile);
		if (file === undefined) return {outcome: 'already'};
		const stacks = namedIn(file);
		if (stacks === undefined) return {outcome: 'conflict', why: `${rulesFile} has rules of somebody's own`};
		if (!stacks.has(stack)) return {outcome: 'already'};
		const left = new Map([...stacks].filter(([name]) => name !== stack));
		if (left.size > 0) {
			await write(rulesText(left, await uidsOfAll(left, host)), file, host);
			await host.exec([nft, '--file', rulesFile]);
			return {outcome: 'undone'};
		}
		await host.remove(rulesFile, {was: (await host.stat(rulesFile))?.id});
		if ((await host.stat(nft)) !== undefined)
			await host.exec([nft, 'delete', 'table', 'inet', rulesTable], {codes: [0, 1]});
		return {outcome: 'undone'};
	},
};

const inKernel = async (host: Reader): Promise<readonly number[] | undefined> => {
	try {
		return await uidsNow(host);
	} catch (error) {
		if (error instanceof Blocked && error.why.because === 'no-tool')
			throw new Blocked({because: 'until', thing: 'package:nftables'});
		throw error;
	}
};

const linesOf = (file: string | undefined): ReadonlyMap<string, readonly string[]> => {
	const stacks = file === undefined ? new Map<string, readonly string[]>() : namedIn(file);
	if (stacks === undefined)
		throw new Fault(
			'redis.own-rules',
			`${rulesFile} has rules of somebody's own`,
			'Move it away, then run the same command again.',
		);
	return stacks;
};

/** An account of another stack that is gone lets nobody in. */
const uidsOfAll = async (stacks: ReadonlyMap<string, readonly string[]>, host: Reader): Promise<readonly number[]> => {
	const {users} = await host.fact(accounts);
	return [...stacks.values()].flat().flatMap(name => users.get(name)?.uid ?? []);
};

const write = (text: string, was: string | undefined, host: Host): Promise<void> =>
	host.replace(rulesFile, [text], {
		was: was === undefined ? 'absent' : sha256(was),
		mode: 0o644,
		owner: 'root:root',
		check: draft => [nft, '--check', '--file', draft],
	});

/** Whoever may come in connects anew. A Redis that is down, or asks for a password, has none of a stranger. */
const endConnections = async (): Promise<void> => {
	const kill = ['normal', 'pubsub'].map(type => ['CLIENT', 'KILL', 'TYPE', type].map(word => [word]));
	await askRedis({host: '127.0.0.1', port: redisPort}, kill, 2000).catch(() => undefined);
};

/** Loads the rules at every boot, and again where nftables.service, which empties the kernel of all rules, starts anew. */
export const rulesUnitText = `# Written by setup.
[Unit]
Description=Redis for named accounts of this host alone
After=nftables.service
PartOf=nftables.service
ReloadPropagatedFrom=nftables.service
Before=redis-server.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${nft} -f ${rulesFile}
ExecReload=${nft} -f ${rulesFile}

[Install]
WantedBy=multi-user.target
`;

/** For redis-server.service: it does not start without them, whatever became of the unit and of the rules. */
export const redisDropIn = `# Written by setup: without the rules it does not start.
[Unit]
After=${rulesUnit}
Wants=${rulesUnit}

[Service]
ExecStartPre=+${nft} -f ${rulesFile}
`;
