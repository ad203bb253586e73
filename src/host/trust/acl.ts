/**
 * POSIX access lists, acl(5). Node cannot read extended attributes, and getfacl is not on every host; Perl is (perl-base is essential), and
 * makes the call itself. Asked only for what the mode calls writable by the group: where a list is, those bits are its mask.
 */
import {spawnSync} from 'node:child_process';

export type AclEntry = {readonly kind: 'owning-group' | 'user' | 'group'; readonly id: number};

const perl = '/usr/bin/perl';

/** What was found of one file: who may, 'none' where it has no list, undefined where it could not be read. */
export type Acl = readonly AclEntry[] | 'none' | undefined;

/** Who may write by the list of that file beside its owner and everybody, the mask applied. */
export const aclWriters = (path: string): Acl => aclsOf([path], 2)[0];

/** The same for who may read, of several files by one Perl. */
export const aclReaders = (paths: readonly string[]): readonly Acl[] => aclsOf(paths, 4);

const aclsOf = (paths: readonly string[], bit: number): readonly Acl[] => {
	const call = calls[process.arch];
	if (call === undefined) return paths.map(() => undefined);
	if (paths.length > mostAtOnce)
		return [...aclsOf(paths.slice(0, mostAtOnce), bit), ...aclsOf(paths.slice(mostAtOnce), bit)];
	const {stdout} = spawnSync(perl, ['-e', script, String(call), ...paths], {
		cwd: '/',
		env: {PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8'},
		timeout: 5000,
		maxBuffer: 16 * 1024 * 1024,
		encoding: 'latin1',
	});
	const lines = (stdout ?? '').split('\n');
	return paths.map((_path, at) => {
		const line = lines[at];
		return line === 'none'
			? line
			: /^([0-9a-f]{2})+$/.test(line ?? '')
				? parseAcl(Buffer.from(line!, 'hex'), bit)
				: undefined;
	});
};

/** All of them, each of the longest, are few enough for the arguments of a program. */
const mostAtOnce = 200;

/** The number of getxattr(2). */
const calls: Partial<Record<NodeJS.Architecture, number>> = {x64: 191, arm64: 8};

/** A line for each path. ENODATA (61) and EOPNOTSUPP (95) say that there is no list. */
const script = [
	'my $call = shift; my $name = "system.posix_acl_access\\0";',
	'for my $path (@ARGV) {',
	'my $list = "\\0" x 65536; my $size = syscall($call + 0, "$path\\0", $name, $list, 65536);',
	'print $size >= 0 ? unpack("H*", substr($list, 0, $size)) : $! == 61 || $! == 95 ? "none" : "?", "\\n";',
	'}',
].join(' ');

/** linux/posix_acl_xattr.h: a version, then tag, permissions and id of each entry, little-endian. `bit`: 4 to read, 2 to write. */
export const parseAcl = (bytes: Buffer, bit = 2): readonly AclEntry[] | undefined => {
	if (bytes.length < 4 || bytes.readUInt32LE(0) !== 2) return undefined;
	const entries = Array.from({length: Math.floor((bytes.length - 4) / 8)}, (_none, at) => ({
		tag: bytes.readUInt16LE(4 + at * 8),
		may: (bytes.readUInt16LE(6 + at * 8) & bit) !== 0,
		id: bytes.readUInt32LE(8 + at * 8),
	}));
	const mask = entries.find(({tag}) => tag === 0x10)?.may ?? true;
	if (!mask) return [];
	return entries.flatMap(({tag, may, id}) => {
		const kind = kinds[tag];
		return may && kind !== undefined ? [{kind, id}] : [];
	});
};

const kinds: Readonly<Record<number, AclEntry['kind']>> = {2: 'user', 4: 'owning-group', 8: 'group'};
