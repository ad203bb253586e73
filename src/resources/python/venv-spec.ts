/** What an environment of Python is asked for, and what is there. */
import type {Index} from './pip.ts';
import type {Over, VenvStamp} from './undo.ts';

export type VenvKind =
	| {readonly tool: 'venv'; readonly systemPackages?: boolean}
	/** Without a version: the distribution's. 20.21.1 is the last that serves Python 2.7. */
	| {readonly tool: 'virtualenv'; readonly version?: string; readonly systemPackages?: boolean}
	/** No environment: the system's packages must meet the requirements. */
	| {readonly tool: 'system'};

export type VenvSpec = Index & {
	readonly directory: string;
	/** /usr/bin/python3, /usr/bin/python2.7 */
	readonly python: string;
	readonly kind: VenvKind;
	/** Absolute paths. */
	readonly requirements?: readonly string[];
	readonly constraints?: readonly string[];
	/** For pip: 'Django<5'. A name that the requirements have as well is a limit for it. */
	readonly packages?: readonly string[];
	/** Limits, as lines of a constraints file. */
	readonly pins?: readonly string[];
	/** In the place of lines of the requirements files, by name: an exact pin that cannot be installed any more. */
	readonly replaced?: readonly string[];
	readonly user: string;
	/** What `pip check` finds: refuse (default; report where the system's packages are seen) or report. */
	readonly conflicts?: 'refuse' | 'report';
};

export type VenvState =
	| {readonly at: 'absent'; readonly over: Over}
	| {
			readonly at: 'there';
			readonly broken: string | undefined;
			readonly stamp: VenvStamp | undefined;
			readonly wanted: string | undefined;
			readonly off: readonly string[];
			/** Where an update keeps it as it is, for going back. */
			readonly keep?: string;
	  }
	| {readonly at: 'system'; readonly missing: readonly string[]; readonly ready: boolean};
