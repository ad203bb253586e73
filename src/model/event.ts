/** One stream of events; every report, screen and log is a listener of it. Nothing below the listeners prints. */
import type {FaultData} from './fault.ts';
import type {Undone} from './resource.ts';

export type RunOutcome = 'done' | 'failed' | 'interrupted';

export type Event =
	| {
			readonly type: 'run-start';
			readonly run: string;
			readonly stack: string;
			readonly nodes: number;
			readonly changes: number;
			readonly resumed: boolean /** How many nodes each step has. */;
			readonly steps?: Readonly<Record<string, number>>;
	  }
	| {
			readonly type: 'node-start';
			readonly id: string;
			readonly step: string;
			readonly title: string;
			readonly n: number;
			readonly of: number;
	  }
	| {readonly type: 'node-line'; readonly id: string; readonly line: string}
	/** The program a node is about to run, for a shell in the same place. Free of secrets; variables that hold one are left out. */
	| {
			readonly type: 'node-program';
			readonly id: string;
			readonly argv: readonly string[];
			readonly cwd?: string;
			/** As this user instead of root. */
			readonly as?: string;
			readonly env: Readonly<Record<string, string>>;
	  }
	| {readonly type: 'node-progress'; readonly id: string; readonly done: number; readonly of: number}
	| {
			readonly type: 'node-end';
			readonly id: string;
			readonly step: string;
			readonly outcome: 'ok' | 'changed' | 'failed' | 'skipped';
			readonly seconds: number;
			readonly fault?: FaultData;
			readonly why?: string;
	  }
	| {readonly type: 'wait'; readonly for: string; readonly holder: string}
	/** `made: false`: it was owed, and the unit does not run, so there was nothing to do. */
	| {
			readonly type: 'debt';
			readonly unit: string;
			readonly do: 'reload' | 'restart';
			readonly paid: boolean;
			readonly made?: false;
	  }
	| {readonly type: 'note'; readonly line: string}
	| {
			readonly type: 'undo';
			readonly id: string;
			readonly step: string;
			readonly stack: string;
			readonly result: Undone;
	  }
	| {
			readonly type: 'run-end';
			readonly run: string;
			readonly outcome: RunOutcome;
			readonly changed: number;
			readonly failed: number;
			/** All that were not done, for whatever reason. */
			readonly skipped: number;
			/** Those of them that were left out as asked, with what needs them. */
			readonly leftOut?: number;
			readonly seconds: number;
	  };

/** With the time it happened, ms since the epoch, as written to the event log. */
export type Stamped = Event & {readonly at: number};

export type Listener = (event: Event) => void;

/** The first and the last line of an event log, which are no events: who began the run and with which words, and what it ended with. */
export type LogEdge =
	| {
			readonly type: 'run-by';
			readonly run: string;
			/** The command as an operator would type it. */
			readonly what: string;
			readonly stack?: string;
			readonly by: {readonly user: string; readonly tty?: string};
	  }
	| {readonly type: 'run-over'; readonly code: number; readonly fault?: FaultData};
