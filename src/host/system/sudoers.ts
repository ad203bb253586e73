/** Who may become root without a password, as sudo reads its files: includes of any directory, tags that go on, aliases, Defaults, and the last rule that counts. */
import type {Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';
import {type SudoLine, splitList, sudoLines, unquoted} from './sudoers-lines.ts';

/** A rule that lets somebody run everything as root without a password. `who` is a user, `%group` or `+netgroup`, without escapes. */
export type WithoutPassword = {readonly who: string; readonly rule: string; readonly where: string};

/** From /etc/sudoers and what it includes, in the order in which sudo reads it. */
export const withoutPassword = async (host: Reader): Promise<readonly WithoutPassword[]> =>
	judged(await linesOf(host, '/etc/sudoers', []));

type Line = SudoLine & {readonly path: string};

const linesOf = async (host: Reader, path: string, within: readonly string[]): Promise<readonly Line[]> => {
	// A file within itself is read once, and sudo itself stops at 128 within one another.
	const text = within.includes(path) || within.length > 128 ? undefined : await textOf(host, path);
	if (text === undefined) return [];
	const parts = await Promise.all(
		sudoLines(text).map(async (line): Promise<readonly Line[]> => {
			const [, directory, target] = /^[@#]include(dir)?[ \t]+(.+)$/.exec(line.text) ?? [];
			if (target === undefined) return [{...line, path}];
			const plain = unquoted(target.trim());
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

const judged = (lines: readonly Line[]): readonly WithoutPassword[] => {
	const aliases = new Map<string, readonly string[]>();
	for (const {text} of lines) {
		const [, body = ''] = /^(?:User|Runas|Cmnd|Cmd)_Alias[ \t]+(.*)$/.exec(text) ?? [];
		for (const one of splitList(body, ':')) {
			const [name = '', members = ''] = splitOnce(one, '=');
			if (name !== '') aliases.set(name.trim(), splitList(members, ',').map(unquoted));
		}
	}
	const expand = (word: string, depth = 0): readonly string[] =>
		depth < 20 && /^[A-Z][A-Z0-9_]*$/.test(word) && word !== 'ALL'
			? (aliases.get(word)?.flatMap(one => expand(one, depth + 1)) ?? [word])
			: [word];
	const asks = new Map<string, boolean>();
	for (const {text} of lines)
		for (const [who, value] of authenticate(text)) for (const one of expand(who)) asks.set(one, value);
	const found = new Map<string, WithoutPassword | undefined>();
	for (const {text, path, line} of lines) {
		if (/^(Defaults|(User|Runas|Host|Cmnd|Cmd)_Alias)/.test(text)) continue;
		const spec = userSpec(text);
		if (spec === undefined) continue;
		for (const who of spec.users.flatMap(one => expand(one))) {
			const tag = everything(spec.commands, expand);
			if (tag === undefined || who.startsWith('!')) continue;
			const open = tag === 'NOPASSWD' || (tag === '' && (asks.get(who) ?? asks.get('ALL') ?? true) === false);
			// The last rule that lets somebody run everything is the one that counts.
			found.delete(who);
			found.set(who, open ? {who, rule: text, where: `${path}:${line}`} : undefined);
		}
	}
	return [...found.values()].filter(one => one !== undefined);
};

/** For whom a Defaults line sets or takes away `authenticate`: a user, or ALL. Those of hosts and commands are not for everything. */
const authenticate = (text: string): readonly (readonly [string, boolean])[] => {
	const [, sign = '', who = '', options = ''] =
		/^Defaults([:>@!])?((?:"[^"]*"|\\.|[^\s"\\])*)[ \t]+(.*)$/.exec(text) ?? [];
	if (options === '' || sign === '@' || sign === '!') return [];
	const last = splitList(options, ',').findLast(option => /^!?[ \t]*authenticate$/.test(option));
	if (last === undefined) return [];
	const users = sign === ':' ? splitList(who, ',').map(unquoted) : ['ALL'];
	return users.map(user => [user, !last.startsWith('!')] as const);
};

/** `users hosts = commands [: hosts = commands]` */
const userSpec = (
	text: string,
): {readonly users: readonly string[]; readonly commands: readonly string[]} | undefined => {
	const [before, ...after] = splitList(text, '=', 1);
	const rest = after.join('=');
	if (before === undefined || rest === '') return undefined;
	const words = splitWords(before);
	// The last list before the = is that of the hosts; a list may have blanks behind its commas.
	const hosts = words.findLastIndex((word, at) => at > 0 && !words[at - 1]?.endsWith(',') && !word.startsWith(','));
	if (hosts < 1) return undefined;
	const users = splitList(words.slice(0, hosts).join(' '), ',').map(unquoted);
	return {users, commands: commandLists(rest)};
};

/** Behind a colon another list of hosts may follow: `ALL=…: other=…`; a tag has a colon as well, but no = behind it. */
const commandLists = (text: string): readonly string[] =>
	text
		.split(/:(?=[ \t]*(?:[\w.!-]+|\d+\.\d+\.\d+\.\d+(?:\/\d+)?)(?:[ \t]*,[ \t]*[\w.!-]+)*[ \t]*=[ \t]*[(/A-Z!])/)
		.map((part, at) => (at === 0 ? part : (splitOnce(part, '=')[1] ?? '')));

/** The tag in force for ALL as root: 'NOPASSWD', 'PASSWD', '' for none; undefined where ALL is not among the commands. */
const everything = (lists: readonly string[], expand: (word: string) => readonly string[]): string | undefined => {
	let found: string | undefined;
	for (const list of lists) {
		let tag = '';
		let runas = 'root';
		for (const one of splitList(list, ',')) {
			let rest = one.trim();
			const [all, as] = /^\(([^)]*)\)[ \t]*/.exec(rest) ?? [];
			if (all !== undefined) {
				runas = as ?? '';
				rest = rest.slice(all.length);
			}
			rest = rest.replace(/^((ROLE|TYPE|PRIVS|LIMITPRIVS|NOTBEFORE|NOTAFTER|TIMEOUT|CWD|CHROOT)=\S+[ \t]+)+/, '');
			for (;;) {
				const [tagged, name] = /^([A-Z_]+)[ \t]*:[ \t]*/.exec(rest) ?? [];
				if (tagged === undefined) break;
				if (name === 'NOPASSWD' || name === 'PASSWD') tag = name;
				rest = rest.slice(tagged.length);
			}
			const users = splitList(runas.split(':')[0] ?? '', ',').flatMap(user => expand(unquoted(user)));
			const asRoot = runas === 'root' || users.some(user => ['ALL', 'root', '#0'].includes(user));
			const commands = expand(rest.trim());
			if (asRoot && commands.includes('ALL')) found = tag;
			else if (commands.includes('!ALL')) found = undefined;
		}
	}
	return found;
};

const splitOnce = (text: string, by: string): readonly string[] => {
	const at = text.indexOf(by);
	return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
};

const splitWords = (text: string): readonly string[] => text.match(/(?:"[^"]*"|\\.|[^\s"\\])+/g) ?? [];
