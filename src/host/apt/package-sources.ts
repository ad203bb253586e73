/** The package sources that apt reads, with what each is let off: in one line each (sources.list) and in stanzas (deb822). */
import {wordsIn} from '#edit/blanks.ts';
import type {Fact, Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';
import {aptBoolean} from './apt-conf.ts';

export type PackageSource = {
	readonly uris: readonly string[];
	/** By the names of the one-line form, in lower case: `trusted` -> `yes`. */
	readonly options: ReadonlyMap<string, string>;
	readonly where: string;
};

/** Those that are switched on. */
export const packageSources: Fact<readonly PackageSource[]> = {id: 'package-sources', read: host => read(host)};

const directory = '/etc/apt/sources.list.d';

const read = async (host: Reader): Promise<readonly PackageSource[]> => {
	const names = ((await host.list(directory)) ?? []).filter(name => /^[\w.-]+\.(list|sources)$/.test(name));
	// apt passes over what is no file, and so takes all the others.
	const kinds = await Promise.all(names.map(name => host.stat(`${directory}/${name}`, {follow: true})));
	const own = names.filter((_name, at) => kinds[at]?.kind === 'file');
	const paths = ['/etc/apt/sources.list', ...own.map(name => `${directory}/${name}`)];
	const texts = await Promise.all(paths.map(async path => ({path, text: (await textOf(host, path)) ?? ''})));
	return texts.flatMap(({path, text}) => (path.endsWith('.sources') ? stanzasIn(text, path) : linesIn(text, path)));
};

/** `deb [arch=amd64 trusted=yes] http://deb.example.org bookworm main` */
export const linesIn = (text: string, path: string): readonly PackageSource[] =>
	text.split('\n').flatMap((line, at) => {
		const [, options = '', rest = ''] = /^[ \t]*deb(?:-src)?[ \t]+(?:\[([^\]]*)\][ \t]*)?([^#]*)/.exec(line) ?? [];
		const [uri] = wordsIn(rest).map(one => one.text);
		if (uri === undefined) return [];
		const pairs = wordsIn(options).flatMap(({text: one}): readonly (readonly [string, string])[] => {
			const [name = '', value] = one.split('=');
			return value === undefined ? [] : [[name.toLowerCase(), value.toLowerCase()]];
		});
		return [{uris: [uri], options: new Map(pairs), where: `${path}:${at + 1}`}];
	});

/** Stanzas of `Name: value`, a line that begins with a blank goes on with the one before. */
export const stanzasIn = (text: string, path: string): readonly PackageSource[] => {
	const lines = text.split('\n');
	const found: PackageSource[] = [];
	let fields = new Map<string, string>();
	let began = 0;
	let last = '';
	const end = (): void => {
		const uris = wordsIn(fields.get('uris') ?? '').map(one => one.text);
		if (uris.length > 0 && aptBoolean(fields.get('enabled') ?? '') !== false)
			found.push({uris, options: fields, where: `${path}:${began}`});
		fields = new Map();
	};
	for (const [at, line] of [...lines, ''].entries()) {
		if (line.startsWith('#')) continue;
		if (line.trim() === '') {
			end();
			continue;
		}
		const [, name, value = ''] = /^([\w-]+):[ \t]*(.*)$/.exec(line) ?? [];
		if (fields.size === 0) began = at + 1;
		last = name === undefined ? last : name.toLowerCase();
		if (last !== '')
			fields.set(last, name === undefined ? `${fields.get(last) ?? ''} ${line.trim()}` : value.trim().toLowerCase());
	}
	return found;
};
