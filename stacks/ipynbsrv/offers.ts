/** What only the steps of this stack offer each other. */
import type {} from '#model/offers.ts';
import type {Thing} from '#model/thing.ts';
import type {SiteEdit} from '#steps/sites/site-edits.ts';

declare module '#model/offers.ts' {
	interface Offers {
		/** What was answered for the site file; `waits` until docker0 has its address. */
		siteEdits: {
			readonly dockerAddress: string;
			readonly resolver: string;
			readonly ownName: 'here' | 'resolver';
			readonly siteEdits: readonly SiteEdit[];
			readonly waits: readonly Thing[];
		};
		/** Which tools for style sheets and the user guide apt installed. */
		frontend: {readonly npm: boolean; readonly mkdocs: boolean};
	}
}
