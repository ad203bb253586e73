/** Where redis.conf and the running Redis differ. Both write one value in several ways: sizes, several lines of one setting, old names. */

import type {RedisFile} from './file.ts';
import {savesOf} from './file.ts';
import type {RedisNow} from './now.ts';

export type RedisDrift = {
	readonly name: string;
	readonly where: string;
	readonly inFile: string;
	readonly inProcess: string;
};

/**
 * Every setting in force in the file that the process has otherwise. What CONFIG does not show cannot be compared; `ignore` names what
 * the command line sets.
 */
export const redisDrift = (file: RedisFile, now: RedisNow, ignore: readonly string[] = []): readonly RedisDrift[] => {
	const names = [...new Set(file.lines.map(({name}) => name))].filter(name => !ignore.includes(name));
	const plain = names.flatMap(name => {
		const inProcess = now.settings.get(name);
		if (inProcess === undefined) return [];
		const lines = file.lines.filter(line => line.name === name);
		const inFile =
			name === 'save'
				? savesOf(file).value
				: several.has(name)
					? lines.flatMap(({words}) => words).join(' ')
					: (lines.at(-1)?.words ?? []).join(' ');
		return same(name, inFile, inProcess) ? [] : [{name, where: lines.at(-1)!.where, inFile, inProcess}];
	});
	const saves = savesOf(file);
	const noSave =
		names.includes('save') ||
		ignore.includes('save') ||
		same('save', saves.value, now.settings.get('save') ?? saves.value)
			? []
			: [{name: 'save', where: saves.where, inFile: saves.value, inProcess: now.settings.get('save') ?? ''}];
	const secret = [...now.secrets].flatMap(([name, state]) =>
		state === 'same'
			? []
			: [
					{
						name,
						where: file.lines.findLast(line => line.name === name)?.where ?? file.path,
						inFile: shown(file.secrets.has(name)),
						inProcess: 'another',
					},
				],
	);
	return [...plain, ...noSave, ...secret];
};

const shown = (set: boolean): string => (set ? 'a password' : 'none');

/** Settings that are told on several lines, one part each. */
const several = new Set(['client-output-buffer-limit']);

const same = (name: string, inFile: string, inProcess: string): boolean => {
	if (name === 'client-output-buffer-limit') {
		const now = limits(inProcess);
		return [...limits(inFile)].every(([kind, limit]) => now.get(kind) === limit);
	}
	return normal(inFile) === normal(inProcess) || (name === 'unixsocketperm' && Number(inFile) === Number(inProcess));
};

/** `replica 256mb 64mb 60` and `slave 268435456 67108864 60` are one; of two lines for one kind of client the last counts. */
const limits = (text: string): ReadonlyMap<string, string> => {
	const words = normal(text).split(' ');
	return new Map(
		Array.from(
			{length: Math.floor(words.length / 4)},
			(_, at) => [words[at * 4]!, words.slice(at * 4 + 1, at * 4 + 4).join(' ')] as const,
		),
	);
};

const normal = (text: string): string =>
	text
		.trim()
		.split(/\s+/)
		.map(word => (word === 'replica' ? 'slave' : bytesOf(word.toLowerCase())))
		.join(' ');

const units: Readonly<Record<string, number>> = {
	'': 1,
	b: 1,
	k: 1000,
	kb: 1024,
	m: 1e6,
	mb: 1024 ** 2,
	g: 1e9,
	gb: 1024 ** 3,
};

const bytesOf = (word: string): string => {
	const [, number, unit = ''] = /^(\d+)(b|kb?|mb?|gb?)$/.exec(word) ?? [];
	return number === undefined ? word : String(Number(number) * (units[unit] ?? 1));
};
