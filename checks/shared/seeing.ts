/** What several checks say in the same words: a layer that was seen, and where a server of this host is reached. */

import type {Listener} from '#host/system/listeners.ts';
import type {Seen} from '#model/finding.ts';
import type {Json} from '#model/json.ts';
import type {Unknown} from '#model/unknown.ts';

export const seen = (value: Json, where: string): Seen => ({value, where});

/** Where to connect for a port; undefined where nobody listens there. */
export const reachable = (listeners: readonly Listener[], port: number, address?: string): string | undefined => {
	const there = listeners.filter(one => one.port === port && one.protocol.startsWith('tcp'));
	const exact = there.find(one => one.address === address);
	const one = exact ?? there.find(({address: at}) => at === '0.0.0.0' || at === '127.0.0.1') ?? there[0];
	if (one === undefined) return undefined;
	return one.address === '0.0.0.0' ? '127.0.0.1' : one.address === '::' ? '::1' : one.address;
};

/** Why nothing can be asked: for the layer of something that does not listen. */
export const notListening = (port: number, root = '/'): Unknown =>
	root === '/'
		? {because: 'unreadable', need: `nobody listens on port ${port}`}
		: {because: 'offline-root', need: `port ${port} must be asked on the running host`};

/** A time as people write it, to the second. */
export const clock = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, 19);

/** `a, b and c`. */
export const listed = (words: readonly string[]): string =>
	words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
