/** What only the steps of this stack offer each other. */
import type {} from '#model/offers.ts';

declare module '#model/offers.ts' {
	interface Offers {
		/** Which generation of the application is checked out: the guide's, or today's with its queue of tasks. */
		coralnetLayout: 'guide' | 'today';
		/** Where images are kept; `keyFile` holds the access key, where setup makes it. */
		bucket: {readonly name: string; readonly region: string; readonly keyFile?: string};
	}
}
