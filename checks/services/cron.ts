/** A job of cron that never runs looks like one that has nothing to say: the backup that it was is missed when it is needed. */

import {cronFiles} from '#host/cron/never-run.ts';
import type {NeverRun} from '#host/cron/types.ts';
import {ifTold} from '#host/see.ts';
import {unitState} from '#host/units/units.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';

type One = {readonly path: string; readonly by: NeverRun['by']};

const kinds = defineKinds({
	name: {
		state: 'warn',
		example: {path: '/etc/cron.daily/backup.sh', by: 'run-parts'} as One,
		says: ({path, by}) => `${by} never runs ${path}: it takes only names of letters, digits, _ and -`,
		remedy: ({path}) => ({
			sentence: `Where it is to run, give it such a name (mv ${path} ${renamed(path)}), after a look at what it does; else take it away.`,
		}),
	},
	mode: {
		state: 'warn',
		example: {path: '/etc/cron.daily/backup', by: 'run-parts'} as One,
		says: ({path, by}) => `${by} never runs ${path}: it is not executable`,
		remedy: ({path}) => ({
			sentence: `Where it is to run: chmod 755 ${path}, after a look at what it does; else take it away.`,
		}),
	},
	owner: {
		state: 'warn',
		example: {path: '/etc/cron.d/backup', mode: '0664', owner: 0},
		says: ({path, mode, owner}) =>
			`cron never runs ${path}: it ${owner === 0 ? `has the mode ${mode}` : 'does not belong to root'}, and it takes only what nobody but root may write`,
		remedy: ({path}) => ({
			sentence: `Look whether every line in it is root's will; then chown root:root ${path} and chmod 644 ${path}.`,
		}),
	},
	unended: {
		state: 'warn',
		example: {path: '/etc/cron.d/backup'},
		says: ({path}) => `cron never runs ${path}: its last line does not end, and then it leaves out the whole file`,
		remedy: ({path}) => ({sentence: `Put a line break at its end: echo >> ${path}.`}),
	},
	account: {
		state: 'warn',
		example: {path: '/etc/cron.d/backup', line: 3, word: '/usr/local/bin/backup'},
		says: ({path, line, word}) =>
			`cron never runs ${path}: in line ${line} ${word} stands where the account that runs the command must`,
		remedy: ({path, line}) => ({
			sentence: `Write the account between the times and the command (${path}:${line}): files of the system name it, the tables of crontab -e do not.`,
		}),
	},
	times: {
		state: 'warn',
		example: {path: '/etc/cron.d/backup', line: 3},
		says: ({path, line}) =>
			`cron never runs ${path}: it cannot read line ${line}, and then it leaves out the whole file`,
		remedy: ({path, line}) => ({
			sentence: `Correct ${path}:${line}: minute 0-59, hour 0-23, day 1-31, month 1-12, day of the week 0-7, or one of @reboot, @hourly, @daily, @weekly, @monthly, @yearly; then the account, in files of the system, and the command.`,
		}),
	},
	return: {
		state: 'warn',
		example: {path: '/etc/cron.d/backup', line: 3},
		says: ({path, line}) => `${path} does not run as it was meant: line ${line} ends as on Windows`,
		remedy: ({path}) => ({
			sentence: 'Take the carriage returns out.',
			commands: [['sed', '-i', 's/\\r$//', path]],
		}),
	},
	percent: {
		state: 'warn',
		example: {path: '/etc/cron.d/backup', line: 3},
		says: ({path, line}) => `${path} runs half a command in line ${line}: for cron the command ends at the first %`,
		remedy: ({path, line}) => ({sentence: `Write \\% for % in ${path}:${line}, or put the command into a script.`}),
	},
	program: {
		state: 'warn',
		example: {path: '/etc/cron.d/backup', line: 3, program: '/usr/local/bin/backup'},
		says: ({path, line, program}) => `${path} runs nothing in line ${line}: ${program} is not there`,
		remedy: ({path, line}) => ({
			sentence: `Correct ${path}:${line}, or take it out; cron mails each failure to where nobody looks.`,
		}),
	},
	table: {
		state: 'warn',
		example: {path: '/var/spool/cron/crontabs/deploy', name: 'deploy', mode: '0644', owned: false},
		says: ({path, name, mode, owned}) =>
			`cron never runs ${path}: it ${owned ? `has the mode ${mode}, and 0600 is what it takes` : `does not belong to ${name}`}`,
		remedy: ({path, name}) => ({
			sentence: `Look whether every line in it is the will of ${name}; then chown ${name}:crontab ${path} and chmod 600 ${path}.`,
		}),
	},
	orphan: {
		state: 'warn',
		example: {path: '/var/spool/cron/crontabs/deploy', name: 'deploy'},
		says: ({path, name}) => `cron never runs ${path}: there is no account ${name}`,
		remedy: ({path}) => ({
			sentence: `Where its jobs are still wanted, give them to another account (crontab -u NAME ${path}); then take it away.`,
		}),
	},
	unnamed: {
		state: 'warn',
		example: {path: '/etc/cron.daily'},
		says: ({path}) => `nothing runs the scripts in ${path}: no table names it any more`,
		remedy: ({path}) => ({
			sentence: `Put the line with run-parts ${path} back into /etc/crontab (apt-get install --reinstall -o Dpkg::Options::=--force-confmiss cron brings the file where it is gone).`,
		}),
	},
	stopped: {
		state: 'warn',
		example: {jobs: 3, now: 'inactive'},
		says: ({jobs, now}) =>
			`${now === 'disabled' ? 'cron does not start at the next boot' : `cron does not run (${now})`}, and ${jobs === 1 ? 'a job' : `${jobs} jobs`} of this host's own ${jobs === 1 ? 'waits' : 'wait'} for it`,
		remedy: ({now}) => ({
			sentence: `Find out who stopped it, and why; then start it${now === 'masked' ? ' (systemctl unmask cron.service first)' : ''}.`,
			commands: now === 'masked' ? [] : [['systemctl', 'enable', '--now', 'cron.service']],
		}),
	},
});

/** What somebody would call it instead. */
const renamed = (path: string): string => {
	const at = path.lastIndexOf('/') + 1;
	const plain = path
		.slice(at)
		.replace(/\.(sh|pl|py|rb|php|cron|crontab|cgi|bash)$/, '')
		.replace(/[^A-Za-z0-9_-]/g, '-');
	return path.slice(0, at) + (plain === '' ? 'job' : plain);
};

export const check = defineCheck({
	id: 'services.cron',
	title: 'What lies in the directories of cron is run by it',
	why: 'cron passes over a file whose name has a dot, one that others may write, one with a line that it cannot read, and sends no mail about it; what it does mail goes where nobody looks. The job was put there and tried by hand, and nobody sees that it never ran.',
	reads: [
		'/etc/crontab, /etc/cron.d: names, owners, modes, line breaks, the times, the account and the program of each line',
		'/var/spool/cron/crontabs: names, owners, modes, line breaks, times',
		'/etc/cron.hourly, daily, weekly, monthly: names and modes; not what is put aside (.dpkg-*, .bak, .disabled)',
		'/etc/default/cron, /etc/crontab: whether other names are taken',
		'what systemd says of cron.service, where jobs wait that no package brought',
	],
	severity: 'warn',
	layers: ['file'],
	source: 'cron(8), Debian specific notes; crontab(5); run-parts(8)',
	verify: 'run-parts --test /etc/cron.daily names what runs; journalctl -u cron tells of refused files',
	facts: {cron: cronFiles},
	kinds,
	appliesTo: ({facts: {cron}}) => (cron === 'absent' ? 'cron is not installed' : {cron}),
	async inspect({host, facts: {cron}}) {
		const now = cron.own === 0 ? undefined : await ifTold(() => restsNow(host));
		const stopped: readonly FoundOf<typeof kinds>[] =
			now === undefined
				? []
				: [
						{
							item: 'cron.service',
							is: 'stopped',
							data: {jobs: cron.own, now},
							expected: 'runs',
							layers: {file: {value: now, where: 'cron.service'}},
						},
					];
		return findings<FoundOf<typeof kinds>>([...stopped, ...cron.never.map(findingOf)], {
			is: 'ok',
			says: `${cron.looked} files`,
			expected: 'all are run',
			layers: {file: {value: [], where: '/etc/cron.*'}},
		});
	},
});

/** How it rests; undefined while it runs. Throws Blocked. */
const restsNow = async (host: Reader): Promise<string | undefined> => {
	const {load, active, enabled} = await unitState('cron.service', host);
	if (load === 'masked') return 'masked';
	if (['inactive', 'failed'].includes(active)) return active;
	return enabled === false ? 'disabled' : undefined;
};

const findingOf = (never: NeverRun): FoundOf<typeof kinds> => {
	const {path, by} = never;
	const sight = {item: path, expected: 'is run', layers: {file: {value: never.why, where: path, path}}};
	switch (never.why) {
		case 'owner':
			return {
				...sight,
				is: 'owner',
				data: {path, mode: `0${never.mode.toString(8)}`, owner: never.uid},
			};
		case 'account':
			return {...sight, is: 'account', data: {path, line: never.line, word: never.word}};
		case 'unended':
		case 'unnamed':
			return {...sight, is: never.why, data: {path}};
		case 'times':
		case 'return':
		case 'percent':
			return {...sight, is: never.why, data: {path, line: never.line}};
		case 'program':
			return {...sight, is: 'program', data: {path, line: never.line, program: never.program}};
		case 'orphan':
			return {...sight, is: 'orphan', data: {path, name: never.name}};
		case 'table':
			return {
				...sight,
				is: 'table',
				data: {path, name: never.name, mode: `0${never.mode.toString(8)}`, owned: never.owned},
			};
		default:
			return {...sight, is: never.why, data: {path, by}};
	}
};
