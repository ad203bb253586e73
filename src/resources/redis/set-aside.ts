/**
 * What lies in an application's queues before anybody works them off for the first time: on a Redis that was here before, any account may have put it there, and
 * it would be run as the application. It is set aside under another name; nothing of it is lost, and nothing of it runs.
 */
import {askRedis, type RedisReply, redisError} from '#host/redis/client.ts';
import {redisPort, uidsNow} from '#host/redis/may-connect.ts';
import {Fault} from '#model/fault.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';

export type SetAsideSpec = {
	readonly keys: readonly string[];
	/** The unit file of who works them off: once it is there, what is queued is the application's own. */
	readonly until: string;
};
export type SetAsideState = {readonly found: readonly string[]};

/** Needs the rules that keep others out, and Redis; provides `done:queues`. */
export const queuesSetAside = (spec: SetAsideSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		setAsideType,
		withEdges(
			{
				id: 'redis-set-aside',
				needs: ['done:redis-accounts', 'unit:redis-server.service'],
				provides: ['done:queues'],
				title: 'the queues begin empty',
			},
			edges,
		),
		spec,
	);

export const setAsideType: ResourceType<SetAsideSpec, SetAsideState> = {
	name: 'redis-set-aside',
	async inspect({keys, until}, host) {
		if ((await host.stat(until)) !== undefined) return {found: []};
		// While others may come in, what is not there yet may be there soon.
		const shut = await uidsNow(host).catch((error: unknown) => {
			if (error instanceof Blocked && error.why.because === 'no-tool') return undefined;
			throw error;
		});
		if (shut === undefined) throw new Blocked({because: 'until', thing: 'done:redis-accounts'});
		const replies = await ask(keys.map(key => ['EXISTS', key]));
		return {found: keys.filter((_, at) => replies[at] === 1)};
	},
	diff: (_spec, state) =>
		state === 'absent' || state.found.length === 0
			? []
			: [
					{
						what: 'what lies in the queues already',
						from: state.found.join(', '),
						to: `${aside}NAME, which nobody works off`,
					},
				],
	undoOf: () => ({can: true, record: null}),
	apply: (_spec, {found}, _changes, host) =>
		host.act('set queued tasks aside', async () => {
			await ask(found.map(key => ['RENAME', key, `${aside}${key}`]));
		}),
	undo: async () => ({outcome: 'already'}),
};

const aside = 'setup-aside:';

const ask = async (commands: readonly (readonly string[])[]): Promise<readonly RedisReply[]> => {
	if (commands.length === 0) return [];
	const replies = await askRedis(
		{host: '127.0.0.1', port: redisPort},
		commands.map(words => words.map(word => [word])),
		5000,
	);
	const refused = replies.map(redisError).find(one => one !== undefined);
	if (refused !== undefined)
		throw new Fault(
			'redis.refuses',
			`Redis answers ${refused.split(/[\r\n]/)[0]}`,
			"The application asks Redis without a password: see requirepass and user lines in Redis' own file.",
		);
	return replies;
};
