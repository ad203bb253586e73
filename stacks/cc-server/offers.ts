/** What only the steps of this stack offer each other. */
import type {} from '#model/offers.ts';
import type {Secret} from '#model/secret.ts';
import type {Thing} from '#model/thing.ts';

export type CcNode = {
	readonly name: string;
	readonly address: string;
	readonly port: number;
	/** Of ca.pem, cert.pem and key.pem. */
	readonly certificates: string;
	readonly checkName: boolean;
};

declare module '#model/offers.ts' {
	interface Offers {
		/** Where the source comes from; `demo` is the folder of the one that comes with setup. */
		ccSources: {readonly demo?: string};
		/** The program with its environment and its user. */
		ccServer: {
			readonly user: string;
			readonly home: string;
			readonly repository: string;
			readonly python: string;
			readonly environment: string;
		};
		/** Under which name people and containers reach it. */
		ccSite: {
			readonly host: string;
			readonly containersHost: string;
			readonly certificate: string;
			readonly key: string;
		};
		/** Engines beside this host's own, with CC-Server's copies of their certificates, and the network across them. */
		ccNodes: {readonly nodes: readonly CcNode[]; readonly network: string | undefined};
		/** A registry of this host's own. */
		registry: {readonly server: string; readonly user: string; readonly password: Secret};
		/** The image of data containers, once it is in its registry, and who may pull it. */
		ccImage: {
			readonly reference: string;
			readonly made: Thing;
			readonly runsTasks: boolean;
			readonly login: {readonly user: string; readonly password: Secret} | undefined;
		};
		/** config.toml, and who may enter. */
		ccConfig: {readonly path: string; readonly admin: string; readonly password: Secret};
	}
}
