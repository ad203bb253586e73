/** A package that was left half-configured stops everything after it, so it is mended before anything else. */
import {setTimeout as pause} from 'node:timers/promises';
import type {Host, Reader} from '#model/host.ts';
import {aptEnvironment, aptOptions} from './environment.ts';
import {packages} from './packages.ts';
import {waitForScriptLocks} from './script-locks.ts';
import {aptFault, holderOf, inAptWords} from './what-apt-says.ts';

export type Damage = {
	/** `slapd (half-configured)`. */
	readonly packages: readonly string[];
	/** dpkg was cut off in the middle of writing its database. */
	readonly cutOff: boolean;
};

/** What dpkg left unfinished. */
export const damageOf = async (host: Reader): Promise<Damage> => {
	const [{broken}, updates] = await Promise.all([host.fact(packages), host.list('/var/lib/dpkg/updates')]);
	return {
		packages: broken.map(one => `${one.name} (${one.flag === 'ok' ? one.status : one.flag})`),
		cutOff: (updates ?? []).some(name => /^\d+$/.test(name)),
	};
};

/** `dpkg --configure -a`, then `apt-get -f install`. Waits for the lock, which dpkg by itself does not. Throws the apt faults. */
export const mendPackages = async (host: Host): Promise<void> => {
	await waitForScriptLocks(host, 'mending the packages');
	await configureAll(host);
	const lines: string[] = [];
	await host
		.exec(['apt-get', 'install', '--fix-broken', ...aptOptions], {
			apt: true,
			fetches: true,
			env: aptEnvironment,
			onLine: line => void lines.push(line),
		})
		.catch(error => {
			throw inAptWords(error, lines, 'mending the packages');
		});
};

const configureAll = async (host: Host): Promise<void> => {
	const deadline = performance.now() + 600_000;
	for (;;) {
		const lines: string[] = [];
		try {
			// Its exit code tells of packages that apt may still mend; only a held lock is the end of the matter.
			await host.exec(['dpkg', '--force-confdef', '--force-confold', '--configure', '-a'], {
				apt: true,
				env: aptEnvironment,
				codes: [0, 1],
				onLine: line => void lines.push(line),
			});
			return;
		} catch (error) {
			const holder = holderOf(lines);
			if (holder === undefined) throw inAptWords(error, lines, 'mending the packages');
			if (performance.now() > deadline) throw aptFault(lines, 'mending the packages');
			host.say(`waiting for the package lock, held by process ${holder}`);
			await pause(2000);
		}
	}
};
