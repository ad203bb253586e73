/** Every process, from /proc alone: who runs it, since when, and whether it is stopped. No `ps`, which a bare host lacks. */
import {readdirSync, readFileSync, readlinkSync} from 'node:fs';
import type {Fact} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';

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
		const boot = Date.now() - Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
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
export const isContained = ({cgroup, elsewhere}: Process): boolean =>
	elsewhere || /docker|libpod|containerd|kubepods|\/lxc|machine\.slice/.test(cgroup);

/** Synchronous on purpose: thousands of tiny calls into the kernel, which a thread pool makes twenty times slower. */
const processOf = (pid: string, boot: number): readonly Process[] => {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		const status = readFileSync(`/proc/${pid}/status`, 'utf8');
		// Only the kernel's own threads have no arguments, and nobody asks about those.
		const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
		if (words === '') return [];
		return [parseProcess(Number(pid), stat, status, words, readFileSync(`/proc/${pid}/cgroup`, 'utf8'), boot)];
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
