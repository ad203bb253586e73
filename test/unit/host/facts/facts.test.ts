import {describe, expect, it} from 'vitest';
import {isInstalled, parseStatus} from '#host/apt/packages.ts';
import {release} from '#host/apt/release.ts';
import {accounts, ownerIds, ownerName} from '#host/system/accounts.ts';
import {parseTable} from '#host/system/listeners.ts';
import {fileReader} from '../../support/file-reader.ts';

describe('packages', () => {
	const stanza = (name: string, status: string, more = ''): string =>
		`Package: ${name}\nStatus: ${status}\nArchitecture: amd64\nVersion: 1.0\n${more}Description: x\n Package: not a field\n`;
	const {all, provided, broken} = parseStatus(
		[
			stanza('dpkg', 'install ok installed'),
			stanza('held', 'hold ok installed'),
			stanza('gone', 'deinstall ok config-files'),
			stanza('half', 'install ok half-configured'),
			stanza('bad', 'install reinstreq installed'),
			stanza('gives', 'install ok installed', 'Provides: mail-transport-agent, other (= 1)\n'),
			stanza('twice', 'install ok installed'),
			stanza('twice', 'install ok installed').replace('amd64', 'i386'),
		].join('\n'),
	);

	it('installed means ii or hi, nothing weaker', () => {
		expect([...all.values()].filter(isInstalled).map(one => one.name)).toEqual(['dpkg', 'held', 'gives', 'twice']);
		expect(isInstalled(undefined)).toBe(false);
	});

	it('knows what was left unfinished', () => expect(broken.map(one => one.name)).toEqual(['half', 'bad']));
	it('knows what installed packages provide', () =>
		expect([...provided]).toEqual([
			['mail-transport-agent', 'gives'],
			['other', 'gives'],
		]));
	it('prefers the own architecture', () => expect(all.get('twice')?.architecture).toBe('amd64'));
});

describe('accounts', () => {
	const host = fileReader({
		'/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\n',
		'/etc/group': 'root:x:0:\nwww-data:x:33:\nadm:x:4:syslog,www-data\n',
	});

	it('reads the files', async () => {
		const known = await accounts.read(host);
		expect(known.users.get('www-data')).toMatchObject({uid: 33, home: '/var/www'});
		expect(known.groups.get('adm')?.members).toEqual(['syslog', 'www-data']);
		expect(ownerIds(known, 'www-data:adm')).toEqual({uid: 33, gid: 4});
		expect(ownerIds(known, '7:adm')).toEqual({uid: 7, gid: 4});
		expect(ownerIds(known, 'nobody-here')).toBeUndefined();
		expect(ownerName(known, {uid: 33, gid: 99})).toBe('www-data:99');
	});
});

it('release', async () => {
	expect(
		await release.read(
			fileReader({
				'/etc/os-release':
					'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n',
			}),
		),
	).toEqual({id: 'debian', codename: 'bookworm', version: '12', name: 'Debian GNU/Linux 12 (bookworm)', known: true});
	expect(await release.read(fileReader({}))).toMatchObject({id: 'unknown', known: false});
});

describe('listeners', () => {
	const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
	it('reads the kernel tables', () => {
		expect(
			parseTable(
				`${head}   0: 0100007F:0185 00000000:0000 0A 00000000:00000000 00:00000000 00000000   106        0 4711 1 0 100\n   1: 0100007F:9999 0100007F:0050 01 0:0 00:0 0 0 0 12 1\n`,
				'tcp',
			),
		).toEqual([{protocol: 'tcp', address: '127.0.0.1', port: 389, uid: 106, inode: '4711'}]);
	});
	it.each([
		['00000000000000000000000000000000', '::'],
		['00000000000000000000000001000000', '::1'],
		['0000000000000000FFFF00000100007F', '::ffff:127.0.0.1'],
		['B80D0120000000000000000001000000', '2001:db8::1'],
	])('%s is %s', (hex, address) => {
		expect(
			parseTable(`${head}   0: ${hex}:0050 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 5 1\n`, 'tcp6')[0]
				?.address,
		).toBe(address);
	});
});
