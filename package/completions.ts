/** Completions for bash, zsh and fish, made of the table of commands: no shell has to start setup to know its words. */
import type {Flag, Row, Value} from './commands.ts';

export const bashCompletion = (
	rows: readonly Row[],
): string => `# bash completion for setup; made of its table of commands
_setup() {
	local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command= at=1
	while ((at < COMP_CWORD)); do
		case \${COMP_WORDS[at]} in
			-*) ;;
			*) command="\${command:+$command }\${COMP_WORDS[at]}"; case $command in ${groups(rows).join(' | ')}) ;; *) break ;; esac ;;
		esac
		at=$((at + 1))
	done
	COMPREPLY=()
	case "$command $before" in
${rows
	.flatMap(row =>
		row.flags.flatMap(({names, value}) =>
			value === undefined
				? []
				: [`\t\t${names.map(name => quoted(`${row.name} ${name}`)).join(' | ')}) ${bashReply(value)}; return ;;`],
		),
	)
	.join('\n')}
	esac
	case $command in
${rows
	.map(
		({name, flags, values}) =>
			`\t\t${quoted(name)}) if [[ $word == -* ]]; then ${reply(flagNames(flags))}; else ${name === '' ? reply(firstWords(rows)) : bashReply(values[0])}; fi ;;`,
	)
	.join('\n')}
${groups(rows)
	.map(group => `\t\t${group}) ${reply(inner(rows, group))} ;;`)
	.join('\n')}
	esac
}
complete -F _setup setup
`;

const bashReply = (value: Value | undefined): string => {
	switch (value?.kind) {
		case 'words':
			return reply(value.words);
		case 'file':
			return 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word")';
		case 'folder':
			return 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$word")';
		default:
			return ':';
	}
};

const reply = (words: readonly string[]): string =>
	`mapfile -t COMPREPLY < <(compgen -W ${quoted(words.join(' '))} -- "$word")`;

export const zshCompletion = (rows: readonly Row[]): string => `#compdef setup
# zsh completion for setup; made of its table of commands
_setup() {
	local -a commands
	commands=(
${firstWords(rows)
	.map(word => `\t\t${quoted(`${word}:${aboutOf(rows, word)}`)}`)
	.join('\n')}
	)
	if ((CURRENT == 2)); then
		_describe command commands
		_arguments ${zshFlags(rows[0]?.flags ?? [])}
		return
	fi
	local command=$words[2]
	case $command in
${groups(rows)
	.map(
		group =>
			`\t\t${group}) if ((CURRENT == 3)); then compadd -- ${inner(rows, group).join(' ')}; return; fi; command="$words[2] $words[3]"; shift 2 words; CURRENT=$((CURRENT - 2)) ;;`,
	)
	.join('\n')}
		*) shift words; CURRENT=$((CURRENT - 1)) ;;
	esac
	case $command in
${rows
	.filter(({name}) => name !== '')
	.map(
		({name, flags, values, words}) =>
			`\t\t${quoted(name)}) _arguments ${zshFlags(flags)} ${zshArguments(values, words)} ;;`,
	)
	.join('\n')}
	esac
}
_setup "$@"
`;

const zshFlags = (flags: readonly Flag[]): string =>
	flags
		.flatMap(({names, about, value}) =>
			names.map(name =>
				quoted(
					`${name}${value !== undefined && name.startsWith('--') ? '=' : ''}[${about.replace(/[[\]:]/g, ' ')}]${zshValue(value)}`,
				),
			),
		)
		.join(' ');

const zshValue = (value: Value | undefined): string =>
	value === undefined
		? ''
		: value.kind === 'words'
			? `:value:(${value.words.join(' ')})`
			: value.kind === 'file'
				? ':file:_files'
				: value.kind === 'folder'
					? ':folder:_files -/'
					: ':value: ';

const zshArguments = (values: readonly Value[], words: string): string =>
	values.map(value => quoted(`${words.includes('...') ? '*' : ''}${zshValue(value)}`)).join(' ');

export const fishCompletion = (rows: readonly Row[]): string =>
	[
		'# fish completion for setup; made of its table of commands',
		'complete -c setup -f',
		...firstWords(rows).map(
			word => `complete -c setup -n __fish_use_subcommand -a ${word} -d ${fish(aboutOf(rows, word))}`,
		),
		...groups(rows).map(
			group =>
				`complete -c setup -n ${fish(`__fish_seen_subcommand_from ${group}; and not __fish_seen_subcommand_from ${inner(rows, group).join(' ')}`)} -a ${fish(inner(rows, group).join(' '))}`,
		),
		...rows.flatMap(({name, flags, values}) => {
			const where =
				name === ''
					? '__fish_use_subcommand'
					: name
							.split(' ')
							.map(word => `__fish_seen_subcommand_from ${word}`)
							.join('; and ');
			return [
				...flags.map(
					({names, about, value}) =>
						`complete -c setup -n ${fish(where)} ${names.map(one => (one.startsWith('--') ? `-l ${one.slice(2)}` : `-s ${one.slice(1)}`)).join(' ')}${fishValue(value, true)} -d ${fish(about)}`,
				),
				...values
					.slice(0, 1)
					.flatMap(value =>
						value.kind === 'free' ? [] : [`complete -c setup -n ${fish(where)}${fishValue(value, false)}`],
					),
			];
		}),
		'',
	].join('\n');

const fishValue = (value: Value | undefined, isFlag: boolean): string => {
	if (value === undefined) return '';
	const needed = isFlag ? ' -r' : '';
	if (value.kind === 'words') return `${needed} -a ${fish(value.words.join(' '))}`;
	return value.kind === 'free' ? needed : `${needed} -F`;
};

const firstWords = (rows: readonly Row[]): readonly string[] => [
	...new Set(rows.flatMap(({name}) => (name === '' ? [] : [name.split(' ')[0] ?? '']))),
];

/** Words that stand before others: answers, secrets. */
const groups = (rows: readonly Row[]): readonly string[] => [
	...new Set(rows.flatMap(({name}) => (name.includes(' ') ? [name.split(' ')[0] ?? ''] : []))),
];

const inner = (rows: readonly Row[], group: string): readonly string[] =>
	rows.flatMap(({name}) => (name.startsWith(`${group} `) ? [name.slice(group.length + 1)] : []));

const aboutOf = (rows: readonly Row[], word: string): string =>
	(rows.find(({name}) => name === word)?.about ?? inner(rows, word).join(', ')).replaceAll(':', ',');

const flagNames = (flags: readonly Flag[]): readonly string[] => flags.flatMap(({names}) => names);

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** In fish a backslash counts inside quotes as well. */
const fish = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
