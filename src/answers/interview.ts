/** The answers so far as questions on a screen: each with its value, where that came from, and what is wrong with it. */
import type {Json} from '#model/json.ts';
import type {Question} from './describe.ts';

/** A question as it stands. */
export type Asked = Question & {
	/** In input form; undefined where nothing is known. A secret's is its reference. */
	readonly value: Json | undefined;
	/** The value as the operator would type it into one line; '' for a secret. */
	readonly text: string;
	/** 'guide default', 'this host', 'your answer', 'answers.yaml:12'. */
	readonly origin: string;
	/** The operator (or a file) answered it; false: it is a default. */
	readonly answered: boolean;
	/** For a secret: 'to be generated', 'typed', '/path', '$NAME'. */
	readonly secret?: string;
	/** May a secret be generated? */
	readonly mayGenerate?: boolean;
	readonly problem?: string;
};

export type AskedStep = {
	readonly id: string;
	readonly title: string;
	readonly about: string;
	readonly guide: string;
	/** Only those that are asked under the present answers, a choice before what depends on it. */
	readonly questions: readonly Asked[];
	/** What is wrong with the step as a whole (no question has it). */
	readonly problems: readonly string[];
	readonly probes: readonly {readonly id: string; readonly title: string; readonly about: readonly string[]}[];
};

export type Interview = {
	readonly stack: string;
	readonly steps: readonly AskedStep[];
	/** No question lacks an answer and none has a problem. */
	readonly complete: boolean;
};
