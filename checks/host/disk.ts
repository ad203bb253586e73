/** Full disks break what runs in ways that name everything but the disk: a database that stops, a package half unpacked, an empty settings file. */
import {type FileSystem, fileSystems} from '#host/system/file-systems.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Remedy} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {shownBytes} from '../shared/bytes.ts';

const MiB = 1024 * 1024;

type Space = Pick<FileSystem, 'path' | 'free' | 'total'>;

const example: Space = {path: '/', free: 50 * MiB, total: 8192 * MiB};

const spaceSays = ({free, total}: Space): string => `${shownBytes(free)} of ${shownBytes(total)} are free`;

const makeRoom = ({path}: Space): Remedy => ({
	sentence: `du -xh -d 2 ${path} | sort -h shows where it is. apt-get clean and journalctl --vacuum-size=200M free some without harm.`,
});

const kinds = defineKinds({
	readOnly: {
		state: 'fail',
		says: 'it is mounted read-only, and /etc/fstab does not say so',
		remedy: {
			sentence:
				'journalctl -k says what the kernel met; the disk may be failing. Save what is on it before anything else.',
		},
	},
	fewInodes: {
		state: ({free, of}) => (free / of < 0.03 ? 'fail' : 'warn'),
		example: {free: 10, of: 65_536, path: '/'},
		says: ({free, of}) => `${free} of ${of} inodes are free`,
		remedy: ({path}) => ({
			sentence: `Many small files are what takes inodes: du --inodes -x -d 3 ${path} | sort -n shows where. Sessions, caches and mail queues are the usual ones.`,
		}),
	},
	full: {state: 'fail', example, says: spaceSays, remedy: makeRoom},
	filling: {state: 'warn', example, says: spaceSays, remedy: makeRoom},
});

export const check = defineCheck({
	id: 'host.disk',
	title: 'There is room on every disk',
	why: 'A full file system stops databases and leaves half-written files. So does one without inodes, which df -h does not show, and one that the kernel has made read-only after an error.',
	reads: [
		'/proc/self/mounts: file systems on disks, and in memory below /tmp, /run, /var, /srv',
		'statfs(2) of each: free bytes and inodes',
		'/etc/fstab: what should be writable',
	],
	severity: 'fail',
	layers: ['kernel'],
	source: 'statfs(2), proc(5)',
	verify: 'df -h and df -i; findmnt --options ro.',
	facts: {fileSystems},
	kinds,
	async inspect({host, facts}) {
		const fstab = await host.read('/etc/fstab').catch(() => undefined);
		const wanted = Buffer.from(fstab ?? '').toString('utf8');
		const found = facts.fileSystems.filter(one => one.type !== 'vfat').flatMap(one => findingsOf(one, wanted));
		if (found.length === 0)
			throw new Blocked({because: 'unreadable', need: 'no file system on a disk is among /proc/self/mounts'});
		return findings(found);
	},
});

const findingsOf = (one: FileSystem, fstab: string): readonly FoundOf<typeof kinds>[] => {
	const base = {item: one.path, expected: 'more than 10 % free'};
	const where = `statfs ${one.path} (${one.type} on ${one.device})`;
	const space = {...base, layers: {kernel: {value: `${shownBytes(one.free)} of ${shownBytes(one.total)} free`, where}}};
	if (one.readOnly && shouldBeWritable(one.path, fstab))
		return [
			{
				...base,
				expected: 'writable',
				is: 'readOnly',
				layers: {kernel: {value: 'ro', where: '/proc/self/mounts'}},
			},
		];
	if (one.readOnly)
		return [{...base, expected: 'read-only', is: 'ok', layers: {kernel: {value: 'ro', where: '/proc/self/mounts'}}}];
	const [share, files] = [one.free / one.total, one.files === 0 ? 1 : one.freeFiles / one.files];
	if (files < 0.1)
		return [
			{
				...base,
				expected: 'more than 10 % of inodes free',
				is: 'fewInodes',
				data: {free: one.freeFiles, of: one.files, path: one.path},
				layers: {kernel: {value: one.freeFiles, where}},
			},
		];
	if ((share < 0.03 && one.free < 1024 * MiB) || (one.total > 2048 * MiB && one.free < 100 * MiB))
		return [{...space, is: 'full', data: one}];
	if (share < 0.1 && one.free < 20 * 1024 * MiB) return [{...space, is: 'filling', data: one}];
	return [{...space, is: 'ok', says: `${shownBytes(one.free)} free`}];
};

const shouldBeWritable = (path: string, fstab: string): boolean => {
	const line = fstab.split('\n').find(one => !one.startsWith('#') && one.split(/\s+/)[1] === path);
	return line !== undefined && !(line.split(/\s+/)[3] ?? '').split(',').includes('ro');
};
