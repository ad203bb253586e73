/** Redis grows until the kernel kills something, and a snapshot or a rewrite fails on a host that refuses to overcommit: both show too late. */

import {isInstalled, packages} from '#host/apt/packages.ts';
import {redisConf, redisFile, redisLine} from '#host/redis/file.ts';
import {type RedisNow, redisNow} from '#host/redis/now.ts';
import {isSeen, see, there} from '#host/see.ts';
import {memory} from '#host/system/memory.ts';
import {defineCheck} from '#model/check.ts';
import type {Finding, Seen} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';

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
	remedy: finding => ({
		sentence:
			finding.item === 'overcommit'
				? 'Write vm.overcommit_memory = 1 into a file of /etc/sysctl.d and load it with sysctl --system.'
				: `Set maxmemory in ${redisConf} to what Redis may take of this host (and maxmemory-policy to what it should do then), and restart Redis.`,
	}),
});

const limit = (file: Seen | Unknown, runtime: Seen | Unknown, total: number): Finding => {
	const bytes = isSeen(runtime) ? Number(runtime.value) : undefined;
	const finding = (state: Finding['state'], says?: string): Finding => ({
		item: 'maxmemory',
		state,
		...(says !== undefined && {says}),
		expected: 'a limit below the memory of this host',
		layers: {file, runtime},
	});
	if (bytes === 0) return finding('warn', `has no limit, and this host has ${mebibytes(total)} of memory`);
	if (bytes !== undefined && total > 0 && bytes > total * 0.9)
		return finding('warn', `may take ${mebibytes(bytes)} of the ${mebibytes(total)} of this host`);
	return finding('ok');
};

const forking = (saving: Seen | Unknown, kernel: Seen | Unknown, file: Seen | Unknown): Finding => {
	const bad = isSeen(saving) && saving.value === true && isSeen(kernel) && kernel.value === 0;
	return {
		item: 'overcommit',
		state: bad ? 'warn' : 'ok',
		...(bad && {says: 'writes to disk, and vm.overcommit_memory is 0: saving fails when memory is half full'}),
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
