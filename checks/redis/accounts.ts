/** On one host every account reaches every port of the loopback: where a Redis without a password holds pickles, each of them is as good as the application. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {textOf} from '#host/files/text-of.ts';
import {namedIn, rulesFile, rulesTable, rulesUnit, uidsNow} from '#host/redis/may-connect.ts';
import {type RedisNow, redisNow} from '#host/redis/now.ts';
import {ifTold, isSeen, see} from '#host/see.ts';
import {type Accounts, accounts} from '#host/system/accounts.ts';
import {rightsOf} from '#host/trust/rights.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Sight} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Resource} from '#model/resource.ts';
import {unit} from '#resources/units/unit.ts';

const again = (): readonly Resource[] => [unit({name: rulesUnit, enabled: true, running: true, notBefore: Date.now()})];

const byApply = {sentence: 'Run setup apply with the answers of the stack: it writes the rules and loads them.'};

type Difference = {readonly more: readonly string[]; readonly less: readonly string[]};

const inWords = ({more, less}: Difference): string =>
	[
		...(more.length === 0 ? [] : [`${more.join(', ')} may connect, and no installed stack names it`]),
		...(less.length === 0 ? [] : [`${less.join(', ')} needs Redis and is refused`]),
	].join('; ');

const kinds = defineKinds({
	open: {
		state: 'fail',
		says: 'every account of this host may connect, and what it puts there is run as the application: the rules are not in the kernel',
		remedy: {
			sentence: 'Load the rules again.',
			commands: [['systemctl', 'restart', rulesUnit]],
		},
		fix: again,
	},
	unwritten: {
		state: 'fail',
		says: `${rulesFile} is not there or not ours: Redis does not start without it`,
		remedy: byApply,
	},
	named: {
		state: 'fail',
		example: {more: ['www-data'], less: ['coralnet']} as Difference,
		says: difference => `${inWords(difference)}, by ${rulesFile}`,
		remedy: byApply,
	},
	loaded: {
		state: 'fail',
		example: {more: ['www-data'], less: []} as Difference,
		says: difference => `${inWords(difference)}, by the rules in the kernel`,
		remedy: {sentence: 'Load the rules again.', commands: [['systemctl', 'restart', rulesUnit]]},
		fix: again,
	},
	socket: {
		state: 'fail',
		example: {path: '/run/redis/redis-server.sock', mode: '777'},
		says: ({path, mode}) => `every account of this host may come in by ${path} (mode ${mode}), past the rules`,
		remedy: ({path}) => ({
			sentence: `Give ${path} unixsocketperm 700 (770 with a group) in redis.conf, or take it out, and restart Redis.`,
		}),
	},
});

export const check = defineCheck({
	id: 'redis.accounts',
	title: 'Redis answers the accounts that use it, and no others of this host',
	why: "CoralNet's huey and WebLab-Deusto keep pickles in Redis, which are code, and ask it without a password: any account of the host that can connect to 127.0.0.1 can have code run as the application's user.",
	reads: [
		`${rulesFile}: the accounts that it lets in`,
		`nft list table inet ${rulesTable}: the numbers that the kernel lets in`,
		'CONFIG GET unixsocket, and its mode',
	],
	severity: 'fail',
	wish: true,
	layers: ['file', 'kernel'],
	source:
		'Redis documentation, "Redis security" (Redis is designed to be accessed by trusted clients); Python documentation, pickle (warning)',
	verify: `nft list table inet ${rulesTable}; as another account: redis-cli ping says "No route to host"`,
	facts: {packages, accounts, now: redisNow},
	appliesTo: ({facts, expect}) => {
		if (!isInstalled(facts.packages.all.get('redis-server'))) return 'redis-server is not installed';
		return expect.length > 0 || 'no installed stack names the accounts that use Redis';
	},
	kinds,
	async inspect({host, facts, expect}) {
		const names = [...new Set(expect.flat().map(String))].toSorted();
		const expected = ['root', ...names].join(', ');
		const file = await see(async () => {
			const named = namedIn((await textOf(host, rulesFile)) ?? '');
			return {
				value: named === undefined ? null : [...new Set([...named.values()].flat())].toSorted(),
				where: rulesFile,
			};
		});
		const kernel = await see(async () => {
			const uids = await uidsNow(host);
			return {value: uids === undefined ? null : [...uids], where: `nft list table inet ${rulesTable}`};
		});
		const sight: Sight = {expected, layers: {file, kernel}};
		const written = isSeen(file) ? (file.value as readonly string[] | null) : undefined;
		const loaded = isSeen(kernel) ? (kernel.value as readonly number[] | null) : undefined;
		return findings<FoundOf<typeof kinds>>([
			{...sight, item: 'file', ...judged('named', 'unwritten', names, written)},
			{...sight, item: 'kernel', ...judged('loaded', 'open', names, loaded && namesOf(loaded, facts.accounts))},
			...(await bySocket(host, () => facts.now, sight)),
		]);
	},
});

const judged = <N extends 'named' | 'loaded', M extends 'unwritten' | 'open'>(
	differs: N,
	none: M,
	names: readonly string[],
	admitted: readonly string[] | null | undefined,
) => {
	if (admitted === undefined) return {is: 'ok' as const};
	if (admitted === null) return {is: none};
	const data: Difference = {
		more: admitted.filter(one => !names.includes(one)),
		less: names.filter(one => !admitted.includes(one)),
	};
	return data.more.length + data.less.length === 0 ? {is: 'ok' as const} : {is: differs, data};
};

/** By number: an account that was made anew under its name has another one. */
const namesOf = (uids: readonly number[], {users}: Accounts): readonly string[] => {
	const known = new Map([...users.values()].map(({uid, name}) => [uid, name]));
	return uids.filter(uid => uid !== 0).map(uid => known.get(uid) ?? `number ${uid}`);
};

/** A socket that an operator opened is beside all rules for the port. */
const bySocket = async (
	host: Reader,
	now: () => RedisNow | 'absent',
	sight: Sight,
): Promise<readonly FoundOf<typeof kinds>[]> => {
	const path = await ifTold(() => {
		const told = now();
		return told === 'absent' ? undefined : told.settings.get('unixsocket');
	});
	if (!path) return [];
	const stat = await host.stat(path);
	if (stat === undefined || !(await rightsOf(host, path, undefined))?.write) return [];
	return [{...sight, item: 'socket', is: 'socket', data: {path, mode: stat.mode.toString(8)}}];
};
