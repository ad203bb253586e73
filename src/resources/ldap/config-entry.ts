/** An entry of cn=config as it is kept for undo. */
export type ConfigEntry =
	| {readonly is: 'global' | 'frontend' | 'modules'}
	| {readonly is: 'database'; readonly suffix: string};
