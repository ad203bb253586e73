/** What a run and those who watch it say to each other, as JSON lines over STATE/run.sock. */
import type {Stamped} from '#model/event.ts';
import type {FaultData} from '#model/fault.ts';

/** A person at a terminal; `tty` as in `who` ("pts/1"), undefined where there is none. */
export type Person = {readonly user: string; readonly tty?: string};

export type RunInfo = {
	readonly run: string;
	/** The command as an operator would type it: `setup apply answers.yaml`. */
	readonly what: string;
	/** undefined for what is about no stack (doctor fix, undo). */
	readonly stack?: string;
	readonly pid: number;
	/** Milliseconds since the epoch. */
	readonly since: number;
	readonly by: Person;
	/** How it was detached: a systemd unit's name, or a session of its own. */
	readonly how: {readonly unit: string} | {readonly session: number} | 'terminal';
};

/** From the run. A new client gets `hello`, every event so far, then `now` once, then what happens. */
export type FromRun =
	| {
			readonly type: 'hello';
			readonly run: RunInfo;
			readonly you: 'drives' | 'watches';
			readonly driver: Person | undefined;
	  }
	| {readonly type: 'event'; readonly event: Stamped}
	| {readonly type: 'now'}
	| {readonly type: 'driver'; readonly you: 'drives' | 'watches'; readonly driver: Person | undefined}
	| {readonly type: 'refused'; readonly why: string}
	/** The run is over: the command's exit code, and the fault it ended with if it did. After an apply that got as far as running, a run-end came before. */
	| {readonly type: 'end'; readonly code: number; readonly fault?: FaultData};

/** To the run. Only who drives may stop it; `drive` takes over. */
export type ToRun =
	| {readonly do: 'hello'; readonly by: Person; readonly drive: boolean}
	| {readonly do: 'drive'}
	| {readonly do: 'stop'};
