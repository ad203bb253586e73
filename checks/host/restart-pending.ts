/** An update that is installed and not running mends nothing yet. */
import {release as runningKernel} from 'node:os';
import {compareVersions} from '#host/apt/deb-version.ts';
import {container} from '#host/system/container.ts';
import {type Stale, staleProcesses} from '#host/system/stale-processes.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';

type Replaced = {readonly unit: string; readonly files: readonly string[]};

const example: Replaced = {unit: 'cron.service', files: ['/usr/lib/x86_64-linux-gnu/libssl.so.3']};

const replacedSays = ({files}: Replaced): string =>
	`runs what an update replaced: ${files
		.slice(0, 3)
		.map(path => path.slice(path.lastIndexOf('/') + 1))
		.join(', ')}${files.length > 3 ? `, and ${files.length - 3} more` : ''}`;

const kinds = defineKinds({
	kernel: {
		state: 'warn',
		example: {running: '6.1.0-20-amd64', newest: '6.1.0-22-amd64'},
		says: ({running, newest}) => `the kernel that runs is ${running}, and ${newest} is installed`,
		remedy: {sentence: 'Reboot, when it suits.'},
	},
	reboot: {
		state: 'warn',
		says: 'an update asks for a reboot (/run/reboot-required)',
		remedy: {sentence: 'Reboot, when it suits.'},
	},
	systemd: {
		state: 'warn',
		example,
		says: replacedSays,
		remedy: {
			sentence: 'Let it run itself anew; no service is touched.',
			commands: [['systemctl', 'daemon-reexec']],
		},
	},
	session: {
		state: 'warn',
		example: {...example, unit: 'dbus.service'},
		says: replacedSays,
		remedy: {
			sentence: 'It cannot be restarted without ending sessions: log out and in again, or reboot, when it suits.',
		},
	},
	service: {
		state: 'warn',
		example,
		says: replacedSays,
		remedy: ({unit}) => ({
			sentence: `Restart ${unit}, when its users can bear it.`,
			commands: [['systemctl', 'restart', unit]],
		}),
	},
});

type Found = FoundOf<typeof kinds>;

export const check = defineCheck({
	id: 'host.restart-pending',
	title: 'What runs is what is installed',
	why: 'After a security update of a library, every process that has the old one in memory is as open as before, until it starts anew; after one of the kernel, the whole host is.',
	reads: [
		'/boot/vmlinuz-* against uname -r',
		'/run/reboot-required',
		'/proc/PID/maps: programs and libraries that were replaced',
	],
	severity: 'warn',
	layers: ['kernel'],
	source: 'needrestart(1), proc(5)',
	verify: 'needrestart -b names no service; uname -r is the newest of /boot.',
	facts: {staleProcesses, container},
	kinds,
	async inspect({host, facts}) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'what runs'});
		const reboot = facts.container === undefined ? await rebootFinding(host) : undefined;
		const {stale, hidden} = facts.staleProcesses;
		const found = [...(reboot === undefined ? [] : [reboot]), ...stale.map(staleFinding)];
		if (found.length > 0) return findings(found);
		return [
			{
				is: 'ok',
				expected: 'nothing replaced',
				layers: {
					kernel: hidden > 0 ? hiddenFrom(hidden) : {value: [], where: '/proc/PID/maps'},
				},
			},
		];
	},
});

const hiddenFrom = (count: number): Unknown => {
	const processes = count === 1 ? '1 process' : `${count} processes`;
	return process.getuid?.() === 0
		? {because: 'unreadable', need: `${processes} cannot be looked into, even by root`}
		: {because: 'needs-root', need: `${processes} may only be looked into by root`};
};

/** What must not be restarted while somebody is logged in, and what has no unit of its own. */
const heldBySessions = /^(dbus|systemd-logind|user@\d+|getty@)/;

const staleFinding = ({unit, pids, files}: Stale): Found => ({
	item: unit,
	is:
		unit === 'systemd itself'
			? 'systemd'
			: heldBySessions.test(unit) || !unit.endsWith('.service')
				? 'session'
				: 'service',
	data: {unit, files},
	expected: [],
	layers: {
		kernel: {
			value: files.slice(0, 10),
			where: `/proc/${pids[0]}/maps${pids.length > 1 ? `, and ${pids.length - 1} more processes` : ''}`,
		},
	},
});

const rebootFinding = async (host: Reader): Promise<Found | undefined> => {
	const running = runningKernel();
	const flavour = /-[a-z][\w]*$/.exec(running)?.[0] ?? '';
	const installed = ((await host.list('/boot').catch(() => [])) ?? [])
		.filter(name => name.startsWith('vmlinuz-') && name.endsWith(flavour))
		.map(name => name.slice('vmlinuz-'.length));
	const newest = installed.toSorted(compareVersions).at(-1);
	const required = (await host.stat('/run/reboot-required').catch(() => undefined)) !== undefined;
	// A kernel that came from elsewhere than /boot says nothing about what lies there.
	const newer = newest !== undefined && installed.includes(running) && compareVersions(newest, running) > 0;
	if (!newer && !required) return undefined;
	const sight = {
		item: 'reboot',
		expected: newest ?? running,
		layers: {
			file: {value: newest ?? 'reboot required', where: newer ? `/boot/vmlinuz-${newest}` : '/run/reboot-required'},
			kernel: {value: running, where: 'uname -r'},
		},
	};
	return newer ? {...sight, is: 'kernel', data: {running, newest}} : {...sight, is: 'reboot'};
};
