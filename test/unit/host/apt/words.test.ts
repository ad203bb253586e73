import {describe, expect, it} from 'vitest';
import {aptFault, holderOf, isStale, parseTransaction, unknownNames} from '#host/apt/what-apt-says.ts';

const transaction = `Reading package lists...
The following additional packages will be installed:
   libmpfr6 (4.2.0-1)
Suggested packages:
   gawk-doc
The following packages will be REMOVED:
   mawk (1.3.4.20200120-3.1)
The following NEW packages will be installed:
   gawk (1:5.2.1-2)
   libmpfr6 (4.2.0-1)
The following packages will be upgraded:
   cf-plain (1.0 => 1.1)
1 upgraded, 2 newly installed, 1 to remove and 0 not upgraded.
Need to get 0 B/1698 kB of archives.
After this operation, 4677 kB of additional disk space will be used.
'http://deb.debian.org/debian/pool/main/m/mpfr4/libmpfr6_4.2.0-1_amd64.deb' libmpfr6_4.2.0-1_amd64.deb 700900 MD5Sum:123b
`;

describe('what a transaction would do', () => {
	it('is read from the sections', () => {
		expect(parseTransaction(transaction)).toEqual({
			adds: [
				{name: 'gawk', version: '1:5.2.1-2'},
				{name: 'libmpfr6', version: '4.2.0-1'},
			],
			upgrades: [{name: 'cf-plain', version: '1.1'}],
			removes: ['mawk'],
			download: '0 B',
		});
	});

	it('says what is to be fetched', () => {
		expect(parseTransaction('Need to get 16.3 MB of archives.\n').download).toBe('16.3 MB');
		expect(parseTransaction('Need to get 1,698 kB/16.3 MB of archives.\n').download).toBe('1,698 kB');
	});

	it('is empty for nothing', () => {
		expect(parseTransaction('')).toEqual({adds: [], upgrades: [], removes: [], download: '0 B'});
	});
});

it('names what apt does not know, once each', () => {
	expect(
		unknownNames(
			"E: Unable to locate package nosuch\nE: Package 'mysql-server' has no installation candidate\nE: Version '3' for 'nginx' was not found\nE: Unable to locate package nosuch\n",
		),
	).toEqual(['nosuch', 'mysql-server', 'nginx']);
});

it('knows who holds the lock', () => {
	expect(holderOf(['E: Could not get lock /var/lib/apt/lists/lock. It is held by process 123 (apt-get)'])).toBe(
		'123 (apt-get)',
	);
	expect(holderOf(['dpkg: error: dpkg frontend lock was locked by another process with pid 77'])).toBe('77');
	expect(holderOf(['E: Unable to locate package x'])).toBeUndefined();
});

it('knows when fresh lists may help', () => {
	expect(isStale(['Err:1 http://x  404  Not Found [IP: 1.2.3.4 80]'])).toBe(true);
	expect(isStale(['E: Unable to locate package x'])).toBe(false);
});

describe('faults', () => {
	it.each([
		['E: Unable to locate package nosuch', 'apt.no-package', 'nosuch'],
		["W: Failed to fetch http://m/x  Temporary failure resolving 'mirror.invalid'", 'apt.no-network', 'mirror.invalid'],
		['E: Failed to fetch http://m/x.deb  Hash Sum mismatch', 'apt.hash-mismatch', 'checksum'],
		[
			'dpkg: error processing archive /x.deb (--unpack):\n cannot copy extracted data: No space left on device',
			'apt.no-space',
			'no space',
		],
		["E: You don't have enough free space in /var/cache/apt/archives/.", 'apt.no-space', '/var/cache/apt/archives/'],
		[
			'dpkg: error processing package slapd (--configure):\nE: Sub-process /usr/bin/dpkg returned an error code (1)',
			'apt.postinst',
			'slapd',
		],
		[
			'The following packages have unmet dependencies:\nE: Unable to correct problems, you have held broken packages.',
			'apt.broken-dependencies',
			'dependencies',
		],
		['E: Packages need to be removed but remove is disabled.', 'apt.would-remove', 'remove'],
		['E: Held packages were changed and -y was used without --allow-change-held-packages.', 'apt.held', 'hold'],
		[
			'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 9 (unattended-upgr)',
			'apt.locked',
			'9 (unattended-upgr)',
		],
		[
			"E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem.",
			'apt.interrupted',
			'cut off',
		],
		[
			'debconf: DbDriver "config": /var/cache/debconf/config.dat is locked by another process: Resource temporarily unavailable\nE: Sub-process /usr/bin/dpkg returned an error code (1)',
			'apt.script-lock',
			'/var/cache/debconf/config.dat was locked',
		],
		['E: The repository http://x is not signed.\nNO_PUBKEY 12', 'apt.signature', 'signature'],
		['E: something new', 'apt.failed', 'installing x failed'],
	])('%s', (text, code, words) => {
		const fault = aptFault(text.split('\n'), 'installing x');
		expect(fault).toMatchObject({code, sentence: expect.stringContaining(words)});
		expect(fault.sentence).toContain('installing x');
		expect(fault.hint).not.toBe('');
	});
});
