/** A Redis that answers from outside is a shell for strangers, so its own word for where it listens is compared with the kernel's. */

import {isInstalled, packages} from '#host/apt/packages.ts';
import {type RedisFile, redisConf, redisFile, redisLine} from '#host/redis/file.ts';
import {redisNow} from '#host/redis/now.ts';
import {ifTold, seeAs, there} from '#host/see.ts';
import {interfaces} from '#host/system/interfaces.ts';
import {listeners} from '#host/system/listeners.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds} from '#model/finding.ts';
import {edit} from '#resources/files/edit.ts';
import {unit} from '#resources/units/unit.ts';
import {boundFinding, exampleExposure, exposureSays, exposureState} from '../shared/bound.ts';
import {kernelBound} from '../shared/kernel-bound.ts';

const kinds = defineKinds({
	open: {
		state: exposureState,
		example: {...exampleExposure, given: undefined as string | undefined},
		says: exposureSays,
		remedy: ({given}) => ({
			sentence:
				given === undefined
					? `Write bind 127.0.0.1 -::1 into ${redisConf}, with the containers' address behind it where they need it, then restart Redis.`
					: `Take --bind out of what starts it (${given}), which counts after its file; then systemctl daemon-reload and restart Redis.`,
		}),
		fix: ({given}) =>
			given !== undefined
				? []
				: [
						edit(
							{path: redisConf, format: 'redis.conf', settings: [{key: 'bind', words: [['127.0.0.1'], ['-::1']]}]},
							{id: `edit:${redisConf}:bind`, owes: [{unit: 'redis-server.service', do: 'restart'}]},
						),
						unit({name: 'redis-server.service', running: true, files: [redisConf]}, {needs: [`path:${redisConf}`]}),
					],
	},
});

export const check = defineCheck({
	id: 'redis.bind',
	title: 'Redis answers on this host only',
	why: 'Whoever reaches Redis can read and change all it holds, and with an unguarded one write files as its user. The guides bind it to 127.0.0.1, or to that and the network of the containers.',
	reads: [
		`${redisConf} and the files it includes: bind, port`,
		'CONFIG GET bind',
		'/proc/net/tcp and tcp6: who listens on its port',
	],
	severity: 'fail',
	layers: ['file', 'runtime', 'kernel'],
	requires: ['redis.running'],
	source:
		'WebLab-Deusto guide, "Close access to local services" (redis bound to 127.0.0.1); OpenSlides guide, "Configure Redis"',
	verify: 'redis-cli CONFIG GET bind; ss -ltn sport = :6379',
	facts: {packages, file: redisFile, now: redisNow, listeners, interfaces},
	kinds,
	appliesTo: ({facts}) =>
		isInstalled(facts.packages.all.get('redis-server'))
			? there(facts, ['file', 'now'])
			: 'redis-server is not installed',
	async inspect({host, facts, expect}) {
		const file = await seeAs(() => fileBound(facts.file));
		const runtime = await seeAs(() => {
			const now = facts.now;
			const value = now.settings.get('bind') ?? '';
			return {addresses: addressesOf(value.split(/\s+/)), seen: {value, where: 'CONFIG GET bind'}};
		});
		const port = await seeAs(() => portOf(facts.file));
		const kernel = await seeAs(() => kernelBound(host, () => facts.listeners, typeof port === 'number' ? port : 6379));
		const known = await seeAs(() => facts.interfaces);
		const {exposure, expected, layers} = boundFinding({
			layers: {file, runtime, kernel},
			known: 'because' in known ? new Map() : known,
			intended: expect.flat().map(String),
		});
		return [
			exposure === undefined
				? {expected, layers, is: 'ok'}
				: {expected, layers, is: 'open', data: {...exposure, given: await givenAt(() => facts.file)}},
		];
	},
});

/** Where the command line of its unit says it. */
const givenAt = async (file: () => RedisFile): Promise<string | undefined> => {
	const line = await ifTold(() => redisLine(file(), 'bind'));
	return line?.given ? line.where : undefined;
};

const portOf = (file: RedisFile): number => Number(redisLine(file, 'port')?.words[0] ?? 6379);

/** Without a bind line Redis listens on every address. */
const fileBound = (file: RedisFile) => {
	const line = redisLine(file, 'bind');
	const words = line?.words ?? ['*'];
	return {
		addresses: portOf(file) === 0 ? [] : addressesOf(words),
		seen: {value: words.join(' '), where: line?.where ?? `${file.path}: no bind line`},
	};
};

/** A dash before an address means that it may be missing. An empty list listens everywhere. */
const addressesOf = (words: readonly string[]): readonly string[] => {
	const all = words.map(word => word.replace(/^-/, '')).filter(word => word !== '');
	return (all.length === 0 ? ['*'] : all).map(word => (word === '*' ? '0.0.0.0' : word === '::*' ? '::' : word));
};
