/**
 * The environment that a unit gives its program, from its Environment= and EnvironmentFile= lines: a twelve-factor application is configured there, and
 * whoever asks it without that gets the answers of another one.
 */
import type {Reader} from '#model/host.ts';
import {isGlob, matches, staticPart} from '../files/glob.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';
import type {WrittenService} from './written.ts';

export type UnitEnvironment = {
	/** May hold secrets: for stdin of what runs as the application's user, never for a report. */
	readonly values: ReadonlyMap<string, string>;
	/** The files it comes from besides the unit's own. */
	readonly files: readonly string[];
	/** One of these could not be read, so that it is not known whole. */
	readonly unread?: string;
};

/** As systemd makes it: files win over the unit's own lines, later files over earlier ones. Never throws for a file that cannot be read. */
export const unitEnvironment = async (
	host: Reader,
	{lines}: Pick<WrittenService, 'lines'>,
): Promise<UnitEnvironment> => {
	const values = new Map(lines.flatMap(({key, value}) => (key === 'Environment' ? assignments(value) : [])));
	const files: string[] = [];
	let unread: string | undefined;
	for (const {key, value} of lines) {
		if (key !== 'EnvironmentFile') continue;
		for (const path of await pathsOf(host, value.replace(/^-/, ''))) {
			files.push(path);
			const text = await ifTold(() => textOf(host, path));
			if (text === undefined) {
				if ((await ifTold(() => host.stat(path))) !== undefined) unread = path;
				continue;
			}
			for (const [name, plain] of environmentFile(text)) values.set(name, plain);
		}
	}
	return {values, files, ...(unread !== undefined && {unread})};
};

/** The words of an Environment= line: `A=1 "B=two words" C='3'`. Quotes may stand around a part of a word. */
export const assignments = (line: string): readonly (readonly [string, string])[] => {
	const words: string[] = [];
	for (const [, written = ''] of line.matchAll(/((?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*'|["'])+)/g))
		words.push(
			written.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_all, double: string, single: string) => double ?? single),
		);
	return words.flatMap(word => pair(word.replace(/\\(["'\\])/g, '$1')));
};

/** The lines of an environment file (systemd.exec(5)): no shell, comments begin with # or ;, quotes around a value are taken off. */
export const environmentFile = (text: string): readonly (readonly [string, string])[] =>
	text
		.replace(/\\\n/g, '')
		.split('\n')
		.map(line => line.trim())
		.filter(line => line !== '' && !/^[#;]/.test(line))
		.flatMap(line => pair(line))
		.map(([name, value]) => [name, unquoted(value.trim())] as const);

const pair = (word: string): readonly (readonly [string, string])[] => {
	const [, name, value = ''] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
	return name === undefined ? [] : [[name, value]];
};

const unquoted = (text: string): string => {
	const [, double, single] = /^"((?:[^"\\]|\\.)*)"$|^'([^']*)'$/.exec(text) ?? [];
	return single ?? (double ?? text).replace(/\\(["'\\$`])/g, '$1');
};

const pathsOf = async (host: Reader, written: string): Promise<readonly string[]> => {
	if (!isGlob(written)) return [written];
	const directory = staticPart(written);
	return ((await host.list(directory)) ?? [])
		.map(name => `${directory}/${name}`)
		.filter(one => matches(one, [written]));
};
