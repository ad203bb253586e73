/** The daemons of mod_wsgi: which sites run in which of them, and the sockets by which Apache's workers reach them. */
import type {Reader} from '#model/host.ts';
import {unixListeners} from '../network/unix-listeners.ts';
import {everywhere, type Node} from '../nginx/config.ts';
import type {ApacheConfig} from './config.ts';
import type {SitePass} from './hands-on.ts';
import {hostName, virtualHosts} from './sites.ts';

type Used = {readonly site: string; readonly group: string; readonly where: string; readonly file: string};

export type WsgiGroups = {
	/** By WSGIDaemonProcess, in the order of the files, which numbers their sockets. */
	readonly defined: readonly string[];
	readonly used: readonly Used[];
};

/** What is chosen for each request, and the interpreter of the workers themselves, are left out. */
export const wsgiGroups = (config: ApacheConfig): WsgiGroups => {
	const outside = config.top.filter(({name}) => name !== 'virtualhost');
	return {
		defined: everywhere(config.top, 'wsgidaemonprocess').map(({args}) => args[0] ?? ''),
		used: [
			...virtualHosts(config).flatMap(one => usedIn(one.block.children ?? [], hostName(one))),
			...usedIn(outside, 'every site'),
		],
	};
};

const usedIn = (nodes: readonly Node[], site: string): readonly Used[] =>
	[...everywhere(nodes, 'wsgiprocessgroup'), ...everywhere(nodes, 'wsgiscriptalias')].flatMap(
		({name, args, where, file}) => {
			const group =
				name === 'wsgiprocessgroup'
					? args[0]
					: args.map(word => /^process-group=(.+)$/.exec(word)?.[1]).find(one => one !== undefined);
			return group === undefined || /[%$]/.test(group) ? [] : [{site, group, where, file}];
		},
	);

/** Each site with the socket of its daemon, as the running Apache made it: nothing else makes it anew. */
export const wsgiPasses = async (
	host: Reader,
	{defined, used}: WsgiGroups,
	main: number,
): Promise<readonly SitePass[]> => {
	const sockets = newest(
		(await host.fact(unixListeners)).map(({path}) => path),
		main,
	);
	return used.flatMap(({site, group, where, file}) => {
		const path = sockets.get(defined.indexOf(group) + 1);
		return path === undefined
			? []
			: [{site, pass: {name: `WSGI daemon ${group}`, places: [{path}], where, files: [file]}}];
	});
};

/** `wsgi.PID.GENERATION.NUMBER.sock`: a reload makes new ones while the old daemons end. By number. */
export const newest = (paths: readonly string[], main: number): ReadonlyMap<number, string> => {
	const own = paths.flatMap(path => {
		const [, pid, generation, number] = /\/wsgi\.(\d+)\.(\d+)\.(\d+)\.sock$/.exec(path) ?? [];
		return Number(pid) === main ? [{path, generation: Number(generation), number: Number(number)}] : [];
	});
	const last = Math.max(...own.map(({generation}) => generation));
	return new Map(own.flatMap(one => (one.generation === last ? [[one.number, one.path] as const] : [])));
};
