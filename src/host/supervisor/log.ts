/** How often a program ended by itself lately, from supervisord's own log: its list of processes shows only what is now, and one that dies every ten seconds is RUNNING most of the time. */

/** The part of the log that is read, from its end. Bytes. */
export const logTail = 128 * 1024;

/**
 * The names of the programs that end again and again: at least three unexpected ends in a row since somebody last started or stopped them,
 * a minute or less apart, and alive now for no longer than twice the longest of those lives.
 * @param log the end of supervisord's log; its first line may be half of one.
 * @param lives seconds that each program is alive by now; undefined for one that is not.
 */
export const endsAgainAndAgain = (log: string, lives: ReadonlyMap<string, number | undefined>): ReadonlySet<string> => {
	const ends = new Map<string, number[]>();
	for (const line of log.split('\n')) {
		const [, at, words] = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),\d+ [A-Z]{4} (.*)$/.exec(line) ?? [];
		if (at === undefined || words === undefined) continue;
		if (words.startsWith('supervisord started')) ends.clear();
		const [, event, name] = /^(exited|stopped): (.+?) \(.*\)$/.exec(words) ?? [];
		if (name === undefined) continue;
		// Its times are of its own zone, and only compared with each other.
		if (event === 'exited' && words.endsWith('; not expected)'))
			ends.set(name, [...(ends.get(name) ?? []), Date.parse(`${at.replace(' ', 'T')}Z`) / 1000]);
		else ends.delete(name);
	}
	return new Set(
		[...ends].filter(([name, times]) => isSeries(times.slice(-ofSeries), lives.get(name))).map(([name]) => name),
	);
};

const ofSeries = 3;

const isSeries = (times: readonly number[], alive: number | undefined): boolean => {
	if (times.length < ofSeries) return false;
	const apart = times.slice(1).map((time, index) => time - times[index]!);
	const longest = Math.max(...apart);
	return longest <= 60 && (alive ?? 0) <= 2 * longest + 2;
};
