/** A job of cron that never runs looks like one that has nothing to say: the backup that it was is missed when it is needed. */
import {cronFiles, type NeverRun} from '#host/cron/never-run.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';

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
	why: 'cron passes over a file whose name has a dot, one that others may write, one whose last line does not end, and sends no mail about it. The job was put there and tried by hand, and nobody sees that it never ran.',
	reads: [
		'/etc/cron.d: names, owners, modes, the line break at the end, the account of each line',
		'/etc/cron.hourly, daily, weekly, monthly: names and modes; not what is put aside (.dpkg-*, .bak, .disabled)',
		'/etc/default/cron, /etc/crontab: whether other names are taken',
	],
	severity: 'warn',
	layers: ['file'],
	source: 'cron(8), Debian specific notes; run-parts(8)',
	verify: 'run-parts --test /etc/cron.daily names what runs; journalctl -u cron tells of refused files',
	facts: {cron: cronFiles},
	kinds,
	appliesTo: ({facts: {cron}}) => (cron === 'absent' ? 'cron is not installed' : {cron}),
	async inspect({facts: {cron}}) {
		return findings(cron.never.map(findingOf), {
			is: 'ok',
			says: `${cron.looked} files`,
			expected: 'all are run',
			layers: {file: {value: [], where: '/etc/cron.*'}},
		});
	},
});

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
			return {...sight, is: 'unended', data: {path}};
		default:
			return {...sight, is: never.why, data: {path, by}};
	}
};
