/** An application server of this host as every check of it sees it, however it is started. */
import type {Process} from '../system/process-table.ts';
import type {UnitEnvironment} from '../units/environment.ts';

export type Socket =
	| {readonly kind: 'unix'; readonly path: string; readonly mode?: number}
	| {readonly kind: 'tcp'; readonly host: string; readonly port: number};

export type Plugin = {readonly name: string; readonly where: string; readonly paths: readonly [string, ...string[]]};

export type AppServer = {
	readonly kind: 'uwsgi' | 'gunicorn';
	/** Its unit without `.service`, its program in supervisor, or `process 4711`. */
	readonly item: string;
	/** The systemd unit that runs it; supervisor.service for its programs; none for one that was started by hand. */
	readonly unit?: string;
	/** `file:line` of what says how it is run. */
	readonly where: string;
	/** The file it reads beside: uwsgi's ini. */
	readonly conf?: string;
	/** Who is written to be its user, in whatever file has the last word. */
	readonly user?: string;
	/** Whom systemd or supervisor starts it as, whatever its own files say. */
	readonly startedAs?: string;
	readonly group?: string;
	readonly directory?: string;
	/** `ipynbsrv.wsgi` */
	readonly module?: string;
	/** DJANGO_SETTINGS_MODULE, where it is said. */
	readonly settings?: string;
	/** What its unit, or supervisor, puts into its environment. */
	readonly environment?: UnitEnvironment;
	readonly python: string;
	readonly sockets: readonly Socket[];
	readonly processes: number;
	/** What uwsgi loads at its start, by name, with the files that each may be; the first that is there counts. */
	readonly plugins?: readonly Plugin[];
	/** Seconds after which it gives a request up, with where that is written; gunicorn's own is 30. */
	readonly timeout?: {readonly seconds: number; readonly where: string};
	readonly running?: {readonly main: Process; readonly children: readonly Process[]};
};
