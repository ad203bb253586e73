/** A row of the screen before it is painted: its parts, its widget, and whether it must stay in sight. Every row is one line high, so that cutting a screen to size is cutting a list. */
import type {Glyphs} from '../terminal/glyphs.ts';
import type {Mark, Tone} from '../view/types.ts';

export type Part = {readonly text: string; readonly tone: Tone};

export type Row = {
	readonly parts: readonly Part[];
	/** The value of a field after the parts, cut to what fits, and the column of the cursor in the row. */
	readonly field?: {readonly value: string; readonly cursor: number | undefined};
	/** One of the choices that stand together; drawn after the parts. */
	readonly choice?: {readonly label: string; readonly note: string; readonly chosen: boolean; readonly at: boolean};
	/** Belongs to what is highlighted: kept in sight. */
	readonly anchor?: boolean;
	/** The highlighted row itself: kept in sight before all others. */
	readonly focus?: boolean;
	/** Empty, and the first to go where room is short. */
	readonly blank?: boolean;
};

export type Room = {
	readonly width: number;
	readonly glyphs: Glyphs;
	/** Rows that a list of choices may take. */
	readonly choices: number;
	/** Rows that the box of a program's last lines may take. */
	readonly tail: number;
	/** Columns of the labels of fields that stand under each other. */
	readonly fieldLabels: number;
};

export const blankRow: Row = {parts: [], blank: true};

/** The colour of a mark. */
export const markTone: Readonly<Record<Mark, Tone>> = {
	done: 'good',
	current: 'accent',
	waiting: 'quiet',
	failed: 'bad',
	warning: 'warn',
	unknown: 'warn',
	chosen: 'accent',
	free: 'plain',
	skipped: 'quiet',
	change: 'accent',
	add: 'good',
	folded: 'quiet',
	open: 'quiet',
	none: 'plain',
};
