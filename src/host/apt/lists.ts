/** apt's package lists: how old they are, and fetching them. */
import {setTimeout as pause} from 'node:timers/promises';
import type {Host, Reader} from '#model/host.ts';
import {aptLists} from '../outgoing/way-out.ts';
import {aptEnvironment} from './environment.ts';
import {holderOf, inAptWords} from './what-apt-says.ts';

/** Milliseconds since the lists were fetched; undefined where there are none. */
export const listsAge = async (host: Reader): Promise<number | undefined> => {
	const lists = aptLists();
	const names = (await host.list(lists)) ?? [];
	if (!names.some(name => /_Packages(\.\w+)?$/.test(name))) return undefined;
	const stats = await Promise.all(
		['/var/lib/apt/periodic/update-success-stamp', lists, `${lists}/partial`].map(path => host.stat(path)),
	);
	return Date.now() - Math.max(...stats.map(stat => stat?.mtimeMs ?? 0));
};

/** `apt-get update`, waiting up to ten minutes for the lock of the lists, which apt's own option does not cover. Throws the apt faults. */
export const fetchLists = async (host: Host): Promise<void> => {
	const deadline = performance.now() + 600_000;
	for (;;) {
		const lines: string[] = [];
		try {
			await host.exec(['apt-get', 'update', '-q', '-o', 'Acquire::Retries=3', '-o', 'APT::Update::Error-Mode=any'], {
				apt: true,
				fetches: true,
				env: aptEnvironment,
				onLine: line => void lines.push(line),
			});
			return;
		} catch (error) {
			if (holderOf(lines) === undefined || performance.now() > deadline)
				throw inAptWords(error, lines, 'fetching the package lists');
			await pause(2000);
		}
	}
};
