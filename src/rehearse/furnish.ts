/** All that is put into a throw-away host before it boots: its layers, its mounts, its masks, its resolver. */
import {existsSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type Masks, masksFor, writeMasks} from './machine/masks.ts';
import {isOverlay, type Layer, layer, layersOfHost, mountInside} from './machine/mounts.ts';
import type {Claim} from './record.ts';
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
	const masks = copy ? masksFor('/', options.unmask ?? []) : {masked: quiet, held: []};
	writeMasks(masksIn(known), masks.masked);
	// Its own journal, no users that linger, and not ourselves.
	if (copy)
		for (const at of ['/var/log/journal', '/var/lib/systemd/linger', stateDir])
			if (existsSync(at)) await mountInside(guard, merged, at, ['-t', 'tmpfs', '-o', 'mode=0755', 'host-setup']);
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

/** Makes it ask these name servers: a plain file, for a link would lead to a resolver that has no servers here. */
export const putResolver = (root: string, text: string): void => {
	const path = join(root, 'etc/resolv.conf');
	if (lstatSync(path, {throwIfNoEntry: false})?.isFile() && readFileSync(path, 'utf8') === text) return;
	rmSync(path, {force: true});
	writeFileSync(path, text, {mode: 0o644});
};
