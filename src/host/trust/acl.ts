/**
 * POSIX access lists, acl(5). Node cannot read extended attributes, and getfacl is not on every host; Perl is (perl-base is essential), and
 * makes the call itself. Asked only for what the mode calls writable by the group: where a list is, those bits are its mask.
 */
import {spawnSync} from 'node:child_process';

export type AclEntry = {readonly kind: 'owning-group' | 'user' | 'group'; readonly id: number};

const perl = '/usr/bin/perl';

/** Who may write by the list of that file beside its owner and everybody, the mask applied. 'none': it has no list. undefined: it could not be read. */
export const aclWriters = (path: string): readonly AclEntry[] | 'none' | undefined => {
	const call = calls[process.arch];
	if (call === undefined) return undefined;
	const {status, stdout} = spawnSync(perl, ['-e', script, String(call), path], {
		cwd: '/',
		env: {PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8'},
		timeout: 5000,
		encoding: 'latin1',
	});
	if (status !== 0) return undefined;
	return stdout === '' ? 'none' : parseAcl(Buffer.from(stdout, 'hex'));
};

/** The number of getxattr(2). */
const calls: Partial<Record<NodeJS.Architecture, number>> = {x64: 191, arm64: 8};

/** ENODATA (61) and EOPNOTSUPP (95) say that there is no list. */
const script = [
	'my ($call, $path) = @ARGV;',
	'my $name = "system.posix_acl_access\\0"; $path .= "\\0"; my $list = "\\0" x 65536;',
	'my $size = syscall($call + 0, $path, $name, $list, 65536);',
	'exit($! == 61 || $! == 95 ? 0 : 1) if $size < 0;',
	'print unpack("H*", substr($list, 0, $size));',
].join(' ');

/** linux/posix_acl_xattr.h: a version, then tag, permissions and id of each entry, little-endian. */
export const parseAcl = (bytes: Buffer): readonly AclEntry[] | undefined => {
	if (bytes.length < 4 || bytes.readUInt32LE(0) !== 2) return undefined;
	const entries = Array.from({length: Math.floor((bytes.length - 4) / 8)}, (_none, at) => ({
		tag: bytes.readUInt16LE(4 + at * 8),
		write: (bytes.readUInt16LE(6 + at * 8) & 2) !== 0,
		id: bytes.readUInt32LE(8 + at * 8),
	}));
	const mask = entries.find(({tag}) => tag === 0x10)?.write ?? true;
	if (!mask) return [];
	return entries.flatMap(({tag, write, id}) => {
		const kind = kinds[tag];
		return write && kind !== undefined ? [{kind, id}] : [];
	});
};

const kinds: Readonly<Record<number, AclEntry['kind']>> = {2: 'user', 4: 'owning-group', 8: 'group'};
