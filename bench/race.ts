/** Programs run in turns inside a host, so that what else the machine does hits all of them alike. */
import {accessSync, constants, writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import type {ThrowAway} from '#rehearse/throwaway.ts';

export type Raced = {
	/** Wall time of each run. */
	readonly seconds: readonly number[];
	/** CPU seconds of the program and all it started, the middle run's. */
	readonly cpu: number;
	/** Peak of the largest process. */
	readonly peakMb: number;
};

/** Each of them `runs` times in turns after `warmUps`, under python3 inside, with its output thrown away. */
export const race = async (
	host: ThrowAway,
	programs: readonly (readonly string[])[],
	runs: number,
	warmUps = 5,
): Promise<readonly Raced[]> =>
	JSON.parse(
		await host.must(['/usr/bin/python3', '-c', script, String(runs), String(warmUps), JSON.stringify(programs)], {
			timeout: 600_000,
		}),
	) as readonly Raced[];

const script = `
import json, os, sys, time
runs, warm, programs = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
null = os.open('/dev/null', os.O_RDWR)
results = [[] for _ in programs]
for n in range(runs + warm):
    for at, argv in enumerate(programs):
        start = time.monotonic()
        pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, f) for f in (0, 1, 2)])
        used = os.wait4(pid, 0)[2]
        if n >= warm: results[at].append((time.monotonic() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024))
print(json.dumps([{
    'seconds': [one[0] for one in all],
    'cpu': sorted(one[1] for one in all)[len(all) // 2],
    'peakMb': max(one[2] for one in all),
} for all in results]))
`;

/** Empties the page cache of the whole machine; false where that is not allowed. */
export const dropCaches = (): boolean => {
	try {
		writeFileSync('/proc/sys/vm/drop_caches', '3');
		return true;
	} catch {
		return false;
	}
};

/** A peer, where somebody has put one: never fetched. */
export const findProgram = (name: string, given: string | undefined): string | undefined =>
	[
		...(given === undefined || given === '' ? [] : [given]),
		...(process.env['PATH'] ?? '').split(delimiter).map(folder => join(folder, name)),
	].find(path => {
		try {
			accessSync(path, constants.X_OK);
			return true;
		} catch {
			return false;
		}
	});
