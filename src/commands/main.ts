/** `setup COMMAND` from its words to its exit code: the entry of a bundle of its own, which tells its own faults; what a plan loads is then one file and its stack. */
import type {Output} from '#tasks/output.ts';
import {answer} from './answer.ts';
import {runCommandLine} from './command-line.ts';

/** All words. Gives the exit code. */
export const commandsMain = (words: readonly string[], out: Output): Promise<number> =>
	answer(out, () => runCommandLine(words, out));
