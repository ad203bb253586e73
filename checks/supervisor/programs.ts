/** A program that supervisor gave up on looks like one that never was: only its state tells. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {isSeen, see, there} from '#host/see.ts';
import {type SupervisorProcess, supervisorNow} from '#host/supervisor/now.ts';
import {processTable} from '#host/system/process-table.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Remedy} from '#model/finding.ts';

const seeLog = (log: string | undefined): string => (log === undefined ? '' : `; log: ${log}`);

const mendAndStart = ({name, log}: {readonly name: string; readonly log: string | undefined}): Remedy => ({
	sentence: `See why (${log ?? `supervisorctl tail ${name} stderr`}), mend it, then supervisorctl start ${name}.`,
});

const kinds = defineKinds({
	failing: {
		state: 'fail',
		example: {name: 'worker', state: 'FATAL', why: 'spawn error', log: '/var/log/worker.log' as string | undefined},
		says: ({state, why, log}) =>
			`${state === 'FATAL' ? 'supervisor gave it up' : `is in state ${state}`}${why === '' ? '' : ` (${why})`}${seeLog(log)}`,
		remedy: mendAndStart,
	},
	flaps: {
		state: 'fail',
		example: {name: 'worker', log: '/var/log/worker.log' as string | undefined},
		says: ({log}) => `ends again and again, and is started anew each time${seeLog(log)}`,
		remedy: mendAndStart,
	},
	stilled: {
		state: 'fail',
		example: {pid: 4711},
		says: 'is RUNNING, and stopped by a signal (SIGSTOP): it does nothing',
		remedy: ({pid}) => ({
			sentence: 'Find out who did that and why; then let it go on.',
			commands: [['kill', '-CONT', String(pid)]],
		}),
	},
	ended: {
		state: 'fail',
		example: {name: 'worker', exit: 1, log: undefined as string | undefined},
		says: ({exit, log}) => `ended with ${exit}${seeLog(log)}`,
		remedy: mendAndStart,
	},
	stopped: {
		state: 'warn',
		example: {name: 'worker'},
		says: 'was stopped, and starts again at the next boot',
		remedy: ({name}) => ({
			sentence: 'Start it again, or set autostart=false if it is not wanted.',
			commands: [['supervisorctl', 'start', name]],
		}),
	},
	between: {
		state: 'warn',
		example: {name: 'worker', state: 'STARTING'},
		says: ({state}) => `is ${state.toLowerCase()}`,
		remedy: ({name}) => ({
			sentence: 'Wait a moment, and look again.',
			commands: [['supervisorctl', 'status', name]],
		}),
	},
});

export const check = defineCheck({
	id: 'supervisor.programs',
	title: 'Every program of supervisor runs',
	why: 'supervisor tries a program a few times and then leaves it FATAL, quietly. A program that somebody stopped by hand comes back at the next boot, wanted or not.',
	reads: [
		'supervisor.getAllProcessInfo, getAllConfigInfo and readLog over its Unix socket: states, and how often each ended lately',
		'/proc/PID/stat of each program: whether it is stopped',
	],
	severity: 'fail',
	layers: ['runtime'],
	requires: ['supervisor.running'],
	source: 'WebLab-Deusto guide, "Deployment"; supervisor documentation, "Process States"',
	verify: 'supervisorctl status',
	facts: {packages, now: supervisorNow},
	kinds,
	appliesTo: ({facts}) =>
		isInstalled(facts.packages.all.get('supervisor')) ? there(facts, ['now']) : 'supervisor is not installed',
	async inspect({host, facts}) {
		const runtime = await see(() => {
			const all = facts.now;
			return {value: all.map(({shown, state}) => `${shown} ${state}`), where: 'supervisor.getAllProcessInfo'};
		});
		const all = isSeen(runtime) ? facts.now : [];
		const table = isSeen(runtime) ? await host.fact(processTable) : undefined;
		const stopped = (pid: number): boolean => table?.get(pid)?.state === 'T';
		return findings(
			all.map(
				(one): FoundOf<typeof kinds> => ({
					item: one.shown,
					...judged(one, stopped),
					expected: 'RUNNING',
					layers: {runtime: {value: one.state, where: 'supervisor.getAllProcessInfo'}},
				}),
			),
			{is: 'ok', says: 'no program is configured', expected: 'RUNNING', layers: {runtime}},
		);
	},
});

const judged = (one: SupervisorProcess, stopped: (pid: number) => boolean) => {
	const {shown: name, state, why, exit, settings, pid} = one;
	const log = one.log === '' || one.log.startsWith('/dev/') ? undefined : one.log;
	if (one.flaps) return {is: 'flaps', data: {name, log}} as const;
	if (pid !== undefined && stopped(pid)) return {is: 'stilled', data: {pid}} as const;
	if (state === 'RUNNING') return {is: 'ok'} as const;
	if (state === 'FATAL' || state === 'BACKOFF' || state === 'UNKNOWN')
		return {is: 'failing', data: {name, state, why, log}} as const;
	if (state === 'EXITED') {
		const codes = settings?.['exitcodes'];
		return (Array.isArray(codes) ? codes.includes(exit) : exit === 0)
			? ({is: 'ok', says: `ended by itself with ${exit}, which is as its file has it`} as const)
			: ({is: 'ended', data: {name, exit, log}} as const);
	}
	if (state !== 'STOPPED') return {is: 'between', data: {name, state}} as const;
	return settings?.['autostart'] === false
		? ({is: 'ok', says: 'is started by hand only (autostart=false)'} as const)
		: ({is: 'stopped', data: {name}} as const);
};
