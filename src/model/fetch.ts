/** What making a thing fetches from elsewhere, as data, so that it can be brought along on a medium instead. */
export type Fetch =
	/** Targets of apt: `name`, or `name=version`. */
	| {readonly kind: 'packages'; readonly names: readonly string[]; readonly recommends: boolean}
	/** The archive of a source package, without Debian's own changes. */
	| {readonly kind: 'source'; readonly name: string}
	| {readonly kind: 'file'; readonly from: string}
	/** A repository of git with all its branches and tags, `ref` among them. */
	| {readonly kind: 'repository'; readonly url: string; readonly ref: string; readonly submodules?: boolean}
	/** What pip brings into an environment; `asked` is a digest of what is asked for. */
	| {readonly kind: 'python'; readonly directory: string; readonly asked: string}
	/** What no medium can carry yet; `what` is for people. */
	| {readonly kind: 'not covered'; readonly what: string};

/** Two that ask for the same have the same words. */
export const fetchWords = (fetch: Fetch): string => {
	switch (fetch.kind) {
		case 'packages':
			return `packages ${fetch.names.join(' ')}${fetch.recommends ? ' with what they recommend' : ''}`;
		case 'source':
			return `source ${fetch.name}`;
		case 'file':
			return `file ${fetch.from}`;
		case 'repository':
			return `${fetch.ref} of the repository ${fetch.url}`;
		case 'python':
			return `the Python packages of ${fetch.directory}, as asked in ${fetch.asked.slice(0, 8)}`;
		case 'not covered':
			return fetch.what;
	}
};
