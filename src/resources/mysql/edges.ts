/** What every MariaDB resource has in common: the running server, and the lock. */
import type {Edges} from '#model/resource.ts';
import {withEdges} from '../shared/edges.ts';

export const mysqlEdges = (own: Edges, more: Partial<Edges>): Edges =>
	withEdges(
		{...own, needs: ['unit:mariadb.service', ...(own.needs ?? [])], locks: ['mysql', ...(own.locks ?? [])]},
		more,
	);
