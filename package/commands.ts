/** The table of commands that man page and completions are made of: what the program's own command line declares, and the doctor's, whose words are read by a smaller parser. */
import type {Command} from 'commander';
import {checks} from '#checks/index.ts';
import {commandLine} from '#commands/command-line.ts';
import {doctorOptions, flagsOf} from '#commands/doctor/args.ts';
import {stacks} from '#stacks/index.ts';

export type Flag = {
	/** `--format`, `-v`: all its spellings. */
	readonly names: readonly string[];
	/** As in the help: `-o, --output <file>`. */
	readonly spelled: string;
	readonly about: string;
	/** What its value is; undefined where it takes none. */
	readonly value: Value | undefined;
};

/** What a word may be, so far as a shell can complete it. */
export type Value =
	| {readonly kind: 'file' | 'folder' | 'free'}
	| {readonly kind: 'words'; readonly words: readonly string[]};

export type Row = {
	/** `answers init`; '' for setup without a command. */
	readonly name: string;
	/** `<stack>`, as in the help. */
	readonly words: string;
	readonly about: string;
	readonly flags: readonly Flag[];
	readonly values: readonly Value[];
};

/** Every command, the wizard first. */
export const commandTable = (): readonly Row[] => {
	const quiet = {write: () => true} as never;
	const program = commandLine(() => () => {}, {stdout: quiet, stderr: quiet});
	return [
		{
			name: '',
			words: '',
			about: 'the wizard: asks, shows what will change, installs; goes on where it stopped',
			flags: wizardFlags,
			values: [],
		},
		...program.commands.flatMap(one =>
			one.commands.length > 0 ? one.commands.map(inner => rowOf(inner, `${one.name()} `)) : [rowOf(one)],
		),
	];
};

const rowOf = (command: Command, before = ''): Row => {
	const name = `${before}${command.name()}`;
	const doctor = name === 'doctor';
	return {
		name,
		words: command.registeredArguments
			.map(one => (one.required ? `<${one.name()}>` : `[${one.name()}${one.variadic ? '...' : ''}]`))
			.join(' '),
		about: doctor
			? 'health check of this host; fix, waive, unwaive and waivers come before the checks'
			: command.description(),
		flags: doctor
			? Object.entries(doctorOptions).map(([key, option]) => ({
					names: [...('short' in option ? [`-${option.short}`] : []), `--${key}`],
					spelled: flagsOf(key, option),
					about: option.about,
					value:
						'value' in option
							? valueOf(option.value, key === 'format' ? formatsOf(option.about) : undefined)
							: undefined,
				}))
			: command.options
					.filter(({hidden}) => !hidden)
					.map(option => ({
						names: [option.short, option.long].flatMap(one => one ?? []),
						spelled: option.flags,
						about: `${option.description}${option.argChoices === undefined ? '' : `: ${option.argChoices.join(', ')}`}`,
						value:
							option.required || option.optional
								? valueOf(/<(.*)>/.exec(option.flags)?.[1] ?? '', option.argChoices)
								: undefined,
					})),
		values: command.registeredArguments.map(one => argumentOf(name, one.name())),
	};
};

const formatsOf = (about: string): readonly string[] => about.replace(/ \(.*/, '').split(', ');

const valueOf = (what: string, words: readonly string[] | undefined): Value =>
	words !== undefined
		? {kind: 'words', words}
		: what === 'file' || what === 'medium'
			? {kind: 'file'}
			: what.startsWith('dir')
				? {kind: 'folder'}
				: {kind: 'free'};

const argumentOf = (command: string, argument: string): Value => {
	if (argument === 'file' || argument === 'medium') return {kind: 'file'};
	if (argument === 'stack') return {kind: 'words', words: Object.keys(stacks)};
	if (argument === 'check')
		return {kind: 'words', words: ['fix', 'waive', 'unwaive', 'waivers', ...subjects(), ...checks.map(({id}) => id)]};
	if (argument === 'id') return {kind: 'words', words: [...Object.keys(stacks), ...checks.map(({id}) => id)]};
	if (command === 'list') return {kind: 'words', words: ['stacks', 'steps', 'checks']};
	return {kind: 'free'};
};

const subjects = (): readonly string[] => [...new Set(checks.map(({id}) => id.split('.')[0] ?? ''))];

const wizardFlags: readonly Flag[] = [
	{
		names: ['--plain'],
		spelled: '--plain',
		about: 'line by line, for a serial console or a screen reader',
		value: undefined,
	},
	{
		names: ['--format'],
		spelled: '--format <format>',
		about: 'text, or ndjson for programs',
		value: {kind: 'words', words: ['text', 'ndjson']},
	},
	{
		names: ['--state'],
		spelled: '--state <dir>',
		about: 'where state is kept (default /var/lib/host-setup)',
		value: {kind: 'folder'},
	},
	{names: ['-V', '--version'], spelled: '-V, --version', about: 'the version, and how it was built', value: undefined},
	{names: ['-h', '--help'], spelled: '-h, --help', about: 'all commands', value: undefined},
];
