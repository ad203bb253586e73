/** What every release's systemd makes of a closed unit: it starts, says that it is ready, and is closed. No stack is needed for that. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {closedService} from '#steps/shared/closed-service.ts';
import {hostTest} from '../support/with-host.ts';
import {attackIn} from './support/inside-unit.ts';

const capabilities = ['CAP_CHOWN', 'CAP_FOWNER', 'CAP_FSETID', 'CAP_DAC_OVERRIDE'];

const unitOf = (granted: readonly string[]): string =>
	closedService({
		description: 'a closed unit',
		after: [],
		type: 'notify',
		user: 'ipynbsrv',
		group: 'www-data',
		supplementaryGroups: ['ipynbsrv'],
		runtimeDirectory: 'ipynbsrv',
		start: [
			'/bin/sh',
			'-ec',
			'touch /run/ipynbsrv/here /srv/ipynbsrv/data/here; getent passwd root; systemd-notify --ready; exec sleep 600',
		],
		writes: ['/srv/ipynbsrv/data'],
		reads: ['/srv/ipynbsrv'],
		others: ['/data'],
		capabilities: granted,
	});

for (const release of ['bullseye', 'bookworm', 'trixie'] as const)
	describe(`a closed unit on ${release}`, () => {
		hostTest(
			'starts, writes its own, and is closed with and without capabilities',
			{release, network: 'none'},
			async host => {
				await prepare(host);
				for (const granted of [[], capabilities]) {
					const path = '/etc/systemd/system/closed.service';
					writeFileSync(join(host.root, path), unitOf(granted));
					await host.must(['systemctl', 'daemon-reload']);
					expect((await host.run(['systemd-analyze', 'verify', path])).stderr).toBe('');
					await host.must(['systemctl', 'restart', 'closed.service']);
					const {stdout} = await host.run(['systemd-analyze', 'security', '--no-pager', 'closed.service']);
					expect(Number(/exposure level for closed\.service: ([\d.]+)/.exec(stdout)?.[1])).toBeLessThanOrEqual(
						granted.length === 0 ? 2 : 3.5,
					);
					expect(await attackIn(host, unitOf(granted))).toEqual([]);
				}
				// The attempts are real ones: what is not closed lets them through.
				const open = `[Service]\nType=oneshot\nExecStart=x\nUser=ipynbsrv\nAmbientCapabilities=${capabilities.join(' ')}\n`;
				expect((await attackIn(host, open)).length).toBeGreaterThan(8);
			},
		);
	});

const prepare = async (host: ThrowAway): Promise<void> => {
	await host.must(['useradd', '--system', '--home-dir', '/srv/ipynbsrv', 'ipynbsrv']);
	mkdirSync(join(host.root, 'srv/ipynbsrv/data'), {recursive: true});
	mkdirSync(join(host.root, 'root/secrets'), {recursive: true});
	writeFileSync(join(host.root, 'root/secrets/x'), 'secret\n');
	mkdirSync(join(host.root, 'data'));
	writeFileSync(join(host.root, 'data/key'), 'secret\n', {mode: 0o600});
	mkdirSync(join(host.root, 'var/lib/host-setup'), {recursive: true, mode: 0o700});
	writeFileSync(join(host.root, 'var/lib/host-setup/secrets.json'), '{}\n', {mode: 0o600});
	await host.must(['chown', '-R', 'ipynbsrv:', '/srv/ipynbsrv']);
};
