/** Redis grows until the kernel kills something, and a snapshot or a rewrite fails on a host that refuses to overcommit: both show too late. */

import {isInstalled, packages} from '#host/apt/packages.ts';
import {redisConf, redisFile, redisLine} from '#host/redis/file.ts';
import {type RedisNow, redisNow} from '#host/redis/now.ts';
import {isSeen, see, there} from '#host/see.ts';
import {memory} from '#host/system/memory.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, type Seen, type Sight} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';

const sentence = `Set maxmemory in ${redisConf} to what Redis may take of this host (and maxmemory-policy to what it should do then), and restart Redis.`;

const kinds = defineKinds({
	// A distribution sets none, and a host of somebody else need not.
	noLimit: {
		state: 'ok',
		example: {total: 2 ** 31},
		says: ({total}) => `has no limit, and this host has ${mebibytes(total)} of memory`,
	},
	tooMuch: {
		state: 'warn',
		example: {bytes: 2 ** 31, total: 2 ** 31},
		says: ({bytes, total}) => `may take ${mebibytes(bytes)} of the ${mebibytes(total)} of this host`,
		remedy: {sentence},
	},
	cannotFork: {
		state: 'warn',
		says: 'writes to disk, and vm.overcommit_memory is 0: saving fails when memory is half full',
		remedy: {
			sentence: 'Write vm.overcommit_memory = 1 into a file of /etc/sysctl.d and load it with sysctl --system.',
		},
	},
});

export const check = defineCheck({
	id: 'redis.memory',
	title: 'Redis has a limit of memory, and room to save',
	why: 'Without maxmemory Redis takes all there is, and the kernel then kills the largest process. Where it writes snapshots or rewrites its log it forks: with vm.overcommit_memory at 0 that fails when half of the memory is in use.',
	reads: [
		`${redisConf}: maxmemory`,
		'CONFIG GET maxmemory, save, appendonly',
		'/proc/sys/vm/overcommit_memory',
		'/proc/meminfo',
	],
	severity: 'warn',
	layers: ['runtime'],
	requires: ['redis.running'],
	source: 'Redis documentation, "Redis administration" (Linux) and "Key eviction"',
	verify: 'redis-cli CONFIG GET maxmemory; sysctl vm.overcommit_memory',
	facts: {packages, file: redisFile, now: redisNow, memory},
	kinds,
	appliesTo: ({facts}) =>
		isInstalled(facts.packages.all.get('redis-server'))
			? there(facts, ['file', 'now'])
			: 'redis-server is not installed',
	async inspect({host, facts}) {
		const file = await see(() => {
			const line = redisLine(facts.file, 'maxmemory');
			return {value: line?.words.join(' ') ?? '0', where: line?.where ?? `${redisConf}: no such line`};
		});
		const runtime = await see(() => ({
			value: Number(facts.now.settings.get('maxmemory') ?? 0),
			where: 'CONFIG GET maxmemory',
		}));
		const saving = await see(() => ({value: saves(facts.now), where: 'CONFIG GET save, appendonly'}));
		const kernel = await see(() => overcommit(host));
		return [limit(file, runtime, facts.memory.total), forking(saving, kernel, file)];
	},
});

const limit = (file: Seen | Unknown, runtime: Seen | Unknown, total: number): FoundOf<typeof kinds> => {
	const bytes = isSeen(runtime) ? Number(runtime.value) : undefined;
	const sight: Sight = {
		item: 'maxmemory',
		expected: 'a limit below the memory of this host',
		layers: {file, runtime},
	};
	if (bytes === 0) return {...sight, is: 'noLimit', data: {total}};
	if (bytes !== undefined && total > 0 && bytes > total * 0.9) return {...sight, is: 'tooMuch', data: {bytes, total}};
	return {...sight, is: 'ok'};
};

const forking = (saving: Seen | Unknown, kernel: Seen | Unknown, file: Seen | Unknown): FoundOf<typeof kinds> => {
	const bad = isSeen(saving) && saving.value === true && isSeen(kernel) && kernel.value === 0;
	return {
		item: 'overcommit',
		is: bad ? 'cannotFork' : 'ok',
		expected: 1,
		layers: {
			file,
			runtime: saving,
			kernel:
				isSeen(saving) && saving.value === false && isSeen(kernel)
					? {...kernel, where: `${kernel.where} (of no matter: nothing is written to disk)`}
					: kernel,
		},
	};
};

const saves = ({settings}: RedisNow): boolean =>
	(settings.get('save') ?? '') !== '' || settings.get('appendonly') === 'yes';

const overcommit = async (host: Reader): Promise<Seen> => {
	if (host.root !== '/')
		throw new Blocked({because: 'offline-root', need: 'the kernel must be asked on the running host'});
	const where = '/proc/sys/vm/overcommit_memory';
	const text = Buffer.from((await host.read(where)) ?? '').toString('utf8');
	return {value: Number(text.trim()), where};
};

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`;
