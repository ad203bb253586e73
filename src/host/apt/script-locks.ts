/**
 * What the scripts of packages lock, and every account of a host may lock as well, for it may be read: debconf's database, and adduser's own file. Who holds one has
 * them all fail, and apt leaves packages half installed: so it is looked at before apt begins.
 */
import {readdirSync, readlinkSync} from 'node:fs';
import {setTimeout as pause} from 'node:timers/promises';
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import {type Process, processTable} from '../system/process-table.ts';
import {accountNames} from '../trust/account-names.ts';

/** Waits up to ten minutes for a program of root's, as apt does for its own lock. Throws Fault apt.script-lock, at once where another account has it locked. */
export const waitForScriptLocks = async (host: Host, what: string): Promise<void> => {
	const deadline = performance.now() + 600_000;
	for (;;) {
		const path = await lockedOne(host);
		if (path === undefined) return;
		const holders = holdersOf(path, await processTable.read(host));
		const stranger = holders.find(({uid}) => uid !== 0);
		const one = stranger ?? holders[0];
		if (stranger !== undefined || performance.now() > deadline)
			throw new Fault(
				'apt.script-lock',
				`${what}: ${path} is locked${one === undefined ? '' : ` by process ${one.pid} (${one.name}) of ${accountNames(host.root).userOf(one.uid)}`}, so no package could be set up`,
				'End that process, then run the same command again. Every account may lock that file; none but a program that sets packages up has a reason to.',
			);
		host.say(`waiting for ${path}${one === undefined ? '' : `, which process ${one.pid} (${one.name}) has locked`}`);
		await pause(2000);
	}
};

/** The same before a program that tells debconf something, which a dry run does not wait for. */
export const waitForDebconf = (host: Host, what: string): Promise<void> =>
	host.act('wait until nobody else has debconf', () => waitForScriptLocks(host, what));

const files = ['/var/cache/debconf/config.dat', '/var/cache/debconf/templates.dat', '/run/adduser'];

/** The first that the kernel gives no lock on. */
const lockedOne = async (host: Reader): Promise<string | undefined> => {
	for (const path of files) {
		if ((await host.stat(path))?.kind !== 'file') continue;
		const {code} = await host.probe(['flock', '--nonblock', '--conflict-exit-code', '75', path, 'true']);
		if (code === 75) return path;
	}
	return undefined;
};

/** Who has it open: the kernel's own list names who locked it, which may have ended and left the lock to a child. */
const holdersOf = (path: string, table: ReadonlyMap<number, Process>): readonly Process[] =>
	[...table.values()].filter(({pid}) => opened(pid).includes(path));

const opened = (pid: number): readonly string[] => {
	try {
		return readdirSync(`/proc/${pid}/fd`).map(name => readlinkSync(`/proc/${pid}/fd/${name}`));
	} catch {
		// It ended meanwhile.
		return [];
	}
};
