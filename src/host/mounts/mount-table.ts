/** What /etc/fstab wants mounted, as libmount reads it, beside what the kernel has mounted. */
import type {Fact, Reader, Stat} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';
import {fromOctal} from './octal.ts';

export type Wanted = {
	readonly source: string;
	/** Without a slash at its end; `none` for swap. */
	readonly target: string;
	readonly type: string;
	readonly options: readonly string[];
	/** From 1. */
	readonly line: number;
};

type Mounted = {readonly path: string; readonly type: string};

export type MountTable = {
	readonly wanted: readonly Wanted[];
	/** Lines that mount(8) passes over. */
	readonly unread: readonly number[];
	readonly mounted: readonly Mounted[];
};

/** Throws Blocked on an offline root. */
export const mountTable: Fact<MountTable> = {
	id: 'mount-table',
	async read(host) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'what is mounted on the running host'});
		const [fstab, mounts] = await Promise.all([textOf(host, '/etc/fstab'), textOf(host, '/proc/self/mounts')]);
		const mounted = (mounts ?? '').split('\n').flatMap(line => {
			const [, path, type = ''] = line.split(' ').map(fromOctal);
			return path === undefined ? [] : [{path, type}];
		});
		return {...fstabIn(fstab ?? ''), mounted};
	},
};

/** Lines that count; a file that somebody filled by a program is not judged to its end. */
const most = 500;

/** fstab(5): six words, the last three may be left out. A name with a blank in it that is not written \040 makes the words after it wrong. */
export const fstabIn = (text: string): Pick<MountTable, 'wanted' | 'unread'> => {
	const wanted: Wanted[] = [];
	const unread: number[] = [];
	for (const [at, written] of text.split('\n').slice(0, most).entries()) {
		const words = written
			.replace(/#.*$/, whole => (/^[ \t]*#/.test(written) ? '' : whole))
			.split(/[ \t\r]+/)
			.filter(word => word !== '');
		const ends = words.findIndex((word, place) => place > 3 && word.startsWith('#'));
		const [source, target = '', type = '', options = 'defaults', ...numbers] = words
			.slice(0, ends < 0 ? words.length : ends)
			.map(fromOctal);
		if (source === undefined) continue;
		if (type === '' || numbers.length > 2 || numbers.some(one => !/^-?\d+$/.test(one))) unread.push(at + 1);
		else if (type !== 'ignore' && (type === 'swap' || target.startsWith('/')))
			wanted.push({
				source: source.replace(/^(\w+=)"(.*)"$/, '$1$2'),
				target: target.replace(/(.)\/+$/, '$1'),
				type,
				options: options.split(','),
				line: at + 1,
			});
		else if (type !== 'ignore') unread.push(at + 1);
	}
	return {wanted, unread};
};

/** Another host has it, or a program in its stead: whoever looks at it may wait for ever, and no boot needs it for the emergency shell not to come. */
export const isRemote = ({type, options}: Pick<Wanted, 'type' | 'options'>): boolean =>
	options.includes('_netdev') ||
	/^(nfs4?|cifs|smb3|smbfs|ceph|glusterfs|fuse(\..*)?|sshfs|s3fs|curlftpfs|davfs|9p|virtiofs|afs|lustre|gfs2?|ocfs2|orangefs|pvfs2|beegfs)$/.test(
		type,
	);

/**
 * Where the source of a line must be: of a tag what udev makes of it, of a file or a device itself. Undefined for what has no place on this host (tmpfs, a
 * share, an overlay).
 */
export const placeOf = (one: Wanted): string | undefined => {
	const [, tag = '', name = ''] = /^(UUID|LABEL|PARTUUID|PARTLABEL|ID)=(.+)$/.exec(one.source) ?? [];
	if (tag !== '') return `/dev/disk/by-${tag.toLowerCase()}/${byUdev(name)}`;
	if (!/^\/(?!\/)/.test(one.source) || inMemory.test(one.type) || isRemote(one)) return undefined;
	// Several devices of one file system; and the word of some boot loaders for whatever / is.
	if (one.source.includes(':') || one.source === '/dev/root') return undefined;
	return one.source;
};

const inMemory =
	/^(tmpfs|ramfs|proc|sysfs|devtmpfs|devpts|mqueue|hugetlbfs|overlay|aufs|cgroup2?|debugfs|tracefs|securityfs|configfs|fusectl|bpf|efivarfs|binfmt_misc|zfs|mergerfs)$/;

/** Links of udev: other characters than these are written \xNN. */
const byUdev = (name: string): string =>
	name.replace(/[^\w#+\-.:=@\u0080-\uffff]/g, one => `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** Is something mounted there? Asked by the name of the line first, and where a link is on the way by where it leads. A mounted share is not touched. */
export const isMounted = async (host: Reader, target: string, mounted: readonly Mounted[]): Promise<boolean> => {
	if (mounted.some(({path}) => path === target)) return true;
	if (isBelowRemote(target, mounted)) return true;
	const real = await realOf(host, target);
	return mounted.some(({path}) => path === real);
};

/** It lies on a share, which may answer nobody. */
export const isBelowRemote = (path: string, mounted: readonly Mounted[]): boolean =>
	mounted.some(one => path.startsWith(`${one.path}/`) && (isRemote({...one, options: []}) || one.type === 'autofs'));

const realOf = async (host: Reader, path: string): Promise<string> => {
	let at = '';
	for (const word of path.split('/').filter(one => one !== '')) {
		const stat: Stat | undefined = await ifTold(() => host.stat(`${at}/${word}`, {follow: true}));
		at = stat?.at ?? `${at}/${word}`;
	}
	return at === '' ? '/' : at;
};
