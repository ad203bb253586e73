/** Each nginx with its configuration and the servers in it, read once for all checks that look at sites. */

import type {BlockStep} from '#edit/nginx/block.ts';
import type {Fact} from '#model/host.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';
import {everywhere, inherited, type NginxConfig, type Node, nginxConfig} from './config.ts';
import {type Nginx, nginxes} from './now.ts';

export type Listen = {readonly address: string; readonly port: number; readonly tls: boolean};

export type Server = {
	readonly nginx: Nginx;
	readonly http: Node;
	readonly block: Node;
	/** As written; empty where it has none. */
	readonly names: readonly string[];
	readonly listens: readonly Listen[];
	/** The way to it in its own file, for an edit. */
	readonly steps: readonly BlockStep[];
};

/** `config` is why it could not be read, where it could not. */
export type Site = {readonly nginx: Nginx; readonly config: NginxConfig | Unknown; readonly servers: readonly Server[]};

export const nginxSites: Fact<readonly Site[]> = {
	id: 'nginx-sites',
	read: async host =>
		Promise.all(
			(await host.fact(nginxes)).map(async nginx => {
				try {
					const config = await host.fact(nginxConfig(nginx.conf));
					return {nginx, config, servers: serversOf(nginx, config)};
				} catch (error) {
					if (error instanceof Blocked) return {nginx, config: error.why, servers: []};
					throw error;
				}
			}),
		),
};

export const isRead = (config: Site['config']): config is NginxConfig => 'top' in config;

/** Every server of every nginx. Throws Blocked while one configuration could not be read: what is in it may be what matters. */
export const allServers = (sites: readonly Site[]): readonly Server[] =>
	sites.flatMap(({config, servers}) => {
		if (!isRead(config)) throw new Blocked(config);
		return servers;
	});

/** Those that answer with TLS; one that rejects every handshake answers nobody. */
export const tlsServers = (sites: readonly Site[]): readonly Server[] =>
	allServers(sites).filter(
		one => one.listens.some(({tls}) => tls) && effective(one, 'ssl_reject_handshake')?.args[0]?.toLowerCase() !== 'on',
	);

/** Does this nginx take part? One that is neither running nor the only one was left aside on purpose. */
export const inUse = (all: readonly Nginx[]): readonly Nginx[] => {
	const running = all.filter(one => one.running !== undefined);
	return running.length > 0 ? running : all;
};

/** How a server is told from others in a report. */
export const nameOf = ({names, listens, block}: Server): string =>
	names.find(name => name !== '_' && name !== '') ??
	`${listens[0]?.address ?? '*'}:${listens[0]?.port ?? 80} (${block.where})`;

/** A name to ask for; undefined where any will do. */
export const askedName = ({names}: Server): string | undefined =>
	names.find(name => /^[\w.-]+$/.test(name) && name !== '_')?.replace(/^\./, 'www.');

/** The directive that counts for a server. */
export const effective = ({block, http}: Server, name: string): Node | undefined => inherited([block, http], name);

/** The number of a directive among its namesakes in its own file, as an edit counts them. */
export const indexIn = (config: NginxConfig, one: Node): number => {
	const inFile = everywhere(config.top, one.name).filter(
		({file, children}) => file === one.file && children === undefined,
	);
	return [...new Set(inFile.map(({where}) => where))].indexOf(one.where);
};

const serversOf = (nginx: Nginx, {top}: NginxConfig): readonly Server[] =>
	top
		.filter(({name}) => name === 'http')
		.flatMap(http => {
			const blocks = (http.children ?? []).filter(one => one.name === 'server' && one.children !== undefined);
			return blocks.map(block => {
				const before = [...new Set(blocks.filter(one => one.file === block.file).map(({where}) => where))];
				const nth = {name: 'server', nth: before.indexOf(block.where)};
				return {
					nginx,
					http,
					block,
					names: (block.children ?? []).filter(({name}) => name === 'server_name').flatMap(({args}) => args),
					listens: listensOf(block, http),
					steps: block.file === http.file ? ['http', nth] : [nth],
				};
			});
		});

const listensOf = (block: Node, http: Node): readonly Listen[] => {
	const allTls = inherited([block, http], 'ssl')?.args[0] === 'on';
	const given = (block.children ?? []).filter(({name}) => name === 'listen');
	if (given.length === 0) return [{address: '0.0.0.0', port: 80, tls: allTls}];
	return given.flatMap(({args}) => {
		const [where = '', ...flags] = args;
		if (where.startsWith('unix:') || flags.includes('quic')) return [];
		const [, address = '*', port = '80'] = /^\d+$/.test(where)
			? ['', '*', where]
			: (/^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(where) ?? []);
		return [
			{
				address: address === '*' ? '0.0.0.0' : address.replace(/^\[|\]$/g, ''),
				port: Number(port),
				tls: allTls || flags.includes('ssl'),
			},
		];
	});
};
