/** A key as the program knows it: what the keyboard layer makes of bytes, and what the state machine takes. */

/** `paste`: came as one bracketed paste, and is never a command. `text` holds no control characters; `removed` says how many were taken out of a paste. */
export type TextKey = {
	readonly key: 'text';
	readonly text: string;
	readonly paste?: boolean;
	readonly removed?: number;
};

export type NamedKey =
	| 'enter'
	| 'escape'
	| 'tab'
	| 'back-tab'
	| 'up'
	| 'down'
	| 'left'
	| 'right'
	| 'home'
	| 'end'
	| 'page-up'
	| 'page-down'
	| 'backspace'
	| 'delete'
	| 'word-left'
	| 'word-right'
	| 'delete-word'
	| 'delete-to-start'
	| 'delete-to-end'
	/** Ctrl-C */
	| 'interrupt'
	/** Ctrl-G and F1; `?` arrives as text and means help where no text is taken. */
	| 'help'
	/** Ctrl-T and F2: the list of steps. */
	| 'steps'
	/** Ctrl-R: ask the probes again. */
	| 'retry'
	/** Ctrl-O: go on, recorded as unproven. */
	| 'unproven'
	/** Ctrl-L */
	| 'redraw'
	/** Ctrl-Z: leave the screen, the run goes on. */
	| 'suspend';

export type Key = TextKey | {readonly key: NamedKey};
