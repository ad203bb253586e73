/** A screen as data, made from the state by a pure function: the full screen, the plain lines and the JSON lines are drawn from the same. */

/** Shown by a mark and by colour; the mark alone carries the meaning. */
export type Mark =
	| 'done'
	| 'current'
	| 'waiting'
	| 'failed'
	| 'warning'
	| 'unknown'
	| 'chosen'
	| 'free'
	| 'skipped'
	| 'change'
	| 'add'
	| 'folded'
	| 'open'
	| 'none';

/** `bold` is the one thing to look at; `quiet` is what may be overlooked. */
export type Tone = 'plain' | 'bold' | 'quiet' | 'accent' | 'good' | 'warn' | 'bad';

export type Line = {
	readonly text: string;
	readonly tone?: Tone;
	readonly mark?: Mark;
	readonly indent?: number;
	/** In a column of its own, as wide as the widest of its block. */
	readonly label?: string;
	/** At the right edge: a time, a count. */
	readonly right?: string;
	/** How far it is, drawn after the text. */
	readonly bar?: {readonly done: number; readonly of: number};
	/** Broken at spaces over several rows; what is not ends with an ellipsis. */
	readonly wrap?: boolean;
	/** The highlighted one: the pointer stands before it, and it stays in sight. */
	readonly at?: boolean;
};

export type Block =
	| {readonly block: 'lines'; readonly lines: readonly Line[]}
	/** Choose one. `at` is the highlighted one. Long lists scroll; `filter` is what was typed. */
	| {
			readonly block: 'choices';
			readonly items: readonly {readonly label: string; readonly note?: string; readonly chosen: boolean}[];
			readonly at: number;
			readonly filter: string;
			readonly active: boolean;
	  }
	/** A labelled value; the cursor stands in it when active. A masked one's graphemes are already dots. */
	| {
			readonly block: 'field';
			readonly label: string;
			readonly graphemes: readonly string[];
			readonly cursor: number;
			readonly active: boolean;
			readonly mark?: Mark;
			/** At the right edge: where the value comes from. */
			readonly right?: string;
			/** Under the value: the default and where it comes from, or the problem. */
			readonly note?: Line;
	  }
	/** A fixed box with the last lines of a program. */
	| {readonly block: 'tail'; readonly title: string; readonly lines: readonly string[]; readonly rows: number}
	| {
			readonly block: 'progress';
			readonly label: string;
			readonly done: number;
			readonly of: number;
			readonly right?: string;
	  }
	/** Longer than the screen; `scroll` is the first line shown, at most so far that the last page is full. */
	| {
			readonly block: 'scroll';
			readonly lines: readonly Line[];
			readonly scroll: number;
			/** Lines that are not part of the view, before and after these. */
			readonly before?: number;
			readonly after?: number;
	  }
	| {readonly block: 'gap'};

export type View = {
	/** A stable name for tests and programs: 'question', 'review', 'confirm'. */
	readonly screen: string;
	/** Top line, left and right. */
	readonly title: string;
	readonly place: string;
	/** The list at the left; empty where the screen has none. */
	readonly side: readonly Line[];
	readonly body: readonly Block[];
	/** Under the body and always in sight, however long that is. */
	readonly pinned?: readonly Block[];
	/** Where there is room, the pinned blocks follow the body at once instead of standing at the bottom. */
	readonly close?: boolean;
	/** Above the footer: a notice, a problem. */
	readonly notice?: Line;
	/** Which keys work, in the order to show. A key has its name (`enter`, `back-tab`, `interrupt`), its letter, or `up-down`, `pages`. */
	readonly keys: readonly {readonly key: string; readonly does: string}[];
	/** What a line-by-line renderer asks for; undefined where there is nothing to answer now. */
	readonly asks?:
		| {readonly kind: 'text'; readonly prompt: string; readonly preset?: string; readonly masked: boolean}
		| {readonly kind: 'choice'; readonly prompt: string; readonly items: readonly string[]; readonly preset: number}
		| {readonly kind: 'keys'; readonly prompt: string};
};
