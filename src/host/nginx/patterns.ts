/** Locations of nginx that take requests by a pattern: they come before a plain path, which looks like the only door and is not. */
import type {Node} from './config.ts';

/** Those of a server itself, in their order. */
export const patternsOf = (server: Node): readonly Node[] =>
	(server.children ?? []).filter(({name, args}) => name === 'location' && (args[0] === '~' || args[0] === '~*'));

/** `\.(jpe?g|png)$` -> jpeg, png; a pattern without an ending is left alone. */
export const endingsIn = (pattern: string): readonly string[] => {
	const [, group, plain] = /\\\.(?:\(\??:?([\w|?]+)\)|(\w+))/.exec(pattern) ?? [];
	return (group?.split('|') ?? [plain ?? '']).map(word => word.replaceAll('?', '')).filter(word => word !== '');
};
