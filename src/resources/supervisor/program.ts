/** A program that supervisor keeps running: known to the running supervisord as its file has it, started, and not older than what it was started with. */
import {setTimeout as pause} from 'node:timers/promises';
import {lastLines} from '#host/programs/run-program.ts';
import {type SupervisorProcess, supervisorNow} from '#host/supervisor/now.ts';
import {listeners} from '#host/system/listeners.ts';
import {Fault, faultData} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';

export type SupervisorProgramSpec = {
	readonly name: string;
	/** Its file in /etc/supervisor/conf.d. */
	readonly file: string;
	/** Left out: as it is. False is for autostart=false: known, and started by hand only. */
	readonly running?: boolean;
	/** What the running program must not be older than, beside its own file. */
	readonly files?: readonly string[];
	/** Ports of processes that it starts: where one of them dies alone, supervisor goes on saying RUNNING. */
	readonly listens?: readonly number[];
};
export type SupervisorProgramState =
	| 'absent'
	| {
			readonly state: string;
			readonly newer: readonly string[];
			readonly why: string;
			/** Ports on which nobody listens, though it has had its time to start. */
			readonly silent: readonly number[];
	  };

/** A program. Needs supervisor running and the program's file; provides `done:program:NAME`. */
export const supervisorProgram = (spec: SupervisorProgramSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		supervisorProgramType,
		withEdges(
			{
				id: `supervisor-program:${spec.name}`,
				needs: ['unit:supervisor.service', `path:${spec.file}`],
				provides: [`done:program:${spec.name}`],
				locks: ['supervisor'],
				title: `${spec.name} in supervisor`,
			},
			edges,
		),
		spec,
	);

export const supervisorProgramType: ResourceType<SupervisorProgramSpec, SupervisorProgramState> = {
	name: 'supervisor-program',
	settle: 10,
	inspect: programNow,
	diff(spec, state) {
		if (state === 'absent')
			return [
				{key: 'known', what: `program ${spec.name}`, from: null, to: 'known to supervisor'},
				...(spec.running ? [{key: 'running', what: 'running', from: null, to: 'RUNNING'}] : []),
			];
		const changes: Change[] = [];
		const up = state.state === 'RUNNING';
		if (spec.running && !up)
			changes.push({
				key: 'running',
				what: 'running',
				from: state.why === '' ? state.state : `${state.state}: ${state.why}`,
				to: 'RUNNING',
			});
		if (up && state.newer.length > 0)
			changes.push({key: 'stale', what: 'runs with older files', from: state.newer.join(', '), to: 'restarted'});
		else if (up && state.silent.length > 0)
			changes.push({
				key: 'silent',
				what: 'runs without one of its processes',
				from: `nobody listens on port ${state.silent.join(', ')}`,
				to: 'restarted',
			});
		return changes;
	},
	holds: ({name}) => [{thing: `done:program:${name}`}],
	undoOf: ({name}, state) => ({
		can: true,
		record: {name, created: state === 'absent', ran: state !== 'absent' && state.state === 'RUNNING'},
	}),
	async apply(spec, _state, changes, host) {
		const has = (key: string): boolean => changes.some(change => change.key === key);
		// update restarts what its file has changed, and nothing else.
		await control(host, spec, 'reread');
		await control(host, spec, 'update', spec.name);
		host.forget();
		const now = await programNow(spec, host);
		if (now !== 'absent' && now.state === 'RUNNING' && (now.newer.length > 0 || now.silent.length > 0))
			await control(host, spec, 'restart', spec.name);
		else if (has('running') && now !== 'absent' && !['RUNNING', 'STARTING'].includes(now.state))
			await control(host, spec, 'start', spec.name);
		if (has('running') || has('stale') || has('silent')) await runs(spec, host);
	},
	async undo(record, host) {
		const {name, created, ran} = record as {readonly name: string; readonly created: boolean; readonly ran: boolean} & {
			readonly [key: string]: Json;
		};
		const now = await processNow(name, host).catch(error => {
			if (error instanceof Blocked) return undefined;
			throw error;
		});
		if (now === undefined) return {outcome: 'already'};
		const up = now.state === 'RUNNING' || now.state === 'STARTING';
		if (up && !ran) await host.exec([supervisorctl, 'stop', name]);
		if (created) await host.exec([supervisorctl, 'remove', name], {codes: [0, 1, 2]});
		return {outcome: created || (up && !ran) ? 'undone' : 'already'};
	},
};

const supervisorctl = '/usr/bin/supervisorctl';

const processNow = async (name: string, host: Reader): Promise<SupervisorProcess | undefined> => {
	const all = await host.fact(supervisorNow);
	if (all === 'absent') throw new Blocked({because: 'until', thing: 'package:supervisor'});
	return all.find(one => one.shown === name);
};

async function programNow(spec: SupervisorProgramSpec, host: Reader): Promise<SupervisorProgramState> {
	const now = await processNow(spec.name, host);
	if (now === undefined) return 'absent';
	const files = await Promise.all(
		[spec.file, ...(spec.files ?? [])].map(async path => ({path, at: (await host.stat(path))?.mtimeMs ?? 0})),
	);
	// supervisor tells whole seconds.
	const newer = now.state === 'RUNNING' ? files.filter(({at}) => Math.floor(at / 1000) > now.start) : [];
	return {
		state: now.state,
		why: now.why,
		newer: newer.map(({path}) => path),
		silent: now.state === 'RUNNING' && Date.now() / 1000 - now.start > secondsToStart ? await silentOf(spec, host) : [],
	};
}

/** WebLab-Deusto takes half of it until all its processes answer. */
const secondsToStart = 60;

const silentOf = async ({listens = []}: SupervisorProgramSpec, host: Reader): Promise<readonly number[]> => {
	if (listens.length === 0) return [];
	const all = await host.fact(listeners);
	// Whoever took the port of one that died is not it.
	const own = all.filter(
		one => one.protocol.startsWith('tcp') && [undefined, 'supervisor.service'].includes(one.process?.unit),
	);
	return listens.filter(port => !own.some(one => one.port === port));
};

const control = async (host: Host, {name}: SupervisorProgramSpec, ...words: readonly string[]): Promise<void> => {
	try {
		await host.exec([supervisorctl, ...words]);
	} catch (error) {
		if (!(error instanceof Fault) || error.code !== 'program.failed') throw error;
		throw new Fault(
			'supervisor.program',
			`supervisor could not ${words[0]} ${name}`,
			`See its log, which its file in /etc/supervisor/conf.d names (supervisorctl tail ${name} stderr).`,
			{details: lastLines(faultData(error).details?.join('\n') ?? '', 6)},
		);
	}
};

/** Up, and still up three seconds later: what dies at once is RUNNING for a moment. */
const runs = async (spec: SupervisorProgramSpec, host: Host): Promise<void> => {
	for (const until = performance.now() + 3000; ; await pause(300)) {
		host.forget();
		const now = await programNow(spec, host);
		const state = now === 'absent' ? 'absent' : now.state;
		if (!['RUNNING', 'STARTING'].includes(state))
			throw new Fault(
				'supervisor.program',
				`${spec.name} does not stay up: supervisor says ${state}${now === 'absent' || now.why === '' ? '' : ` (${now.why})`}`,
				`See its log, which its file in /etc/supervisor/conf.d names (supervisorctl tail ${spec.name} stderr).`,
			);
		if (state === 'RUNNING' && performance.now() > until) return;
	}
};
