/**
 * An instance that an application's own program makes, once: such a program empties the database that it is given and writes all files anew, so it is
 * never a way to converge. It runs where there is neither an instance nor a table; whatever else is there is told, and left alone.
 */
import {askMysql} from '#host/mysql/client.ts';
import {mysqlText} from '#host/mysql/sql.ts';
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource, type Undone} from '#model/resource.ts';
import {quoteText, type Text} from '#model/secret.ts';
import {pathEdges} from '../files/path-resources.ts';
import {packAway} from '../shared/pack-away.ts';
import {readStamp, removeStamp, writeStamp} from '../shared/stamp.ts';
import {withArguments} from './arguments-script.ts';

export type InstanceSpec = {
	readonly directory: string;
	readonly user: string;
	/** The interpreter, and the Python program that makes it. */
	readonly python: string;
	readonly program: string;
	/** Given to it on stdin, not in its command line. */
	readonly arguments: readonly Text[];
	/** All there: it was made. Relative. */
	readonly marks: readonly string[];
	/** Databases of this host that the program empties. */
	readonly databases: readonly string[];
	/** Answers that only the making takes; another value later is a fault that says so. */
	readonly fixed: Readonly<Record<string, string>>;
	/** A sentence: what may change later, and how. */
	readonly changeable: string;
};
type Stamp = {readonly made: boolean; readonly fixed: Readonly<Record<string, string>>};
export type InstanceState =
	| {readonly at: 'made'; readonly fixed: Readonly<Record<string, string>>}
	| {
			readonly at: 'none';
			/** What lies at its place. */
			readonly directory: 'absent' | 'of a try of setup' | 'of somebody';
			/** Databases that have tables already; after a try of setup they are its own. */
			readonly inUse: readonly string[];
	  };

/** The instance. Needs its program, its user, the directory above it and its databases. */
export const instance = (spec: InstanceSpec, edges: Partial<Edges> = {}): Resource => {
	const own = pathEdges('instance', spec.directory, spec.user, edges);
	return resource(
		instanceType,
		{
			...own,
			needs: [...(own.needs ?? []).filter(thing => !thing.startsWith('group:')), `path:${spec.program}`],
			provides: [
				...(own.provides ?? []),
				...spec.marks.map(mark => `path:${spec.directory}/${mark}` as const),
				`done:instance:${spec.directory}`,
			],
			holdsData: true,
		},
		spec,
	);
};

export const instanceType: ResourceType<InstanceSpec, InstanceState> = {
	name: 'instance',
	async inspect({directory, marks, databases}, host) {
		const stamp = await readStamp<Stamp>(host, stampOf(directory));
		const there = await host.stat(directory);
		const marked = await Promise.all(marks.map(mark => host.stat(`${directory}/${mark}`)));
		if (marked.every(one => one !== undefined) && stamp?.made !== false) return {at: 'made', fixed: stamp?.fixed ?? {}};
		const begun = stamp?.made === false;
		return {
			at: 'none',
			directory: there === undefined ? 'absent' : begun ? 'of a try of setup' : 'of somebody',
			inUse: begun ? [] : await withTables(databases, host),
		};
	},
	diff(spec, state) {
		if (state === 'absent') return [{what: 'instance', from: null, to: `made by ${spec.program}`}];
		if (state.at === 'made') {
			const other = Object.entries(spec.fixed).filter(
				([key, value]) => state.fixed[key] !== undefined && state.fixed[key] !== value,
			);
			if (other.length === 0) return [];
			throw new Fault(
				'instance.fixed',
				`${spec.directory} was made with ${other.map(([key]) => `${key} ${state.fixed[key]}`).join(' and ')}, and the answers say ${other.map(([, value]) => value).join(' and ')}`,
				`That is decided when it is made. Answer as before, or name another instance and another database. ${spec.changeable}`,
			);
		}
		if (state.directory === 'of somebody')
			throw new Fault(
				'instance.in-the-way',
				`${spec.directory} is there and is no whole instance`,
				'A try that failed leaves such a directory. Look at it, move it away, or name another one; nothing in it was touched.',
			);
		if (state.inUse.length > 0)
			throw new Fault(
				'instance.database-in-use',
				`the database ${state.inUse.join(' and ')} has tables, and ${spec.directory} is not there: making it would empty the database`,
				'Where they belong to an instance that is gone, restore its directory. Else name another database, or drop this one yourself after a dump.',
			);
		return [{what: 'instance', from: state.directory === 'absent' ? null : 'a try that did not end', to: 'made'}];
	},
	keeps: ({directory}) => [{kind: 'tree', path: directory}],
	undoOf: ({directory, user}, state) => ({
		can: true,
		record: {directory, user, created: state.at === 'none'},
	}),
	async apply(spec, state, _changes, host) {
		if (state.at !== 'none') return;
		await writeStamp(host, stampOf(spec.directory), {made: false, fixed: spec.fixed} satisfies Stamp);
		if (state.directory !== 'absent')
			await host.removeTree(spec.directory, {was: (await host.stat(spec.directory))?.id});
		const input: Text = [
			`[${JSON.stringify(spec.program)}, [`,
			...spec.arguments.flatMap((one, at) => [...(at === 0 ? [] : [', ']), ...quoteText(one, JSON.stringify)]),
			']]',
		];
		try {
			await host.exec([spec.python, '-c', withArguments], {
				as: spec.user,
				cwd: spec.directory.replace(/\/[^/]*$/, ''),
				stdin: input,
			});
		} catch (error) {
			if (!(error instanceof Fault) || error.code !== 'program.failed') throw error;
			throw new Fault(
				'instance.failed',
				`${spec.program} could not make ${spec.directory}`,
				'Its last lines are below. What it left is removed by the next try.',
				{details: error.details},
			);
		}
		const marked = await Promise.all(spec.marks.map(mark => host.stat(`${spec.directory}/${mark}`)));
		const lacking = spec.marks.filter((_, at) => marked[at] === undefined);
		if (lacking.length > 0)
			throw new Fault(
				'instance.failed',
				`${spec.program} ended well and made no ${lacking.join(', ')} in ${spec.directory}`,
				'See whether this is the version that the stack is for.',
			);
		await writeStamp(host, stampOf(spec.directory), {made: true, fixed: spec.fixed} satisfies Stamp);
	},
	undo: (record, host, {purgeData}) => undoInstance(record as InstanceRecord, host, purgeData),
};

type InstanceRecord = {readonly directory: string; readonly user: string; readonly created: boolean} & {
	readonly [key: string]: Json;
};

/** It belongs to its database, which stays as well: without one of them the other is worth nothing. */
const undoInstance = async ({directory, created}: InstanceRecord, host: Host, purgeData: boolean): Promise<Undone> => {
	const there = await host.stat(directory);
	if (!created) return {outcome: 'already'};
	if (there === undefined) {
		await removeStamp(host, stampOf(directory));
		return {outcome: 'already'};
	}
	const stamp = await readStamp<Stamp>(host, stampOf(directory));
	if (stamp?.made !== false && !purgeData)
		return {outcome: 'kept', why: `${directory} holds what its users made, and belongs to its database`};
	if (there.kind !== 'directory')
		return {
			outcome: 'conflict',
			why: `${directory} is no directory any more: somebody put something else in its place`,
		};
	if (stamp?.made === false) await host.removeTree(directory, {was: there.id});
	else await packAway(host, directory, directory, there.id);
	await removeStamp(host, stampOf(directory));
	return {outcome: 'undone'};
};

const stampOf = (directory: string): string => `instance:${directory}`;

const withTables = async (databases: readonly string[], host: Reader): Promise<readonly string[]> => {
	if (databases.length === 0) return [];
	const rows = await askMysql(
		host,
		databases.map(
			(name, at) =>
				`SELECT ${at}, COUNT(*) FROM information_schema.TABLES WHERE BINARY TABLE_SCHEMA = BINARY ${mysqlText(name)};\n`,
		),
	);
	return (rows ?? []).flatMap(([at, count]) => (count === '0' ? [] : [databases[Number(at)] ?? '']));
};
