/** setup(1), made of the table of commands: who has only the package has no README beside it. */
import type {Row} from './commands.ts';

/** troff. `date`: of what it describes, YYYY-MM-DD. */
export const manPage = (rows: readonly Row[], version: string, date: string): string =>
	[
		`.TH SETUP 1 "${date}" "host-setup ${version}" "host-setup"`,
		'.SH NAME',
		'setup \\- setup wizard and host doctor for self\\-hosted web stacks',
		'.SH SYNOPSIS',
		...rows.flatMap(({name, words}) => [
			'.br',
			`.B ${['setup', name]
				.filter(one => one !== '')
				.map(escaped)
				.join(' ')}`,
			`.RI ${quoted(`[options]${words === '' ? '' : ` ${words}`}`)}`,
		]),
		'.SH DESCRIPTION',
		'.B setup',
		escaped(
			'asks everything once, shows what will change, does it, survives a lost connection, and takes it back; the answers file it writes installs the next host without a question. setup doctor says whether a host is healthy, why it thinks so, and how to mend it.',
		),
		'.SH COMMANDS',
		...rows.flatMap(({name, words, about, flags}) => [
			`.SS ${quoted(['setup', name, words].filter(one => one !== '').join(' '))}`,
			sentence(about),
			...flags.flatMap(flag => ['.TP', `.B ${quoted(flag.spelled)}`, sentence(flag.about)]),
		]),
		'.SH EXIT STATUS',
		...exitCodes.flatMap(([code, what]) => ['.TP', `.B ${code}`, sentence(what)]),
		'.SH FILES',
		...files.flatMap(([path, what]) => ['.TP', `.I ${escaped(path)}`, sentence(what)]),
		'.SH SEE ALSO',
		escaped('setup explain ID tells of a stack, a step, a check or a fault why it is there and what it does.'),
		'',
	].join('\n');

const exitCodes: readonly (readonly [string, string])[] = [
	['0', 'good, or nothing to change'],
	['1', 'failed, or findings of the doctor'],
	['2', 'changes (plan), something unfinished (status), or something could not be told (doctor)'],
	['3', 'changes and unknowns (plan)'],
	['64', 'usage or bad answers'],
	['70', 'a defect of setup'],
	['75', 'another run holds the host'],
	['130', 'interrupted'],
];

const files: readonly (readonly [string, string])[] = [
	['/var/lib/host-setup', 'state, journal, secrets (0600) and what was there before; removing the package leaves it'],
	['/etc/host-setup/stacks', "stacks of the operator's own, a folder each"],
	['/usr/lib/host-setup', 'the program'],
];

const sentence = (text: string): string => escaped(`${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`);

/** What troff would take for its own. */
const escaped = (text: string): string =>
	text
		.replaceAll('\\', '\\e')
		.replaceAll('-', '\\-')
		.replace(/^([.'])/gm, '\\&$1');

const quoted = (text: string): string => `"${escaped(text).replaceAll('"', '\\(dq')}"`;
