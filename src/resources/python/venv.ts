/**
 * A Python environment with what its requirements ask for. A look never starts pip: it compares a digest of what is asked with the stamp,
 * and what is installed with the names of the packages' metadata. `pip check` is part of done.
 */
import {basename, dirname, join} from 'node:path';
import {sha256} from '#host/files/stash.ts';
import {linksEnd} from '#host/files/stat-through.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import type {Thing} from '#model/thing.ts';
import {pathEdges} from '../files/path-resources.ts';
import {readStamp, writeStamp} from '../shared/stamp.ts';
import {createEnvironment} from './create.ts';
import {distributionsIn, versionOfPath} from './distributions.ts';
import {handOver} from './hand-over.ts';
import {keepEnvironment, keptAt} from './keep.ts';
import {pipConflicts, pipInstall} from './pip.ts';
import {readRequirements} from './requirements.ts';
import {withRoom} from './room.ts';
import {inspectSystem} from './system.ts';
import {forgetKept, undoVenv, type VenvRecord, type VenvStamp} from './undo.ts';
import type {VenvKind, VenvSpec, VenvState} from './venv-spec.ts';

/** An environment. Needs its user, its directory, and the files it reads; interpreters and -dev packages are the caller's to name. */
export const venv = (spec: VenvSpec, edges: Partial<Edges> = {}): Resource => {
	const bad = [...(spec.packages ?? []), ...(spec.pins ?? []), ...(spec.replaced ?? [])].find(one =>
		one.trim().startsWith('-'),
	);
	if (bad !== undefined)
		throw new Fault(
			'venv.package',
			`${bad} is no Python package`,
			'Name packages as pip requirements, such as Django<5.',
		);
	const files = [...(spec.requirements ?? []), ...(spec.constraints ?? [])].map(path => `path:${path}` as const);
	if (spec.kind.tool === 'system')
		return resource(
			venvType,
			{
				...edges,
				id: edges.id ?? `venv:${spec.directory}`,
				needs: [...new Set<Thing>([...files, ...(edges.needs ?? [])])],
			},
			spec,
		);
	const own = pathEdges('venv', spec.directory, spec.user, edges);
	return resource(
		venvType,
		{
			...own,
			needs: [...new Set<Thing>([...(own.needs ?? []).filter(thing => !thing.startsWith('group:')), ...files])],
			provides: [...new Set<Thing>([...(own.provides ?? []), `path:${pythonOf(spec)}`])],
		},
		spec,
	);
};

/** The interpreter to run the application with. */
const pythonOf = ({kind, directory, python}: Pick<VenvSpec, 'kind' | 'directory' | 'python'>): string =>
	kind.tool === 'system' ? python : `${directory}/bin/python`;

export const venvType: ResourceType<VenvSpec, VenvState> = {
	name: 'venv',
	async inspect(spec, host) {
		if (spec.kind.tool === 'system') return inspectSystem(spec, host);
		const stat = await host.stat(spec.directory);
		const names = stat === undefined ? undefined : await host.list(spec.directory);
		const stamp = await readStamp<VenvStamp>(host, stampOf(spec.directory));
		const over = stat === undefined ? null : {mode: stat.mode, owner: `${stat.uid}:${stat.gid}`};
		if (stat === undefined || names?.length === 0)
			return {at: 'absent', over: stamp?.created && stamp.wanted === undefined ? stamp.over : over};
		if (stamp === undefined && !names?.includes('pyvenv.cfg'))
			throw new Fault(
				'venv.foreign-directory',
				`${spec.directory} is there already and is no Python environment`,
				'Move it away, or name another directory; nothing in it was touched.',
				{details: (names ?? []).slice(0, 10)},
			);
		const site = await siteOf(spec.directory, host);
		const installed = site === undefined ? new Map<string, string>() : await distributionsIn(host, [site]);
		return {
			at: 'there',
			broken: await brokenBy(spec, site, host),
			stamp,
			...(host.update !== undefined && {keep: keptAt(spec.directory)}),
			wanted: await wantedBy(spec, host),
			off: (stamp?.packages ?? [])
				.flatMap(([name, version]) =>
					installed.get(name) === version
						? []
						: [`${name} ${version}${installed.has(name) ? ` is ${installed.get(name)}` : ' is gone'}`],
				)
				.concat(await goneFrom(site, stamp, host)),
		};
	},
	fetches: ({kind, directory, user: _user, index, findLinks = [], noIndex, ...asked}) => {
		if (kind.tool === 'system' || (noIndex && findLinks.length > 0)) return [];
		// Only what goes through setup's own index is seen.
		return index !== undefined || findLinks.some(one => /^https?:/.test(one))
			? [{kind: 'not covered', what: `the Python packages of ${directory} from an index of their own`}]
			: [{kind: 'python', directory, asked: sha256(JSON.stringify([kind, asked]))}];
	},
	diff(spec, state) {
		if (state === 'absent' || state.at === 'absent')
			return [{what: 'environment', from: null, to: `${wordsFor(spec.kind)} of ${spec.python}${askedBy(spec)}`}];
		if (state.at === 'system')
			return state.missing.length === 0 && state.ready
				? []
				: [
						{
							what: 'Python packages',
							from: state.missing.length > 0 ? `missing: ${state.missing.join(', ')}` : null,
							to: 'from the system',
						},
					];
		const {broken, stamp, wanted, off} = state;
		return [
			...(broken === undefined
				? []
				: [{what: 'environment', from: broken, to: `made again by ${wordsFor(spec.kind)} of ${spec.python}`}]),
			...(stamp?.wanted !== undefined && stamp.wanted === wanted
				? []
				: [
						{
							what: 'requirements',
							from: stamp?.wanted === undefined ? 'not installed to the end' : 'others',
							to: askedBy(spec).replace(', ', '') || 'none',
						},
					]),
			...(off.length === 0
				? []
				: [
						{
							what: 'packages',
							from: off.slice(0, 5).join(', ') + (off.length > 5 ? ` and ${off.length - 5} more` : ''),
							to: 'as installed',
						} satisfies Change,
					]),
		];
	},
	undoOf({directory}, state) {
		if (state.at === 'system') return {can: true, record: {what: 'nothing', directory} satisfies VenvRecord};
		if (state.at === 'absent')
			return {can: true, record: {what: 'created', directory, over: state.over} satisfies VenvRecord};
		// A run that was killed left its own beginning, and no more.
		if (state.stamp?.created && state.stamp.wanted === undefined)
			return {can: true, record: {what: 'created', directory, over: state.stamp.over} satisfies VenvRecord};
		const kept =
			state.keep === undefined || state.stamp === undefined ? {} : {kept: {at: state.keep, stamp: state.stamp}};
		return {can: true, record: {what: 'updated', directory, ...kept} satisfies VenvRecord};
	},
	async apply(spec, state, _changes, host) {
		const {directory, kind, user} = spec;
		if (kind.tool === 'system') {
			const now = await inspectSystem(spec, host);
			if (now.missing.length === 0) return;
			throw new Fault(
				'venv.system-missing',
				`${spec.python} lacks ${now.missing.join(', ')}`,
				'Name the Debian packages that have them (python3-…), or use a virtual environment.',
			);
		}
		const stamp = state.at === 'there' ? state.stamp : undefined;
		if (state.at === 'there' && state.keep !== undefined && stamp?.wanted !== undefined)
			await keepEnvironment(host, spec, state.keep);
		const begun = {
			created: state.at === 'absent' || stamp?.created === true,
			over: state.at === 'absent' ? state.over : (stamp?.over ?? null),
		};
		await writeStamp(host, stampOf(directory), {...begun, packages: stamp?.packages ?? [], top: stamp?.top ?? []});
		if (state.at === 'absent' || (state.at === 'there' && state.broken !== undefined))
			await createEnvironment(host, spec, state.at === 'there');
		const python = pythonOf(spec);
		const {requirements = [], constraints = [], packages = [], pins = [], replaced = []} = spec;
		// What is damaged has its metadata still, and pip would leave it alone.
		const again =
			state.at === 'there' && state.off.some(one => one.endsWith('is gone')) && state.broken === undefined
				? ['--force-reinstall']
				: [];
		await handOver(host, user, {requirements, constraints, packages, pins, replaced}, async args => {
			if (args.length === 0) return;
			await withRoom(host, spec, room => pipInstall(host, python, user, [...again, ...args], spec, room));
		});
		const conflicts = await pipConflicts(host, python, user);
		if (conflicts.length > 0 && (spec.conflicts ?? (kind.systemPackages ? 'report' : 'refuse')) === 'refuse')
			throw new Fault(
				'venv.conflicts',
				`the installed Python packages do not fit each other: ${conflicts[0]}`,
				'Add a constraints file or pin the package in the requirements; pip check lists them all.',
				{details: conflicts},
			);
		for (const line of conflicts) host.say(`pip check: ${line}`);
		const site = (await siteOf(directory, host)) ?? '';
		await writeStamp(host, stampOf(directory), {
			...begun,
			wanted: (await wantedBy(spec, host)) ?? '',
			packages: [...(await distributionsIn(host, [site]))],
			top: [...((await host.list(site)) ?? [])],
		});
	},
	undo: (record, host, {back}) => undoVenv(record as VenvRecord, host, back),
	proven: (record, host) => forgetKept(record as VenvRecord, host),
};

const stampOf = (directory: string): string => `venv:${directory}`;

/** All that decides what pip would install; undefined while a file of it is not there. */
const wantedBy = async (spec: VenvSpec, host: Reader): Promise<string | undefined> => {
	const texts = await readRequirements(host, [...(spec.requirements ?? []), ...(spec.constraints ?? [])]);
	return (
		texts &&
		sha256(
			JSON.stringify([
				spec.kind,
				spec.python,
				texts,
				spec.constraints?.length ?? 0,
				spec.packages ?? [],
				...(spec.pins?.length ? [spec.pins] : []),
				...(spec.replaced?.length ? [{replaced: spec.replaced}] : []),
			]),
		)
	);
};

/** lib/pythonX.Y/site-packages of an environment. */
const siteOf = async (directory: string, host: Reader): Promise<string | undefined> => {
	const name = (await host.list(`${directory}/lib`))?.find(one => /^python\d+\.\d+$/.test(one));
	return name === undefined ? undefined : `${directory}/lib/${name}/site-packages`;
};

/** The interpreter may have gone with an upgrade of the release, or have become another version. */
const brokenBy = async ({directory}: VenvSpec, site: string | undefined, host: Reader): Promise<string | undefined> => {
	if (site === undefined || (await host.stat(`${directory}/pyvenv.cfg`)) === undefined) return 'not whole';
	const {path, stat} = await linksEnd(host, `${directory}/bin/python`);
	if (stat === undefined) return `its interpreter ${path} is gone`;
	const version = versionOfPath(path);
	return version === undefined || site.includes(`/python${version}/`)
		? undefined
		: `made for ${basename(dirname(site))}, and its interpreter is ${version} now`;
};

const goneFrom = async (
	site: string | undefined,
	stamp: VenvStamp | undefined,
	host: Reader,
): Promise<readonly string[]> => {
	const names = new Set(site === undefined ? [] : ((await host.list(site)) ?? []));
	return (stamp?.top ?? [])
		.filter(name => !names.has(name) && name !== '__pycache__' && !/-info$/.test(name))
		.map(name => `${name} is gone`);
};

const wordsFor = (kind: VenvKind): string =>
	kind.tool === 'system'
		? "the system's packages"
		: `${kind.tool}${kind.tool === 'virtualenv' && kind.version !== undefined ? ` ${kind.version}` : ''}${kind.systemPackages ? " with the system's packages" : ''}`;

const askedBy = ({requirements = [], constraints = [], packages = [], pins = [], replaced = []}: VenvSpec): string =>
	[
		...requirements.map(path => join(basename(dirname(path)), basename(path))),
		...constraints.map(path => `constraints ${basename(path)}`),
		...packages,
		...pins.map(one => `limit ${one}`),
		...replaced.map(one => `${one} instead`),
	]
		.map(one => `, ${one}`)
		.join('');
