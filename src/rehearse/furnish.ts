/** All that is put into a throw-away host before it boots: its layers, its mounts, its masks, its resolver. */
import {
	chmodSync,
	chownSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readFileSync,
	realpathSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {type Masks, masksFor, writeMasks} from './machine/masks.ts';
import {isOverlay, type Layer, layer, layersOfHost, mountInside} from './machine/mounts.ts';
import type {Claim} from './made-so-far.ts';
import type {FreshServer} from './servers/fresh-server.ts';
import type {HostOptions} from './types.ts';

/** Where the directories of throw-away hosts are. */
export const stateDir = '/var/lib/host-setup/rehearse';

/** Where its changes go: a directory of its own, or memory where that cannot take them. */
export const storeFor = async (known: Claim, guard: number, options: HostOptions): Promise<string> => {
	const store = join(known.dir, 'store');
	mkdirSync(store, {mode: 0o700});
	if (options.upper !== 'tmpfs' && !isOverlay(store)) return store;
	await mountInside(guard, known.dir, 'store', ['-t', 'tmpfs', '-o', 'mode=0700', 'host-setup']);
	return store;
};

/** The overlays it is made of. */
export const layersFor = (options: HostOptions, store: string): readonly Layer[] => {
	if (options.lower === 'host')
		return layersOfHost(store, path => statSync(path, {throwIfNoEntry: false})?.isDirectory() ?? false);
	const upper = typeof options.upper === 'object' ? options.upper.dir : undefined;
	return [
		layer(
			'/',
			options.lower,
			upper ?? join(store, 'upper'),
			upper === undefined ? join(store, 'work') : `${upper}.work`,
		),
	];
};

/** All that is mounted over the merged tree before it boots. */
export const furnish = async (known: Claim, guard: number, merged: string, options: HostOptions): Promise<Masks> => {
	const copy = options.lower === 'host';
	const servers = options.servers ?? [];
	const masks = copy
		? masksFor(
				'/',
				options.unmask ?? [],
				servers.map(({units}) => units),
			)
		: {masked: stillQuiet(options.unmask ?? []), held: [], waiting: []};
	writeMasks(masksIn(known), masks.masked);
	// Its own journal, no users that linger, and not ourselves.
	if (copy)
		for (const at of ['/var/log/journal', '/var/lib/systemd/linger', stateDir])
			if (existsSync(at)) await mountInside(guard, merged, at, ['-t', 'tmpfs', '-o', 'mode=0755', 'host-setup']);
	if (copy) await emptyData(known, guard, merged, servers);
	for (const [n, at] of (options.plain ?? ['/var/lib/docker', '/var/lib/containers']).entries()) {
		const own = join(known.dir, `plain${n}`);
		mkdirSync(own, {mode: 0o711});
		await mountInside(guard, merged, at, ['--bind', own]);
	}
	for (const bind of options.binds ?? []) {
		const kind = statSync(bind.from).isDirectory() ? 'directory' : 'file';
		await mountInside(guard, merged, bind.to, ['--bind', ...(bind.readOnly ? ['-o', 'ro'] : []), bind.from], kind);
	}
	return masks;
};

/** What lies there on this host is not seen inside; a directory that went meanwhile is nobody's data. */
const emptyData = async (
	known: Claim,
	guard: number,
	merged: string,
	servers: readonly FreshServer[],
): Promise<void> => {
	for (const [n, at] of [...new Set(servers.flatMap(({directories}) => directories))].entries()) {
		const real = realpathOf(at);
		const like = real === undefined ? undefined : lstatSync(real, {throwIfNoEntry: false});
		if (real === undefined || !like?.isDirectory()) continue;
		const own = join(known.dir, `data${n}`);
		mkdirSync(own, {mode: 0o700});
		chownSync(own, like.uid, like.gid);
		chmodSync(own, like.mode & 0o7777);
		await mountInside(guard, merged, real, ['--bind', own], 'there');
	}
};

const realpathOf = (path: string): string | undefined => {
	try {
		return realpathSync(path);
	} catch {
		return undefined;
	}
};

/** Its directory of masks. */
export const masksIn = (known: Claim): string => join(known.dir, 'masks');

/** In a base image: what would take apt's lock at a moment of its own choosing. */
const quiet: readonly string[] = [
	'apt-daily.timer',
	'apt-daily-upgrade.timer',
	'apt-daily.service',
	'apt-daily-upgrade.service',
	'dpkg-db-backup.timer',
	'e2scrub_all.timer',
	'e2scrub_reap.service',
	'fstrim.timer',
	'man-db.timer',
	'console-getty.service',
	'systemd-networkd-wait-online.service',
];

/** A timer does not start while what it triggers is masked. */
const stillQuiet = (unmask: readonly string[]): readonly string[] =>
	quiet.filter(name => !unmask.includes(name) && !unmask.includes(name.replace(/\.service$/, '.timer')));

/** An image that no installer made lacks it, and then nobody there knows localhost. */
export const putHosts = (root: string): void => {
	const path = join(root, 'etc/hosts');
	if (lstatSync(path, {throwIfNoEntry: false}) === undefined)
		writeFileSync(path, '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n', {mode: 0o644});
};

/** Makes it ask these name servers: a plain file, for a link would lead to a resolver that has no servers here. */
export const putResolver = (root: string, text: string): void => {
	const path = join(root, 'etc/resolv.conf');
	if (lstatSync(path, {throwIfNoEntry: false})?.isFile() && readFileSync(path, 'utf8') === text) return;
	rmSync(path, {force: true});
	writeFileSync(path, text, {mode: 0o644});
};
