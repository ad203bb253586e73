/** Names of this host's own that programs and answers use: `ipynbsrv.ldap`. A bare host may have no /etc/hosts at all. */
import type {Edges, Resource} from '#model/resource.ts';
import {edit} from './edit.ts';

/** Names in /etc/hosts. A new file has the loopback lines first, so that no name is gained at the cost of localhost. */
export const hostsNames = (
	spec: {readonly address: string; readonly names: readonly string[]},
	edges: Partial<Edges> = {},
): Resource =>
	edit(
		{
			path: '/etc/hosts',
			format: 'hosts',
			settings: spec.names.map(name => ({name, address: spec.address})),
			create: '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n',
		},
		{
			...edges,
			id: edges.id ?? `hosts-name:${spec.names.join(',')}`,
			provides: [...spec.names.map(name => `name:${name}` as const), ...(edges.provides ?? [])],
		},
	);
