/** Redis that runs with what its file says: somebody's CONFIG SET lasts until the next start, and nobody sees it in the file. */
import {redisNow} from '#host/redis/now.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';

export type RedisAsInFileSpec = {
	/** As CONFIG GET answers: `save` is empty when nothing is saved. */
	readonly settings: Readonly<Record<string, string>>;
};
export type RedisAsInFileState = {readonly settings: Readonly<Record<string, string>>};

/** Restarts Redis where the process differs. Needs the edit of its file. */
export const redisAsInFile = (spec: RedisAsInFileSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		redisAsInFileType,
		withEdges(
			{
				id: 'redis-as-in-file',
				needs: ['unit:redis-server.service'],
				provides: ['done:redis'],
				locks: ['systemd'],
				title: 'Redis runs as its file says',
			},
			edges,
		),
		spec,
	);

export const redisAsInFileType: ResourceType<RedisAsInFileSpec, RedisAsInFileState> = {
	name: 'redis-as-in-file',
	settle: 10,
	async inspect({settings}, host) {
		const now = await host.fact(redisNow);
		if (now === 'absent') throw new Blocked({because: 'until', thing: 'package:redis-server'});
		return {
			settings: Object.fromEntries(Object.keys(settings).map(key => [key, now.settings.get(key) ?? 'unknown'])),
		};
	},
	diff: ({settings}, state) =>
		Object.entries(settings).flatMap(([key, wanted]) => {
			const now = state === 'absent' ? null : (state.settings[key] ?? null);
			return now === wanted ? [] : [{key, what: key, from: now, to: wanted === '' ? 'nothing' : wanted}];
		}),
	undoOf: () => ({can: true, record: null}),
	apply: (_spec, _state, _changes, host) => host.exec(['systemctl', 'restart', 'redis-server.service']),
	rereads: () => true,
	undo: async () => ({outcome: 'already'}),
};
