/** The words after `setup doctor`. Read by Node's own parser: the doctor is run every few minutes, and starts without the larger one. */
import {parseArgs} from 'node:util';
import type {FailOn} from '#doctor/exit-code.ts';
import {Fault} from '#model/fault.ts';

export const formats = ['text', 'json', 'ndjson', 'junit', 'tap', 'nagios', 'prometheus', 'sarif', 'html'] as const;
export type Format = (typeof formats)[number];

export type DoctorArgs = {
	readonly act: 'look' | 'fix' | 'waive' | 'unwaive' | 'waivers';
	/** Checks or subjects; for a waiver CHECK[ITEM]. */
	readonly words: readonly string[];
	readonly format: Format;
	readonly failOn: FailOn;
	readonly verbose: boolean;
	readonly root: string;
	readonly state: string | undefined;
	/** Milliseconds since the epoch that `--at` names. */
	readonly at: number | undefined;
	readonly from: string | undefined;
	/** A file instead of stdout, replaced as a whole. */
	readonly output: string | undefined;
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
		root: values.root ?? '/',
		state: values.state,
		at: values.at === undefined ? undefined : timeOf('--at', values.at),
		from: values.from,
		output: values.output,
		installTimer: values['install-timer'] ?? false,
		removeTimer: values['remove-timer'] ?? false,
		yes: values.yes ?? false,
		plan: values.plan ?? false,
		reason: values.reason,
		until: values.until,
		help: values.help ?? false,
	};
	if (args.until !== undefined) timeOf('--until', args.until);
	if (args.act === 'fix' && args.root !== '/')
		throw new Fault('usage.fix-root', 'an offline root cannot be mended', 'Run setup doctor fix on the host itself.');
	return args;
};

const parsed = (argv: readonly string[]) => {
	try {
		return parseArgs({
			args: [...argv],
			allowPositionals: true,
			options: {
				format: {type: 'string'},
				'fail-on': {type: 'string'},
				verbose: {type: 'boolean', short: 'v'},
				root: {type: 'string'},
				state: {type: 'string'},
				at: {type: 'string'},
				from: {type: 'string'},
				output: {type: 'string', short: 'o'},
				'install-timer': {type: 'boolean'},
				'remove-timer': {type: 'boolean'},
				yes: {type: 'boolean', short: 'y'},
				plan: {type: 'boolean'},
				reason: {type: 'string'},
				until: {type: 'string'},
				help: {type: 'boolean', short: 'h'},
			},
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

export const helpText = `Usage: setup doctor [options] [CHECK|SUBJECT...]
       setup doctor fix [CHECK|SUBJECT...] [--plan] [--yes]
       setup doctor waive CHECK[ITEM] --reason TEXT [--until DATE]
       setup doctor unwaive CHECK[ITEM]
       setup doctor waivers

Looks at this host, changing nothing. Names select before anything runs; setup list checks shows them, setup explain CHECK says what one reads.

  --format <format>   ${formats.join(', ')} (default text)
  --fail-on <what>    new, warn or fail: what gives exit code 1 (default fail)
  -v, --verbose       also what is fine and what does not apply
  --root <dir>        look at an offline root file system: files answer, the rest is unknown
  --at <date>         judge what ends (certificates, support, waivers) as of that day
  --from <file>       show an earlier report (--format json) again
  -o, --output <file> write it there, whole or not at all, and say on stdout only what changed
  --install-timer     a systemd timer that writes metrics for node_exporter and speaks only when something changed
  --remove-timer      take it away again
  --state <dir>       where state is kept (default /var/lib/host-setup)
  --plan, --yes       with fix: show what would be done; do it without asking

Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 nothing failed but something could not be told,
64 usage, 70 a defect of setup, 75 another run holds the host, 130 interrupted.
`;
