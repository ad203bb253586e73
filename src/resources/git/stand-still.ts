/** What runs an application's code stands still while that changes: old code never meets new tables, and half of a checkout answers nobody. */
import type {Host} from '#model/host.ts';

export type Runs = {readonly by: 'systemd' | 'supervisor'; readonly name: string};

/** Stops it; what is not there, or does not run, is no fault. Who starts it is its own resource, which finds it down. */
export const standStill = (host: Host, {by, name}: Runs): Promise<void> =>
	by === 'systemd'
		? // 5: there is no such unit.
			host.exec(['systemctl', 'stop', '--', name], {codes: [0, 5]})
		: host.exec(['/usr/bin/supervisorctl', 'stop', name], {codes: [0, 1, 2, 4, 7]});
