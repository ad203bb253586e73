/** One wrong line in sudoers takes sudo from everybody; one too generous gives root to whoever gets that account. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {type Way, wayToRoot} from '#host/system/root-by-command.ts';
import {type CommandWithoutPassword, sudoWithoutPassword} from '#host/system/sudoers.ts';
import {runTest} from '#host/trust/test-command.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';

const main = '/etc/sudoers';
const folder = '/etc/sudoers.d';

const kinds = defineKinds({
	syntax: {
		state: 'fail',
		example: {says: '/etc/sudoers.d/mine:1: syntax error'},
		says: ({says}) => says,
		remedy: {
			sentence:
				'Mend the line with visudo -f FILE, which refuses what is wrong; owner and mode must be root:root 0440. Keep a root shell open meanwhile.',
		},
	},
	loose: {
		state: 'fail',
		example: {says: '/etc/sudoers.d/mine: bad permissions, should be mode 0440', path: '/etc/sudoers.d/mine'},
		says: ({says}) => says,
		remedy: ({path}) => ({
			sentence: 'Give it the owner and mode that sudo insists on.',
			commands: [
				['chown', 'root:root', path],
				['chmod', '0440', path],
			],
		}),
	},
	noPassword: {
		state: 'warn',
		example: {who: '%admin'},
		says: ({who}) => `${nameOf(who)} may do everything without a password`,
		remedy: ({who}) => ({
			sentence: `Take NOPASSWD from ${who}, or name the commands it needs; where only keys log in (host.sshd) and it is meant, waive it.`,
		}),
	},
	wayToRoot: {
		state: 'warn',
		example: {who: 'deploy', commands: ['/usr/bin/find'], way: 'arguments' as Way | 'environment'},
		says: ({who, commands, way}) =>
			`${nameOf(who)} may run ${commands.slice(0, 3).join(', ')}${commands.length > 3 ? `, ${commands.length - 3} more` : ''} as root without a password, and ${ways[way]}: root in all but name`,
		remedy: ({who, way}) => ({
			sentence:
				way === 'environment'
					? `Take SETENV from the rule of ${nameOf(who)}; a variable that the command needs is named in env_keep.`
					: way === 'place'
						? `Name the directory in the rule (CWD=/DIRECTORY before the command, or an argument like -C /DIRECTORY), one that only root may write.`
						: `Name in the rule the whole command with its arguments, without a *, or a script of root's that does just what ${nameOf(who)} needs; editors are what sudoedit is for. Where it is meant, waive it.`,
		}),
	},
});

export const check = defineCheck({
	id: 'host.sudoers',
	title: 'sudoers is valid, and who needs no password is known',
	why: 'After a mistake in sudoers nobody becomes root any more. Who may do everything without a password is root for whoever steals a session; the coralnet guide asks for it, where only keys log in.',
	reads: [
		`visudo -c: syntax, owner and mode of ${main} and ${folder}`,
		`${main} and every file it includes: rules, aliases, tags, Defaults authenticate`,
	],
	severity: 'fail',
	layers: ['file'],
	source: 'coralnet guide, "Create a user": NOPASSWD in sudoers.d; sudoers(5), visudo(8)',
	verify: 'visudo -c says "parsed OK" for every file; sudo -l -U USER.',
	facts: {packages},
	kinds,
	appliesTo: ({facts}) => isInstalled(facts.packages.all.get('sudo')) || 'sudo is not installed',
	async inspect({host}) {
		const open = await sudoWithoutPassword(host);
		const ran = await runTest(host, ['visudo', '-c']);
		const complaints = `${ran.stdout}\n${ran.stderr}`
			.split('\n')
			.filter(line => line.trim() !== '' && !/parsed OK$/.test(line));
		const syntax: Found =
			ran.code === 0
				? {item: 'syntax', is: 'ok', expected: 'parsed OK', layers: {file: {value: 'parsed OK', where: 'visudo -c'}}}
				: {
						item: 'syntax',
						...wrongBy(complaints),
						expected: 'parsed OK',
						layers: {file: {value: complaints.slice(0, 5), where: placeOf(complaints) ?? 'visudo -c'}},
					};
		return findings([
			syntax,
			...open.everything.map(({who, rule, where}) => nopasswd(who, rule, where)),
			...waysOf(open.commands),
		]);
	},
});

type Found = FoundOf<typeof kinds>;

const nameOf = (who: string): string => (who.startsWith('%') ? `the group ${who.slice(1)}` : who);

const ways: Readonly<Record<Way | 'environment', string>> = {
	shell: 'a shell comes out of that',
	arguments: 'that runs what its arguments name',
	files: 'that writes whatever file is named',
	place: 'that does what the files say where it is started',
	environment: 'may set LD_PRELOAD for it (SETENV)',
};

/** One finding for each of them, by the first of its commands. */
const waysOf = (commands: readonly CommandWithoutPassword[]): readonly Found[] => {
	const wide = commands.flatMap(one => {
		const way: Way | 'environment' | undefined =
			wayToRoot(one.command, one.noexec) ?? (one.setenv ? 'environment' : undefined);
		return way === undefined || (way === 'place' && one.placed) ? [] : [{...one, way}];
	});
	return [...Map.groupBy(wide, ({who}) => who)].map(([who, [first, ...more]]) => ({
		item: who,
		is: 'wayToRoot',
		data: {who, commands: [first!.command, ...more.map(({command}) => command)], way: first!.way},
		expected: 'a password, or commands that do one thing',
		layers: {file: {value: first!.rule, where: first!.where}},
	}));
};

const wrongBy = (complaints: readonly string[]) => {
	const [says = 'visudo -c rejects it'] = complaints;
	const path = /^(\/\S+): (?:bad permissions|wrong owner)/.exec(says)?.[1];
	return path === undefined ? ({is: 'syntax', data: {says}} as const) : ({is: 'loose', data: {says, path}} as const);
};

const nopasswd = (who: string, rule: string, where: string): Found => ({
	item: who,
	is: 'noPassword',
	data: {who},
	expected: 'a password, or named commands',
	layers: {file: {value: rule, where}},
});

/** `/etc/sudoers.d/x:3:20: syntax error`, `/etc/sudoers.d/x: bad permissions`. */
const placeOf = (complaints: readonly string[]): string | undefined => {
	const [, path, line] =
		complaints.map(one => /^(\/[^\s:]+):(?:(\d+):)?/.exec(one)).find(match => match !== null) ?? [];
	return path === undefined ? undefined : `${path}${line === undefined ? '' : `:${line}`}`;
};
