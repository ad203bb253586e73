/** MongoDB's own file as its readers give it, of either form. */
export type MongoLine = {readonly value: string; readonly where: string};

export type MongoFile = {
	readonly path: string;
	readonly unit: string;
	/** `4.4`; undefined where no package tells. */
	readonly version: string | undefined;
	/** By the names of the YAML form: `net.bindIp`, `security.authorization`. */
	readonly settings: ReadonlyMap<string, MongoLine>;
	readonly yaml: boolean;
	/** Why MongoDB would not take it. */
	readonly broken?: string;
};
