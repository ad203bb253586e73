/** Who listens where, from the kernel's own tables, with the program and the unit behind each socket: no `ss`, which a bare host lacks. */
import {readdirSync, readlinkSync} from 'node:fs';
import type {Fact, Reader} from '#model/host.ts';

export type Listener = {
	readonly protocol: 'tcp' | 'tcp6' | 'udp' | 'udp6';
	/** `127.0.0.1`, `0.0.0.0`, `::`, `::1`. */
	readonly address: string;
	readonly port: number;
	readonly uid: number;
	/** Missing where we may not look, or where the kernel itself listens. */
	readonly process?: {readonly pid: number; readonly name: string; readonly unit?: string};
};

/** TCP sockets in LISTEN and bound UDP sockets of this network namespace. */
export const listeners: Fact<readonly Listener[]> = {
	id: 'listeners',
	async read(host) {
		const tables = await Promise.all(
			(['tcp', 'tcp6', 'udp', 'udp6'] as const).map(async protocol =>
				parseTable(await textOf(host, `/proc/net/${protocol}`), protocol),
			),
		);
		const sockets = tables.flat();
		const owners = await ownersOf(host, new Set(sockets.map(socket => socket.inode)));
		return sockets.map(({inode, ...socket}) => {
			const process = owners.get(inode);
			return process === undefined ? socket : {...socket, process};
		});
	},
};

/**
 * Whether the system has started who listens: root's own, or what belongs to one of its services, as the control group says. What a person started, or cron
 * for one, is a stranger under whatever name.
 */
export const isOfSystem = ({uid, process}: Pick<Listener, 'uid' | 'process'>): boolean =>
	uid === 0 || process?.unit === undefined || !ofPeople.test(process.unit);

const ofPeople = /^(session-|user@|sshd?[@.]|cron\.|anacron\.|atd\.|(console-|serial-)?getty@)/;

/** Does a socket that is bound to `address` take connections to `asked`, an address or localhost? */
export const answersFor = (address: string, asked: string): boolean =>
	['0.0.0.0', '::', asked, `::ffff:${asked}`].includes(address) ||
	(asked === 'localhost' && /^(127\.|::1$|::ffff:127\.)/.test(address));

/** The rows of /proc/net/{tcp,udp}{,6} that listen. */
export const parseTable = (
	text: string,
	protocol: Listener['protocol'],
): readonly (Omit<Listener, 'process'> & {readonly inode: string})[] =>
	text
		.split('\n')
		.slice(1)
		.flatMap(line => {
			const [, local = '', , state, , , , uid, , inode = ''] = line.trim().split(/\s+/);
			const [address = '', port = ''] = local.split(':');
			if (state !== (protocol.startsWith('tcp') ? '0A' : '07')) return [];
			return [
				{
					protocol,
					address: address.length === 8 ? ip4(address) : ip6(address),
					port: Number.parseInt(port, 16),
					uid: Number(uid),
					inode,
				},
			];
		});

const ip4 = (hex: string): string =>
	(hex.match(/../g) ?? [])
		.toReversed()
		.map(byte => Number.parseInt(byte, 16))
		.join('.');

/** Four words of the host's byte order. IPv4 in IPv6 is written as such. */
const ip6 = (hex: string): string => {
	const bytes = (hex.match(/.{8}/g) ?? []).flatMap(word => (word.match(/../g) ?? []).toReversed());
	if (bytes.slice(0, 10).every(byte => byte === '00') && bytes[10] === 'FF' && bytes[11] === 'FF')
		return `::ffff:${bytes
			.slice(12)
			.map(byte => Number.parseInt(byte, 16))
			.join('.')}`;
	const words = Array.from({length: 8}, (_, at) =>
		Number.parseInt(`${bytes[at * 2]}${bytes[at * 2 + 1]}`, 16).toString(16),
	);
	const zeros = words
		.join(':')
		.match(/(?:^|:)0(?::0)+(?=:|$)/g)
		?.toSorted((a, b) => b.length - a.length)[0];
	if (zeros === undefined) return words.join(':');
	const [before = '', after = ''] = splitOnce(words.join(':'), zeros);
	return `${before}::${after.replace(/^:/, '')}`;
};

const splitOnce = (text: string, at: string): readonly string[] => [
	text.slice(0, text.indexOf(at)),
	text.slice(text.indexOf(at) + at.length),
];

const ownersOf = async (
	host: Reader,
	inodes: ReadonlySet<string>,
): Promise<ReadonlyMap<string, NonNullable<Listener['process']>>> => {
	if (inodes.size === 0 || host.root !== '/') return new Map();
	const found = new Map<string, number>();
	for (const [inode, pid] of socketsOfProcesses(inodes)) {
		const known = found.get(inode);
		// Of a master and its workers the oldest is the one to name; pid 1 only holds sockets for others.
		if (known === undefined || known === 1 || (pid !== 1 && pid < known)) found.set(inode, pid);
	}
	const processes = new Map(
		await Promise.all([...new Set(found.values())].map(async pid => [pid, await processOf(host, pid)] as const)),
	);
	return new Map([...found].map(([inode, pid]) => [inode, processes.get(pid)!]));
};

/** Synchronous on purpose: thousands of tiny calls into the kernel, which a thread pool makes twenty times slower. */
const socketsOfProcesses = (inodes: ReadonlySet<string>): readonly (readonly [string, number])[] => {
	const pids = orNone(() => readdirSync('/proc')).filter(name => /^\d+$/.test(name));
	return pids.flatMap(pid =>
		orNone(() => readdirSync(`/proc/${pid}/fd`))
			.flatMap(name => orNone(() => [readlinkSync(`/proc/${pid}/fd/${name}`)]))
			.filter(link => link.startsWith('socket:[') && inodes.has(link.slice(8, -1)))
			.map(link => [link.slice(8, -1), Number(pid)] as const),
	);
};

/** A process may end, or may not be ours to look into, at any moment. */
const orNone = (look: () => string[]): string[] => {
	try {
		return look();
	} catch {
		return [];
	}
};

const processOf = async (host: Reader, pid: number): Promise<NonNullable<Listener['process']>> => {
	const [comm, cgroup] = await Promise.all([textOf(host, `/proc/${pid}/comm`), textOf(host, `/proc/${pid}/cgroup`)]);
	const unit = /\/([^/\n]+\.(?:service|socket|scope))(?:\n|$|\/)/.exec(cgroup)?.[1];
	return {pid, name: comm.trim(), ...(unit !== undefined && {unit})};
};

const textOf = async (host: Reader, path: string): Promise<string> =>
	Buffer.from((await host.read(path).catch(() => undefined)) ?? '').toString('utf8');
