/**
 * What one step makes and another needs, by kind and never by step: a step that uses a `database` serves every stack that has one.
 * A kind that one stack alone knows is declared in its folder: `declare module '#model/offers.ts' {interface Offers {…}}`.
 */
import type {Secret} from './secret.ts';
import type {Thing} from './thing.ts';

export interface Offers {
	/** A database of the application's own; `host` and `port` as the application reaches it. */
	database: {
		readonly kind: 'postgres' | 'mysql' | 'mongodb';
		readonly local: boolean;
		readonly host: string;
		readonly port: number;
		readonly name: string;
		readonly role: string;
		readonly password: Secret;
	};
	/** A directory of accounts, and who may read and change it. */
	directory: {
		readonly local: boolean;
		readonly uri: string;
		readonly startTls: boolean;
		readonly base: string;
		readonly bindDn: string;
		readonly password: Secret;
		/** By which this host knows it, where it stands here. */
		readonly hostName?: string;
	};
	/** Somebody who can log in. */
	account: {readonly name: string; readonly password: Secret; readonly made: Thing};
	/** A Django project in a checkout, with its interpreter. */
	project: {
		readonly user: string;
		readonly home: string;
		readonly repository: string;
		/** That of manage.py. */
		readonly directory: string;
		readonly settings: string;
		readonly settingsFile: string;
		readonly python: string;
		readonly language: 2 | 3;
		/** Of a virtual environment; without one the system's packages serve. */
		readonly environment?: string;
		/** The unit that reads settings and tables at its start. */
		readonly service: string;
	};
	/** A container engine on this host. */
	engine: {readonly bridge: string; readonly ready: Thing};
	/** The web server in front: where its configuration lies, whose its workers are. */
	webServer: {readonly conf: string; readonly user: string; readonly unit: string};
	/** A site file in the checkout, and how it comes to the web server: as root's copy, without directives that act as root but the accepted; or as a link. */
	siteFile: {readonly from: string; readonly link: boolean; readonly accept: readonly string[]};
	/** The name under which the site is asked for. */
	site: {readonly host: string};
	/** For what none of these kinds is, in an operator's own stack: plain words, told apart by a name (`own:place`). */
	own: Readonly<Record<string, string>>;
}

export type Kind = keyof Offers;

/** `database`; `database:core` where a stack has several of a kind; with `?` at its end for what may not be there. */
export type Wanted = Kind | `${Kind}?` | `${Kind}:${string}`;

/** The names are the step's own. */
export type Uses = Readonly<Record<string, Wanted>>;

type KindOf<W extends string> = W extends `${infer K}:${string}` ? K : W extends `${infer K}?` ? K : W;

/** What stands in `uses` of a step's context. */
export type Used<U extends Uses> = {
	readonly [K in keyof U]: KindOf<U[K]> extends infer O extends Kind
		? U[K] extends `${string}?`
			? Offers[O] | undefined
			: Offers[O]
		: never;
};

/** What a step gives to those after it. */
export type Offered = {readonly [K in Kind]?: Offers[K]} & {readonly [K in Kind as `${K}:${string}`]: Offers[K]};
