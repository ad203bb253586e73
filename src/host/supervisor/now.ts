/** What supervisord itself knows: the state of every process, and the configuration it runs with. */
import {setTimeout as pause} from 'node:timers/promises';
import type {Fact} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {Blocked} from '#model/unknown.ts';
import {refuseStrangeSocket} from '../system/who-answers.ts';
import {refuseStilled} from '../units/stilled.ts';
import {askOrFault, askSupervisor, type SupervisorPlace} from './client.ts';
import {supervisorFile} from './file.ts';
import {endsAgainAndAgain, logTail} from './log.ts';

export type SupervisorProcess = {
	/** As supervisorctl shows it: `worker`, or `group:worker`. */
	readonly shown: string;
	readonly name: string;
	readonly group: string;
	/** RUNNING, FATAL, BACKOFF, EXITED, STOPPED, STARTING, STOPPING, UNKNOWN. */
	readonly state: string;
	readonly exit: number;
	/** When it was started last, in seconds since the epoch; 0 where it never was. */
	readonly start: number;
	readonly why: string;
	readonly log: string;
	/** undefined while it does not run. */
	readonly pid: number | undefined;
	/** It ended at least once since supervisor knows it. */
	readonly ended: boolean;
	/** Seconds since it was started last; undefined while it does not run. */
	readonly alive: number | undefined;
	/** It ends again and again, and is started anew each time: by supervisor's log, or seen while it was looked at. */
	readonly flaps: boolean;
	/** Its settings; undefined where this supervisor does not tell them. */
	readonly settings: Readonly<Record<string, Json>> | undefined;
};

/** 'absent' where Debian's supervisor is not installed. Throws Blocked where it cannot be asked. */
export const supervisorNow: Fact<readonly SupervisorProcess[] | 'absent'> = {
	id: 'supervisor-now',
	async read(host) {
		const file = await host.fact(supervisorFile);
		if (file === 'absent') return 'absent';
		if (host.root !== '/')
			throw new Blocked({because: 'offline-root', need: 'supervisor must be asked on the running host'});
		await refuseStrangeSocket(host, file.place.socket, []);
		await refuseStilled(host, 'supervisor.service');
		const ask = (method: string): Promise<Json> => askSupervisor(file.place, method, [], patience);
		const [processes, configs] = await Promise.all([
			ask('supervisor.getAllProcessInfo'),
			ask('supervisor.getAllConfigInfo'),
		]);
		const first = processesOf(processes, configs);
		const flapping = new Set([
			...(await endingAgain(file.place, first)),
			...(await endingWhileLookedAt(records(processes), async () =>
				records(await ask('supervisor.getAllProcessInfo')),
			)),
		]);
		return first.map(one => ({...one, flaps: flapping.has(one.shown)}));
	},
};

/** By its log. A supervisor that keeps none, or gives it to syslog, leaves it to the second look. */
const endingAgain = async (place: SupervisorPlace, all: readonly SupervisorProcess[]): Promise<readonly string[]> => {
	const running = all.filter(({state, ended}) => ended && restarted.includes(state));
	if (running.length === 0) return [];
	const log = await askOrFault(place, 'supervisor.readLog', [-logTail, 0], patience);
	if (log.fault || typeof log.value !== 'string') return [];
	const names = endsAgainAndAgain(log.value, new Map(running.map(({name, alive}) => [name, alive])));
	// Its log says no group: of two programs with one name, nobody knows which one ended.
	return running
		.filter(one => names.has(one.name) && all.filter(({name}) => name === one.name).length === 1)
		.map(({shown}) => shown);
};

/** Looks on until what ended before is old enough to be believed, or was started again meanwhile. */
const endingWhileLookedAt = async (
	first: readonly Row[],
	again: () => Promise<readonly Row[]>,
): Promise<readonly string[]> => {
	const until = Date.now() + longestLook;
	const flapping = new Set<string>();
	const suspects = new Map(first.filter(isSuspect).map(one => [shownOf(one), one]));
	while (suspects.size > 0 && Date.now() < until) {
		await pause(between);
		const now = new Map((await again()).map(one => [shownOf(one), one]));
		for (const [shown, was] of suspects) {
			const later = now.get(shown);
			if (later !== undefined && wasStartedAgain(was, later)) flapping.add(shown);
			if (later === undefined || flapping.has(shown) || !isSuspect(later)) suspects.delete(shown);
		}
	}
	return [...flapping];
};

/** Both answers folded together. */
export const processesOf = (processes: Json, configs: Json): readonly SupervisorProcess[] =>
	records(processes).map(one => {
		const [name, group] = [String(one['name']), String(one['group'])];
		const started = Number(one['start'] ?? 0);
		return {
			shown: shownOf(one),
			name,
			group,
			state: String(one['statename']),
			exit: Number(one['exitstatus'] ?? 0),
			start: started,
			why: String(one['spawnerr'] ?? ''),
			ended: Number(one['stop'] ?? 0) > 0,
			pid: Number(one['pid'] ?? 0) > 0 ? Number(one['pid']) : undefined,
			alive: Number(one['pid'] ?? 0) > 0 ? Number(one['now'] ?? 0) - started : undefined,
			flaps: false,
			log: String(one['stderr_logfile'] || one['stdout_logfile'] || ''),
			settings: records(configs).find(config => config['name'] === name && config['group'] === group),
		};
	});

type Row = Readonly<Record<string, Json>>;

const shownOf = (one: Row): string => {
	const [name, group] = [String(one['name']), String(one['group'])];
	return name === group ? name : `${group}:${name}`;
};

/** The states of what supervisor starts again by itself. */
const restarted: readonly string[] = ['RUNNING', 'STARTING', 'BACKOFF'];

/** Started again a moment ago: by an operator, or because it ended. Only a second look tells. */
const isSuspect = (one: Row): boolean =>
	[...restarted, 'EXITED'].includes(String(one['statename'])) &&
	Number(one['stop'] ?? 0) > 0 &&
	Number(one['now'] ?? 0) - Number(one['start'] ?? 0) <= 3;

/** Its clock counts whole seconds, within which a process may have come and gone: its number tells that too. */
const wasStartedAgain = (was: Row, now: Row): boolean => {
	const later = (key: string): boolean => Number(now[key] ?? 0) > Number(was[key] ?? 0) && Number(was[key] ?? 0) > 0;
	const [before, after] = [Number(was['pid'] ?? 0), Number(now['pid'] ?? 0)];
	return now['statename'] !== 'STOPPED' && (later('start') || (before > 0 && after > 0 && before !== after));
};

/** Between two looks. Milliseconds. */
const between = 500;

/** A busy host starts a program a second or two late. Milliseconds. */
const longestLook = 4000;

const patience = 2500;

const records = (value: Json): readonly Row[] =>
	Array.isArray(value)
		? (value as readonly Json[]).filter(
				(one): one is Row => typeof one === 'object' && one !== null && !Array.isArray(one),
			)
		: [];
