/** A Python application that installs itself by its own setup.py into its environment: what is installed is the commit that is checked out. */
import {lastLines} from '#host/programs/run-program.ts';
import {Fault, faultData} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {askGit} from '../git/program.ts';
import {withEdges} from '../shared/edges.ts';
import {readStamp, removeStamp, writeStamp} from '../shared/stamp.ts';
import {pipEnvironment} from './pip.ts';

export type SetupPySpec = {
	/** As pip knows it: `weblabdeusto`. */
	readonly name: string;
	readonly checkout: string;
	/** The environment's. */
	readonly environment: string;
	readonly user: string;
	/** A program that it brings into the environment's bin. */
	readonly program: string;
	/** What it writes into the checkout, relative: an old build would be installed again, and an undo removes it all. */
	readonly leaves: readonly string[];
};
type Stamp = {readonly commit: string; readonly site: readonly string[]};
export type SetupPyState = {
	readonly head: string;
	readonly installed: string | undefined;
	/** What was installed and is gone. */
	readonly gone: readonly string[];
};

/** The application in its environment. Needs the checkout and the environment with what it requires. */
export const setupPy = (spec: SetupPySpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		setupPyType,
		withEdges(
			{
				id: `setup-py:${spec.name}`,
				needs: [`path:${spec.checkout}`, `path:${spec.environment}/bin/python`],
				provides: [`path:${spec.environment}/bin/${spec.program}`, `done:setup-py:${spec.name}`],
				locks: [`path:${spec.environment}`],
			},
			edges,
		),
		spec,
	);

export const setupPyType: ResourceType<SetupPySpec, SetupPyState> = {
	name: 'setup-py',
	async inspect(spec, host) {
		if ((await host.stat(`${spec.checkout}/.git`)) === undefined)
			throw new Blocked({because: 'until', thing: `path:${spec.checkout}`});
		const stamp = await readStamp<Stamp>(host, stampOf(spec));
		const site = await siteNames(spec.environment, host);
		const program = await host.stat(`${spec.environment}/bin/${spec.program}`);
		return {
			head: await headOf(spec, host),
			installed: stamp?.commit,
			gone: [
				...(stamp?.site ?? []).filter(name => !site.includes(name)),
				...(program === undefined ? [`bin/${spec.program}`] : []),
			],
		};
	},
	diff({name}, state) {
		if (state === 'absent') return [{what: name, from: null, to: 'installed by setup.py'}];
		const {head, installed, gone} = state;
		return [
			...(installed === head
				? []
				: [{key: 'commit', what: name, from: installed?.slice(0, 10) ?? null, to: head.slice(0, 10)}]),
			...(installed !== head || gone.length === 0
				? []
				: [{key: 'gone', what: name, from: `${gone.slice(0, 3).join(', ')} is gone`, to: 'installed again'}]),
		];
	},
	undoOf: ({name, checkout, environment, user, leaves}, {installed}) => ({
		can: true,
		record: {name, checkout, environment, user, leaves, first: installed === undefined},
	}),
	async apply(spec, _state, _changes, host) {
		const before = await siteNames(spec.environment, host);
		for (const path of spec.leaves.filter(one => /(^|\/)(build|dist)$/.test(one)))
			await removeThere(host, `${spec.checkout}/${path}`);
		// What a first build finds out of git is taken along by the second only.
		await python(host, spec, ['setup.py', '-q', 'build']);
		await python(host, spec, ['setup.py', '-q', 'install']);
		const after = await siteNames(spec.environment, host);
		await writeStamp(host, stampOf(spec), {
			commit: await headOf(spec, host),
			site: after.filter(one => !before.includes(one) || one.startsWith(`${spec.name}-`)),
		} satisfies Stamp);
	},
	async undo(raw, host) {
		const record = raw as SetupPyRecord;
		if (!record.first) return {outcome: 'already'};
		for (const path of record.leaves) await removeThere(host, `${record.checkout}/${path}`);
		await removeStamp(host, stampOf(record));
		if ((await host.stat(`${record.environment}/bin/python`)) === undefined) return {outcome: 'already'};
		await host.exec([`${record.environment}/bin/python`, '-m', 'pip', 'uninstall', '--yes', record.name], {
			as: record.user,
			codes: [0, 1],
			env: await pipEnvironment(host, {}),
		});
		return {outcome: 'undone'};
	},
};

type SetupPyRecord = Pick<SetupPySpec, 'name' | 'checkout' | 'environment' | 'user' | 'leaves'> & {
	readonly first: boolean;
} & {readonly [key: string]: Json};

const removeThere = async (host: Host, path: string): Promise<void> => {
	const there = await host.stat(path);
	if (there !== undefined) await host.removeTree(path, {was: there.id});
};

const stampOf = ({name, environment}: Pick<SetupPySpec, 'name' | 'environment'>): string =>
	`setup-py:${environment}:${name}`;

const headOf = async ({checkout, user}: SetupPySpec, host: Reader): Promise<string> =>
	(await askGit(host, {url: checkout, user}, ['-C', checkout, 'rev-parse', 'HEAD'])).trim();

const siteNames = async (environment: string, host: Reader): Promise<readonly string[]> => {
	const name = (await host.list(`${environment}/lib`))?.find(one => /^python\d+\.\d+$/.test(one));
	return name === undefined ? [] : ((await host.list(`${environment}/lib/${name}/site-packages`)) ?? []);
};

const python = async (
	host: Host,
	{name, checkout, environment, user}: SetupPySpec,
	words: readonly string[],
): Promise<void> => {
	try {
		await host.exec([`${environment}/bin/python`, ...words], {
			as: user,
			fetches: true,
			cwd: checkout,
			env: {...(await pipEnvironment(host, {})), PATH: `${environment}/bin:/usr/bin:/bin`},
		});
	} catch (error) {
		if (!(error instanceof Fault) || error.code !== 'program.failed') throw error;
		throw new Fault(
			'python.setup',
			`setup.py of ${name} failed`,
			`Run it by hand as ${user} in ${checkout} and see what it says; what it requires must be in the environment before.`,
			{details: lastLines(faultData(error).details?.join('\n') ?? '', 12)},
		);
	}
};
