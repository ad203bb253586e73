/** What the state machine asks of the world, and where it goes when the world has answered. */
import type {Addition} from '#model/fault.ts';
import type {Json} from '#model/json.ts';

/** What the reducer asks the world for; each is carried out by one function and answers with messages. */
export type Effect =
	| {readonly do: 'start'}
	| {readonly do: 'open'; readonly stack: string; readonly fresh: boolean}
	| {readonly do: 'preflight'; readonly stack: string}
	| {readonly do: 'accept'; readonly stack: string; readonly check: string}
	/** `text` as typed; undefined takes the default and says that it was seen. */
	| {readonly do: 'answer'; readonly step: string; readonly path: string; readonly text?: string; readonly value?: Json}
	| {
			readonly do: 'secret';
			readonly step: string;
			readonly path: string;
			readonly how:
				| {readonly is: 'generate'}
				| {readonly is: 'typed'; readonly value: string}
				| {readonly is: 'file'; readonly path: string};
	  }
	/** Where the operator is, so that a later `setup` continues there. */
	| {readonly do: 'place'; readonly step: string; readonly question?: string; readonly passed: readonly string[]}
	| {readonly do: 'probe'; readonly step: string; readonly ids?: readonly string[]}
	| {readonly do: 'unproven'; readonly step: string; readonly id: string}
	| {readonly do: 'plan'}
	/** The commands that a node of the plan stands for. */
	| {readonly do: 'acts'; readonly id: string}
	| {readonly do: 'export'; readonly path: string; readonly secrets: 'files' | 'environment'}
	| {
			readonly do: 'install';
			readonly skip: readonly string[];
			/** One more word in the list of an answer, before it begins. */
			readonly add?: Addition;
	  }
	| {readonly do: 'rehearse'}
	| {readonly do: 'attach'; readonly drive: boolean}
	| {readonly do: 'detach'}
	| {readonly do: 'drive'}
	| {readonly do: 'stop'}
	| {readonly do: 'undo-step'; readonly step: string}
	| {readonly do: 'consequences'; readonly id: string}
	| {readonly do: 'shell'; readonly program?: ProgramRun}
	| {readonly do: 'report'}
	| {readonly do: 'write-report'; readonly path: string; readonly lines: readonly string[]}
	| {readonly do: 'summary'}
	| {readonly do: 'redraw'};

/** From one question to another. 'step' and 'step-back' pass over what is fine. */
export type Move = 'next' | 'back' | 'step' | 'step-back' | {readonly step: string; readonly question?: string};

/** The program a node ran last: for a shell in the same place. Secrets are not in it. */
export type ProgramRun = {
	readonly argv: readonly string[];
	readonly cwd?: string;
	readonly as?: string;
	readonly env: Readonly<Record<string, string>>;
};
