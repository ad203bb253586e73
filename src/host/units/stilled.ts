/**
 * The services that are "active" and answer nobody, because somebody froze them or sent their processes SIGSTOP: systemd's word for them is that of a healthy
 * one, and whoever asks them waits in vain.
 */
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {ifTold} from '../see.ts';
import {isContained, type Process, processTable, serviceOf} from '../system/process-table.ts';

/** `frozen`: by `systemctl freeze`. `stopped`: by a signal. */
export type Stilled = {readonly how: 'frozen' | 'stopped'; readonly pids: readonly number[]};

/** By service. Empty on an offline root. */
export const stilledServices: Fact<ReadonlyMap<string, Stilled>> = {
	id: 'stilled-services',
	async read(host) {
		if (host.root !== '/') return new Map();
		const table = [...(await host.fact(processTable)).values()].filter(
			one => !isContained(one) && !one.cgroup.includes('/user.slice/'),
		);
		const services = Map.groupBy(table, serviceOf);
		const found = await Promise.all(
			[...services].map(async ([service, all]) => {
				if (service === undefined) return [];
				const how = isStopped(all) ? 'stopped' : (await isFrozen(host, all[0]!)) ? 'frozen' : undefined;
				return how === undefined ? [] : [[service, {how, pids: all.map(({pid}) => pid)}] as const];
			}),
		);
		return new Map(found.flat());
	},
};

/** Throws Blocked for a service that is known to answer nobody, so that nobody waits for it. */
export const refuseStilled = async (host: Reader, service: string): Promise<void> => {
	const stilled = (await ifTold(() => host.fact(stilledServices)))?.get(service);
	if (stilled !== undefined)
		throw new Blocked({because: 'timeout', need: `${service} is ${stilledWords(stilled)}, and answers nobody`});
};

/** `frozen`, or `stopped by a signal`. */
export const stilledWords = ({how}: Pick<Stilled, 'how'>): string =>
	how === 'frozen' ? 'frozen (systemctl freeze)' : 'stopped by a signal (SIGSTOP)';

/**
 * Its first process, or all its workers of its own name: another program that supervisor or cron has started may be stopped without harm to them, and what
 * somebody's job left behind may have any name.
 */
const isStopped = (all: readonly Process[]): boolean => {
	const [first, ...others] = all.toSorted((a, b) => a.startedAt - b.startedAt || a.pid - b.pid);
	const workers = others.filter(({name, parent}) => name === first?.name && parent === first.pid);
	return first?.state === 'T' || (workers.length > 0 && workers.every(({state}) => state === 'T'));
};

const isFrozen = async (host: Reader, {cgroup}: Process): Promise<boolean> => {
	const [, path] = /^0::(\/[^\n]*?\.service)(?=\/|\n|$)/m.exec(cgroup) ?? [];
	if (path === undefined || path.includes('..')) return false;
	const bytes = await ifTold(() => host.read(`/sys/fs/cgroup${path}/cgroup.freeze`));
	return (
		Buffer.from(bytes ?? '')
			.toString('utf8')
			.trim() === '1'
	);
};
