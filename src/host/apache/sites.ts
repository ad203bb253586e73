/** The virtual hosts of Apache, with their names and addresses. */

import {lastIn, type Node} from '../nginx/config.ts';
import type {Listen} from '../nginx/sites.ts';
import type {ApacheConfig} from './config.ts';

export type VirtualHost = {
	readonly block: Node;
	readonly names: readonly string[];
	readonly listens: readonly Listen[];
};

/** In the order of the files; what stands outside of them counts for all. */
export const virtualHosts = ({top}: ApacheConfig): readonly VirtualHost[] =>
	top
		.filter(({name}) => name === 'virtualhost')
		.map(block => {
			const tls = lastIn(block, 'sslengine')?.args[0]?.toLowerCase() === 'on';
			return {
				block,
				names: (block.children ?? [])
					.filter(({name}) => name === 'servername' || name === 'serveralias')
					.flatMap(({args}) => args.map(word => word.replace(/^https?:\/\/|:\d+$/g, ''))),
				listens: block.args.map(word => {
					const [, address = '*', port = '80'] = /^(\[[^\]]*\]|[^:]*)(?::(\d+|\*))?$/.exec(word) ?? [];
					return {
						address: address === '*' || address === '_default_' ? '0.0.0.0' : address.replace(/^\[|\]$/g, ''),
						port: Number(port) || 80,
						tls,
					};
				}),
			};
		});

/** Does it answer to a name? Names have no case, and an alias may have `*` and `?`. */
export const answersTo = ({names}: VirtualHost, name: string): boolean =>
	names.some(one =>
		new RegExp(
			`^${one
				.replace(/[.+^${}()|[\]\\]/g, '\\$&')
				.replaceAll('*', '.*')
				.replaceAll('?', '.')}$`,
			'i',
		).test(name),
	);

/** How a virtual host is told from others. */
export const hostName = ({names, block, listens}: VirtualHost): string =>
	names[0] ?? `${listens[0]?.address ?? '*'}:${listens[0]?.port ?? 80} (${block.where})`;
