/** Debian's Apache: is it there, does it run, and which modules the running process really has. */
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {isInstalled, packages} from '../apt/packages.ts';
import {isContained, isRootsOwn, type Process, processTable, programOf} from '../system/process-table.ts';

export type Apache = {
	readonly installed: boolean;
	/** The one that the others come from, and those. */
	readonly running?: {readonly main: Process; readonly children: readonly Process[]};
};

export const apache: Fact<Apache> = {
	id: 'apache',
	async read(host) {
		const installed = isInstalled((await host.fact(packages)).all.get('apache2'));
		if (!installed || host.root !== '/') return {installed};
		const all = [...(await host.fact(processTable)).values()].filter(
			one => one.name === 'apache2' && !isContained(one),
		);
		// Whoever else calls a process so, the one that opens port 80 and the keys is root's.
		const main = all.find(
			one =>
				isRootsOwn(one) &&
				!all.some(({pid}) => pid === one.parent) &&
				[undefined, '/usr/sbin/apache2'].includes(programOf(one.pid)),
		);
		return main === undefined
			? {installed}
			: {installed, running: {main, children: all.filter(({parent}) => parent === main.pid)}};
	},
};

/** `ssl`, `mpm_event`, `wsgi`: what the process has mapped. Only root may look. Throws Blocked. */
export const loadedModules = async ({running}: Apache, host: Reader): Promise<readonly string[]> => {
	if (running === undefined)
		throw new Blocked({because: host.root === '/' ? 'unreadable' : 'offline-root', need: 'Apache does not run'});
	const bytes = await host.read(`/proc/${running.main.pid}/maps`);
	if (bytes === undefined || bytes.length === 0)
		throw new Blocked({because: 'needs-root', need: `the modules of process ${running.main.pid}`});
	return modulesIn(Buffer.from(bytes).toString('utf8'));
};

/** The modules of Apache among the files that a process has mapped. */
export const modulesIn = (maps: string): readonly string[] =>
	[
		...new Set([...maps.matchAll(/\/apache2\/modules\/(?:mod_|lib)?([\w-]+?)\d*\.so/g)].map(([, name = '']) => name)),
	].toSorted();
