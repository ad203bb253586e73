/** What is told of jobs of cron: where they lie, and why none of it is run. */
import type {WrongLine} from './table-lines.ts';

/** `by`: the program that passes it over. */
export type NeverRun = {readonly path: string; readonly by: 'cron' | 'run-parts'} & (
	| {readonly why: 'name'}
	/** The last line has no line break: cron leaves out the whole file. */
	| {readonly why: 'unended'}
	| {readonly why: 'owner'; readonly mode: number; readonly uid: number}
	| {readonly why: 'mode'}
	/** The sixth word of a line in the system's tables is an account. */
	| {readonly why: 'account'; readonly line: number; readonly word: string}
	| WrongLine
	/** Its first word is no program. */
	| {readonly why: 'program'; readonly line: number; readonly program: string}
	/** Of an account that is gone. */
	| {readonly why: 'orphan'; readonly name: string}
	/** Of an account, with another mode than 0600 or another owner. */
	| {readonly why: 'table'; readonly name: string; readonly mode: number; readonly owned: boolean}
	/** A directory that no table names any more. */
	| {readonly why: 'unnamed'}
);

/** `own`: jobs and scripts that no package brought. */
export type CronFiles = {readonly looked: number; readonly own: number; readonly never: readonly NeverRun[]};
