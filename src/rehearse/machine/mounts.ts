/** The file systems a copy of this machine is made of, and the overlays that make it. The lower directories are never written. */
import {
	chmodSync,
	chownSync,
	closeSync,
	constants,
	existsSync,
	mkdirSync,
	openSync,
	readFileSync,
	readlinkSync,
	statfsSync,
	statSync,
} from 'node:fs';
import {join} from 'node:path';
import {fromOctal} from '#host/mounts/octal.ts';
import {byPath} from '#host/owned/held-directory.ts';
import {runProgram} from '#host/programs/run-program.ts';
import {Fault} from '#model/fault.ts';
import {holdPlace} from './held-place.ts';

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
		for (const path of [...(one.at === '/' ? one.lower : []), one.upper, one.work]) {
			if (/[:,\\]/.test(path))
				throw new Fault(
					'rehearse.overlay',
					`a directory with : or , or \\ in its name cannot be part of an overlay: ${path}`,
					'Put the state directory or the image elsewhere.',
				);
		}
		await mountLayer(guard, merged, one);
	}
};

/** What is mounted below the root may lie in somebody's directory: both ends are held. */
const mountLayer = async (guard: number, merged: string, one: Layer): Promise<void> => {
	const lower = one.at === '/' ? undefined : holdMount(guard, one.at);
	try {
		const from = lower === undefined ? one.lower : [`/proc/${process.pid}/fd/${lower}`];
		makeUpper(guard, one, from[0] ?? '/');
		// volatile: nothing in a throw-away host needs to survive a power cut, and dpkg's syncs would cost the real host its disk.
		const options = [
			`lowerdir=${from.join(':')}`,
			`upperdir=${one.upper}`,
			`workdir=${one.work}`,
			'redirect_dir=on',
			'volatile',
		];
		const ran = await mountOn(guard, merged, one.at, 'there', ['-t', 'overlay', 'overlay', '-o', options.join(',')]);
		if (ran.code !== 0)
			throw new Fault(
				'rehearse.overlay',
				`no overlay can be put over ${one.at}: ${ran.stderr.trim()}`,
				'The kernel takes an overlay over at most one other overlay, and none as the place for changes. Use --base, or put a plain directory at /var/lib/host-setup.',
			);
	} finally {
		if (lower !== undefined) closeSync(lower);
	}
};

/** The root of what the guard has mounted there. Throws Fault 'rehearse.overlay' where a link led elsewhere, or the mount was moved meanwhile. */
const holdMount = (guard: number, at: string): number => {
	const fd = openSync(`/proc/${guard}/root${at}`, byPath | constants.O_DIRECTORY);
	if (readlinkSync(`/proc/self/fd/${fd}`) === at) return fd;
	closeSync(fd);
	throw new Fault(
		'rehearse.overlay',
		`what is mounted on ${at} was moved while it was looked at`,
		'See who owns the directories above it; run it again when nobody changes them.',
	);
};

/** The root of the merged tree has the attributes of the upper directory, so that takes them from the lower one. Through the guard, who may have a tmpfs there. */
const makeUpper = (guard: number, one: Layer, lower: string): void => {
	const upper = `/proc/${guard}/root${one.upper}`;
	mkdirSync(`/proc/${guard}/root${one.work}`, {recursive: true, mode: 0o700});
	if (existsSync(upper)) return;
	mkdirSync(upper, {recursive: true, mode: 0o700});
	const like = statSync(lower);
	chownSync(upper, like.uid, like.gid);
	chmodSync(upper, like.mode & 0o7777);
};

/** Runs a program in the guard's mount namespace. */
const inMounts = (guard: number, argv: readonly string[]): ReturnType<typeof runProgram> =>
	runProgram(['nsenter', `--mount=/proc/${guard}/ns/mnt`, ...argv], {timeout: 60_000});

/** Mounts something there, making the mount point first unless it is there. Throws Fault 'rehearse.mount'. */
export const mountInside = async (
	guard: number,
	merged: string,
	at: string,
	argv: readonly string[],
	kind: 'directory' | 'file' | 'there' = 'directory',
): Promise<void> => {
	const ran = await mountOn(guard, merged, at, kind, argv);
	if (ran.code !== 0)
		throw new Fault(
			'rehearse.mount',
			`${at} cannot be mounted inside the throw-away host: ${ran.stderr.trim()}`,
			'See whether what is to be mounted exists.',
		);
};

/** A bind is read-only by a second look at it, which must not go by the name either. */
const mountOn = async (
	guard: number,
	merged: string,
	at: string,
	kind: 'directory' | 'file' | 'there',
	argv: readonly string[],
): ReturnType<typeof runProgram> => {
	const place = holdPlace(`/proc/${guard}/root${merged}`, at, kind);
	try {
		const readOnly = argv[0] === '--bind' && argv.includes('ro');
		const first = readOnly ? argv.filter(word => word !== '-o' && word !== 'ro') : argv;
		const ran = await inMounts(guard, ['mount', '--no-canonicalize', ...first, place.path]);
		if (ran.code !== 0 || !readOnly) return ran;
		return await inMounts(guard, ['mount', '--no-canonicalize', '-o', 'remount,bind,ro', place.top()]);
	} finally {
		place.close();
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
