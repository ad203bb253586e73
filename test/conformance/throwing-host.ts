/** A Host that fails at its k-th act, just before or just after doing it: what a crash leaves behind, without the crash. */
import type {Host} from '#model/host.ts';

const acts = ['exec', 'serve', 'replace', 'mkdir', 'symlink', 'own', 'remove', 'removeTree', 'rename', 'act'] as const;

export const throwingHost = (host: Host, at: number, when: 'before' | 'after'): Host => {
	let count = 0;
	const wrap =
		(act: (...args: unknown[]) => Promise<unknown>) =>
		async (...args: unknown[]): Promise<unknown> => {
			count += 1;
			const now = count === at;
			if (now && when === 'before') throw new Error('thrown on purpose, before');
			if (count > at) throw new Error('thrown on purpose, and then it went on');
			const result = await act(...args);
			if (now) throw new Error('thrown on purpose, after');
			return result;
		};
	const wrapped = Object.fromEntries(
		acts.map(name => [name, wrap(host[name] as (...args: unknown[]) => Promise<unknown>)]),
	);
	return {...host, ...wrapped} as Host;
};
