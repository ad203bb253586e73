/** Who may become root without a password, as sudo reads its files: includes of any directory, tags that go on, aliases, Defaults, and the last rule that counts. */
import {trimmed} from '#edit/blanks.ts';
import type {Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';
import {type Accounts, accounts, groupsOf} from './accounts.ts';
import {aliasesIn, isElsewhere, type SudoLine, splitList, splitOnce, sudoLines, unquoted} from './sudoers-lines.ts';

/** A rule that lets somebody run everything as root without a password. `who` is a user, `%group` or `+netgroup`, without escapes. */
export type WithoutPassword = {readonly who: string; readonly rule: string; readonly where: string};

/** A rule that lets somebody run one command as root without a password. `noexec`, `setenv`: its tags. `placed`: it names the directory that it is started in. */
export type CommandWithoutPassword = WithoutPassword & Omit<Allowed, 'tag'>;

/** Whoever may run everything is not told a second time for a command. */
type OpenSudo = {
	readonly everything: readonly WithoutPassword[];
	readonly commands: readonly CommandWithoutPassword[];
};

/** From /etc/sudoers and what it includes, in the order in which sudo reads it. */
export const sudoWithoutPassword = async (host: Reader): Promise<OpenSudo> =>
	judged(
		await linesOf(host, '/etc/sudoers', []),
		trimmed(
			(await textOf(host, '/proc/sys/kernel/hostname')) ?? (await textOf(host, '/etc/hostname')) ?? '',
		).toLowerCase(),
		await ifTold(() => host.fact(accounts)),
	);

/** Of these files those that have a rule or a setting. */
export const sudoersFiles = async (host: Reader): Promise<readonly string[]> => [
	...new Set((await linesOf(host, '/etc/sudoers', [])).map(({path}) => path)),
];

type Line = SudoLine & {readonly path: string};

const linesOf = async (host: Reader, path: string, within: readonly string[]): Promise<readonly Line[]> => {
	// A file within itself is read once, and sudo itself stops at 128 within one another.
	const text = within.includes(path) || within.length > 128 ? undefined : await textOf(host, path);
	if (text === undefined) return [];
	const parts = await Promise.all(
		sudoLines(text).map(async (line): Promise<readonly Line[]> => {
			const [, directory, target] = /^[@#]include(dir)?[ \t]+(.+)$/.exec(line.text) ?? [];
			if (target === undefined) return [{...line, path}];
			const plain = unquoted(trimmed(target));
			const named = plain.startsWith('/') ? plain : `${path.slice(0, path.lastIndexOf('/'))}/${plain}`;
			if (directory === undefined) return linesOf(host, named, [...within, path]);
			const names = ((await host.list(named)) ?? []).filter(name => !name.includes('.') && !name.endsWith('~'));
			return (
				await Promise.all([...names].sort().map(name => linesOf(host, `${named}/${name}`, [...within, path])))
			).flat();
		}),
	);
	return parts.flat();
};

const judged = (lines: readonly Line[], hostname: string, known: Accounts | undefined): OpenSudo => {
	const expand = aliasesIn(lines, /^(?:User|Runas|Cmnd|Cmd)_Alias[ \t]+(.*)$/);
	const hostsOf = aliasesIn(lines, /^Host_Alias[ \t]+(.*)$/);
	const asked = lines
		.flatMap(({text}) => authenticate(text))
		.flatMap(([who, value]) => expand(who).map(one => ({one, value})));
	/** Of a user also what is said of its groups; what is said of all counts before that. */
	const asks = (who: string): boolean => {
		const own = asked.filter(({one}) => one === who || (isGroup(one) && isIn(known, who, one)));
		return (own.at(-1) ?? asked.findLast(({one}) => one === 'ALL'))?.value ?? true;
	};
	/** A rule for a group is one for each member, and one of them may be asked nothing. */
	const membersUnasked = (who: string): readonly string[] =>
		isGroup(who) ? asked.map(({one}) => one).filter(one => !isGroup(one) && isIn(known, one, who) && !asks(one)) : [];
	const unasked = new Set(lines.flatMap(({text}) => unaskedCommands(text)).flatMap(expand));
	const found = new Map<string, WithoutPassword | undefined>();
	let commands: readonly CommandWithoutPassword[] = [];
	for (const {text, path, line} of lines) {
		if (/^(Defaults|(User|Runas|Host|Cmnd|Cmd)_Alias)/.test(text)) continue;
		const spec = userSpec(text);
		if (spec === undefined || isElsewhere(spec.hosts.flatMap(hostsOf), hostname)) continue;
		for (const who of spec.users.flatMap(expand).flatMap(one => [one, ...membersUnasked(one)])) {
			// root is root already.
			if (who.startsWith('!') || who === 'root' || who === '#0') continue;
			const open = (tag: string): boolean => tag === 'NOPASSWD' || (tag === '' && !asks(who));
			const allowed = asRoot(spec.commands, expand);
			const rule = {who, rule: text, where: `${path}:${line}`};
			const tag = everything(allowed);
			// The last rule that lets somebody run a thing is the one that counts, and everything is each thing.
			if (tag !== undefined) {
				commands = commands.filter(one => one.who !== who);
				found.delete(who);
				found.set(who, open(tag) ? rule : undefined);
			}
			const named = tag === undefined ? allowed : [];
			commands = [
				...commands.filter(one => one.who !== who || !named.some(({command}) => command === one.command)),
				...named.flatMap(one =>
					(open(one.tag) || (one.tag === '' && unasked.has(one.command.split(' ')[0] ?? ''))) &&
					!one.command.startsWith('!')
						? [{...rule, command: one.command, noexec: one.noexec, setenv: one.setenv, placed: one.placed}]
						: [],
				),
			];
		}
	}
	const all = [...found.values()].filter(one => one !== undefined);
	return {everything: all, commands: commands.filter(({who}) => !all.some(one => one.who === who))};
};

const isGroup = (who: string): boolean => who.startsWith('%') && !who.startsWith('%:');

/** `%#27` is a group by its number. */
const isIn = (known: Accounts | undefined, user: string, group: string): boolean => {
	const name = group.slice(1);
	return known !== undefined && groupsOf(known, user).some(one => one.name === name || `#${one.gid}` === name);
};

/** For whom a Defaults line sets or takes away `authenticate`: a user, or ALL. Those of hosts and commands are not for everything. */
const authenticate = (text: string): readonly (readonly [string, boolean])[] => {
	const [, sign = '', who = '', options = ''] =
		/^Defaults([:>@!])?((?:"[^"]*"|\\.|[^ \t\v\f\r\n"\\])*)[ \t]+(.*)$/.exec(text) ?? [];
	if (options === '' || sign === '@' || sign === '!') return [];
	const last = splitList(options, ',').findLast(option => /^!?[ \t]*authenticate$/.test(option));
	if (last === undefined) return [];
	const users = sign === ':' ? splitList(who, ',').map(unquoted) : ['ALL'];
	return users.map(user => [user, !last.startsWith('!')] as const);
};

/** Of `Defaults!/usr/bin/vim !authenticate`: the commands. */
const unaskedCommands = (text: string): readonly string[] => {
	const [, commands = '', options = ''] = /^Defaults!([^ \t]+)[ \t]+(.*)$/.exec(text) ?? [];
	return splitList(options, ',').some(option => /^![ \t]*authenticate$/.test(option))
		? splitList(commands, ',').map(unquoted)
		: [];
};

/** `users hosts = commands [: hosts = commands]` */
const userSpec = (
	text: string,
):
	| {readonly users: readonly string[]; readonly hosts: readonly string[]; readonly commands: readonly string[]}
	| undefined => {
	const [before, ...after] = splitList(text, '=', 1);
	const rest = after.join('=');
	if (before === undefined || rest === '') return undefined;
	const words = splitWords(before);
	// The last list before the = is that of the hosts; a list may have blanks behind its commas.
	const hosts = words.findLastIndex((word, at) => at > 0 && !words[at - 1]?.endsWith(',') && !word.startsWith(','));
	if (hosts < 1) return undefined;
	const users = splitList(words.slice(0, hosts).join(' '), ',').map(unquoted);
	return {users, hosts: splitList(words.slice(hosts).join(' '), ',').map(unquoted), commands: commandLists(rest)};
};

/** Behind a colon another list of hosts may follow: `ALL=…: other=…`; a tag has a colon as well, but no = behind it. */
const commandLists = (text: string): readonly string[] =>
	text
		.split(/:(?=[ \t]*(?:[\w.!-]+|\d+\.\d+\.\d+\.\d+(?:\/\d+)?)(?:[ \t]*,[ \t]*[\w.!-]+)*[ \t]*=[ \t]*[(/A-Z!])/)
		.map((part, at) => (at === 0 ? part : (splitOnce(part, '=')[1] ?? '')));

/** The tag in force for ALL: 'NOPASSWD', 'PASSWD', '' for none; undefined where ALL is not among the commands. */
const everything = (allowed: readonly Allowed[]): string | undefined =>
	allowed.reduce<string | undefined>(
		(found, {command, tag}) => (command === 'ALL' ? tag : command === '!ALL' ? undefined : found),
		undefined,
	);

/** `tag`: 'NOPASSWD', 'PASSWD', '' for none. */
type Allowed = {
	readonly command: string;
	readonly tag: string;
	readonly noexec: boolean;
	readonly setenv: boolean;
	readonly placed: boolean;
};

/** The commands of a rule that are run as root, in their order. Tags and the user to run as go on to the next command. */
const asRoot = (lists: readonly string[], expand: (word: string) => readonly string[]): readonly Allowed[] => {
	const found: Allowed[] = [];
	for (const list of lists) {
		let tag = '';
		let noexec = false;
		let setenv = false;
		let placed = false;
		let runas = 'root';
		for (const one of splitList(list, ',')) {
			let rest = trimmed(one);
			const [all, as] = /^\(([^)]*)\)[ \t]*/.exec(rest) ?? [];
			if (all !== undefined) {
				runas = as ?? '';
				rest = rest.slice(all.length);
			}
			placed ||= /^(?:[A-Z]+=[^ \t]+[ \t]+)*CWD=\//.test(rest);
			rest = rest.replace(
				/^((ROLE|TYPE|PRIVS|LIMITPRIVS|NOTBEFORE|NOTAFTER|TIMEOUT|CWD|CHROOT)=[^ \t\v\f\r\n]+[ \t]+)+/,
				'',
			);
			for (;;) {
				const [tagged, name] = /^([A-Z_]+)[ \t]*:[ \t]*/.exec(rest) ?? [];
				if (tagged === undefined) break;
				if (name === 'NOPASSWD' || name === 'PASSWD') tag = name;
				if (name === 'SETENV' || name === 'NOSETENV') setenv = name === 'SETENV';
				if (name === 'NOEXEC' || name === 'EXEC') noexec = name === 'NOEXEC';
				rest = rest.slice(tagged.length);
			}
			const users = splitList(runas.split(':')[0] ?? '', ',').flatMap(user => expand(unquoted(user)));
			const root = runas === 'root' || users.some(user => ['ALL', 'root', '#0'].includes(user));
			const commands = expand(trimmed(rest));
			found.push(
				...commands.flatMap(command => (root || command === '!ALL' ? [{command, tag, noexec, setenv, placed}] : [])),
			);
		}
	}
	return found;
};

const splitWords = (text: string): readonly string[] => text.match(/(?:"[^"]*"|\\.|[^ \t\v\f\r\n"\\])+/g) ?? [];
