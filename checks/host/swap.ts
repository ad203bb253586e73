/** A host that lives in its swap is slow for a reason that no log names. */

import {textOf} from '#host/files/text-of.ts';
import {container} from '#host/system/container.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {shownBytes} from '../shared/bytes.ts';

const kinds = defineKinds({
	none: {
		state: 'warn',
		example: {memory: 1024 ** 3},
		says: ({memory}) => `no swap, with ${shownBytes(memory)} of memory`,
		remedy: {
			sentence: 'A swap file of 1 GiB is enough (mkswap, swapon, /etc/fstab); or give the host more memory.',
		},
	},
	full: {
		state: 'warn',
		example: {used: 900 * 1024 ** 2, total: 1024 ** 3},
		says: ({used, total}) => `${shownBytes(used)} of ${shownBytes(total)} are used`,
		remedy: {sentence: 'Give the host more memory or run less on it.'},
	},
});

export const check = defineCheck({
	id: 'host.swap',
	title: 'Swap is there, and not lived in',
	why: 'A little swap lets the kernel put aside what is never used; a swap that is full means that memory is short all the time, and the next request may be the one that gets a process killed.',
	reads: ['/proc/meminfo: MemTotal, SwapTotal, SwapFree'],
	severity: 'warn',
	layers: ['kernel'],
	source: 'proc(5), /proc/meminfo',
	verify: 'swapon --show, free -m.',
	facts: {container},
	kinds,
	appliesTo: ({facts}) => facts.container === undefined || `it is ${facts.container}: swap is its host's`,
	async inspect({host}) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the swap of the running host'});
		const text = (await textOf(host, '/proc/meminfo')) ?? '';
		const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1024;
		const [memory, total, free] = [of('MemTotal'), of('SwapTotal'), of('SwapFree')];
		const finding = {
			expected: 'at most 80 % used',
			layers: {kernel: {value: `${shownBytes(total - free)} of ${shownBytes(total)} used`, where: '/proc/meminfo'}},
		};
		if (total === 0)
			return memory < 2 * 1024 ** 3
				? [{...finding, is: 'none', data: {memory}}]
				: [{...finding, is: 'ok', says: 'none, with memory enough'}];
		return free / total < 0.2
			? [{...finding, is: 'full', data: {used: total - free, total}}]
			: [{...finding, is: 'ok', says: `${shownBytes(free)} free`}];
	},
});
