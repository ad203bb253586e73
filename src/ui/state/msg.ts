/** What comes to the state machine: keys, and what became of its effects. */
import type {Interview} from '#answers/interview/interview.ts';
import type {Stamped} from '#model/event.ts';
import type {FaultData} from '#model/fault.ts';
import type {Person, RunInfo} from '#runner/messages.ts';
import type {Key} from '../keyboard/keys.ts';
import type {
	EndSummary,
	HostSummary,
	PlanSummary,
	Preflight,
	ProbeState,
	RunView,
	StackSummary,
	State,
} from './types.ts';

/** What comes to the reducer. */
export type Msg =
	| {readonly type: 'key'; readonly key: Key}
	| {readonly type: 'resize'; readonly columns: number; readonly rows: number}
	| {readonly type: 'tick'; readonly now: number}
	| {
			readonly type: 'started';
			readonly host: HostSummary;
			readonly stacks: readonly StackSummary[];
			readonly running?: State['running'];
	  }
	| {readonly type: 'preflight'; readonly rows: readonly Preflight[]}
	| {
			readonly type: 'opened';
			readonly stack: StackSummary;
			readonly interview: Interview;
			readonly passed: readonly string[];
			readonly at?: {readonly step: string; readonly question?: string};
	  }
	/** After an answer: the new interview, and what has to be asked again because of it. */
	| {
			readonly type: 'answered';
			readonly interview: Interview;
			readonly askAgain: readonly string[];
			readonly savedAt: number;
	  }
	| {readonly type: 'rejected'; readonly step: string; readonly path: string; readonly problem: string}
	| {readonly type: 'probe'; readonly probe: ProbeState}
	| {readonly type: 'planned'; readonly plan: PlanSummary}
	| {readonly type: 'acts'; readonly id: string; readonly lines: readonly string[]}
	| {readonly type: 'exported'; readonly lines: readonly string[]}
	| {
			readonly type: 'run-hello';
			/** All steps of the stack, in order; those a screen that joins late has to know as well. */
			readonly steps: readonly {readonly id: string; readonly title: string}[];
			/** For a screen that joins without having chosen it: what it cost when it was measured. */
			readonly stack?: StackSummary;
			readonly info: RunInfo | undefined;
			readonly you: 'drives' | 'watches';
			readonly driver: Person | undefined;
			readonly kind: RunView['kind'];
	  }
	| {readonly type: 'run-event'; readonly event: Stamped}
	| {readonly type: 'run-live'}
	| {readonly type: 'run-driver'; readonly you: 'drives' | 'watches'; readonly driver: Person | undefined}
	/** The connection to the run ended without a run-end: it was killed. */
	| {readonly type: 'run-lost'; readonly why: string}
	| {readonly type: 'report'; readonly lines: readonly string[]; readonly path: string}
	| {readonly type: 'consequences'; readonly ids: readonly string[]; readonly lines: readonly string[]}
	| {readonly type: 'summary'; readonly end: EndSummary}
	| {readonly type: 'notice'; readonly line: string}
	/** The terminal is gone, or we were asked to end. */
	| {readonly type: 'gone'; readonly code: number}
	| {readonly type: 'fault'; readonly fault: FaultData};
