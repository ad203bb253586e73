/** Which directories a server of nginx gives away, and under which address: by root and alias, at the server and in its locations. A location with a pattern is not among them. */
import {inherited, type Node} from './config.ts';
import type {Server} from './sites.ts';

export type WebDirectory = {
	/** `/static/` */
	readonly prefix: string;
	/** What lies at the prefix. */
	readonly directory: string;
};

export const webDirectories = ({block, http}: Server): readonly WebDirectory[] => {
	const within = (blocks: readonly Node[]): readonly WebDirectory[] => {
		const [own] = blocks;
		const below = (own?.children ?? [])
			.filter(({name, children}) => name === 'location' && children !== undefined)
			.flatMap(location => within([location, ...blocks]));
		const prefix = own?.name === 'location' ? prefixOf(own) : '/';
		return [...(prefix === undefined ? [] : at(prefix, blocks)), ...below];
	};
	return within([block, http]);
};

/** An alias stands for the prefix, a root before it. Only the location that names one gives its directory, or the server. */
const at = (prefix: string, blocks: readonly Node[]): readonly WebDirectory[] => {
	const own = blocks[0]?.children ?? [];
	const alias = own.find(({name}) => name === 'alias')?.args[0];
	const root =
		blocks.length === 2 ? inherited(blocks, 'root')?.args[0] : own.find(({name}) => name === 'root')?.args[0];
	const directory = alias ?? (root === undefined ? undefined : `${root.replace(/\/$/, '')}${prefix}`);
	return directory?.startsWith('/') && !directory.includes('$') ? [{prefix, directory}] : [];
};

const prefixOf = ({args}: Node): string | undefined => {
	const path = args.length === 1 ? args[0] : args[0] === '^~' ? args[1] : undefined;
	return path?.startsWith('/') ? path : undefined;
};
