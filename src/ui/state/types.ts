/** What the wizard knows and shows: one value, changed only by the reducer, drawn by every renderer. */
import type {Interview} from '#answers/interview/interview.ts';
import type {FaultData} from '#model/fault.ts';
import type {Change} from '#model/resource.ts';
import type {Probed} from '#model/step.ts';
import type {Person, RunInfo} from '#runner/messages.ts';
import type {Effect, Move, ProgramRun} from './effects.ts';
import type {Field} from './field.ts';

export type HostSummary = {
	readonly name: string;
	/** "Debian 12" */
	readonly release: string;
	readonly memoryMiB: number;
	readonly freeDiskMiB: number;
	readonly people: readonly Person[];
};

export type StackSummary = {
	readonly id: string;
	readonly title: string;
	readonly about: string;
	/** "about 2 min, 1.1 GiB on disk, 84 MiB to load (Debian 12, 2 cores)"; undefined where it was never measured. */
	readonly cost?: string;
	/** Seconds, of the whole and by step id. */
	readonly seconds?: number;
	readonly stepSeconds: Readonly<Record<string, number>>;
	/** How many answers have no default; undefined where that was not looked at. */
	readonly needed?: number;
	/** An unfinished set of answers. */
	readonly draft?: {
		readonly savedAt: string;
		readonly step?: string;
		readonly question?: string;
		readonly answered: number;
	};
	readonly installed?: {readonly at: string; readonly outcome: string};
};

export type Preflight = {
	readonly id: string;
	readonly title: string;
	readonly state: 'looking' | 'ok' | 'warn' | 'fail' | 'na' | 'unknown';
	/** What was seen: "3.8 GiB". */
	readonly line: string;
	readonly remedy?: string;
	readonly commands: readonly string[];
	/** The operator goes on in spite of it; kept in the state. */
	readonly accepted: boolean;
};

export type ProbeState = {
	readonly id: string;
	readonly step: string;
	readonly title: string;
	readonly about: readonly string[];
} & (
	| {readonly state: 'asking'}
	| {readonly state: 'unproven'; readonly line: string}
	| (Probed & {readonly seconds: number})
	| {readonly state: 'unknown'; readonly line: string}
);

/** One node of the plan as the review shows it. */
export type PlanLine = {
	readonly id: string;
	readonly step: string;
	readonly title: string;
	readonly state: 'ok' | 'change' | 'unknown' | 'failed';
	readonly changes: readonly Change[];
	/** For unknown: what it waits for. For failed: the sentence. */
	readonly why?: string;
	readonly hint?: string;
};

export type PlanSummary = {
	readonly lines: readonly PlanLine[];
	readonly counts: {readonly ok: number; readonly change: number; readonly unknown: number; readonly failed: number};
	readonly restarts: readonly string[];
	/** "61 packages to install, none removed"; "84 MiB to load". */
	readonly facts: readonly string[];
};

/** A run as its events tell it. */
export type RunView = {
	readonly info: RunInfo | undefined;
	readonly you: 'drives' | 'watches';
	readonly driver: Person | undefined;
	readonly kind: 'apply' | 'rehearse' | 'undo';
	/** The backlog was received; what comes now is new. */
	readonly live: boolean;
	readonly startedAt: number;
	readonly nodes: number;
	readonly steps: readonly StepRun[];
	/** The last lines of what runs, by node id; bounded. */
	readonly tails: Readonly<Record<string, readonly string[]>>;
	/** What each node ran last. */
	readonly programs: Readonly<Record<string, ProgramRun>>;
	/** The whole log, "step  line"; bounded to some thousand lines. */
	readonly log: readonly string[];
	readonly waiting?: string;
	readonly stopping: boolean;
	readonly outcome?: 'done' | 'failed' | 'interrupted' | 'lost';
	/** Nodes that were not done because they, or what they need, were to be skipped. */
	readonly leftOut?: number;
	readonly seconds?: number;
	readonly changed: number;
	readonly faults: readonly (FaultData & {
		readonly id: string;
		readonly step: string;
		readonly last: readonly string[];
		readonly program?: ProgramRun;
	})[];
};

export type StepRun = {
	readonly id: string;
	readonly title: string;
	readonly state: 'waits' | 'works' | 'done' | 'failed' | 'skipped';
	readonly startedAt?: number;
	readonly endedAt?: number;
	/** What it does now: the title of the node at work. */
	readonly now?: string;
	readonly node?: string;
	readonly progress?: {readonly done: number; readonly of: number};
	readonly changed: number;
	/** Nodes that came to an end, and how many there are. */
	readonly ended: number;
	readonly of?: number;
};

/** How the installed host is, as the doctor says. */
export type Health = {
	readonly sentence: string;
	readonly lines: readonly {readonly state: 'ok' | 'warn' | 'fail' | 'unknown'; readonly line: string}[];
};

export type EndSummary = {
	readonly address?: string;
	readonly admin?: string;
	readonly answersFile: string;
	/** Where generated secrets can be read: a path, never a value. */
	readonly secrets: readonly string[];
	readonly next: readonly string[];
	readonly health?: Health;
};

export type Screen =
	| {readonly at: 'start'; readonly highlighted: number}
	| {readonly at: 'preflight'; readonly highlighted: number}
	| {readonly at: 'question'; readonly step: number; readonly question: number; readonly editor: Editor}
	| {readonly at: 'review'; readonly highlighted: number; readonly open: ReadonlySet<string>}
	| {readonly at: 'install'; readonly focus: number}
	| {readonly at: 'failure'; readonly highlighted: number}
	| {readonly at: 'end'};

/** What the highlighted question is edited with. */
export type Editor =
	| {readonly kind: 'text'; readonly field: Field}
	| {readonly kind: 'choice'; readonly highlighted: number; readonly filter: string}
	/** generate, type, file, keep; then a field, twice where it is typed. */
	| {readonly kind: 'secret'; readonly highlighted: number; readonly typing?: SecretTyping};
export type SecretTyping = {readonly what: 'value' | 'again' | 'file'; readonly field: Field; readonly first?: string};

export type Overlay =
	| {readonly over: 'help'; readonly scroll: number}
	| {readonly over: 'steps'; readonly highlighted: number}
	| {readonly over: 'log'; readonly scroll: number; readonly search: Field; readonly searching: boolean}
	/** `node`: what is told of one node of the plan, to which its acts are added when they are known. */
	| {
			readonly over: 'detail';
			readonly node?: string;
			readonly title: string;
			readonly lines: readonly string[];
			readonly scroll: number;
	  }
	/** A word to be typed; keys that came before it appeared are dropped. */
	| {
			readonly over: 'confirm';
			readonly sentence: string;
			readonly lines: readonly string[];
			readonly word: string;
			readonly field: Field;
			/** The first of the lines that is shown, where there are many. */
			readonly scroll?: number;
			readonly does: Effect;
			readonly since: number;
	  }
	| {readonly over: 'export'; readonly field: Field; readonly secrets: 'files' | 'environment'}
	| {readonly over: 'report'; readonly lines: readonly string[]; readonly scroll: number; readonly field: Field}
	| {readonly over: 'waiting'; readonly sentence: string};

export type State = {
	readonly size: {readonly columns: number; readonly rows: number};
	/** Milliseconds; moves only with `tick`. */
	readonly now: number;
	readonly host?: HostSummary;
	readonly stacks: readonly StackSummary[];
	/** A run in progress that the start screen offers to join. */
	readonly running?: RunInfo & {readonly step?: number; readonly steps?: number};
	readonly stack?: StackSummary;
	readonly interview?: Interview;
	/** `step.path` of answers that depend on one that was changed since: to be asked again. */
	readonly askAgain: ReadonlySet<string>;
	/** Steps the operator has gone through. */
	readonly passed: ReadonlySet<string>;
	/** Only what needs an answer is asked. */
	readonly brief: boolean;
	/** Milliseconds of the last save. */
	readonly savedAt?: number;
	readonly preflight: readonly Preflight[];
	readonly probes: readonly ProbeState[];
	readonly plan?: PlanSummary;
	readonly run?: RunView;
	readonly end?: EndSummary;
	readonly screen: Screen;
	readonly over?: Overlay;
	/** One line until the next key: "1 line break removed from what was pasted". */
	readonly notice?: string;
	/** An answer is being checked: keys wait for it. */
	readonly busy: boolean;
	/** Where to go when it was taken. */
	readonly after?: Move;
	readonly fault?: FaultData;
	/** The program ends with this, after printing it on the normal screen. */
	readonly leave?: {readonly code: number; readonly lines: readonly string[]};
};
