/** When a build is asked for its libraries at all: not where it is newer than the release, where it would come out the same. */
import {expect, it} from 'vitest';
import type {Reader} from '#model/host.ts';
import {orphanedLibraries} from '#resources/build/orphaned.ts';
import {fileReader} from '../support/file-reader.ts';

const stamp = '/opt/x/.host-setup-build.json';
const release = '/var/lib/dpkg/info/base-files.list';
const files = {
	[stamp]: '{}',
	[release]: '',
	'/var/lib/dpkg/info/libpcre3.list': `${process.execPath}\n`,
	'/var/lib/apt/lists/x_Packages': '',
	'/var/lib/dpkg/status':
		'Package: libpcre3\nStatus: install ok installed\nMaintainer: M <m@debian.org>\nArchitecture: amd64\nVersion: 2\n',
};

const asking = async (built: number, released: number): Promise<{libraries: readonly string[]; asked: number}> => {
	let asked = 0;
	const reader: Reader = {
		...fileReader(files),
		root: '/',
		fact: fact => fact.read(reader),
		stat: async path => {
			const stat = await fileReader(files).stat(path);
			return stat && {...stat, mtimeMs: path === stamp ? built : path === release ? released : 1};
		},
		query: async () => {
			asked += 1;
			return 'libpcre3/now 2 amd64 [installed,local]\n';
		},
	};
	return {libraries: await orphanedLibraries(reader, '/opt/x', stamp), asked};
};

it('asks nobody about a build that is newer than the release', async () => {
	expect(await asking(2000, 1000)).toEqual({libraries: [], asked: 0});
});

it('asks about an older one, and takes only what runs from its own prefix', async () => {
	expect(await asking(1000, 2000)).toEqual({libraries: [], asked: 1});
});
