/**
 * The whole configuration of one nginx as a tree, every `include` in its place, each directive with its file and line. Read from the files, so
 * that it needs neither root nor a running host; `nginx -T` gives the same texts in the same order.
 */
import {dirname, resolve} from 'node:path';
import {lineNumber} from '#edit/lines.ts';
import {type Directive, directivesOf} from '#edit/nginx/read.ts';
import {Fault} from '#model/fault.ts';
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {filesBehind, type Included, readIncluded} from '../files/include-files.ts';

export type Node = {
	readonly name: string;
	readonly args: readonly string[];
	/** `/etc/nginx/nginx.conf:12`. */
	readonly where: string;
	readonly file: string;
	/** From 1. */
	readonly line: number;
	readonly children?: readonly Node[];
};

export type NginxConfig = {
	readonly top: readonly Node[];
	/** Every file that was read, in the order nginx reads it. */
	readonly files: readonly string[];
	/** The directories behind patterns: a file that came or went shows in their times. */
	readonly directories: readonly string[];
};

/** The configuration that begins with that file. Throws Blocked for what may not be read or does not parse. */
export const nginxConfig = (conf: string): Fact<NginxConfig> => ({
	id: `nginx-config:${conf}`,
	read: async host => {
		const seen: Included = {files: [], directories: new Set()};
		const top = await nodesOf(host, conf, dirname(conf), seen, 0);
		return {top, files: seen.files, directories: [...seen.directories]};
	},
});

/** All directives of that name anywhere below. */
export const everywhere = (nodes: readonly Node[], name: string): readonly Node[] =>
	nodes.flatMap(one => [...(one.name === name ? [one] : []), ...everywhere(one.children ?? [], name)]);

/** The last of that name directly in a block: what counts there. */
export const lastIn = (block: Pick<Node, 'children'> | undefined, name: string): Node | undefined =>
	block?.children?.findLast(one => one.name === name);

/** What counts in the innermost block, looking outward; `blocks` from the innermost to the outermost. */
export const inherited = (blocks: readonly (Pick<Node, 'children'> | undefined)[], name: string): Node | undefined => {
	for (const block of blocks) {
		const found = lastIn(block, name);
		if (found !== undefined) return found;
	}
	return undefined;
};

/** All of that name in the innermost block that has one: a word that may stand several times is inherited as a whole. */
export const inheritedAll = (blocks: readonly Pick<Node, 'children'>[], name: string): readonly Node[] =>
	blocks.map(({children = []}) => children.filter(one => one.name === name)).find(found => found.length > 0) ?? [];

const nodesOf = async (
	host: Reader,
	file: string,
	base: string,
	seen: Included,
	depth: number,
): Promise<readonly Node[]> => {
	if (depth > 20) throw new Blocked({because: 'unreadable', need: `${file} includes itself`});
	const source = await readIncluded(host, file, seen);
	if (source === undefined) throw new Blocked({because: 'unreadable', need: `${file} is not there`});
	const nodes: Node[] = [];
	for (const one of parsed(source, file)) nodes.push(...(await nodeOf(host, one, {source, file, base}, seen, depth)));
	return nodes;
};

const parsed = (source: string, file: string): readonly Directive[] => {
	try {
		return directivesOf(source);
	} catch (error) {
		if (error instanceof Fault) throw new Blocked({because: 'unreadable', need: `${file}: ${error.sentence}`});
		throw error;
	}
};

type Place = {readonly source: string; readonly file: string; readonly base: string};

const nodeOf = async (
	host: Reader,
	one: Directive,
	place: Place,
	seen: Included,
	depth: number,
): Promise<readonly Node[]> => {
	const args = one.args.map(({value}) => value);
	if (one.name === 'include' && args[0] !== undefined) {
		const files = await filesBehind(host, resolve(place.base, args[0]), seen);
		const parts: (readonly Node[])[] = [];
		for (const file of files) parts.push(await nodesOf(host, file, place.base, seen, depth + 1));
		return parts.flat();
	}
	const children: Node[] = [];
	for (const child of one.children ?? []) children.push(...(await nodeOf(host, child, place, seen, depth)));
	const line = lineNumber(place.source, one.start);
	return [
		{
			name: one.name,
			args,
			file: place.file,
			line,
			where: `${place.file}:${line}`,
			...(one.children && {children}),
		},
	];
};
