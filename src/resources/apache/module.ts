/** Modules of Debian's Apache, with those that they depend on. */
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {apacheAt, apacheEdges, changeLinks, type Link, linkNow, linkOf, linksRecord, undoLinks} from './links.ts';

export type ApacheModuleSpec = {
	/** `ssl`, `proxy_http`. */
	readonly names: readonly string[];
};
export type ApacheModuleState = {readonly missing: readonly Link[]};

/** Modules, on. Those that were on stay on at an undo. */
export const apacheModule = (spec: ApacheModuleSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		apacheModuleType,
		apacheEdges(
			{
				id: `apache-module:${spec.names.join(',')}`,
				provides: spec.names.map(name => `done:apache-module:${name}` as const),
			},
			'restart',
			edges,
		),
		spec,
	);

export const apacheModuleType: ResourceType<ApacheModuleSpec, ApacheModuleState> = {
	name: 'apache-module',
	async inspect({names}, host) {
		const files = await host.list(`${apacheAt}/mods-available`);
		if (files === undefined) throw new Blocked({because: 'until', thing: 'package:apache2'});
		const links = (await withDependencies(names, files, host)).flatMap(name =>
			['load', 'conf'].filter(kind => files.includes(`${name}.${kind}`)).map(kind => linkOf('mods', `${name}.${kind}`)),
		);
		const there = await Promise.all(links.map(({path}) => linkNow(host, path)));
		return {missing: links.filter((_, at) => there[at] === undefined)};
	},
	diff: ({names}, state) =>
		state === 'absent'
			? names.map(name => ({item: name, what: `module ${name}`, from: 'off', to: 'on'}))
			: [...new Set(state.missing.map(({path}) => /\/(.*)\.\w+$/.exec(path)?.[1] ?? path))].map(name => ({
					item: name,
					what: `module ${name}`,
					from: 'off',
					to: 'on',
				})),
	holds: ({names}) => names.map(name => ({thing: `done:apache-module:${name}`})),
	undoOf: (_spec, {missing}) => ({can: true, record: linksRecord({make: missing, remove: []})}),
	apply: (_spec, {missing}, _changes, host) => changeLinks(host, {make: missing, remove: []}),
	undo: undoLinks,
};

/** `# Depends: mime socache_shmcb` in its .load, as a2enmod reads it. What others need comes first: a change that ended midway can be taken back in turn. */
const withDependencies = async (
	names: readonly string[],
	files: readonly string[],
	host: Reader,
): Promise<readonly string[]> => {
	const found: string[] = [];
	const open = new Set<string>();
	const take = async (name: string): Promise<void> => {
		if (name === '' || open.has(name)) return;
		open.add(name);
		if (!files.includes(`${name}.load`))
			throw new Fault(
				'apache.no-module',
				`Apache has no module ${name} on this host`,
				'Install the package that brings it (libapache2-mod-…), or leave it out.',
			);
		const text = Buffer.from((await host.read(`${apacheAt}/mods-available/${name}.load`)) ?? '').toString('utf8');
		for (const [, words = ''] of text.matchAll(/^# Depends:(.*)$/gm))
			for (const one of words.trim().split(/\s+/)) await take(one);
		found.push(name);
	};
	for (const name of names) await take(name);
	return found;
};
