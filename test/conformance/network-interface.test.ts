// packages: iproute2 nftables
// releases: bookworm trixie
import {mkdir, rm, writeFile} from 'node:fs/promises';
import {setTimeout as pause} from 'node:timers/promises';
import {execa} from 'execa';
import {describe, expect, it} from 'vitest';
import {rulesFile, rulesTable} from '#host/redis/may-connect.ts';
import {nftTable} from '#resources/firewall/nft-table.ts';
import {bridge} from '#resources/network/bridge.ts';
import {bridgeFiles} from '#resources/network/bridge-files.ts';
import {connectingAccounts} from '#resources/redis/connecting-accounts.ts';
import {until} from '../host/support/until.ts';
import {createBench} from './bench.ts';
import {conformance} from './suite.ts';

const spec = {name: 'cobr0', member: 'cobr0-keep', address: '10.99.98.1', prefix: 24, by: 'networkd'} as const;
const run = (...argv: readonly string[]) => execa(argv[0]!, argv.slice(1), {reject: false});
const wanted = () => bridge(spec);

const fresh = async (): Promise<void> => {
	await run('systemctl', 'start', 'systemd-networkd');
	for (const name of ['cobr0-keep', 'cobr0']) await run('ip', 'link', 'delete', name);
	await mkdir('/etc/systemd/network', {recursive: true});
	for (const {path, text} of bridgeFiles(spec)) await writeFile(path, text);
};

conformance('network-interface', [
	{
		name: 'a bridge by systemd-networkd',
		prepare: fresh,
		resource: wanted,
		// networkd puts it back as long as it is at work on the bridge, and once more when the carrier comes.
		breakIt: () =>
			until(
				async () => {
					await run('ip', 'address', 'flush', 'dev', 'cobr0');
					await pause(1000);
					return !(await run('ip', '-br', '-4', 'address', 'show', 'cobr0')).stdout.includes('10.99');
				},
				{deadline: 30_000, what: 'a bridge that stays without its address'},
			).then(() => undefined),
		touches: ['/etc/systemd/network'],
		rows: async () => (await run('ip', '-br', 'link')).stdout.replaceAll(/@\S+|<.*>|\S+:\S+/g, ''),
		seconds: 120,
	},
]);

describe('network-interface', () => {
	const bench = createBench('/tmp/conformance-network');

	it('comes back when somebody took it away', async () => {
		await fresh();
		await bench.converge(wanted());
		await run('ip', 'link', 'delete', 'cobr0');
		await bench.converge(wanted());
		expect((await run('ip', '-br', '-4', 'address', 'show', 'cobr0')).stdout).toContain('10.99.98.1/24');
	}, 60_000);

	it('refuses a network that this host is in already', async () => {
		await fresh();
		await run('ip', 'link', 'add', 'other0', 'type', 'bridge');
		await run('ip', 'address', 'add', '10.99.0.1/16', 'dev', 'other0');
		await expect(bench.converge(wanted())).rejects.toMatchObject({code: 'network.overlap'});
		await run('ip', 'link', 'delete', 'other0');
		for (const {path} of bridgeFiles(spec)) await rm(path);
	}, 60_000);
});

const unit = '/etc/systemd/system/conform-nft.service';
const text = 'table inet conform {\n\tchain input {\n\t\ttcp dport 4711 drop\n\t}\n}\n';

conformance('redis-accounts', [
	{
		name: 'an account beside root',
		async prepare() {
			await rm(rulesFile, {force: true});
			await run('nft', 'delete', 'table', 'inet', rulesTable);
		},
		resource: () => connectingAccounts({names: ['games']}),
		breakIt: async () => void (await run('nft', 'flush', 'ruleset')),
		touches: [rulesFile],
		rows: async () => (await run('nft', 'list', 'tables')).stdout,
	},
]);

conformance('nft-table', [
	{
		name: 'a table that its unit brings',
		async prepare() {
			await writeFile('/etc/conform.nft', text);
			await writeFile(
				unit,
				'[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStartPre=-/usr/sbin/nft delete table inet conform\nExecStart=/usr/sbin/nft -f /etc/conform.nft\n',
			);
			await run('systemctl', 'daemon-reload');
			await run('nft', 'delete', 'table', 'inet', 'conform');
		},
		resource: () => nftTable({name: 'conform', text, unit: 'conform-nft.service'}),
		breakIt: async () => void (await run('nft', 'flush', 'ruleset')),
		touches: [],
		undone: 'already',
		undoes: false,
	},
]);
