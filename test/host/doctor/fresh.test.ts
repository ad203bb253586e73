/** A Debian as it is installed, with nothing of an operator's on it: what the doctor says of such a host is true, or nobody believes the rest. */
import {describe, expect} from 'vitest';
import type {Row} from '#doctor/types.ts';
import type {Release} from '#rehearse/base.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {buildProgram} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest, type Layer, type Want, withPackages} from '../support/with-host.ts';
import {doctorIn, shown, withProgram} from './support/recipes.ts';
import {services} from './support/services.ts';
import {web} from './support/web.ts';

const releases: readonly Release[] = ['bullseye', 'bookworm', 'trixie'];

/** True of a host that nobody has set up yet: no firewall, no updates by themselves, and a base image is older than its archive. */
const lacking = ['host.automatic-updates', 'host.firewall', 'host.updates'];

/** What the installer of Debian puts on a server, and what often follows: services that root reads much for. */
const server = withPackages('server', [
	'libatomic1',
	'apparmor',
	'at',
	'bash-completion',
	'cron',
	'dbus',
	'exim4-daemon-light',
	'fail2ban',
	'libpam-systemd',
	'locales',
	'logrotate',
	'man-db',
	'openssh-server',
	'python3',
	'rsyslog',
	'sudo',
	'ufw',
	'vim-tiny',
]);

const fresh = (layer: Layer, release: Release = 'bookworm'): Want => withProgram({release, layer, network: 'none'});

describe('a fresh host', () => {
	for (const release of releases)
		hostTest(release, fresh(withPackages('node', ['libatomic1']), release), async host => {
			const told = (await rowsOf(host)).filter(
				row => !['ok', 'na'].includes(row.state) && !lacking.includes(row.check),
			);
			if (release === 'bullseye') expect(told.map(({check}) => check)).toEqual(['host.release']);
			else expect(shown(told)).toBe('');
		});

	for (const layer of [server, services, web])
		hostTest(`of ${layer.name}: what root reads is root's`, fresh(layer), async host => {
			const rows = await rowsOf(host, 'host.root-reads', 'host.root-processes', 'host.failed-units', 'host.sudoers');
			expect(rows.find(({check}) => check === 'host.root-reads')?.state, shown(rows)).toBe('ok');
			expect(shown(rows.filter(row => !['ok', 'na'].includes(row.state)))).toBe('');
		});
});

const rowsOf = async (host: ThrowAway, ...words: readonly string[]): Promise<readonly Row[]> => {
	buildProgram();
	await until(
		async () => ['running', 'degraded'].includes((await host.run(['systemctl', 'is-system-running'])).stdout.trim()),
		{what: 'the end of the boot', deadline: 60_000},
	);
	return (await doctorIn(host, ...words)).report.rows;
};
