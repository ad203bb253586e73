/** Every process, from /proc alone: who runs it, since when, and whether it is stopped. No `ps`, which a bare host lacks. */
import {readdirSync, readlinkSync} from 'node:fs';
import type {Fact} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {procText} from './proc-text.ts';

export type Process = {
	readonly pid: number;
	readonly parent: number;
	readonly name: string;
	/** One letter of the kernel: `S`, `R`, `T` stopped by a signal, `Z` ended and not yet waited for. */
	readonly state: string;
	/** The effective ones. */
	readonly uid: number;
	/** Of who started it: another one in a program with the setuid bit, which anybody may start under any title. */
	readonly realUid: number;
	readonly gid: number;
	/** Milliseconds since the epoch, to about 20 ms. */
	readonly startedAt: number;
	/** Its arguments; a title that it set itself (`nginx: worker process`) is one word. */
	readonly argv: readonly string[];
	readonly cgroup: string;
	/** It lives in another pid namespace: a container, or whatever somebody has unshared. */
	readonly elsewhere: boolean;
};

/** All of them by number. Throws Blocked on an offline root. */
export const processTable: Fact<ReadonlyMap<number, Process>> = {
	id: 'process-table',
	async read(host) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the processes of the running host'});
		const boot = Date.now() - Number(procText('/proc/uptime').split(' ')[0]) * 1000;
		const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
		return new Map(pids.flatMap(pid => processOf(pid, boot)).map(one => [one.pid, one]));
	},
};

/** The service a process belongs to, as its control group says. */
export const serviceOf = ({cgroup}: Process): string | undefined => /\/([^/\n]+\.service)(?:\n|$|\/)/.exec(cgroup)?.[1];

/** Root started it, and it is root: a program with the setuid bit keeps the number of who called it, whatever it is titled. */
export const isRootsOwn = ({uid, realUid}: Process): boolean => uid === 0 && realUid === 0;

/** The file it runs, for whose it is, never to be run for that alone; undefined where only root may know. Names and titles anybody can choose. */
export const programOf = (pid: number): string | undefined => {
	try {
		return readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
	} catch {
		return undefined;
	}
};

/** In a container of its own: its paths are not the host's. */
export const isContained = (one: Process): boolean => one.elsewhere || isInContainersGroup(one);

/** By the name of its control group: a unit of that name is the container's own, and not the host's. A unit of the host may have a pid namespace as well. */
export const isInContainersGroup = ({cgroup}: Process): boolean =>
	/docker|libpod|containerd|kubepods|\/lxc|machine\.slice/.test(cgroup);

/** Bytes of its arguments. Anybody may give a process some megabytes. */
const longestCommand = 32_768;

const processOf = (pid: string, boot: number): readonly Process[] => {
	try {
		// Only the kernel's own threads have no arguments, and nobody asks about those.
		const words = procText(`/proc/${pid}/cmdline`, longestCommand);
		if (words === '') return [];
		const [stat, status] = [procText(`/proc/${pid}/stat`), procText(`/proc/${pid}/status`)];
		return [parseProcess(Number(pid), stat, status, words, procText(`/proc/${pid}/cgroup`), boot)];
	} catch {
		// It ended meanwhile, or is hidden from us.
		return [];
	}
};

/** The kernel's texts about one process. */
export const parseProcess = (
	pid: number,
	stat: string,
	status: string,
	cmdline: string,
	cgroup: string,
	boot: number,
): Process => {
	const behind = stat
		.slice(stat.lastIndexOf(')') + 2)
		.trim()
		.split(' ');
	const ids = (name: string, at = 2): number =>
		Number(new RegExp(`^${name}:\\s+(\\d+)\\s+(\\d+)`, 'm').exec(status)?.[at]);
	return {
		pid,
		parent: Number(behind[1]),
		name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
		state: behind[0] ?? '?',
		uid: ids('Uid'),
		realUid: ids('Uid', 1),
		gid: ids('Gid'),
		startedAt: boot + Number(behind[19]) * 10,
		argv: cmdline.replace(/[\0 ]+$/, '').split('\0'),
		cgroup,
		elsewhere: /^NSpid:\s+\d+\s+\d/m.test(status),
	};
};
