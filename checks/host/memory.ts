/** A host without memory left kills what it needs most, and does not say so to the one who installed it. */
import {type Memory, memory} from '#host/system/memory.ts';
import {defineCheck} from '#model/check.ts';
import {Blocked} from '#model/unknown.ts';
import {shownBytes} from '../shared/bytes.ts';

const MiB = 1024 * 1024;

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
	async inspect({host, facts}) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the memory of the running host'});
		if (facts.memory.total === 0) throw new Blocked({because: 'unreadable', need: '/proc/meminfo tells no MemTotal'});
		return [
			{
				...judged(facts.memory),
				expected: 'more than 10 % available',
				layers: {kernel: {value: shown(facts.memory), where: '/proc/meminfo'}},
			},
		];
	},
	remedy: () => ({
		sentence:
			'See what takes it (ps -eo rss,comm --sort=-rss, or systemd-cgtop -m), give the host more, or run fewer workers.',
	}),
});

const judged = ({total, available, swap}: Memory): {readonly state: 'ok' | 'warn' | 'fail'; readonly says: string} => {
	const share = available / total;
	if (available < 48 * MiB || share < 0.03)
		return {state: 'fail', says: `only ${shownBytes(available)} of ${shownBytes(total)} are available`};
	if (share < 0.1) return {state: 'warn', says: `${shownBytes(available)} of ${shownBytes(total)} are available`};
	if (total + swap < 512 * MiB)
		return {state: 'warn', says: `${shownBytes(total)} in all: too little to build anything`};
	return {state: 'ok', says: shownBytes(total)};
};

const shown = ({total, available}: Memory): string => `${shownBytes(available)} of ${shownBytes(total)}`;
