/** Processes that still run what an update has replaced: the old library stays in memory until they start anew. */
import {readFileSync} from 'node:fs';
import type {Fact} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {isContained, type Process, processTable, serviceOf} from './process-table.ts';

export type Stale = {
	/** The unit to start anew, or the program where it belongs to none. */
	readonly unit: string;
	readonly pids: readonly number[];
	/** The libraries and programs that are gone. */
	readonly files: readonly string[];
};

export type StaleProcesses = {
	readonly stale: readonly Stale[] /** How many we may not look into. */;
	readonly hidden: number;
};

/** /proc/PID/maps of every process of this host. Throws Blocked on an offline root. */
export const staleProcesses: Fact<StaleProcesses> = {
	id: 'stale-processes',
	async read(host) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the processes of the running host'});
		const all = [...(await host.fact(processTable)).values()].filter(
			one => one.pid !== process.pid && !isContained(one),
		);
		const maps = all.map(one => ({one, files: goneFiles(one.pid)}));
		const stale = maps.flatMap(({one, files}) => (files === undefined || files.length === 0 ? [] : [{one, files}]));
		return {
			stale: [...Map.groupBy(stale, ({one}) => unitOf(one))].map(([unit, some]) => ({
				unit,
				pids: some.map(({one}) => one.pid),
				files: [...new Set(some.flatMap(({files}) => files))].sort(),
			})),
			hidden: maps.filter(({files}) => files === undefined).length,
		};
	},
};

/** Synchronous on purpose, as all of /proc: see process-table.ts. Undefined where we may not look. */
const goneFiles = (pid: number): readonly string[] | undefined => {
	try {
		const text = readFileSync(`/proc/${pid}/maps`, 'utf8');
		return text.includes(' (deleted)') ? goneIn(text) : [];
	} catch (error) {
		// It may have ended meanwhile.
		return ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '') ? undefined : [];
	}
};

/** Programs and libraries among what is mapped and gone; not memory that a program shares under a name that was never a file for long. */
export const goneIn = (maps: string): readonly string[] => [
	...new Set(
		[...maps.matchAll(/^\S+ ..x\S* .* (\/(?:usr|lib|lib64|bin|sbin|opt)\/.*) \(deleted\)$/gm)].map(
			match => match[1] ?? '',
		),
	),
];

const unitOf = (one: Process): string => (one.pid === 1 ? 'systemd itself' : (serviceOf(one) ?? one.name));
