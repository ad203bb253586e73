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
		/** What starts a server of this host, where a step waits for it by name. */
		readonly unit?: string;
		/** Of a server elsewhere; `ca` are the certificates that vouch for it. */
		readonly tls?: 'off' | 'require' | 'verify';
		readonly ca?: string;
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
	account: {
		readonly name: string;
		readonly password: Secret;
		readonly made: Thing;
		/** The lower of its numbers, where it has some. */
		readonly lowest?: number;
	};
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
		/** Where the checkout comes from; no password is in the URL. */
		readonly source?: {readonly url: string; readonly ref: string};
	};
	/** What the processes of a project have beside its settings: directories that they write, and files of NAME=value that root reads for them. */
	surroundings: {readonly writes: readonly string[]; readonly environmentFiles: readonly string[]};
	/** Where the sources come from; `demo` is the folder of those that come with setup. */
	sources: {readonly demo?: string};
	/** A file of variables for services that fetch by themselves: there where this host has a proxy. */
	proxyFile: {readonly path: string; readonly made: Thing};
	/** A container engine on this host. */
	engine: {readonly bridge: string; readonly ready: Thing};
	/** An application's server, as the web server in front reaches it; `timeout` in seconds, where it has one. */
	service: {readonly unit: string; readonly address: string; readonly port: number; readonly timeout?: number};
	/**
	 * A certificate and its key, as files that root reads; `made` is done when they are there. With `challenge` there is none before the web server serves
	 * /.well-known/acme-challenge/ from `root` on port 80: that is a file of its own, which gives `served`, and the one with TLS comes after.
	 */
	certificate: {
		readonly certificate: string;
		readonly key: string;
		readonly names: readonly string[];
		readonly made: Thing;
		readonly challenge?: {readonly root: string; readonly served: Thing};
		/** For how long browsers are told to stay with https, from the first good answer on; 0 takes that back. Left out: nothing is said. */
		readonly hsts?: {readonly seconds: number; readonly subdomains?: true};
	};
	/** A proxy that speaks https for this host: whose word about visitor and scheme is taken, and whether it alone may ask. */
	frontProxy: {readonly addresses: readonly string[]; readonly only: boolean};
	/** The web server in front: where its configuration lies, whose its workers are; whether an nginx built here has the module realip. */
	webServer: {readonly conf: string; readonly user: string; readonly unit: string; readonly realIp?: boolean};
	/** A site file, in the checkout or of this host's own, and how it comes to the web server: as root's copy, without directives that act as root but the accepted; or as a link. */
	siteFile: {readonly from: string; readonly link: boolean; readonly accept: readonly string[]};
	/** The name under which the site is asked for; `further` lead to the same. */
	site: {readonly host: string; readonly further?: readonly string[]};
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
