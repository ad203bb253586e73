/** What redis.conf says, with the files it includes: what the next start of Redis would make of it. */
import type {Fact, Reader} from '#model/host.ts';
import {Secret} from '#model/secret.ts';
import {isInstalled, packages} from '../apt/packages.ts';
import {isGlob, matches, staticPart} from '../files/glob.ts';
import {redisWordsOf} from './words.ts';

export type RedisLine = {readonly name: string; readonly words: readonly string[]; readonly where: string};

export type RedisFile = {
	readonly path: string;
	/** In the order in which Redis takes them. */
	readonly lines: readonly RedisLine[];
	/** Passwords, by the name of their setting; their lines have no words. */
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
		const installed = (await host.fact(packages)).all.get('redis-server');
		if (!isInstalled(installed)) return 'absent';
		const read = await readConf(host, redisConf, 0);
		return {path: redisConf, ...read, version: Number(/^(?:\d+:)?(\d+)/.exec(installed.version)?.[1] ?? 0)};
	},
};

/** The lines of one file's text; includes are not followed. */
export const parseRedisConf = (text: string, path: string): Parsed => {
	const lines: RedisLine[] = [];
	const secrets = new Map<string, Secret>();
	const broken: string[] = [];
	for (const [index, line] of text.split('\n').entries()) {
		if (/^\s*(#|$)/.test(line)) continue;
		const where = `${path}:${index + 1}`;
		const [written, ...words] = redisWordsOf(line) ?? [];
		const name = written?.toLowerCase();
		if (name === undefined) broken.push(where);
		else lines.push({name, words: secretSettings.test(name) ? [] : words, where});
		if (name !== undefined && secretSettings.test(name))
			secrets.set(name, new Secret(`redis ${name}`, words.join(' ')));
	}
	return {lines, broken, secrets};
};

/** Settings whose value is a password, or holds one. */
export const secretSettings = /^(requirepass|masterauth|user|rename-command|tls-(client-)?key-file-pass)$/;

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

type Parsed = Pick<RedisFile, 'lines' | 'broken' | 'secrets'>;

const deepest = 10;

const readConf = async (host: Reader, path: string, depth: number): Promise<Parsed & Pick<RedisFile, 'changedAt'>> => {
	const [bytes, stat] = await Promise.all([host.read(path), host.stat(path)]);
	const own = parseRedisConf(Buffer.from(bytes ?? '').toString('utf8'), path);
	const parts = await Promise.all(
		own.lines.map(async line => {
			if (line.name !== 'include' || depth >= deepest)
				return {lines: [line], broken: [], changedAt: 0, secrets: new Map<string, Secret>()};
			const files = await Promise.all(
				(await included(host, line.words[0] ?? '')).map(one => readConf(host, one, depth + 1)),
			);
			return {
				lines: files.flatMap(({lines}) => lines),
				broken: files.flatMap(({broken}) => broken),
				changedAt: Math.max(0, ...files.map(({changedAt}) => changedAt)),
				secrets: new Map(files.flatMap(({secrets}) => [...secrets])),
			};
		}),
	);
	return {
		lines: parts.flatMap(({lines}) => lines),
		broken: [...own.broken, ...parts.flatMap(({broken}) => broken)],
		changedAt: Math.max(stat?.mtimeMs ?? 0, ...parts.map(({changedAt}) => changedAt)),
		secrets: new Map([...own.secrets, ...parts.flatMap(({secrets}) => [...secrets])]),
	};
};

/** Since Redis 7 an include may be a pattern. A relative path counts from the server's directory, which is that of its file on Debian. */
const included = async (host: Reader, written: string): Promise<readonly string[]> => {
	const path = written.startsWith('/') ? written : `/etc/redis/${written}`;
	if (!isGlob(path)) return [path];
	const directory = staticPart(path);
	return ((await host.list(directory)) ?? []).map(name => `${directory}/${name}`).filter(one => matches(one, [path]));
};
