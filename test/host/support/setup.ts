/** The product's own commands inside a throw-away host, as an operator there would type them. */
import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import type {Stamped} from '#model/event.ts';
import type {Undone} from '#model/resource.ts';
import type {InsideOptions} from '#rehearse/machine/enter.ts';
import {programDir} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';

export const checkout = join(import.meta.dirname, '../../..');

/** Inside. */
export const setup = `${programDir}/setup`;
export const answersFile = '/root/answers.yaml';

export type Options = InsideOptions & {readonly set?: Readonly<Record<string, unknown>>; readonly file?: string};

export type Applied = {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
	readonly outcome: string | undefined;
	/** How many nodes were changed. */
	readonly changed: number;
	/** Their ids. */
	readonly changes: readonly string[];
	/** For a failing test: what failed and why. */
	readonly faults: readonly string[];
};

/** The bundle is what runs inside, and the checkout cannot be written there: it is brought up to date before. */
export const buildProgram = (): void => {
	if (built) return;
	execFileSync(join(checkout, 'setup'), ['--version'], {stdio: ['ignore', 'ignore', 'pipe']});
	built = true;
};
let built = false;

export const applyIn = async (host: ThrowAway, options: Options = {}): Promise<Applied> => {
	const {set, file = answersFile, ...how} = options;
	const {code, stdout, stderr} = await host.run([setup, 'apply', file, ...setsOf(set), '--format', 'ndjson'], {
		timeout: 1_200_000,
		...how,
	});
	const events = eventsOf(stdout);
	const end = events.find(event => event.type === 'run-end');
	const ends = events.filter(event => event.type === 'node-end');
	return {
		code,
		stdout,
		stderr,
		outcome: end?.outcome,
		changed: end?.changed ?? -1,
		changes: ends.filter(one => one.outcome === 'changed').map(one => one.id),
		faults: [
			...ends.flatMap(({id, fault}) =>
				fault ? [`${id}: [${fault.code}] ${fault.sentence} | ${fault.details.join(' | ')}`] : [],
			),
			...(code === 0 ? [] : [stderr.trim()]),
		],
	};
};

export type Planned = {
	readonly code: number;
	readonly counts: Readonly<Record<'ok' | 'change' | 'unknown' | 'failed', number>>;
	/** Ids of the nodes that are not ok, those of changes with what is to change. */
	readonly notOk: readonly string[];
	readonly ids: readonly string[];
	readonly stderr: string;
};

type PlanData = {
	readonly counts: Planned['counts'];
	readonly nodes: readonly {
		readonly id: string;
		readonly state: string;
		readonly changes?: readonly {readonly what: string}[];
		readonly fault?: {readonly sentence: string};
	}[];
};

export const planIn = async (host: ThrowAway, options: Options = {}): Promise<Planned> => {
	const {set, file = answersFile, ...how} = options;
	const {code, stdout, stderr} = await host.run([setup, 'plan', file, ...setsOf(set), '--format', 'json'], {
		timeout: 120_000,
		...how,
	});
	if (!stdout.startsWith('{')) throw new Error(`setup plan ended with ${code}: ${stderr}${stdout.slice(0, 500)}`);
	const {counts, nodes} = JSON.parse(stdout) as PlanData;
	const off = nodes.filter(node => node.state !== 'ok');
	return {
		code,
		counts,
		stderr,
		ids: off.map(node => node.id),
		notOk: off.map(
			node =>
				`${node.id} ${node.state}: ${node.fault?.sentence ?? (node.changes ?? []).map(change => change.what).join(', ')}`,
		),
	};
};

export type Undid = {
	readonly code: number;
	readonly results: readonly {readonly id: string; readonly result: Undone}[];
	readonly stdout: string;
	readonly stderr: string;
};

export const undoIn = async (host: ThrowAway, ...argv: readonly string[]): Promise<Undid> => {
	const {code, stdout, stderr} = await host.run([setup, 'undo', '--format', 'ndjson', ...argv], {timeout: 600_000});
	return {
		code,
		stdout,
		stderr,
		results: eventsOf(stdout).flatMap(event => (event.type === 'undo' ? [{id: event.id, result: event.result}] : [])),
	};
};

/** Those of one outcome, each with its reason. */
export const outcomesOf = ({results}: Undid, outcome: Undone['outcome']): readonly string[] =>
	results.flatMap(({id, result}) =>
		result.outcome === outcome ? [`${id}${'why' in result ? `: ${result.why}` : ''}`] : [],
	);

const eventsOf = (stdout: string): readonly Stamped[] =>
	stdout
		.split('\n')
		.filter(line => line.startsWith('{'))
		.map(line => JSON.parse(line) as Stamped);

const setsOf = (set: Readonly<Record<string, unknown>> = {}): readonly string[] =>
	Object.entries(set).flatMap(([key, value]) => ['--set', `${key}=${JSON.stringify(value)}`]);
