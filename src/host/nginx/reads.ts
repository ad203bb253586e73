/**
 * What a program of nginx reads, loads and opens when it is told to test a configuration, found without parsing it whole: also a broken file must be known
 * before root's nginx is given it. Too much does no harm here, too little does.
 */
import {dirname, resolve} from 'node:path';
import type {Fact} from '#model/host.ts';
import {filesBehind, type Included, readIncluded} from '../files/include-files.ts';

const mostFiles = 2000;

/** Files, directories behind patterns, code that is loaded, and directories in which it makes files or changes owners. */
export const nginxReads = (conf: string): Fact<readonly string[]> => ({
	id: `nginx-reads:${conf}`,
	async read(host) {
		const base = dirname(conf);
		const prefix = base.endsWith('/conf') ? dirname(base) : '/usr/share/nginx';
		const seen: Included = {files: [], directories: new Set()};
		const more = new Set<string>();
		const todo = [conf];
		while (todo.length > 0 && seen.files.length < mostFiles) {
			const file = todo.shift()!;
			if (seen.files.includes(file)) continue;
			for (const [name, words] of directivesIn((await readIncluded(host, file, seen)) ?? '')) {
				if (name === 'include') todo.push(...(await filesBehind(host, resolve(base, words[0] ?? ''), seen)));
				else if (opened.test(name)) more.add(dirname(resolve(prefix, words[0] ?? '')));
				else if (words.some(word => word.startsWith('engine:'))) for (const path of pathsIn(words)) more.add(path);
				else if (loaded.test(name)) for (const path of loadedBy(words, prefix)) more.add(path);
			}
		}
		// What was left out cannot be answered for.
		return [...seen.files, ...seen.directories, ...more, ...(todo.length > 0 ? [todo[0]!, ''] : [])];
	},
});

const opened = /^(access_log|error_log|pid|lock_file|\w+_temp_path|\w+_cache_path|working_directory)$/;
const loaded = /^(load_module|ssl_engine|perl_\w+|js_\w+|\w*lua\w*)$/;

/** Names with the words after them, wherever a directive can begin. */
const directivesIn = (text: string): readonly (readonly [string, readonly string[]])[] =>
	[
		...text
			.replaceAll(/(^|[ \t\v\f\r\n;{}])#.*$/gm, '$1')
			.matchAll(/(?<=^|[ \t\v\f\r\n;{}])([a-z_]\w*)[ \t\v\f\r\n]+((?:"[^"]*"|'[^']*'|[^;{}"'])*)/g),
	].flatMap(([, name = '', rest = '']) => {
		const words = [...rest.matchAll(/"([^"]*)"|'([^']*)'|([^ \t\v\f\r\n]+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
		return [[name, words] as const, ...nested(words)];
	});

/** In a file that is broken one directive may have swallowed the next. */
const nested = (words: readonly string[]): readonly (readonly [string, readonly string[]])[] =>
	words.flatMap((word, at) =>
		at < words.length - 1 && (word === 'include' || opened.test(word) || loaded.test(word))
			? [[word, words.slice(at + 1)] as const]
			: [],
	);

const pathsIn = (words: readonly string[]): readonly string[] =>
	words.flatMap(word =>
		[...word.matchAll(/(?<![\w.])\/[^ \t\v\f\r\n;:?"'$]+/g)].map(([path]) => path.replace(/\/$/, '')),
	);

/** `modules/ngx_x.so` begins at the prefix. */
const loadedBy = (words: readonly string[], prefix: string): readonly string[] => [
	...pathsIn(words),
	...words.slice(0, 1).flatMap(word => (/^[\w.-]+\/[\w./-]+$/.test(word) ? [resolve(prefix, word)] : [])),
];
