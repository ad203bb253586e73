/** A database server of this host as its copy has it: the same programs and configuration, and none of the data, which would be a torn copy. */
export type FreshServer = {
	/** `PostgreSQL 15/main`, for a sentence. */
	readonly name: string;
	/** Where its data lie: each is an empty directory inside, owner and mode kept. */
	readonly directories: readonly string[];
	/** Its units, by whatever name something wants them. */
	readonly units: RegExp;
	/** What its package runs once, before its first start: inside, in this order. */
	readonly fill: readonly Fill[];
};

export type Fill = {
	readonly argv: readonly string[];
	/** The user inside; root where none is named. */
	readonly as?: string;
	readonly stdin?: string;
};

/** What became of one: it runs on fresh data, or stays off, and why. */
export type Fresh = {readonly name: string; readonly off?: string};
