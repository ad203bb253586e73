/**
 * What a resource holds that cannot be made again, as data: who saves it and who puts it back need not know which resource it was, and a plan
 * names it without touching it.
 */

export type Keep =
	/** A database of this host's cluster, and the role it belongs to: what is in it is put back with that role's rights and no more. */
	| {readonly kind: 'postgres'; readonly name: string; readonly owner: string; readonly cluster?: string}
	/** A tree of the local slapd. */
	| {readonly kind: 'ldap'; readonly suffix: string}
	/** What lies in a directory, but for what its stack makes again. */
	| {readonly kind: 'tree'; readonly path: string};

/** Its name for an operator, and in a snapshot: `postgres:ipynbsrv`, `tree:/srv/ipynbsrv/data/homes`. */
export const keepId = (keep: Keep): string => {
	switch (keep.kind) {
		case 'postgres':
			return `postgres:${keep.name}`;
		case 'ldap':
			return `ldap:${keep.suffix}`;
		case 'tree':
			return `tree:${keep.path}`;
	}
};
