/** The file systems a copy of this machine is made of, and the overlays that make it. The lower directories are never written. */
import {chmodSync, chownSync, existsSync, mkdirSync, readFileSync, statfsSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {fromOctal} from '#host/mounts/octal.ts';
import {runProgram} from '#host/programs/run-program.ts';
import {Fault} from '#model/fault.ts';

/** One overlay: the lower directories (the top one first), where it is seen inside, and where its changes go. */
export type Layer = {
	readonly at: string;
	readonly lower: readonly string[];
	readonly upper: string;
	readonly work: string;
};

/** Mount points of this machine's real file systems, parents first. Pseudo, network and temporary ones are left out, and so are we ourselves. */
export const realMounts = (mountinfo: string = readFileSync('/proc/self/mountinfo', 'utf8')): readonly string[] => {
	const found = mountinfo
		.split('\n')
		.filter(line => line !== '')
		.flatMap(line => {
			const fields = line.split(' ');
			const at = fromOctal(fields[4] ?? '');
			const kind = fields[fields.indexOf('-') + 1] ?? '';
			if (at === '/') return [at];
			return kinds.has(kind) && !left.some(prefix => at === prefix || at.startsWith(`${prefix}/`)) ? [at] : [];
		});
	return [...new Set(found)].sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
};

/** The overlays for a copy of this machine. */
export const layersOfHost = (store: string, directories: (path: string) => boolean): readonly Layer[] =>
	realMounts()
		.filter(directories)
		.map((at, n) => layer(at, [at], join(store, `upper${n === 0 ? '' : n}`), join(store, `work${n === 0 ? '' : n}`)));

export const layer = (at: string, lower: readonly string[], upper: string, work: string): Layer => ({
	at,
	lower,
	upper,
	work,
});

/** Mounts the overlays below `merged`, in the mount namespace of `guard`. Throws Fault 'rehearse.overlay'. */
export const mountLayers = async (guard: number, merged: string, layers: readonly Layer[]): Promise<void> => {
	for (const one of layers) {
		const absent = one.lower.find(path => !existsSync(path));
		if (absent !== undefined)
			throw new Fault(
				'rehearse.overlay',
				`there is no directory ${absent} to make a throw-away host of`,
				'Build the image first: a release by its name does that by itself.',
			);
		makeUpper(guard, one);
		for (const path of [...one.lower, one.upper, one.work]) {
			if (/[:,\\]/.test(path))
				throw new Fault(
					'rehearse.overlay',
					`a directory with : or , or \\ in its name cannot be part of an overlay: ${path}`,
					'Put the state directory or the image elsewhere.',
				);
		}
		// volatile: nothing in a throw-away host needs to survive a power cut, and dpkg's syncs would cost the real host its disk.
		const options = [
			`lowerdir=${one.lower.join(':')}`,
			`upperdir=${one.upper}`,
			`workdir=${one.work}`,
			'redirect_dir=on',
			'volatile',
		];
		const ran = await inMounts(guard, [
			'mount',
			'-t',
			'overlay',
			'overlay',
			'-o',
			options.join(','),
			join(merged, one.at),
		]);
		if (ran.code !== 0)
			throw new Fault(
				'rehearse.overlay',
				`no overlay can be put over ${one.at}: ${ran.stderr.trim()}`,
				'The kernel takes an overlay over at most one other overlay, and none as the place for changes. Use --base, or put a plain directory at /var/lib/host-setup.',
			);
	}
};

/** The root of the merged tree has the attributes of the upper directory, so that takes them from the lower one. Through the guard, who may have a tmpfs there. */
const makeUpper = (guard: number, one: Layer): void => {
	const upper = `/proc/${guard}/root${one.upper}`;
	mkdirSync(`/proc/${guard}/root${one.work}`, {recursive: true, mode: 0o700});
	if (existsSync(upper)) return;
	mkdirSync(upper, {recursive: true, mode: 0o700});
	const like = statSync(one.lower[0] ?? '/');
	chownSync(upper, like.uid, like.gid);
	chmodSync(upper, like.mode & 0o7777);
};

/** Runs a program in the guard's mount namespace. */
const inMounts = (guard: number, argv: readonly string[]): ReturnType<typeof runProgram> =>
	runProgram(['nsenter', `--mount=/proc/${guard}/ns/mnt`, ...argv], {timeout: 60_000});

/** Mounts something there, making the mount point first unless it is there. */
export const mountInside = async (
	guard: number,
	merged: string,
	at: string,
	argv: readonly string[],
	kind: 'directory' | 'file' | 'there' = 'directory',
): Promise<void> => {
	const target = join(merged, at);
	const make = {directory: [['mkdir', '-p', target]], file: [['touch', target]], there: []}[kind];
	for (const program of [...make, ['mount', ...argv, target]]) {
		const ran = await inMounts(guard, program);
		if (ran.code !== 0)
			throw new Fault(
				'rehearse.mount',
				`${at} cannot be mounted inside the throw-away host: ${ran.stderr.trim()}`,
				'See whether what is to be mounted exists.',
			);
	}
};

/** Is this path on an overlay, which cannot take another one's changes? */
export const isOverlay = (path: string): boolean => statfsSync(path).type === 0x794c7630;

const kinds = new Set(['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'f2fs', 'zfs', 'jfs', 'reiserfs', 'bcachefs']);

const left = [
	'/proc',
	'/sys',
	'/dev',
	'/run',
	'/tmp',
	'/boot/efi',
	'/var/lib/docker',
	'/var/lib/containers',
	'/var/lib/host-setup/rehearse',
];
