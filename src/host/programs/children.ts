/**
 * A run that dies by SIGKILL leaves its programs behind. Each is noted in a file while it runs, so that the next run can
 * wait for an apt that survived (killing it would break dpkg) and end the rest before it looks at the host.
 */
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {removeDrafts} from '../files/leftover-drafts.ts';

type Child = {readonly pid: number; readonly started: string; readonly apt: boolean; readonly program: string};

/** Notes a child; the function it gives takes the note back. */
export const noteChild = (directory: string, pid: number, program: string, apt: boolean): (() => void) => {
	const file = join(directory, String(pid));
	try {
		mkdirSync(directory, {recursive: true, mode: 0o700});
		writeFileSync(file, JSON.stringify({pid, started: startOf(pid) ?? '', apt, program} satisfies Child), {
			mode: 0o600,
		});
	} catch {
		// A full disk: the program runs already, and is worth more than the note about it.
	}
	return () => rmSync(file, {force: true});
};

/** What takes no longer than this (useradd, systemctl, psql) may end by itself, for half of its work is worse than all of it. */
const grace = 3000;

/** Ends what a dead run left: apt is waited for, all else is killed with its process group; then its drafts go. `waiting` is told once per program. */
export const reapChildren = async (
	directory: string,
	waiting: (program: string, pid: number) => void,
): Promise<void> => {
	const patience = performance.now() + grace;
	for (const name of (await readdir(directory).catch(() => [])).filter(one => /^\d+$/.test(one))) {
		const file = join(directory, name);
		const child = parse(readFileSync(file, 'utf8'));
		if (child) {
			if (child.apt && alive(child)) waiting(child.program, child.pid);
			while (alive(child)) {
				if (!child.apt && performance.now() > patience) kill(child.pid);
				await pause(100);
			}
		}
		rmSync(file, {force: true});
	}
	await removeDrafts(directory);
};

const parse = (text: string): Child | undefined => {
	try {
		return JSON.parse(text) as Child;
	} catch {
		return undefined;
	}
};

const alive = (child: Child): boolean => child.started !== '' && startOf(child.pid) === child.started;

const kill = (pid: number): void => {
	try {
		process.kill(-pid, 'SIGKILL');
	} catch {
		// It ended between the look and the signal.
	}
};

/** Start time in clock ticks: with the pid it names one process for ever. Zombies count as ended. */
const startOf = (pid: number): string | undefined => {
	try {
		const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
			.replace(/^.*\) /s, '')
			.split(' ');
		return fields[0] === 'Z' ? undefined : fields[19];
	} catch {
		return undefined;
	}
};
