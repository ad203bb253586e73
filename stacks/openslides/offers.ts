/** What only the steps of this stack offer each other. */
import type {} from '#model/offers.ts';
import type {Thing} from '#model/thing.ts';

declare module '#model/offers.ts' {
	interface Offers {
		/** Where the source comes from; `demo` is the folder of the one that comes with setup. */
		openslidesSources: {readonly demo?: string};
		/** The network of the instances' containers. */
		containerNetwork: {
			readonly bridge: string;
			/** 172.16.28.1, of this host. */
			readonly address: string;
			readonly prefix: number;
			/** 172.16.28.0/24. */
			readonly subnet: string;
			/** The unit after which the address is there, at boot. */
			readonly unit: string;
			readonly ready: Thing;
			/** Done when PostgreSQL and Redis are shut to others; undefined where another firewall is to do it. */
			readonly shut: Thing | undefined;
		};
		/** What instances are made of; not there where the API is all. */
		openslidesInstances: {
			/** Name of the image, as podman keeps it. */
			readonly image: string;
			/** That one and those that further versions may name. */
			readonly images: readonly string[];
			readonly imageThere: Thing;
			readonly network: string;
			readonly networkThere: Thing;
			readonly timeZone: string;
			/** Of the operator's; undefined for one that signs itself. */
			readonly certificate: {readonly certificate: string; readonly key: string} | undefined;
		};
		/** The backend's user, code and directories. */
		openslidesBackend: {
			readonly user: string;
			readonly home: string;
			readonly repository: string;
			readonly library: string;
			readonly environment: string;
			readonly versions: string;
			readonly instances: string;
			readonly metadata: string;
			readonly uploads: string;
			readonly version: string;
			readonly image: string;
			readonly domains: readonly string[];
			readonly installed: Thing;
		};
	}
}
