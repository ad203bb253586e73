/**
 * A program shut in: as its own user, without a network, with nothing to write but a directory that goes afterwards. For services without a checker, whose own
 * start is the only test: what they hold, and the port that they serve, cannot be touched from in there.
 */
import {randomBytes} from 'node:crypto';
import type {Ran, Reader} from '#model/host.ts';

export type ShutIn = {readonly user: string; argv(directory: string): readonly string[]};

/** Runs it to its end, half a minute at most. */
export const runShutIn = async (host: Reader, {user, argv}: ShutIn): Promise<Ran> => {
	const name = newName();
	return host.probe(
		['systemd-run', '--quiet', '--collect', '--pipe', '--wait', ...walls(name, user), ...argv(`/run/${name}`)],
		{timeout: patience},
	);
};

/** Runs it until it says that it is ready (sd_notify), and ends it then. Code 0: it was. */
export const startShutIn = async (host: Reader, {user, argv}: ShutIn): Promise<Ran> => {
	const name = newName();
	const unit = `${name}.service`;
	const {code} = await host.probe(
		[
			'systemd-run',
			'--quiet',
			`--unit=${unit}`,
			'--property=Type=notify',
			'--property=NotifyAccess=all',
			`--property=TimeoutStartSec=${patience / 1000 - 5}`,
			...walls(name, user),
			...argv(`/run/${name}`),
		],
		{timeout: patience},
	);
	const {stdout} = await host.probe(['journalctl', '--no-pager', '--output=cat', '--unit', unit]);
	await host.probe(['systemctl', 'stop', unit]);
	await host.probe(['systemctl', 'reset-failed', unit]);
	return {code, stdout, stderr: ''};
};

const patience = 30_000;

const newName = (): string => `setup-test-${randomBytes(6).toString('hex')}`;

const walls = (name: string, user: string): readonly string[] => [
	`--property=User=${user}`,
	'--property=PrivateNetwork=yes',
	'--property=ProtectSystem=strict',
	'--property=PrivateTmp=yes',
	'--property=NoNewPrivileges=yes',
	`--property=RuntimeDirectory=${name}`,
	'--property=RuntimeDirectoryMode=0700',
	`--property=RuntimeMaxSec=${patience / 1000 - 5}`,
	'--property=TimeoutStopSec=3',
];
