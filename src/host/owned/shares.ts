/**
 * Where a look may wait: what a network share or a file system of some program gives, for ever when its server is away. Everywhere else a call at once takes a
 * fifth of the time that a pool of threads does.
 */
import {readFileSync} from 'node:fs';
import {fromOctal} from '../mounts/octal.ts';

/** File systems of this machine's own disks and of the kernel. Of one that is not among them nobody knows how long it takes. */
const local = new Set(
	'bcachefs binfmt_misc bpf btrfs cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs erofs exfat ext2 ext3 ext4 f2fs fusectl hugetlbfs iso9660 jfs mqueue ntfs3 nsfs overlay proc pstore ramfs reiserfs securityfs selinuxfs squashfs sysfs tmpfs tracefs udf vfat xfs zfs'.split(
		' ',
	),
);

/** What the system itself is started from: never a share that could be away while we run. */
const ofSystem = /^\/(boot|etc|proc|run|sys|usr|var\/lib\/(apt|dpkg))(\/|$)/;

/** May a call on this path, links not looked at, wait for somebody else? */
export const mayWait = (path: string): boolean => {
	if (ofSystem.test(path)) return false;
	const shares = sharesNow();
	return shares.some(share => share === '/' || path === share || path.startsWith(`${share}/`));
};

/** Milliseconds: mounts come and go, and asking each time would cost more than it saves. */
const fresh = 2000;
let known: {readonly shares: readonly string[]; readonly at: number} | undefined;

const sharesNow = (): readonly string[] => {
	if (known === undefined || performance.now() - known.at > fresh) known = {shares: shares(), at: performance.now()};
	return known.shares;
};

const shares = (): readonly string[] => {
	try {
		return sharesIn(readFileSync('/proc/self/mountinfo', 'utf8'));
	} catch {
		return ['/'];
	}
};

/** The places of a mountinfo (proc_pid_mountinfo(5)) where something that is not this machine's own is mounted. */
export const sharesIn = (mountinfo: string): readonly string[] =>
	mountinfo.split('\n').flatMap(line => {
		const [before = '', behind] = line.split(' - ');
		const type = behind?.split(' ')[0];
		const place = before.split(' ')[4];
		if (type === undefined || place === undefined || local.has(type)) return [];
		return [fromOctal(place)];
	});
