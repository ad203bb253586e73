/**
 * apt that is cut off leaves packages half-configured. While it runs it has a control group of its own, so that whatever ends our unit or session
 * ends it not, and logind is asked to hold off a shutdown. Both are done by others than apt and us: where they fail, apt runs as it would have.
 */
import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {constants} from 'node:os';
import {childEnvironment} from '../programs/environment.ts';
import {guardedArgv} from '../programs/guard.ts';

/** For a process of apt that has just started. The function it gives ends what holds off the shutdown; without it that ends with apt, also when we are dead. */
export const protectApt = (pid: number): (() => void) => {
	if (!existsSync('/run/dbus/system_bus_socket')) return () => {};
	// sd_booted(3)
	if (existsSync('/run/systemd/system')) helper(moveArgv(pid));
	// sd_login(3): is there a logind?
	if (!existsSync('/run/systemd/seats')) return () => {};
	const holder = helper([
		'systemd-inhibit',
		'--what=shutdown',
		'--mode=block',
		'--who=host-setup',
		'--why=packages are being installed',
		...waitArgv(pid),
	]);
	return () => holder.end();
};

/** systemd-run --scope would start apt itself; this moves it, so a failure costs nothing. Who stops the scope, as a shutdown does, waits for apt: SIGCONT does no harm. */
const moveArgv = (pid: number): readonly string[] => {
	const properties = [
		['Description', 's', 'apt of host-setup'],
		['PIDs', 'au', '1', String(pid)],
		['KillSignal', 'i', String(constants.signals.SIGCONT)],
		['SendSIGKILL', 'b', 'false'],
		['TimeoutStopUSec', 't', String(15 * 60 * 1_000_000)],
		['CollectMode', 's', 'inactive-or-failed'],
	];
	const manager = ['org.freedesktop.systemd1', '/org/freedesktop/systemd1', 'org.freedesktop.systemd1.Manager'];
	const start = [
		'StartTransientUnit',
		'ssa(sv)a(sa(sv))',
		`host-setup-apt-${pid}.scope`,
		'fail',
		String(properties.length),
		...properties.flat(),
		'0',
	];
	return ['busctl', '--quiet', 'call', ...manager, ...start];
};

/** Ends when the process does. */
const waitArgv = (pid: number): readonly string[] => [
	'tail',
	`--pid=${pid}`,
	'--sleep-interval=0.5',
	'-f',
	'/dev/null',
];

const helper = (argv: readonly string[]): {end(): void} => {
	const [file = '', ...rest] = guardedArgv(argv);
	const child = spawn(file, rest, {
		cwd: '/',
		stdio: 'ignore',
		detached: true,
		env: childEnvironment(),
	});
	child.on('error', () => {}).unref();
	return {
		end() {
			try {
				if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
			} catch {
				// It has seen the end by itself.
			}
		},
	};
};
