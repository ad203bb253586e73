/** What redis.conf says, with the files it includes: what the next start of Redis would make of it. */

import {redisWords} from '#edit/line-formats/word-lines.ts';
import {type Line, linesOf} from '#edit/lines.ts';
import {Fault} from '#model/fault.ts';
import type {Fact, Reader} from '#model/host.ts';
import type {Secret} from '#model/secret.ts';
import {isInstalled, packages} from '../apt/packages.ts';
import {laterTime} from '../files/changed-since.ts';
import {isGlob, matches, staticPart} from '../files/glob.ts';
import {type Included, noneIncluded, readIncluded} from '../files/include-files.ts';
import {givenByUnit} from './given.ts';
import {type RedisLine, secretsIn, withoutSecrets} from './secrets.ts';

export type RedisFile = {
	readonly path: string;
	/** In the order in which Redis takes them. */
	readonly lines: readonly RedisLine[];
	/** Passwords in force, by the name of their setting, and that of `user default`; their lines do not have them. */
	readonly secrets: ReadonlyMap<string, Secret>;
	/** `path:line` of lines that Redis would refuse to start with. */
	readonly broken: readonly string[];
	/** When the newest of the files was last changed, milliseconds. */
	readonly changedAt: number;
	/** Of the installed server: 6, 7, 8. */
	readonly version: number;
};

export const redisConf = '/etc/redis/redis.conf';

/** 'absent' where Debian's redis-server is not installed. */
export const redisFile: Fact<RedisFile | 'absent'> = {
	id: 'redis-file',
	async read(host) {
		const seen = noneIncluded();
		const installed = (await host.fact(packages)).all.get('redis-server');
		if (!isInstalled(installed)) return 'absent';
		const read = await readConf(host, redisConf, {seen, depth: 0});
		const lines = [...read.lines, ...(await accessLists(host, read.lines, seen)), ...(await givenByUnit(host))];
		return {
			path: redisConf,
			...read,
			lines,
			secrets: secretsIn(lines),
			version: Number(/^(?:\d+:)?(\d+)/.exec(installed.version)?.[1] ?? 0),
		};
	},
};

/** The lines of one file's text; includes are not followed. */
export const parseRedisConf = (text: string, path: string): Parsed & Pick<RedisFile, 'secrets'> => {
	const lines: RedisLine[] = [];
	const broken: string[] = [];
	for (const [index, line] of linesOf(text).entries()) {
		const where = `${path}:${index + 1}`;
		const words = wordsOf(text, line);
		if (words === undefined) broken.push(where);
		else if (words[0] !== undefined && !words[0].startsWith('#'))
			lines.push({...withoutSecrets(words[0].toLowerCase(), words.slice(1)), where});
	}
	return {lines, broken, secrets: secretsIn(lines)};
};

/** The line that counts: the last one. */
export const redisLine = (file: Pick<RedisFile, 'lines'>, name: string): RedisLine | undefined =>
	file.lines.findLast(line => line.name === name);

/** The snapshots that a start from this file would make, as `CONFIG GET save` writes them; '' for none. */
export const savesOf = ({
	lines,
	version,
}: Pick<RedisFile, 'lines' | 'version'>): {readonly value: string; readonly where: string} => {
	const saves = lines.filter(({name}) => name === 'save');
	if (saves.length === 0)
		return version >= 7
			? {
					value: '3600 1 300 100 60 10000',
					where: `${redisConf}: no save line is in force, and Redis ${version} then takes its own default`,
				}
			: {value: '', where: `${redisConf}: no save line`};
	const emptied = saves.findLastIndex(({words}) => words.join('') === '');
	const value = saves
		.slice(emptied + 1)
		.flatMap(({words}) => words)
		.join(' ');
	return {value, where: saves.at(-1)!.where};
};

/** Undefined for a line that Redis would refuse: a quote left open, or text right behind a closing one. */
const wordsOf = (text: string, line: Line): readonly string[] | undefined => {
	if (/^[ \t\r]*#/.test(line.text)) return [];
	try {
		return redisWords.split(text, line).map(({value}) => value);
	} catch (error) {
		if (error instanceof Fault) return undefined;
		throw error;
	}
};

type Parsed = Pick<RedisFile, 'lines' | 'broken'>;

const deepest = 10;

/** `by` is the file that names it. */
type Place = {readonly seen: Included; readonly depth: number; readonly by?: string};

const readConf = async (
	host: Reader,
	path: string,
	{seen, depth, by}: Place,
): Promise<Parsed & Pick<RedisFile, 'changedAt'>> => {
	const [text, stat] = await Promise.all([readIncluded(host, path, seen, by), host.stat(path)]);
	const own = parseRedisConf(text ?? '', path);
	const parts = await Promise.all(
		own.lines.map(async line => {
			if (line.name !== 'include' || depth >= deepest) return {lines: [line], broken: [], changedAt: 0};
			const files = await Promise.all(
				(await included(host, line.words[0] ?? '')).map(one => readConf(host, one, {seen, depth: depth + 1, by: path})),
			);
			return {
				lines: files.flatMap(({lines}) => lines),
				broken: files.flatMap(({broken}) => broken),
				changedAt: Math.max(0, ...files.map(({changedAt}) => changedAt)),
			};
		}),
	);
	return {
		lines: parts.flatMap(({lines}) => lines),
		broken: [...own.broken, ...parts.flatMap(({broken}) => broken)],
		changedAt: Math.max(laterTime(stat), ...parts.map(({changedAt}) => changedAt)),
	};
};

/** The users of a file of access lists, which stands beside the configuration. */
const accessLists = async (
	host: Reader,
	lines: readonly RedisLine[],
	seen: Included,
): Promise<readonly RedisLine[]> => {
	const path = redisLine({lines}, 'aclfile')?.words[0];
	const text = path ? await readIncluded(host, path, seen, redisConf) : undefined;
	return text === undefined ? [] : parseRedisConf(text, path ?? '').lines;
};

/** Since Redis 7 an include may be a pattern. A relative path counts from the server's directory, which is that of its file on Debian. */
const included = async (host: Reader, written: string): Promise<readonly string[]> => {
	const path = written.startsWith('/') ? written : `/etc/redis/${written}`;
	if (!isGlob(path)) return [path];
	const directory = staticPart(path);
	return ((await host.list(directory)) ?? []).map(name => `${directory}/${name}`).filter(one => matches(one, [path]));
};
