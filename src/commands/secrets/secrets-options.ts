/** What `setup secrets` is told beside the name: all of its commands share it. */
export type SecretsOptions = {
	readonly state?: string;
	readonly format: 'text' | 'ndjson';
	/** Print a value although nobody sits at a terminal. */
	readonly reveal: boolean;
};
