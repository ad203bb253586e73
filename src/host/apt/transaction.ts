/** One apt transaction: never killed, its progress read from its lines, its failure put into a sentence. */
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {aptEnvironment, aptOptions} from './environment.ts';
import {etckeeper} from './etckeeper.ts';
import {fetchLists} from './lists.ts';
import {waitForScriptLocks} from './script-locks.ts';
import {aptFault, isStale} from './what-apt-says.ts';

export type Act = {
	readonly verb: 'install' | 'purge';
	readonly targets: readonly string[];
	readonly recommends?: boolean;
	/** Without it, apt stops rather than remove something. */
	readonly mayRemove?: boolean;
	/** Faster, not safe against a power cut: for throw-away hosts. */
	readonly unsafeIo?: boolean;
};

/** Runs it to its end. Fetches the lists and tries once more when the mirror moved on. Throws the apt faults. */
export const transact = async (act: Act, host: Host): Promise<void> => {
	await waitForScriptLocks(host, nameOf(act));
	if ((await host.fact(etckeeper)).stopsApt)
		await host.exec(['etckeeper', 'commit', 'before setup changes packages'], {codes: [0, 1]});
	const first = await attempt(act, host);
	if (first === undefined) return;
	if (act.verb !== 'install' || !isStale(first)) throw aptFault(first, nameOf(act));
	await fetchLists(host);
	const second = await attempt(act, host);
	if (second) throw aptFault(second, nameOf(act));
};

/** apt's lines when it failed. */
const attempt = async (
	{verb, targets, recommends = true, mayRemove = false, unsafeIo = false}: Act,
	host: Host,
): Promise<readonly string[] | undefined> => {
	const lines: string[] = [];
	const progress = progressOf(host);
	try {
		await host.exec(
			[
				'apt-get',
				verb,
				...aptOptions,
				...(unsafeIo ? ['-o', 'Dpkg::Options::=--force-unsafe-io'] : []),
				...(verb === 'install'
					? [recommends ? '--install-recommends' : '--no-install-recommends', ...(mayRemove ? [] : ['--no-remove'])]
					: []),
				...targets,
			],
			{
				apt: true,
				fetches: true,
				env: aptEnvironment,
				onLine: line => {
					lines.push(line);
					progress(line);
				},
			},
		);
		return undefined;
	} catch (error) {
		if (error instanceof Fault && error.code === 'program.failed') return lines;
		throw error;
	}
};

/** Three marks a package: fetched, unpacked, set up. */
const progressOf = (host: Host): ((line: string) => void) => {
	let [of, fetched, unpacked, configured] = [0, 0, 0, 0];
	return line => {
		const counts = /^(\d+) upgraded, (\d+) newly installed, (?:(\d+) downgraded, )?(\d+) to remove/.exec(line);
		if (counts) of = 3 * (Number(counts[1]) + Number(counts[2]) + Number(counts[3] ?? 0));
		if (/^Get:\d+ /.test(line)) fetched += 1;
		else if (/^Fetched |^Selecting previously|^\(Reading database/.test(line)) fetched = of / 3;
		else if (line.startsWith('Unpacking ')) unpacked += 1;
		else if (line.startsWith('Setting up ')) configured += 1;
		else return;
		if (of > 0) host.progress(Math.min(fetched + unpacked + configured, of), of);
	};
};

const nameOf = ({verb, targets}: Act): string =>
	`${verb === 'install' ? 'installing' : 'removing'} ${targets.slice(0, 4).join(', ')}${targets.length > 4 ? ` and ${targets.length - 4} more` : ''}`;
