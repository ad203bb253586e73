/** Which checks `--before` means. Apart from the others: a look that is made every few minutes loads none of them. */
import {didYouMean} from '#answers/resolve/did-you-mean.ts';
import {type Selection, selectChecks} from '#doctor/select.ts';
import {createReader} from '#host/reader.ts';
import type {AnyCheck} from '#model/check.ts';
import {beforeChecks} from './all.ts';
import {comingRelease, newestComing} from './coming-release.ts';

/** Throws Fault usage.before, and usage.no-check for a word that names none of them. */
export const selectBefore = async (release: string, words: readonly string[], root: string): Promise<Selection> =>
	selectChecks(beforeChecks(await comingRelease(release, createReader(root))), words, didYouMean);

/** Their declarations, to be explained: those of the newest release that is known. */
export const beforeCheck = (id: string): AnyCheck | undefined =>
	beforeChecks(newestComing).find(check => check.id === id);
