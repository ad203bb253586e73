/** `setup doctor` from its words to its exit code: the entry of a bundle of its own, because it is run every few minutes and loads a few large chunks faster than many small ones. */
import type {Output} from '#tasks/output.ts';
import {answer} from '../answer.ts';
import {doctorCommand} from './doctor.ts';

/** The words after `doctor`. Gives the exit code. */
export const doctorMain = (words: readonly string[], out: Output): Promise<number> =>
	answer(out, () => doctorCommand(words, out));
