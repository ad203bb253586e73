/** The words after `setup doctor`. Read by Node's own parser: the doctor is run every few minutes, and starts without the larger one. */
import {parseArgs} from 'node:util';
import type {FailOn} from '#doctor/exit-code.ts';
import {Fault} from '#model/fault.ts';
import {refuseAlarm, refuseBefore, refuseTry} from './refuse-words.ts';

export const formats = ['text', 'json', 'ndjson', 'junit', 'tap', 'nagios', 'prometheus', 'sarif', 'html'] as const;
export type Format = (typeof formats)[number];

export type DoctorArgs = {
	readonly act: 'look' | 'fix' | 'waive' | 'unwaive' | 'waivers';
	/** Checks or subjects; for a waiver CHECK[ITEM]. */
	readonly words: readonly string[];
	readonly format: Format;
	readonly failOn: FailOn;
	readonly verbose: boolean;
	/** Also at doors where a knock could count against somebody; said before it is done. */
	readonly tryDoors: boolean;
	readonly root: string;
	readonly state: string | undefined;
	/** Milliseconds since the epoch that `--at` names. */
	readonly at: number | undefined;
	/** The release that comes next: what it takes away is looked at, and nothing else. */
	readonly before: string | undefined;
	/** Earlier reports, and folders of them, to be shown instead of a look. */
	readonly from: readonly string[];
	/** A file instead of stdout, replaced as a whole. */
	readonly output: string | undefined;
	/** Who is told of changes: a recipient of mail, the file with a webhook's address. */
	readonly mail: string | undefined;
	readonly webhook: string | undefined;
	readonly testAlarm: boolean;
	readonly installTimer: boolean;
	readonly removeTimer: boolean;
	readonly yes: boolean;
	readonly plan: boolean;
	readonly reason: string | undefined;
	/** YYYY-MM-DD. */
	readonly until: string | undefined;
	readonly help: boolean;
};

const acts = ['fix', 'waive', 'unwaive', 'waivers'] as const;

/** Throws Fault usage.* for what it does not know. */
export const doctorArgs = (argv: readonly string[]): DoctorArgs => {
	const {values, positionals} = parsed(argv);
	const act = acts.find(one => one === positionals[0]);
	const args: DoctorArgs = {
		act: act ?? 'look',
		words: act === undefined ? positionals : positionals.slice(1),
		format: oneOf('--format', values.format ?? 'text', formats),
		failOn: oneOf('--fail-on', values['fail-on'] ?? 'fail', ['new', 'warn', 'fail'] as const),
		verbose: values.verbose ?? false,
		tryDoors: values.try ?? false,
		root: values.root ?? '/',
		state: values.state,
		at: values.at === undefined ? undefined : timeOf('--at', values.at),
		before: values.before,
		// `--from one.json two.json`: what follows are reports as well.
		from: values.from === undefined ? [] : [...values.from, ...(act === undefined ? positionals : [])],
		output: values.output,
		mail: values.mail,
		webhook: values.webhook,
		testAlarm: values['test-alarm'] ?? false,
		installTimer: values['install-timer'] ?? false,
		removeTimer: values['remove-timer'] ?? false,
		yes: values.yes ?? false,
		plan: values.plan ?? false,
		reason: values.reason,
		until: values.until,
		help: values.help ?? false,
	};
	if (args.until !== undefined) timeOf('--until', args.until);
	refuseAlarm(args);
	refuseTry(args);
	refuseBefore(args);
	if (args.act === 'fix' && args.root !== '/')
		throw new Fault('usage.fix-root', 'an offline root cannot be mended', 'Run setup doctor fix on the host itself.');
	return args;
};

/** Each with what it is for, and the word for its value. */
export const doctorOptions = {
	format: {type: 'string', value: 'format', about: `${formats.join(', ')} (default text)`},
	'fail-on': {type: 'string', value: 'what', about: 'new, warn or fail: what gives exit code 1 (default fail)'},
	verbose: {type: 'boolean', short: 'v', about: 'also what is fine and what does not apply'},
	try: {
		type: 'boolean',
		about: 'knock also where that could count against somebody (fail2ban, a lock); says first at which doors, and how',
	},
	root: {
		type: 'string',
		value: 'dir',
		about: 'look at an offline root file system: files answer, the rest is unknown',
	},
	at: {type: 'string', value: 'date', about: 'judge what ends (certificates, support, waivers) as of that day'},
	before: {
		type: 'string',
		value: 'release',
		about: 'what the next release (trixie) takes away from this host, to be mended before an upgrade',
	},
	from: {
		type: 'string',
		multiple: true,
		value: 'file',
		about: 'show an earlier report (--format json) again; of several, or a folder of them, what hosts share',
	},
	output: {
		type: 'string',
		short: 'o',
		value: 'file',
		about: 'write it there, whole or not at all, and say on stdout only what changed',
	},
	mail: {
		type: 'string',
		value: 'address',
		about: "tell what got worse or is mended, once, by this host's sendmail",
	},
	webhook: {
		type: 'string',
		value: 'file',
		about: "the same by POST to the https address in this file, which is root's alone",
	},
	'test-alarm': {type: 'boolean', about: 'send one now that says it is none'},
	'install-timer': {
		type: 'boolean',
		about: 'a systemd timer that writes metrics for node_exporter and speaks only when something changed',
	},
	'remove-timer': {type: 'boolean', about: 'take it away again'},
	state: {type: 'string', value: 'dir', about: 'where state is kept (default /var/lib/host-setup)'},
	plan: {type: 'boolean', about: 'with fix: show what would be done'},
	yes: {type: 'boolean', short: 'y', about: 'with fix: do it without asking'},
	reason: {type: 'string', value: 'text', about: 'with waive: why'},
	until: {type: 'string', value: 'date', about: 'with waive: the last day on which it holds'},
	help: {type: 'boolean', short: 'h', about: 'these words'},
} as const;

const parsed = (argv: readonly string[]) => {
	try {
		return parseArgs({
			args: [...argv],
			allowPositionals: true,
			options: doctorOptions,
		});
	} catch (error) {
		throw new Fault(
			'usage.doctor',
			(error as Error).message.split('. ')[0] ?? 'wrong options',
			'setup doctor --help shows them.',
			{cause: error},
		);
	}
};

const oneOf = <const T extends string>(option: string, value: string, choices: readonly T[]): T => {
	const found = choices.find(choice => choice === value);
	if (found === undefined)
		throw new Fault(
			'usage.choice',
			`${option} cannot be ${JSON.stringify(value)}`,
			`It is one of ${choices.join(', ')}.`,
		);
	return found;
};

/** A day, or a moment: 2027-06-01, 2027-06-01T12:00:00Z. */
const timeOf = (option: string, value: string): number => {
	const time = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?$/.test(value) ? Date.parse(value) : Number.NaN;
	// 2027-02-31 is read as a day in March by some.
	if (Number.isNaN(time) || (value.length === 10 && new Date(time).toISOString().slice(0, 10) !== value))
		throw new Fault(
			'usage.date',
			`${option} wants a date, and ${JSON.stringify(value)} is none`,
			'Write it as 2027-06-01.',
		);
	return time;
};

type Named = {readonly short?: string; readonly value?: string; readonly about: string};

/** `-o, --output <file>` */
export const flagsOf = (name: string, {short, value}: Named): string =>
	`${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` <${value}>`}`;

const lines = (): string =>
	Object.entries<Named>(doctorOptions)
		.map(([name, option]) => `  ${flagsOf(name, option).padEnd(19)} ${option.about}`)
		.join('\n');

export const helpText = `Usage: setup doctor [options] [CHECK|SUBJECT...]
       setup doctor fix [CHECK|SUBJECT...] [--plan] [--yes]
       setup doctor waive CHECK[ITEM] --reason TEXT [--until DATE]
       setup doctor unwaive CHECK[ITEM]
       setup doctor waivers
       setup doctor --from FILE|FOLDER...
       setup doctor --before RELEASE

Looks at this host, changing nothing. Names select before anything runs; setup list checks shows them, setup explain CHECK says what one reads.

${lines()}

Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 nothing failed but something could not be told,
64 usage, 70 a defect of setup, 75 another run holds the host, 130 interrupted.
`;
