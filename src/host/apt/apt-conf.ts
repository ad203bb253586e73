/** apt's configuration as `apt-config` gives it, and from its files where apt cannot be asked: nested groups, three kinds of comments, `#clear`. */
import {allBlank} from '#edit/blanks.ts';
import type {Fact, Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';

export type AptSetting = {readonly value: string; readonly where: string};

/** A setting, by its whole name without case; undefined where nothing sets it, or something clears it afterwards. Throws Blocked. */
export const aptSetting = async (host: Reader, name: string): Promise<AptSetting | undefined> => {
	const inFiles = (await host.fact(aptFiles)).get(name.toLowerCase());
	if (host.root !== '/') return inFiles;
	const group = name.replace(/::[^:]*$/, '');
	const line = (await host.fact(aptDump(group))).find(one => one.toLowerCase().startsWith(`${name.toLowerCase()} `));
	const value = line?.slice(name.length + 1);
	return value === undefined || value === ''
		? undefined
		: {value, where: inFiles?.value === value ? inFiles.where : `apt-config dump ${name}`};
};

/** The same from the files alone: no program is started. */
export const aptSettingInFiles = async (host: Reader, name: string): Promise<AptSetting | undefined> =>
	(await host.fact(aptFiles)).get(name.toLowerCase());

/** As apt takes a word for yes or no, in its configuration and in its sources; undefined for any other. */
export const aptBoolean = (word: string): boolean | undefined =>
	/^(1|yes|true|with|on|enable)$/i.test(word)
		? true
		: /^(0|no|false|without|off|disable)$/i.test(word)
			? false
			: undefined;

/** The names that files give a value, in lower case, for settings of which there may be one for each host. */
export const aptNamesInFiles = async (host: Reader): Promise<readonly string[]> => [
	...(await host.fact(aptFiles)).keys(),
];

/** What apt says of a whole group, once. Told the architecture, it does not start dpkg to hear of it. */
const aptDump = (group: string): Fact<readonly string[]> => ({
	id: `apt-config:${group.toLowerCase()}`,
	read: async host =>
		(await host.query(['apt-config', '-o', 'APT::Architectures::=all', 'dump', '--format', '%f %v%n', group])).split(
			'\n',
		),
});

/** apt's own words where it cannot read its configuration; undefined where it can, or is not here to be asked. */
export const aptRefuses = async (host: Reader): Promise<string | undefined> => {
	if (host.root !== '/') return undefined;
	// A group that is not there: all files are read, and nothing is said of them.
	const argv = ['apt-config', '-o', 'APT::Architectures::=all', 'dump', 'none'];
	const ran = await ifTold(() => host.probe(argv));
	if (ran === undefined || ran.code === 0) return undefined;
	const [first] = ran.stderr.split('\n').filter(line => /^E: (?!.*Permission denied)/.test(line));
	return first?.slice(3, 400);
};

/** One file's statements, in order: a setting, or a name that is cleared with all under it. */
const aptStatements = (
	source: string,
): readonly ({readonly name: string; readonly value: string; readonly line: number} | {readonly clear: string})[] => {
	const found: ({name: string; value: string; line: number} | {clear: string})[] = [];
	const groups: string[] = [];
	let words: string[] = [];
	let quoted = false;
	let line = 1;
	const full = (name: string): string =>
		[...groups, name]
			.filter(one => one !== '')
			.join('::')
			.toLowerCase();
	const say = (): void => {
		const [name = '', value] = words;
		if (name === '#clear') found.push(...words.slice(1).map(one => ({clear: one.toLowerCase()})));
		else if (value !== undefined || quoted)
			found.push({name: full(value === undefined ? '' : name), value: value ?? name, line});
		words = [];
		quoted = false;
	};
	for (const {text, at} of tokensOf(source)) {
		line = at;
		if (text === ';') say();
		else if (text === '{') {
			groups.push(words[0] ?? '');
			words = [];
			quoted = false;
		} else if (text === '}') {
			if (words.length > 0) say();
			groups.pop();
		} else {
			quoted ||= text.startsWith('"');
			words.push(text.replace(/^"|"$/g, ''));
		}
	}
	if (words.length > 0) say();
	return found;
};

const tokensOf = (source: string): readonly {readonly text: string; readonly at: number}[] => {
	const tokens: {text: string; at: number}[] = [];
	let line = 1;
	for (const [text] of source.matchAll(
		/\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|#(?!clear\b)[^\n]*|"[^"\n]*"?|[{};]|\n|[ \t\v\f\r]+|(?:(?!\/\*|\/\/)[^ \t\v\f\r\n{};"])+|[\s\S]/g,
	)) {
		if (/^("|[{};]|#clear)/.test(text) || (!/^(\/\*|\/\/|#)/.test(text) && !allBlank(text)))
			tokens.push({text, at: line});
		line += text.split('\n').length - 1;
	}
	return tokens;
};

/** apt.conf.d by name, then apt.conf. */
const aptFiles: Fact<ReadonlyMap<string, AptSetting>> = {id: 'apt-config:files', read: host => fromFiles(host)};

const fromFiles = async (host: Reader): Promise<ReadonlyMap<string, AptSetting>> => {
	const names = ((await host.list('/etc/apt/apt.conf.d')) ?? []).filter(
		name => /^[\w.-]+$/.test(name) && (!name.includes('.') || name.endsWith('.conf')),
	);
	const paths = [...[...names].sort().map(name => `/etc/apt/apt.conf.d/${name}`), '/etc/apt/apt.conf'];
	const texts = await Promise.all(paths.map(async path => ({path, text: (await textOf(host, path)) ?? ''})));
	const found = new Map<string, AptSetting>();
	for (const {path, text} of texts)
		for (const one of aptStatements(text)) {
			if (!('clear' in one)) found.set(one.name, {value: one.value, where: `${path}:${one.line}`});
			else
				for (const name of [...found.keys()])
					if (name === one.clear || name.startsWith(`${one.clear}::`)) found.delete(name);
		}
	return found;
};
