/** What only the steps of this stack offer each other. */
import type {} from '#model/offers.ts';
import type {Secret} from '#model/secret.ts';
import type {Thing} from '#model/thing.ts';

declare module '#model/offers.ts' {
	interface Offers {
		/** Where the source comes from; `demo` is the folder of the one that comes with setup. */
		weblabSources: {readonly demo?: string};
		/** The interpreter of Python 2.7, once `ready` is there. */
		python2: {readonly interpreter: string; readonly ready: Thing};
		/** Who plans the use of the laboratories. */
		scheduling:
			| {
					readonly by: 'redis';
					readonly number: number;
					readonly password: Secret | undefined;
					/** To other accounts of this host, by this stack. */
					readonly shut: boolean;
					readonly ready: Thing;
			  }
			| {
					readonly by: 'mysql';
					readonly database: string;
					readonly user: string;
					readonly password: Secret;
					readonly ready: Thing;
			  };
		/** The program with its environment and its user. */
		weblab: {
			readonly user: string;
			readonly home: string;
			readonly repository: string;
			readonly environment: string;
			readonly installed: Thing;
		};
		/** Whether it runs by itself: what is started by hand only proves nothing. */
		weblabProgram: {readonly name: string; readonly autostart: boolean};
		/** What `weblab-admin create` made. */
		weblabInstance: {
			readonly name: string;
			readonly deployments: string;
			readonly directory: string;
			readonly host: string;
			/** In front of `/weblab/`; empty for none. */
			readonly base: string;
			readonly admin: string;
			readonly password: Secret;
			readonly laboratory: boolean;
			/** Of the cores, and of the processes of laboratories. */
			readonly ports: readonly number[];
			readonly laboratories: readonly number[];
		};
	}
}
