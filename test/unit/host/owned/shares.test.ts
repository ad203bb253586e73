/** Which mounts may keep a look waiting: what is not known to be this machine's own does. */
import {expect, test} from 'vitest';
import {mayWait, sharesIn} from '#host/owned/shares.ts';

const line = (place: string, type: string): string =>
	`36 35 98:0 /mnt1 ${place} rw,noatime master:1 - ${type} /dev/root rw,errors=continue`;

test.each([
	['/srv/data', 'nfs4'],
	['/srv/data', 'cifs'],
	['/home', 'autofs'],
	['/srv/data', 'fuse.sshfs'],
	['/', 'nfs'],
	['/srv/data', 'one-of-next-year'],
])('%s of type %s is one', (place, type) =>
	expect(sharesIn(`${line('/', 'ext4')}\n${line(place, type)}\n`)).toEqual([place]),
);

test('a name with a space, and a line without optional fields', () =>
	expect(sharesIn('36 35 98:0 / /srv/a\\040b\\134c rw - nfs server:/x rw\n')).toEqual(['/srv/a b\\c']));

test('disks and the kernel have none', () =>
	expect(sharesIn(['ext4', 'overlay', 'tmpfs', 'proc', 'xfs'].map(type => line('/srv', type)).join('\n'))).toEqual([]));

test('where the system itself lies nothing is waited for', () => {
	for (const path of ['/etc/nginx/nginx.conf', '/proc/1/status', '/usr', '/var/lib/dpkg/status'])
		expect(mayWait(path)).toBe(false);
});
