/** Where each answer came from, so that the operator can see why a value is what it is. */
import type {Path, Place} from '../file/read-yaml.ts';
import {pathKey} from '../file/read-yaml.ts';

export type Origin =
	| {readonly from: 'file'; readonly name: string; readonly key: Place; readonly value: Place}
	| {readonly from: 'set'; readonly set: string}
	| {readonly from: 'stack'}
	/** `text` as the step said it: 'this host', 'guide'. */
	| {readonly from: 'step'; readonly text: string}
	| {readonly from: 'default'; readonly text: string}
	/** Written by the template where an answer is needed. */
	| {readonly from: 'example'};

export type Origins = Map<string, Origin>;

/** For the state, the screens and `--format json`: 'answers.yaml:12', '--set', 'stack', 'this host', 'guide default'. */
export const showOrigin = (origin: Origin): string => {
	switch (origin.from) {
		case 'file':
			return `${origin.name}:${origin.key.line}`;
		case 'set':
			return '--set';
		case 'step':
			return origin.text;
		case 'default':
			return origin.text === '' ? 'default' : `${origin.text} default`;
		default:
			return origin.from;
	}
};

/** The origin of a value, or of the nearest thing it stands in. */
export const originOf = (origins: ReadonlyMap<string, Origin>, path: Path): Origin | undefined => {
	for (let length = path.length; length >= 0; length--) {
		const found = origins.get(pathKey(path.slice(0, length)));
		if (found) return found;
	}
	return undefined;
};

/** A value was replaced: what was known of its inside is no longer true. */
export const setOrigin = (origins: Origins, path: Path, origin: Origin): void => {
	const key = pathKey(path);
	for (const known of origins.keys()) {
		if (known.startsWith(`${key}\0`)) origins.delete(known);
	}
	origins.set(key, origin);
};
