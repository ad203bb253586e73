/** A pid alone names nobody: it is used again. With the time it started it names one process for ever. */
import {readFileSync} from 'node:fs';

export type ProcessId = {readonly pid: number; readonly start: string};

/** The process that has this pid now; undefined when there is none or only its zombie. */
export const processOf = (pid: number): ProcessId | undefined => {
	try {
		const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
			.replace(/^.*\) /s, '')
			.split(' ');
		return fields[0] === 'Z' || fields[19] === undefined ? undefined : {pid, start: fields[19]};
	} catch {
		return undefined;
	}
};

export const isAlive = (process: ProcessId): boolean => processOf(process.pid)?.start === process.start;

/** The pids of its children, as seen from here; empty when it has gone. */
export const childrenOf = (pid: number): readonly number[] => {
	try {
		return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
			.split(' ')
			.filter(word => word !== '')
			.map(Number);
	} catch {
		return [];
	}
};
