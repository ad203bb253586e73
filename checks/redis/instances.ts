/** A second Redis has a file, a port and rules of its own, and the checks of the first say nothing of it: whoever listens is asked. */
import {askRedis, redisError, redisPairs} from '#host/redis/client.ts';
import {see} from '#host/see.ts';
import {interfaces, reachOf} from '#host/system/interfaces.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {refuseStilled} from '#host/units/stilled.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Sight} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';

const kinds = defineKinds({
	open: {
		state: 'fail',
		example: {place: '0.0.0.0:6380', unit: 'redis-cache.service' as string | undefined},
		says: ({place, unit}) => `${unit ?? 'a Redis'} obeys everybody who reaches ${place}, without a password`,
		remedy: ({unit}) => ({
			sentence: `Write bind 127.0.0.1 -::1, or requirepass, into the file that ${unit ?? 'it'} is started with${unit === undefined ? '' : ` (systemctl cat ${unit})`}, and start it anew.`,
		}),
	},
});

export const check = defineCheck({
	id: 'redis.instances',
	title: 'No other Redis of this host obeys strangers',
	why: 'Beside redis-server.service there may be a second Redis, of a template, of an application or started by hand. One that answers from outside and asks for nothing is a shell for strangers.',
	reads: [
		'/proc/net/tcp and tcp6: every Redis, Valkey or KeyDB that listens, besides redis-server.service',
		'PING from an address of this host that is not its loopback, without a password',
	],
	severity: 'fail',
	layers: ['kernel'],
	source: 'Redis documentation, "Redis security": protected mode, authentication',
	verify: 'redis-cli -h ADDRESS -p PORT PING answers DENIED or NOAUTH',
	facts: {listeners, interfaces},
	kinds,
	appliesTo: ({facts}) => others(facts.listeners).length > 0 || 'no second Redis listens here',
	async inspect({host, facts}) {
		return findings<FoundOf<typeof kinds>>(
			await Promise.all(
				others(facts.listeners).map(async one => {
					const place = `${one.address}:${one.port}`;
					const reach = reachOf(one.address, facts.interfaces);
					const far = reach === 'network' || reach === 'everywhere';
					let open = false;
					const kernel = await see(async () => {
						const told = far ? await greeting(host, one, facts.interfaces) : 'on this host only';
						open = told === 'PONG';
						return {value: told, where: `PING on ${place}, process ${one.process?.pid}`};
					});
					const sight: Sight = {item: place, expected: 'refuses strangers', layers: {kernel}};
					return open ? {...sight, is: 'open', data: {place, unit: one.process?.unit}} : {...sight, is: 'ok'};
				}),
			),
		);
	},
});

const others = (all: readonly Listener[]): readonly Listener[] =>
	all.filter(
		({protocol, process}) =>
			protocol.startsWith('tcp') &&
			/^(redis-server|valkey-server|keydb-server)$/.test(process?.name ?? '') &&
			process?.unit !== 'redis-server.service',
	);

/** `PONG`, or what it says to a stranger. Its protected mode lets the loopback in, so that is not where it is asked. */
const greeting = async (
	host: Reader,
	{address, port, process}: Listener,
	known: ReadonlyMap<string, string>,
): Promise<string> => {
	if (process?.unit !== undefined) await refuseStilled(host, process.unit);
	const own = [...known.keys()].find(one => /^\d+\./.test(one) && !one.startsWith('127.'));
	const to = address === '0.0.0.0' || address === '::' ? own : address;
	// To a stranger its protected mode says one word and hangs up.
	const commands = to === undefined ? [[['PING']], [['CONFIG'], ['GET'], ['protected-mode']]] : [[['PING']]];
	const [reply, mode] = await askRedis({host: to ?? '127.0.0.1', port}, commands, 2000);
	// Without another address nobody can be the stranger: its own word for that mode has to do.
	if (to === undefined && redisPairs(mode).get('protected-mode') === 'yes') return 'DENIED';
	return redisError(reply)?.split(' ')[0] ?? String(reply);
};
