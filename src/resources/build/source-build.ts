/**
 * A program built from its source archive. It is built again when version, archive or flags changed or when what it installed was damaged,
 * and only then; the new installation takes the place of the old one in one step, with what others put there.
 */
import {basename, dirname} from 'node:path';
import {fileDigest, quickDigest} from '#host/files/digest.ts';
import {openLog} from '#host/programs/log-file.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {verifiedDigest} from '../download/download.ts';
import {pathEdges} from '../files/path-resources.ts';
import {clear} from '../shared/clear.ts';
import {
	asideOf,
	type BuildSpec,
	type BuildStamp,
	isKept,
	isVolatile,
	readBuildStamp,
	stampName,
	workOf,
} from './build-places.ts';
import {endBuilder} from './end-builder.ts';
import {carryOver, manifestOf, mendSwap, swapIn} from './exchange.ts';
import {makeStaged} from './make.ts';
import {orphanedLibraries} from './orphaned.ts';
import {type BuildRecord, undoBuild} from './undo.ts';

export type {BuildSpec} from './build-places.ts';

export type BuildState =
	/** `over`: an empty directory, or one with directories only. */
	| {
			readonly at: 'absent';
			readonly over: {readonly mode: number; readonly owner: string} | null;
			readonly id?: string | undefined;
	  }
	/** `aside`: a run was killed between the two renames of the swap. */
	| {
			readonly at: 'built';
			/** Which directory it is, at its place or aside. */
			readonly id?: string | undefined;
			readonly aside: boolean;
			readonly stamp: BuildStamp;
			readonly archive: string | undefined;
			readonly damaged: readonly string[];
			/** Packages of libraries that it runs with and that no archive carries any more; left out where there are none. */
			readonly orphaned?: readonly string[];
	  };

/** A build. Needs its archive and the directory of its prefix; compilers and -dev packages are the caller's to name. */
export const sourceBuild = (spec: BuildSpec, edges: Partial<Edges> = {}): Resource => {
	const own = pathEdges('build', spec.prefix, undefined, edges);
	return resource(
		sourceBuildType,
		{
			...own,
			needs: [...new Set([...(own.needs ?? []), `path:${spec.archive}` as const])],
			provides: [...new Set([...(own.provides ?? []), `path:${spec.prefix}/${spec.binary}` as const])],
		},
		spec,
	);
};

/** The flags that the installed build left out because its source does not know them. */
export const droppedFlags = async (host: Reader, prefix: string): Promise<readonly string[]> =>
	(await readBuildStamp(host, prefix))?.dropped ?? [];

export const sourceBuildType: ResourceType<BuildSpec, BuildState> = {
	name: 'source-build',
	async inspect(spec, host) {
		const aside = (await host.stat(spec.prefix)) === undefined;
		const place = aside ? asideOf(spec.prefix) : spec.prefix;
		const stat = await host.stat(place);
		if (stat === undefined) return {at: 'absent', over: null, id: undefined};
		if (stat.kind !== 'directory') throw foreign(spec, []);
		const stamp = await readBuildStamp(host, place);
		if (stamp === undefined) {
			const files = Object.entries(await manifestOf(host, place))
				.filter(([, digest]) => digest !== 'dir')
				.map(([path]) => path);
			if (files.length > 0) throw foreign(spec, files);
			return {at: 'absent', over: {mode: stat.mode, owner: `${stat.uid}:${stat.gid}`}, id: stat.id};
		}
		const orphaned = await orphanedLibraries(host, spec.prefix, `${place}/${stampName}`);
		return {
			...(orphaned.length > 0 && {orphaned}),
			at: 'built',
			id: stat.id,
			aside,
			stamp,
			archive: await verifiedDigest(host, spec.archive),
			damaged: await damagedFiles(spec, place, stamp, host),
		};
	},
	diff(spec, state) {
		if (state === 'absent' || state.at === 'absent')
			return [
				{what: 'build', from: null, to: `${spec.name} ${spec.version} in ${spec.prefix}, ${spec.flags.length} flags`},
			];
		const {aside, stamp, archive, damaged, orphaned} = state;
		return [
			...(aside
				? [{key: 'place', what: 'place', from: 'moved aside by a run that was interrupted', to: spec.prefix}]
				: []),
			...(stamp.version === spec.version ? [] : [{what: 'version', from: stamp.version, to: spec.version}]),
			...(archive === undefined || archive === stamp.archive
				? []
				: [{what: 'archive', from: `sha256 ${stamp.archive}`, to: `sha256 ${archive}`}]),
			...flagChanges(stamp.flags, spec.flags),
			...(orphaned === undefined
				? []
				: [
						{
							what: 'libraries',
							from: `${orphaned.join(', ')}, which no archive carries any more`,
							to: 'those of this release',
						} satisfies Change,
					]),
			...(damaged.length === 0
				? []
				: [
						{
							what: 'installed files',
							from: `missing or changed: ${damaged.slice(0, 5).join(', ')}${damaged.length > 5 ? ` and ${damaged.length - 5} more` : ''}`,
							to: 'as built',
						} satisfies Change,
					]),
		];
	},
	undoOf(spec, state) {
		const common = {prefix: spec.prefix, name: spec.name, keep: spec.keep ?? null, volatile: spec.volatile ?? null};
		if (state.at === 'absent')
			return {can: true, record: {what: 'install', ...common, over: state.over} satisfies BuildRecord};
		const {version, flags, archive} = state.stamp;
		return {
			can: true,
			record: {
				what: 'rebuild',
				...common,
				was: {version, flags, archive},
				became: {version: spec.version, flags: spec.flags, archive: state.archive ?? null},
			} satisfies BuildRecord,
		};
	},
	async apply(spec, state, changes, host) {
		await mendSwap(host, spec.prefix);
		if (changes.every(({key}) => key === 'place')) return;
		const log = openLog(`/var/lib/host-setup/logs/build-${spec.name}.log`);
		try {
			const {staged, dropped, says} = await makeStaged(spec, host, log);
			await endBuilder(host);
			const was = (await host.stat(staged))?.id;
			await host.held(
				staged,
				name => host.exec(['chown', '--recursive', '--no-dereference', 'root:root', `${name}/.`]),
				{was},
			);
			await host.own(staged, {mode: 0o755, was});
			const files = await manifestOf(host, staged);
			const stamp: BuildStamp = {
				name: spec.name,
				version: spec.version,
				archive: (await fileDigest(host, spec.archive)) ?? '',
				flags: spec.flags,
				dropped,
				says,
				files,
				quick: await quickDigest(host, staged, lasting(spec, files)),
			};
			const old = await readBuildStamp(host, spec.prefix);
			const carried =
				state.id === undefined ? [] : await carryOver(spec, host, spec.prefix, staged, old ?? {files: {}});
			if (carried.length > 0)
				host.say(
					`kept as they were: ${carried.slice(0, 10).join(', ')}${carried.length > 10 ? ` and ${carried.length - 10} more` : ''}`,
				);
			await host.replace(`${staged}/${stampName}`, [`${JSON.stringify(stamp)}\n`], {was: 'absent', mode: 0o644});
			await swapIn(host, spec.prefix, staged, state.id);
		} finally {
			log.close();
			await clear(host, workOf(spec.prefix));
		}
	},
	undo: (record, host) => undoBuild(record as BuildRecord, host),
};

/** Installed files that neither the operator nor the program may change: a difference is damage. */
const lasting = (spec: BuildSpec, files: BuildStamp['files']): readonly string[] =>
	Object.keys(files).filter(path => files[path] !== 'dir' && !isKept(spec, path) && !isVolatile(spec, path));

/** The bytes are read only when size or times moved since the build. */
const damagedFiles = async (
	spec: BuildSpec,
	place: string,
	stamp: BuildStamp,
	host: Reader,
): Promise<readonly string[]> => {
	const files = lasting(spec, stamp.files);
	if ((await quickDigest(host, place, files)) === stamp.quick) return [];
	const damaged: string[] = [];
	for (const path of files) if ((await fileDigest(host, `${place}/${path}`)) !== stamp.files[path]) damaged.push(path);
	return damaged;
};

const flagChanges = (from: readonly string[], to: readonly string[]): readonly Change[] => {
	if (JSON.stringify(from) === JSON.stringify(to)) return [];
	const [gone, come] = [from.filter(flag => !to.includes(flag)), to.filter(flag => !from.includes(flag))];
	return [
		{
			what: 'flags',
			from: gone.length > 0 ? gone.join(' ') : null,
			to: come.length > 0 ? come.join(' ') : gone.length > 0 ? null : 'in another order',
		},
	];
};

const foreign = ({prefix}: BuildSpec, files: readonly string[]): Fault =>
	new Fault(
		'build.foreign-prefix',
		`${prefix} is there already, and setup did not build it`,
		`Move it away (mv ${prefix} ${dirname(prefix)}/${basename(prefix)}.old), or name another prefix.`,
		{details: files.slice(0, 10)},
	);
