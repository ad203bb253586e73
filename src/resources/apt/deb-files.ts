/**
 * Packages out of a directory of this host, for what no archive in reach has: every .deb in it, as one apt transaction, which takes from the archives of
 * this host what they need beyond that. Nothing signs such a file: that root alone could have put it there is what it is trusted for.
 */
import {compareVersions} from '#host/apt/deb-version.ts';
import {isInstalled, packages} from '#host/apt/packages.ts';
import {transact} from '#host/apt/transaction.ts';
import {writtenByOthers} from '#host/trust/others.ts';
import {createTrusting} from '#host/trust/who-may-write.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {aptPackagesType} from './apt-packages.ts';

export type DebFilesSpec = {
	readonly directory: string;
	/** What is wanted of it. Once they are installed the directory may go. */
	readonly names: readonly [string, ...string[]];
};

type DebFile = {readonly name: string; readonly version: string; readonly path: string};

export type DebFilesState = {
	/** Of the directory, those that are not installed, or older. */
	readonly missing: readonly (DebFile & {readonly have: string | null})[];
};

/** Provides `package:NAME` of what is wanted. */
export const debFiles = (spec: DebFilesSpec, edges: Partial<Edges> & Pick<Edges, 'id'>): Resource =>
	resource(
		debFilesType,
		{
			...edges,
			provides: [...spec.names.map(name => `package:${name}` as const), ...(edges.provides ?? [])],
			locks: ['apt', ...(edges.locks ?? [])],
		},
		spec,
	);

export const debFilesType: ResourceType<DebFilesSpec, DebFilesState> = {
	name: 'deb-files',
	async inspect({directory, names}, host) {
		const {all} = await host.fact(packages);
		const entries = (await host.list(directory))?.filter(name => name.endsWith('.deb')) ?? [];
		if (entries.length === 0 && names.every(name => isInstalled(all.get(name)))) return {missing: []};
		const native = all.get('dpkg')?.architecture;
		const paths = entries.map(name => `${directory}/${name}`);
		// Before anything unpacks them: what somebody else put there is not even asked for its name.
		refuseForeign(directory, paths, host.root);
		const files = await Promise.all(paths.map(path => fileOf(path, host)));
		const newest = newestOf(files.filter(one => one.architecture === 'all' || one.architecture === native));
		const lacking = names.filter(name => !newest.some(one => one.name === name));
		if (lacking.length > 0)
			throw new Fault(
				'apt.no-file',
				`${directory} has no package ${lacking.join(', ')} for ${native ?? 'this host'}`,
				'Put the .deb files there, with all that they need and this release does not have, or answer otherwise.',
				{details: newest.map(({name, version}) => `${name} ${version}`)},
			);
		const missing = newest.flatMap(one => {
			const there = all.get(one.name);
			const have = isInstalled(there) ? there.version : null;
			return have !== null && compareVersions(have, one.version) >= 0 ? [] : [{...one, have}];
		});
		return {missing};
	},
	diff: ({directory, names}, state) =>
		state === 'absent'
			? names.map(name => ({
					key: 'package',
					item: name,
					what: `package ${name}`,
					from: null,
					to: `that in ${directory}`,
				}))
			: state.missing.map(({name, version, have}) => ({
					key: 'package',
					item: name,
					what: `package ${name}`,
					from: have,
					to: `${version}, of ${directory}`,
				})),
	holds: ({names}) => names.map(name => ({thing: `package:${name}`})),
	fetches: ({directory}) => [
		{kind: 'not covered', what: `what the packages in ${directory} need and it does not have`},
	],
	undoesParts: true,
	undoOf: (_spec, {missing}) => ({
		can: true,
		record: {
			names: missing.filter(({have}) => have === null).map(({name}) => name),
			upgraded: missing.filter(({have}) => have !== null).map(({name}) => name),
		},
	}),
	async apply({directory}, {missing}, _changes, host) {
		refuseForeign(
			directory,
			missing.map(({path}) => path),
			host.root,
		);
		await transact({verb: 'install', targets: missing.map(({path}) => path), recommends: false}, host);
	},
	undo: aptPackagesType.undo,
	undoTogether: (...all) => aptPackagesType.undoTogether!(...all),
	wake: (...all) => aptPackagesType.wake!(...all),
	brings: record => aptPackagesType.brings!(record),
};

const fileOf = async (path: string, host: Reader): Promise<DebFile & {readonly architecture: string}> => {
	const {code, stdout} = await host.probe(['dpkg-deb', '--field', path, 'Package', 'Version', 'Architecture']);
	const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(stdout)?.[1] ?? '';
	if (code !== 0 || field('Package') === '')
		throw new Fault('apt.bad-file', `${path} is no package`, 'Fetch it again, or take it away from there.');
	return {path, name: field('Package'), version: field('Version'), architecture: field('Architecture')};
};

const refuseForeign = (directory: string, paths: readonly string[], root: string): void => {
	const trusting = createTrusting(root);
	for (const path of paths) {
		const others = writtenByOthers(path, trusting);
		if (others !== undefined)
			throw new Fault(
				'apt.foreign-file',
				`${path} is not installed: ${others}`,
				`Its scripts run as root. See where it comes from, then make it root's: chown -R root:root ${directory}; chmod -R go-w ${directory}.`,
			);
	}
};

/** Of several versions the newest. */
const newestOf = <T extends DebFile>(files: readonly T[]): readonly T[] =>
	files
		.filter(
			one =>
				!files.some(
					other => other.name === one.name && other !== one && compareVersions(other.version, one.version) > 0,
				),
		)
		.filter((one, at, all) => all.findIndex(({name}) => name === one.name) === at)
		.toSorted((a, b) => (a.name < b.name ? -1 : 1));
