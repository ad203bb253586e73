/** A new file in conf.d does nothing until supervisor is told: `supervisorctl avail` does not show it either, so the files themselves are compared. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {isSeen, see, there} from '#host/see.ts';
import {expanded, programsOf, type SupervisorFile, supervisorConf, supervisorFile} from '#host/supervisor/file.ts';
import {type SupervisorProcess, supervisorNow} from '#host/supervisor/now.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';

const remedy = {
	sentence:
		'supervisorctl update takes the files up: it starts what is new, ends what is gone, and restarts what changed.',
	commands: [['supervisorctl', 'update']],
};

const kinds = defineKinds({
	unread: {
		state: 'warn',
		says: 'changed in the file, not in the process: supervisor has not read it',
		remedy,
	},
	changed: {
		state: 'warn',
		example: {option: 'command'},
		says: ({option}) => `changed in the file, not in the process: its ${option} is another`,
		remedy,
	},
	gone: {state: 'warn', says: 'is in no file any more, and still known to supervisor', remedy},
});

type Found = FoundOf<typeof kinds>;

export const check = defineCheck({
	id: 'supervisor.avail',
	title: 'supervisor runs with what its files say',
	why: 'After a change the guide wants supervisorctl update. Forgotten, the old program runs on, a new one does not run at all, and a removed one comes to an end only at the next boot.',
	reads: [
		`${supervisorConf} and the files it includes: every program`,
		'supervisor.getAllProcessInfo and getAllConfigInfo over its Unix socket',
	],
	severity: 'warn',
	layers: ['file', 'runtime'],
	requires: ['supervisor.running'],
	source: 'WebLab-Deusto guide, "Deployment", steps 4 and 5 (supervisorctl update)',
	verify: 'supervisorctl reread (it names what differs), supervisorctl status',
	facts: {packages, file: supervisorFile, now: supervisorNow},
	kinds,
	appliesTo: ({facts}) =>
		isInstalled(facts.packages.all.get('supervisor')) ? there(facts, ['file', 'now']) : 'supervisor is not installed',
	async inspect({facts}) {
		const file = await see(() => ({
			value: programsOf(facts.file).map(shownName),
			where: supervisorConf,
		}));
		const runtime = await see(() => ({
			value: facts.now.map(({shown}) => shown),
			where: 'supervisor.getAllProcessInfo',
		}));
		if (!isSeen(file) || !isSeen(runtime)) return [{is: 'ok', expected: 'the same', layers: {file, runtime}}];
		return findings(differences(facts.file, facts.now), {
			is: 'ok',
			expected: 'the same',
			layers: {file, runtime},
		});
	},
});

type Program = ReturnType<typeof programsOf>[number];

const shownName = ({process, group}: Program): string => (process === group ? process : `${group}:${process}`);

const differences = (file: SupervisorFile, now: readonly SupervisorProcess[]): readonly Found[] => {
	const programs = programsOf(file);
	const known = new Map(now.map(one => [one.shown, one]));
	const expected = 'the same';
	const none = {value: 'not known', where: 'supervisor.getAllProcessInfo'};
	return [
		...programs.flatMap((program): readonly Found[] => {
			const item = shownName(program);
			const seen = known.get(item);
			if (seen === undefined)
				return [
					{
						item,
						expected,
						is: 'unread',
						layers: {file: {value: program.options.get('command') ?? '', where: program.where}, runtime: none},
					},
				];
			return changed(program, seen).map(({name, wanted, has}) => ({
				item,
				expected,
				is: 'changed' as const,
				data: {option: name},
				layers: {
					file: {value: wanted, where: program.where},
					runtime: {value: has, where: `supervisor.getAllConfigInfo: ${name}`},
				},
			}));
		}),
		...now
			.filter(({shown}) => !programs.some(program => shownName(program) === shown))
			.map(({shown, state}) => ({
				item: shown,
				expected,
				is: 'gone' as const,
				layers: {
					file: {value: 'no such program', where: supervisorConf},
					runtime: {value: state, where: 'supervisor.getAllProcessInfo'},
				},
			})),
	];
};

/** What the file has otherwise: where a value holds something only supervisord can fill in, it is not compared. */
const changed = (
	program: Program,
	{settings}: SupervisorProcess,
): readonly {readonly name: string; readonly wanted: string; readonly has: string}[] => {
	if (settings === undefined) return [];
	const number = Number(/(\d+)$/.exec(program.process)?.[1] ?? 0);
	return compared.flatMap(name => {
		const written = program.options.get(name);
		const has = settings[name];
		if (written === undefined || has === undefined) return [];
		const wanted = expanded(written, program.name, program.group, number).replaceAll('%%', '%').trim();
		if (/%\(/.test(wanted) || wanted.includes('\n') || normal(wanted) === normal(String(has))) return [];
		return [{name, wanted, has: String(has)}];
	});
};

const compared = [
	'command',
	'directory',
	'autostart',
	'startsecs',
	'startretries',
	'stopwaitsecs',
	'redirect_stderr',
	'killasgroup',
];

const truths: Readonly<Record<string, string>> = {
	true: '1',
	on: '1',
	yes: '1',
	false: '0',
	off: '0',
	no: '0',
	none: '',
};

const normal = (value: string): string => truths[value.toLowerCase()] ?? value.replace(/(?!^)\/+$/, '');
