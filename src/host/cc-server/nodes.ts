/** Which nodes a CC-Server believes to be dead, by its own log: it asks them once, when it starts, and no password of a user is needed to hear it. */
import type {Reader} from '#model/host.ts';

/** `log` as its owner, for whose directory it lies in. None where there is no such log. */
export const deadNodes = async (log: string, owner: string, host: Reader): Promise<readonly string[]> => {
	// Of a log with every request these lines are few.
	const {stdout} = await host.probe(['grep', '-aE', '^.{20}[|] (Loaded TOML config from|Dead node: )', '--', log], {
		as: owner,
	});
	return deadSinceStart(stdout);
};

/** From the lines of the log: those of its last start count. */
export const deadSinceStart = (lines: string): readonly string[] => {
	const said = lines
		.split('\n')
		.map(line => /^[\d-]{10} [\d:]{8} \| (Loaded TOML config from|Dead node: (.+)$)/.exec(line));
	const start = said.findLastIndex(one => one !== null && one[2] === undefined);
	return [...new Set(said.slice(start + 1).flatMap(one => one?.[2] ?? []))];
};
