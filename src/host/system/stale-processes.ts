/** Processes that still run what an update has replaced: the old library stays in memory until they start anew. */
import type {Fact} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {procLines} from './proc-text.ts';
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
		// Those of logins last: whoever fills the bounds hides only what is its own.
		const sorted = [...all.filter(one => !isOfLogin(one)), ...all.filter(isOfLogin)];
		let left = mostTogether;
		const maps = sorted.map(one => {
			const most = Math.min(left, mostOfOne);
			const seen = most > 0 ? mapsOf(one.pid, most) : 'too much';
			left -= seen === 'too much' ? most : seen === 'hidden' ? 0 : seen.length;
			return {one, files: seen === 'too much' || seen === 'hidden' ? undefined : goneIn(seen)};
		});
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

const isOfLogin = ({cgroup}: Process): boolean => cgroup.includes('/user.slice/');

/** Characters of the mappings of one process, and of all: a large database has a tenth of the first. */
const mostOfOne = 16 * 1024 * 1024;
const mostTogether = 256 * 1024 * 1024;

const mapsOf = (pid: number, most: number): string | 'hidden' | 'too much' => {
	try {
		return procLines(`/proc/${pid}/maps`, most) ?? 'too much';
	} catch (error) {
		// It may have ended meanwhile.
		return ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '') ? 'hidden' : '';
	}
};

/**
 * Programs and libraries among what is mapped and gone; not memory that a program shares under a name that was never a file for long. By line: a pattern
 * over names of somebody's choice can be made to take hours.
 */
export const goneIn = (maps: string): readonly string[] => {
	if (!maps.includes(deleted)) return [];
	const gone = new Set<string>();
	for (const line of maps.split('\n')) {
		if (!line.endsWith(deleted)) continue;
		const name = line.slice(line.indexOf('/'), -deleted.length);
		// `7f0a-7f0b r-xp 00000000 08:01 4711   /usr/lib/x.so (deleted)`
		if (line[line.indexOf(' ') + 3] !== 'x' || !ofPackages.test(name)) continue;
		// A copy: a piece of a text keeps all of it in memory.
		gone.add(Buffer.from(name).toString());
		if (gone.size === mostNames) break;
	}
	return [...gone];
};

const deleted = ' (deleted)';
const ofPackages = /^\/(usr|lib|lib64|bin|sbin|opt)\//;
const mostNames = 100;

const unitOf = (one: Process): string => (one.pid === 1 ? 'systemd itself' : (serviceOf(one) ?? one.name));
