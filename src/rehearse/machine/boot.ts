/** Starts the system inside with systemd-nspawn and waits until it has booted. */
import {type ChildProcess, spawn} from 'node:child_process';
import {closeSync, openSync, readFileSync} from 'node:fs';
import {setTimeout as pause} from 'node:timers/promises';
import {childEnvironment} from '#host/programs/environment.ts';
import {guardedArgv} from '#host/programs/guard.ts';
import {lastLines} from '#host/programs/run-program.ts';
import {Fault} from '#model/fault.ts';
import {childrenOf} from './alive.ts';
import {isBooted, machineOf, makeCgroups, within} from './cgroups.ts';
import {enter} from './enter.ts';

export type Machine = {
	readonly slot: number;
	readonly guard: number;
	/** The merged tree, as seen in the guard's mount namespace. */
	readonly merged: string;
	/** The directory of masks, in the host's /run where systemd reads it first. */
	readonly masks: string;
	readonly hostname: string;
	/** Where the console's output goes. */
	readonly log: string;
	/** Milliseconds to boot in. */
	readonly deadline: number;
};

/** A system that runs. `leader` is its PID 1 as seen from here. */
export type Running = {readonly supervisor: ChildProcess; readonly leader: number; readonly ended: Promise<number>};

/** Boots it. Throws Fault 'rehearse.boot' with the last lines of its log. */
export const boot = async (machine: Machine): Promise<Running> => {
	const log = openSync(machine.log, 'a', 0o600);
	const [file = '', ...argv] = guardedArgv(
		within(makeCgroups(machine.slot), ['nsenter', `--mount=/proc/${machine.guard}/ns/mnt`, ...nspawn(machine)]),
	);
	const supervisor = spawn(file, argv, {
		cwd: '/',
		detached: true,
		stdio: ['ignore', log, log],
		env: childEnvironment({SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1', SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'network'}),
	});
	closeSync(log);
	supervisor.unref();
	let code: number | undefined;
	const ended = new Promise<number>((done, failed) => {
		supervisor.once('exit', status => {
			code = status ?? 128;
			done(code);
		});
		supervisor.once('error', failed);
	});
	const until = Date.now() + machine.deadline;
	for (;;) {
		const leader = leaderOf(supervisor.pid ?? 0);
		if (leader !== undefined && (await isUp(leader, until))) return {supervisor, leader, ended};
		if (code !== undefined)
			throw new Fault(
				'rehearse.boot',
				`the throw-away host did not start (systemd-nspawn ended with ${code})`,
				'Its last words are below.',
				{
					details: consoleLines(machine.log),
				},
			);
		if (Date.now() > until) {
			const details = leader === undefined ? consoleLines(machine.log) : await journalLines(leader);
			throw new Fault(
				'rehearse.boot',
				`the throw-away host did not boot within ${machine.deadline / 1000} s`,
				'The last lines of its journal are below.',
				{
					details,
				},
			);
		}
		await pause(30);
	}
};

/** PID 1 of the machine that this systemd-nspawn runs, as seen from here. */
export const leaderOf = (supervisor: number): number | undefined => childrenOf(supervisor).find(isFirst);

/** Turns it off as an operator would, with `hard` as a power cut does; resolves when it is off. */
export const turnOff = async (running: Running, hard: boolean): Promise<void> => {
	const {pid} = running.supervisor;
	if (running.supervisor.exitCode !== null || running.supervisor.signalCode !== null || pid === undefined) return;
	const leader = leaderOf(pid) ?? running.leader;
	kill(leader, hard ? 'SIGKILL' : powerOff);
	const timer = setTimeout(() => kill(leader, 'SIGKILL'), 90_000);
	await running.ended;
	clearTimeout(timer);
};

const nspawn = (machine: Machine): readonly string[] => [
	'systemd-nspawn',
	'--quiet',
	'--directory',
	machine.merged,
	'--machine',
	machineOf(machine.slot),
	`--hostname=${machine.hostname}`,
	'--register=no',
	...(isBooted() ? [] : ['--keep-unit']),
	`--network-namespace-path=/proc/${machine.guard}/ns/net`,
	'--resolv-conf=off',
	'--timezone=off',
	'--link-journal=no',
	'--console=pipe',
	'--capability=CAP_NET_ADMIN',
	'--system-call-filter=@keyring @memlock bpf',
	`--bind=${machine.masks}:/run/systemd/system.control`,
	// What the host's fstab and crypttab name belongs to the host.
	'--boot',
	'systemd.unit=multi-user.target',
	'fstab=no',
	'luks=no',
];

const isUp = async (leader: number, until: number): Promise<boolean> => {
	const ran = await enter(leader, ['systemctl', 'is-system-running', '--wait'], {
		timeout: Math.max(1000, until - Date.now()),
	}).catch(() => undefined);
	return ['running', 'degraded'].includes(ran?.stdout.trim() ?? '');
};

const journalLines = async (leader: number): Promise<readonly string[]> => {
	const ran = await enter(leader, ['journalctl', '--no-pager', '-b', '-n', '30', '-o', 'short-monotonic'], {
		timeout: 5000,
	}).catch(() => undefined);
	return lastLines(ran?.stdout ?? '', 30);
};

const consoleLines = (path: string): readonly string[] => lastLines(readFileSync(path, 'utf8'), 20);

const isFirst = (pid: number): boolean => {
	try {
		return /^NSpid:.*\t1$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
	} catch {
		return false;
	}
};

const kill = (pid: number, signal: NodeJS.Signals | number): void => {
	try {
		process.kill(pid, signal);
	} catch {
		// It has gone already.
	}
};

/** SIGRTMIN+4: systemd's way to be asked for poweroff.target. */
const powerOff = 38;
