import {spawnSync} from 'node:child_process';
import {chmodSync, chownSync, lchownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {parseAcl} from '#host/trust/acl.ts';
import {createTrusting, isRoots, type Trust} from '#host/trust/who-may-write.ts';

let root: string;
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'trust-'));
	chmodSync(root, 0o755);
	for (const directory of ['etc', 'usr/bin', 'home/anna', 'tmp', 'srv'])
		mkdirSync(join(root, directory), {recursive: true});
	chmodSync(join(root, 'tmp'), 0o1777);
	write('etc/passwd', 'root:x:0:0::/root:\nanna:x:1000:1000::/home/anna:\nben:x:1001:100::/:\n');
	write('etc/group', 'root:x:0:\nstaff:x:50:\nusers:x:100:\nweb:x:200:anna\nempty:x:300:\nanna:x:1000:\n');
	write('usr/bin/tool', '');
});
afterEach(() => rmSync(root, {recursive: true, force: true}));

const write = (path: string, text: string): void => writeFileSync(join(root, path), text, {mode: 0o644});
const give = (path: string, uid: number, gid = uid): void => chownSync(join(root, path), uid, gid);
const mode = (path: string, bits: number): void => chmodSync(join(root, path), bits);
const asked = (path: string): Trust => createTrusting(root)(path);
const told = (path: string): readonly string[] => asked(path).writers.map(({path: at, words}) => `${at}: ${words}`);

// Owners are given away, which is root's to do; who may write is asked by anybody.
describe.runIf(process.getuid?.() === 0)('who may write what root reads', () => {
	test('nobody else', () => {
		expect(asked('/usr/bin/tool')).toEqual({path: '/usr/bin/tool', writers: [], end: 'file', real: '/usr/bin/tool'});
		expect(isRoots(asked('/usr/bin/tool'))).toBe(true);
	});

	test('its owner, and the owner of any directory above', () => {
		give('usr/bin/tool', 1000);
		expect(told('/usr/bin/tool')).toEqual(['/usr/bin/tool: the user anna']);
		give('usr/bin/tool', 0);
		give('usr', 4711);
		expect(told('/usr/bin/tool')).toEqual(['/usr: the user uid 4711']);
	});

	test('a group with members by list or as their own; not one of nobody, nor root', () => {
		mode('usr/bin/tool', 0o664);
		for (const [gid, expected] of [
			[0, []],
			[50, []],
			[300, []],
			[200, ['/usr/bin/tool: the group web (anna)']],
			[100, ['/usr/bin/tool: the group users (ben)']],
			[999, ['/usr/bin/tool: the group gid 999 (whose members a directory may name)']],
		] as const) {
			give('usr/bin/tool', 0, gid);
			expect(told('/usr/bin/tool')).toEqual(expected);
		}
	});

	test('a group without local members where a directory brings some', () => {
		write('etc/nsswitch.conf', 'passwd: files ldap\ngroup: files\n');
		mode('usr/bin/tool', 0o664);
		give('usr/bin/tool', 0, 300);
		expect(told('/usr/bin/tool')).toEqual(['/usr/bin/tool: the group empty (whose members a directory may name)']);
		give('usr/bin/tool', 0, 50);
		expect(told('/usr/bin/tool')).toEqual([]);
	});

	test('members of the group root', () => {
		write('etc/group', 'root:x:0:anna\n');
		mode('usr/bin/tool', 0o775);
		expect(told('/usr/bin/tool')).toEqual(['/usr/bin/tool: the group root (anna)']);
	});

	test('everybody, where everybody may write', () => {
		mode('srv', 0o777);
		write('srv/conf', '');
		expect(told('/srv/conf')).toEqual(['/srv: everybody']);
	});

	test('a sticky directory holds what is root’s, and nothing that is yet to come', () => {
		write('tmp/conf', '');
		expect(isRoots(asked('/tmp/conf'))).toBe(true);
		expect(told('/tmp/other')).toEqual(['/tmp: everybody']);
		expect(asked('/tmp/other').end).toBe('absent');
		expect(told('/tmp')).toEqual(['/tmp: everybody']);
		give('tmp/conf', 1000);
		expect(told('/tmp/conf')).toEqual(['/tmp/conf: the user anna']);
	});

	test('every link on the way, and the directories above both of its ends', () => {
		give('home/anna', 1000);
		write('home/anna/site.conf', '');
		symlinkSync('/home/anna/site.conf', join(root, 'etc/site.conf'));
		expect(asked('/etc/site.conf')).toMatchObject({end: 'file', real: '/home/anna/site.conf'});
		expect(told('/etc/site.conf')).toEqual(['/home/anna: the user anna']);
		symlinkSync('../../usr/bin/tool', join(root, 'home/anna/tool'));
		lchownSync(join(root, 'home/anna/tool'), 1000, 1000);
		expect(asked('/home/anna/tool').real).toBe('/usr/bin/tool');
		expect(told('/home/anna/tool')).toEqual(['/home/anna: the user anna', '/home/anna/tool: the user anna']);
	});

	test('a link out of an offline root stays in it', () => {
		symlinkSync('/../../../../etc/passwd', join(root, 'srv/out'));
		expect(asked('/srv/out')).toMatchObject({end: 'file', real: '/etc/passwd'});
	});

	test('a loop, a name under a file and a relative path are not trusted', () => {
		symlinkSync('b', join(root, 'srv/a'));
		symlinkSync('a', join(root, 'srv/b'));
		expect(asked('/srv/a').end).toBe('unresolved');
		expect(asked('/usr/bin/tool/x').end).toBe('absent');
		for (const path of ['/srv/a', '/usr/bin/tool/x', 'usr/bin/tool', '/none']) expect(isRoots(asked(path))).toBe(false);
	});

	test('what is nothing has no writers', () => {
		expect(createTrusting()('/dev/null').writers).toEqual([]);
	});

	test('an access list names users and groups, as far as its mask lets them', () => {
		const list = (mask: number): Buffer =>
			aclOf([0x01, 6, -1], [0x02, 6, 1000], [0x04, 4, -1], [0x10, mask, -1], [0x20, 4, -1]);
		if (!setAcl(join(root, 'usr/bin/tool'), list(7))) return;
		expect(told('/usr/bin/tool')).toEqual(['/usr/bin/tool: the user anna (access list)']);
		setAcl(join(root, 'usr/bin/tool'), list(4));
		expect(told('/usr/bin/tool')).toEqual([]);
	});
});

test('an access list as the kernel gives it', () => {
	const named = [
		[0x01, 7, -1],
		[0x02, 6, 1000],
		[0x04, 6, -1],
		[0x08, 4, 200],
	] as const;
	expect(parseAcl(aclOf(...named, [0x10, 7, -1]))).toEqual([
		{kind: 'user', id: 1000},
		{kind: 'owning-group', id: 0xffffffff},
	]);
	expect(parseAcl(aclOf(...named, [0x10, 5, -1]))).toEqual([]);
	expect(parseAcl(Buffer.from([1, 0, 0, 0]))).toBeUndefined();
});

const aclOf = (...entries: readonly (readonly [tag: number, permissions: number, id: number])[]): Buffer =>
	Buffer.concat([
		Buffer.from([2, 0, 0, 0]),
		...entries.map(([tag, permissions, id]) => {
			const bytes = Buffer.alloc(8);
			bytes.writeUInt16LE(tag, 0);
			bytes.writeUInt16LE(permissions, 2);
			bytes.writeInt32LE(id, 4);
			return bytes;
		}),
	]);

/** setxattr(2); false where the file system has no lists. */
const setAcl = (path: string, list: Buffer): boolean =>
	spawnSync('/usr/bin/perl', [
		'-e',
		'my ($n, $p, $l) = @ARGV; $l = pack("H*", $l); exit(syscall($n + 0, "$p\\0", "system.posix_acl_access\\0", $l, length $l, 0) == 0 ? 0 : 1)',
		process.arch === 'arm64' ? '5' : '188',
		path,
		list.toString('hex'),
	]).status === 0;
