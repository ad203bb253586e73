/** Can this host mount a file system of some type? By what the kernel has, may load, or a helper of mount(8). */
import type {Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';

/** Types that the kernel alone cannot mount, with the package that has the helper. */
const helpers: ReadonlyMap<string, string> = new Map([
	['nfs', 'nfs-common'],
	['nfs4', 'nfs-common'],
	['cifs', 'cifs-utils'],
	['smb3', 'cifs-utils'],
	['glusterfs', 'glusterfs-client'],
	['davfs', 'davfs2'],
]);

/** Why not, in the package that is missing or in no word; undefined where it can, or nobody can tell. */
export const lacksFor = async (host: Reader, type: string): Promise<{readonly packageName?: string} | undefined> => {
	// A program of its own for each of these; and several in one line are a choice.
	if (/^(auto|none|swap|fuse|.*[.,#].*)$/.test(type)) return undefined;
	const helper = await Promise.all(
		['/sbin', '/usr/sbin'].map(path => ifTold(() => host.stat(`${path}/mount.${type}`))),
	);
	if (helper.some(stat => stat !== undefined)) return undefined;
	const packageName = helpers.get(type);
	if (packageName !== undefined) return {packageName};
	const known = await ifTold(() => textOf(host, '/proc/filesystems'));
	if (known === undefined || known.split('\n').some(line => line.split('\t')[1] === type)) return undefined;
	const release = (await ifTold(() => textOf(host, '/proc/sys/kernel/osrelease')))?.trim() ?? '';
	const modules = await ifTold(() => textOf(host, `/lib/modules/${release}/modules.alias`));
	return modules === undefined || modules.includes(`\nalias fs-${type} `) ? undefined : {};
};
