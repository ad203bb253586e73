/** Full disks break what runs in ways that name everything but the disk: a database that stops, a package half unpacked, an empty settings file. */
import {type FileSystem, fileSystems} from '#host/system/file-systems.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {shownBytes} from '../shared/bytes.ts';

const MiB = 1024 * 1024;

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
	async inspect({host, facts}) {
		const fstab = await host.read('/etc/fstab').catch(() => undefined);
		const wanted = Buffer.from(fstab ?? '').toString('utf8');
		const found = facts.fileSystems.filter(one => one.type !== 'vfat').flatMap(one => findingsOf(one, wanted));
		if (found.length === 0)
			throw new Blocked({because: 'unreadable', need: 'no file system on a disk is among /proc/self/mounts'});
		return findings(found);
	},
	remedy: finding => ({
		sentence: /inodes/.test(finding.says ?? '')
			? `Many small files are what takes inodes: du --inodes -x -d 3 ${finding.item} | sort -n shows where. Sessions, caches and mail queues are the usual ones.`
			: /read-only/.test(finding.says ?? '')
				? 'journalctl -k says what the kernel met; the disk may be failing. Save what is on it before anything else.'
				: `du -xh -d 2 ${finding.item ?? '/'} | sort -h shows where it is. apt-get clean and journalctl --vacuum-size=200M free some without harm.`,
	}),
});

const findingsOf = (one: FileSystem, fstab: string): readonly Finding[] => {
	const base = {item: one.path, expected: 'more than 10 % free'};
	const where = `statfs ${one.path} (${one.type} on ${one.device})`;
	const space = {...base, layers: {kernel: {value: `${shownBytes(one.free)} of ${shownBytes(one.total)} free`, where}}};
	if (one.readOnly && shouldBeWritable(one.path, fstab))
		return [
			{
				...base,
				expected: 'writable',
				state: 'fail',
				says: 'it is mounted read-only, and /etc/fstab does not say so',
				layers: {kernel: {value: 'ro', where: '/proc/self/mounts'}},
			},
		];
	if (one.readOnly)
		return [{...base, expected: 'read-only', state: 'ok', layers: {kernel: {value: 'ro', where: '/proc/self/mounts'}}}];
	const [share, files] = [one.free / one.total, one.files === 0 ? 1 : one.freeFiles / one.files];
	if (files < 0.1)
		return [
			{
				...base,
				expected: 'more than 10 % of inodes free',
				state: files < 0.03 ? 'fail' : 'warn',
				says: `${one.freeFiles} of ${one.files} inodes are free`,
				layers: {kernel: {value: one.freeFiles, where}},
			},
		];
	if ((share < 0.03 && one.free < 1024 * MiB) || (one.total > 2048 * MiB && one.free < 100 * MiB))
		return [{...space, state: 'fail', says: `${shownBytes(one.free)} of ${shownBytes(one.total)} are free`}];
	if (share < 0.1 && one.free < 20 * 1024 * MiB)
		return [{...space, state: 'warn', says: `${shownBytes(one.free)} of ${shownBytes(one.total)} are free`}];
	return [{...space, state: 'ok', says: `${shownBytes(one.free)} free`}];
};

const shouldBeWritable = (path: string, fstab: string): boolean => {
	const line = fstab.split('\n').find(one => !one.startsWith('#') && one.split(/\s+/)[1] === path);
	return line !== undefined && !(line.split(/\s+/)[3] ?? '').split(',').includes('ro');
};
