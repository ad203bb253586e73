/** What no archive carries, from the words of apt: whose it is, and where apt's lists do not tell. That apt decides is seen on a booted host (test/host/doctor/unnoticed.test.ts). */
import {describe, expect, it} from 'vitest';
import {check} from '#checks/host/obsolete.ts';
import {automaticIn, namesIn, obsoletePackages} from '#host/apt/obsolete.ts';
import type {Reader} from '#model/host.ts';
import {fileReader} from '../../support/file-reader.ts';
import {look} from '../../support/look.ts';

const stanza = (name: string, version: string, maintainer: string, status = 'install ok installed'): string =>
	`Package: ${name}\nStatus: ${status}\nMaintainer: ${maintainer}\nArchitecture: amd64\nVersion: ${version}\n`;

const status = [
	stanza('dpkg', '1.22.21', 'Dpkg Developers <debian-dpkg@lists.debian.org>'),
	stanza('postgresql-15', '15.8-0+deb12u1', 'Debian PostgreSQL Maintainers <team+postgresql@tracker.debian.org>'),
	stanza('libpcre3', '2:8.39-15', 'Matthew Vernon <matthew@debian.org>'),
	stanza('libold1', '1.0-1', 'Somebody <somebody@example.org>'),
	stanza('zoom', '6.1', 'Zoom <support@zoom.us>'),
	stanza('linux-image-6.1.0-18-amd64', '6.1.76-1', 'Debian Kernel Team <debian-kernel@lists.debian.org>'),
].join('\n');

const files = {
	'/var/lib/dpkg/status': status,
	'/var/lib/apt/extended_states':
		'Package: libold1\nArchitecture: amd64\nAuto-Installed: 1\n\nPackage: zoom\nAuto-Installed: 0\n',
	'/var/lib/apt/lists/deb.debian.org_debian_dists_trixie_main_binary-amd64_Packages.lz4': '',
};

const answer = (...names: readonly string[]): string =>
	`Listing...\n${names.map(name => `${name}/now 1 amd64 [installed,local]\n`).join('')}gone/now 1 amd64 [residual-config]\n`;

const asking = (text: string, more: Readonly<Record<string, string>> = files): Reader => {
	const reader: Reader = {
		...fileReader(more),
		root: '/',
		fact: fact => fact.read(reader),
		query: async () => text,
	};
	return reader;
};

describe('obsolete packages', () => {
	it('of the distribution are told from those that somebody installed from a file; kernels are none', async () => {
		const host = asking(answer('postgresql-15', 'libpcre3', 'libold1', 'zoom', 'linux-image-6.1.0-18-amd64'));
		expect(await host.fact(obsoletePackages)).toEqual({
			leftover: ['postgresql-15', 'libpcre3', 'libold1'],
			local: ['zoom'],
		});
	});

	it('are not told by lists of another release, or by none', async () => {
		expect(await asking(answer('dpkg', 'base-files', 'zoom')).fact(obsoletePackages)).toEqual({
			untold: expect.stringContaining('have no dpkg, base-files'),
		});
		expect(await asking('', {'/var/lib/dpkg/status': status}).fact(obsoletePackages)).toEqual({
			untold: 'there are no package lists to compare with',
		});
		expect((await look(check, files))[0]).toMatchObject({state: 'unknown', why: {because: 'offline-root'}});
	});

	it('by the words of apt and of its states', () => {
		expect(namesIn(answer('a', 'b-1.2'))).toEqual(['a', 'b-1.2']);
		expect(namesIn('\nWARNING: x/y z [installed]\n')).toEqual([]);
		expect([...automaticIn(files['/var/lib/apt/extended_states'])]).toEqual(['libold1']);
	});
});
