/** A program with autostart off is meant to be started by hand; one that runs all the same will be missed after the next boot. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {isSeen, see, there} from '#host/see.ts';
import {programsOf, supervisorFile} from '#host/supervisor/file.ts';
import {supervisorNow} from '#host/supervisor/now.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';

const kinds = defineKinds({
	gone: {
		state: 'warn',
		example: {program: 'weblab'},
		says: 'runs now, and will not after the next boot: autostart is off',
		remedy: ({program}) => ({
			sentence: `Set autostart=true for ${program} if it is to run always, then supervisorctl update; else supervisorctl stop ${program}.`,
		}),
	},
});

export const check = defineCheck({
	id: 'supervisor.autostart',
	title: 'What runs under supervisor will run after the next boot',
	why: 'The guide sets autostart=false for test deployments, which are started by hand. What runs now and has it off is gone after a reboot.',
	reads: ['the files of supervisor: autostart', 'supervisor.getAllProcessInfo over its Unix socket'],
	severity: 'warn',
	layers: ['file', 'runtime'],
	requires: ['supervisor.running'],
	source: 'WebLab-Deusto guide, "Deployment" (Step 5, note on autostart)',
	verify: 'grep -r autostart /etc/supervisor; supervisorctl status',
	facts: {packages, file: supervisorFile, now: supervisorNow},
	kinds,
	appliesTo: ({facts}) =>
		isInstalled(facts.packages.all.get('supervisor')) ? there(facts, ['file', 'now']) : 'supervisor is not installed',
	async inspect({facts}) {
		const off = await see(() => {
			const programs = programsOf(facts.file).filter(isOff);
			return {value: programs.map(({name}) => name), where: programs[0]?.where ?? 'the files of supervisor'};
		});
		const states = await see(() => ({
			value: facts.now.map(({shown, state}) => `${shown} ${state}`),
			where: 'supervisor.getAllProcessInfo',
		}));
		if (!isSeen(off)) return [{is: 'ok', expected: 'autostart', layers: {file: off, runtime: states}}];
		return findings(
			programsOf(facts.file)
				.filter(isOff)
				.map(({process, group, where}): FoundOf<typeof kinds> => {
					const seen = isSeen(states) ? facts.now.find(one => one.name === process && one.group === group) : undefined;
					const program = process === group ? process : `${group}:${process}`;
					const sight = {
						item: program,
						expected: 'autostart, or not running',
						layers: {
							file: {value: 'autostart=false', where},
							runtime: isSeen(states) ? {value: seen?.state ?? 'not known', where: states.where} : states,
						},
					};
					return seen?.state === 'RUNNING'
						? {...sight, is: 'gone', data: {program}}
						: {...sight, is: 'ok', says: 'is started by hand only: autostart is off'};
				}),
			{is: 'ok', expected: 'autostart, or not running', layers: {file: off, runtime: states}},
		);
	},
});

const isOff = ({options}: ReturnType<typeof programsOf>[number]): boolean =>
	/^(false|off|no|0)$/i.test(options.get('autostart') ?? 'true');
