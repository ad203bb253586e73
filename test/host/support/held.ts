/** Runs with all that is around them (fixtures/light/held.ts) inside a throw-away host, and clients of them. */
import {existsSync, readFileSync} from 'node:fs';
import type {Event, LogEdge} from '#model/event.ts';
import type {Ran} from '#model/host.ts';
import type {InsideOptions} from '#rehearse/machine/enter.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import type {FromRun} from '#runner/messages.ts';
import type {RunRecord} from '#runner/run-record.ts';
import type {HeldOrder} from '../../../fixtures/light/held.ts';
import {bringProgram, node, state} from './light.ts';
import {until} from './until.ts';

const program = '/opt/held.mjs';

export const bringHeld = (host: ThrowAway): Promise<void> => bringProgram(host, 'fixtures/light/held.ts', program);

export const heldArgv = (order: Omit<HeldOrder, 'state'>): readonly string[] => [
	node,
	program,
	JSON.stringify({state, ...order}),
];

export const runHeld = (host: ThrowAway, order: Omit<HeldOrder, 'state'>, options: InsideOptions = {}): Promise<Ran> =>
	host.run(heldArgv(order), {timeout: 120_000, ...options});

/** The present run or the last one, by its own record. */
export const recordOf = (host: ThrowAway): RunRecord =>
	JSON.parse(readFileSync(`${host.root}${state}/run.json`, 'utf8')) as RunRecord;

/** What its event log holds so far. */
export const eventsOf = (host: ThrowAway): readonly Event[] => {
	const path = `${host.root}${state}/events/${recordOf(host).run}.ndjson`;
	return existsSync(path)
		? readFileSync(path, 'utf8')
				.split('\n')
				.slice(0, -1)
				.map(line => JSON.parse(line) as Event | LogEdge)
				.filter(line => line.type !== 'run-by' && line.type !== 'run-over')
		: [];
};

export const saysInLog = (host: ThrowAway, words: string): Promise<unknown> =>
	until(() => eventsOf(host).some(event => event.type === 'node-line' && event.line.includes(words)), {
		what: words,
		deadline: 60_000,
	});

/** A client that follows the run: what it heard, and its end. */
export const attach = (host: ThrowAway, order: {readonly stop?: boolean} = {}) => {
	const heard: FromRun[] = [];
	const kill = new AbortController();
	const ended = host.run(heldArgv({do: 'attach', format: 'ndjson', ...order}), {
		signal: kill.signal,
		onLine: line => {
			if (line.startsWith('{')) heard.push(JSON.parse(line) as FromRun);
		},
	});
	return {
		heard,
		ended,
		kill: () => kill.abort(),
		hears: (want: (message: FromRun) => boolean) => until(() => heard.find(want), {deadline: 60_000}),
	};
};
