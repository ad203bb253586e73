/** How Apache serves many visitors at once: with threads, or with a process for each, which only PHP inside Apache needs. */
import {Fault} from '#model/fault.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {apacheAt, apacheEdges, changeLinks, type Link, linkNow, linkOf, linksRecord, undoLinks} from './links.ts';

export type ApacheMpmSpec = {
	/** `threads`: event or worker, whichever is on; event where it is prefork. */
	readonly mpm: 'threads' | 'event' | 'worker' | 'prefork';
};
export type ApacheMpmState = {
	readonly on: readonly string[];
	readonly make: readonly Link[];
	readonly remove: readonly Link[];
};

/** The MPM. Changing it takes a restart; a reload keeps the old one. */
export const apacheMpm = (spec: ApacheMpmSpec, edges: Partial<Edges> = {}): Resource =>
	resource(apacheMpmType, apacheEdges({id: 'apache-mpm', provides: ['done:apache-mpm']}, 'restart', edges), spec);

export const apacheMpmType: ResourceType<ApacheMpmSpec, ApacheMpmState> = {
	name: 'apache-mpm',
	async inspect({mpm}, host) {
		const files = await host.list(`${apacheAt}/mods-enabled`);
		if (files === undefined) throw new Blocked({because: 'until', thing: 'package:apache2'});
		const on = files.flatMap(file => /^mpm_(\w+)\.load$/.exec(file)?.[1] ?? []);
		// A change that ended midway leaves the settings of one that is off, and another would not start with them.
		const named = [...new Set(files.flatMap(file => /^mpm_(\w+)\.(load|conf)$/.exec(file)?.[1] ?? []))];
		const wanted = mpm === 'threads' ? (on.find(one => one === 'event' || one === 'worker') ?? 'event') : mpm;
		const php = files.find(file => /^php[\d.]*\.load$/.test(file));
		if (php !== undefined && wanted !== 'prefork' && !(on.length === 1 && on[0] === wanted))
			throw new Fault(
				'apache.php-needs-prefork',
				`PHP is a module of this Apache (${php}), which needs the MPM prefork`,
				'Answer prefork, or move PHP to php-fpm and switch the module off (a2dismod) first.',
			);
		const linksOf = (name: string): readonly Link[] =>
			['load', 'conf'].map(kind => linkOf('mods', `mpm_${name}.${kind}`));
		const there = async (links: readonly Link[]): Promise<readonly Link[]> => {
			const now = await Promise.all(links.map(({path}) => linkNow(host, path)));
			return links.filter((_, at) => now[at] !== undefined);
		};
		const [own, others] = [linksOf(wanted), named.filter(one => one !== wanted).flatMap(linksOf)];
		const mine = await there(own);
		return {on, make: own.filter(link => !mine.includes(link)), remove: await there(others)};
	},
	diff: ({mpm}, state) =>
		state === 'absent'
			? [{what: 'MPM', from: null, to: mpm === 'threads' ? 'event' : mpm}]
			: state.make.length + state.remove.length === 0
				? []
				: [{what: 'MPM', from: state.on.join(' and ') || null, to: mpm === 'threads' ? 'event' : mpm}],
	holds: ({mpm}) => [{thing: 'done:apache-mpm', as: mpm}],
	undoOf: (_spec, {make, remove}) => ({can: true, record: linksRecord({make, remove})}),
	apply: (_spec, {make, remove}, _changes, host) => changeLinks(host, {make, remove}),
	undo: undoLinks,
};
