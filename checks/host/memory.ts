/** A host without memory left kills what it needs most, and does not say so to the one who installed it. */
import {type Memory, memory} from '#host/system/memory.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, type Sight} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {shownBytes} from '../shared/bytes.ts';

const MiB = 1024 * 1024;

const example: Memory = {total: 1024 * MiB, available: 40 * MiB, swap: 0};

const remedy = {
	sentence:
		'See what takes it (ps -eo rss,comm --sort=-rss, or systemd-cgtop -m), give the host more, or run fewer workers.',
};

const kinds = defineKinds({
	short: {
		state: 'fail',
		example,
		says: ({available, total}) => `only ${shownBytes(available)} of ${shownBytes(total)} are available`,
		remedy,
	},
	filling: {
		state: 'warn',
		example,
		says: ({available, total}) => `${shownBytes(available)} of ${shownBytes(total)} are available`,
		remedy,
	},
	small: {
		state: 'warn',
		example,
		says: ({total}) => `${shownBytes(total)} in all: too little to build anything`,
		remedy,
	},
});

export const check = defineCheck({
	id: 'host.memory',
	title: 'There is memory left',
	why: 'When memory runs out the kernel ends processes, most often the database. A build of OpenResty or of Python packages needs some hundred MiB.',
	reads: ['/proc/meminfo: MemTotal, MemAvailable, SwapTotal'],
	severity: 'fail',
	layers: ['kernel'],
	facts: {memory},
	source: 'proc(5), /proc/meminfo; what a measured install of the ipynbsrv stack takes',
	verify: 'free -m, or grep Mem /proc/meminfo.',
	kinds,
	async inspect({host, facts}) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the memory of the running host'});
		if (facts.memory.total === 0) throw new Blocked({because: 'unreadable', need: '/proc/meminfo tells no MemTotal'});
		return [
			judged(facts.memory, {
				expected: 'more than 10 % available',
				layers: {kernel: {value: shown(facts.memory), where: '/proc/meminfo'}},
			}),
		];
	},
});

const judged = (data: Memory, sight: Sight): FoundOf<typeof kinds> => {
	const {total, available, swap} = data;
	const share = available / total;
	if (available < 48 * MiB || share < 0.03) return {...sight, is: 'short', data};
	if (share < 0.1) return {...sight, is: 'filling', data};
	if (total + swap < 512 * MiB) return {...sight, is: 'small', data};
	return {...sight, is: 'ok', says: shownBytes(total)};
};

const shown = ({total, available}: Memory): string => `${shownBytes(available)} of ${shownBytes(total)}`;
