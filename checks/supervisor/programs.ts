/** A program that supervisor gave up on looks like one that never was: only its state tells. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {isSeen, see, there} from '#host/see.ts';
import {type SupervisorProcess, supervisorNow} from '#host/supervisor/now.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';

export const check = defineCheck({
	id: 'supervisor.programs',
	title: 'Every program of supervisor runs',
	why: 'supervisor tries a program a few times and then leaves it FATAL, quietly. A program that somebody stopped by hand comes back at the next boot, wanted or not.',
	reads: ['supervisor.getAllProcessInfo and getAllConfigInfo over its Unix socket'],
	severity: 'fail',
	layers: ['runtime'],
	requires: ['supervisor.running'],
	source: 'WebLab-Deusto guide, "Deployment"; supervisor documentation, "Process States"',
	verify: 'supervisorctl status',
	facts: {packages, now: supervisorNow},
	appliesTo: ({facts}) =>
		isInstalled(facts.packages.all.get('supervisor')) ? there(facts, ['now']) : 'supervisor is not installed',
	async inspect({facts}) {
		const runtime = await see(() => {
			const all = facts.now;
			return {value: all.map(({shown, state}) => `${shown} ${state}`), where: 'supervisor.getAllProcessInfo'};
		});
		const all = isSeen(runtime) ? facts.now : [];
		return findings(
			all.map(
				(one): Finding => ({
					item: one.shown,
					...judged(one),
					expected: 'RUNNING',
					layers: {runtime: {value: one.state, where: 'supervisor.getAllProcessInfo'}},
				}),
			),
			{state: 'ok', says: 'no program is configured', expected: 'RUNNING', layers: {runtime}},
		);
	},
	remedy: ({item = '', state, says}) => ({
		sentence:
			state === 'fail'
				? `See why (${/log: (\S+)/.exec(says ?? '')?.[1] ?? `supervisorctl tail ${item} stderr`}), mend it, then supervisorctl start ${item}.`
				: `Start it again, or set autostart=false if it is not wanted.`,
		...(state === 'warn' && {commands: [['supervisorctl', 'start', item]]}),
	}),
});

const judged = ({state, why, exit, log, settings}: SupervisorProcess): Pick<Finding, 'state' | 'says'> => {
	const seeLog = log === '' || log.startsWith('/dev/') ? '' : `; log: ${log}`;
	if (state === 'RUNNING') return {state: 'ok'};
	if (state === 'FATAL' || state === 'BACKOFF' || state === 'UNKNOWN')
		return {
			state: 'fail',
			says: `${state === 'FATAL' ? 'supervisor gave it up' : `is in state ${state}`}${why === '' ? '' : ` (${why})`}${seeLog}`,
		};
	if (state === 'EXITED') {
		const codes = settings?.['exitcodes'];
		const expected = Array.isArray(codes) ? codes.includes(exit) : exit === 0;
		return expected
			? {state: 'ok', says: `ended by itself with ${exit}, which is as its file has it`}
			: {state: 'fail', says: `ended with ${exit}${seeLog}`};
	}
	if (state === 'STOPPED')
		return settings?.['autostart'] === false
			? {state: 'ok', says: 'is started by hand only (autostart=false)'}
			: {state: 'warn', says: 'was stopped, and starts again at the next boot'};
	return {state: 'warn', says: `is ${state.toLowerCase()}`};
};
