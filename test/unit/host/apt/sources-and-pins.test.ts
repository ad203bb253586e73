/** Sources that need no signature, and preferences that keep security updates away, by apt's own words. */
import {describe, expect, it} from 'vitest';
import {check} from '#checks/host/package-sources.ts';
import {archiveIn, candidatesIn, heldBack, pinnedIn} from '#host/apt/held-back.ts';
import {linesIn, stanzasIn} from '#host/apt/package-sources.ts';
import type {Reader} from '#model/host.ts';
import {fileReader} from '../../support/file-reader.ts';
import {look} from '../../support/look.ts';

const policy = (security: number, main: number): string => `Package files:
 100 /var/lib/dpkg/status
     release a=now
 ${security} http://deb.debian.org/debian-security bookworm-security/main amd64 Packages
     release v=12,o=Debian,a=oldstable-security,n=bookworm-security,l=Debian-Security,c=main,b=amd64
     origin deb.debian.org
 ${main} http://deb.debian.org/debian bookworm/main amd64 Packages
     release v=12.14,o=Debian,a=oldstable,n=bookworm,l=Debian,c=main,b=amd64
     origin deb.debian.org
Pinned packages:
`;

describe('priorities', () => {
	it.each([
		[500, 500, undefined],
		[990, 500, undefined],
		[500, 990, {security: 500, before: 990, other: 'http://deb.debian.org/debian bookworm/main'}],
		[-1, 500, {security: -1, before: 500, other: 'http://deb.debian.org/debian bookworm/main'}],
		[100, 100, {security: 100, before: 100, other: 'http://deb.debian.org/debian bookworm/main'}],
	])('security %i, main %i', (security, main, wanted) => expect(archiveIn(policy(security, main))).toEqual(wanted));

	it('the candidates', () => {
		const text = `openssl:
  Installed: 3.0.20-1~deb12u2
  Candidate: 3.0.20-1~deb12u2
  Version table:
     3.0.22-1~deb12u2 -1
        500 http://deb.debian.org/debian-security bookworm-security/main amd64 Packages
`;
		expect([...candidatesIn(text)]).toEqual([['openssl', '3.0.20-1~deb12u2']]);
	});
});

describe('sources', () => {
	it('lines', () =>
		expect(
			linesIn(
				'# deb http://a x main\ndeb [arch=amd64 Trusted=Yes] http://b x main # c\ndeb-src\thttp://c x main\n',
				'f',
			).map(({uris, options, where}) => [uris, [...options], where]),
		).toEqual([
			[
				['http://b'],
				[
					['arch', 'amd64'],
					['trusted', 'yes'],
				],
				'f:2',
			],
			[['http://c'], [], 'f:3'],
		]));

	it('stanzas', () =>
		expect(
			stanzasIn(
				'# x\nTypes: deb\nURIs: http://a\n http://b\nTrusted: yes\n\nTypes: deb\nURIs: http://c\nEnabled: no\n',
				'f',
			).map(({uris, options, where}) => [uris, options.get('trusted'), where]),
		).toEqual([[['http://a', 'http://b'], 'yes', 'f:2']]));

	it('the check', async () => {
		expect(
			await look(check, {
				'/etc/apt/sources.list': 'deb [trusted=yes] http://me:secret@b x main\ndeb [trusted=yes] file:/srv/debs ./\n',
				'/etc/apt/sources.list.d/x.sources': 'Types: deb\nURIs: https://c\nAllow-Insecure: yes\n',
				'/etc/apt/apt.conf.d/99x': 'APT::Get { AllowUnauthenticated "true"; };\nAcquire::Check-Valid-Until "true";\n',
			}),
		).toMatchObject([
			{item: 'APT::Get::AllowUnauthenticated', state: 'fail', is: 'lax'},
			{item: 'http://b', state: 'fail', is: 'unsigned'},
			{item: 'https://c', state: 'fail', is: 'unsigned'},
		]);
		expect(await look(check, {'/etc/apt/sources.list': 'deb http://b x main\n'})).toMatchObject([{state: 'ok'}]);
	});
});

it('apt is asked where preferences rank an archive or one of the packages, and not for a pin of others', async () => {
	expect(pinnedIn('Explanation: x\nPackage: nodejs libx:amd64\n src:linux\nPin: origin a\n\nPackage: *\n')).toEqual([
		'nodejs',
		'libx',
		'src:linux',
		'*',
	]);
	const asked = async (pin: string, names: readonly string[]): Promise<readonly string[]> => {
		const argvs: string[] = [];
		const host: Reader = {
			...fileReader({'/etc/apt/preferences.d/x': `Package: ${pin}\nPin: origin a\nPin-Priority: 600\n`}),
			root: '/',
			query: async argv => {
				argvs.push(argv.slice(1).join(' '));
				return '';
			},
		};
		await heldBack(names).read(host);
		return argvs;
	};
	expect(await asked('nodejs', ['bash', 'libssl3'])).toEqual([]);
	expect(await asked('libssl3:amd64', ['bash', 'libssl3'])).toEqual(['policy libssl3']);
	expect(await asked('lib*', ['bash', 'libssl3'])).toEqual(['policy bash libssl3']);
	expect(await asked('src:openssl', ['bash'])).toEqual(['policy bash']);
	expect(await asked('*', ['bash'])).toEqual(['policy', 'policy bash']);
});
