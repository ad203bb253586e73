/** What every resource of the local slapd has in common: the running server, and one writer at a time. */
import type {Edges} from '#model/resource.ts';
import {withEdges} from '../shared/edges.ts';

export const slapdEdges = (own: Edges, more: Partial<Edges>): Edges =>
	withEdges({...own, needs: ['unit:slapd.service', ...(own.needs ?? [])], locks: ['ldap', ...(own.locks ?? [])]}, more);
