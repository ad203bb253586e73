/** What came of a test, so that "it could not be asked" is never taken for "it refuses". */
import type {Ran} from '#model/host.ts';
import {lastLines} from '../programs/run-program.ts';

export type Outcome =
	| 'fine'
	/** Its words, the one that says most first, with file and line where it names them. */
	| {readonly refuses: readonly string[]}
	/** Why nothing is known. */
	| {readonly untested: string};

/** Of a checker that ends with 0 where all is well and says on a line of its own what is wrong. `telling` finds the line that says most. */
export const outcomeOf = ({code, stdout, stderr}: Ran, telling: RegExp): Outcome => {
	if (code === 0) return 'fine';
	const words = lastLines(`${stdout}\n${stderr}`, 20);
	const first = words.find(line => telling.test(line));
	return {refuses: first === undefined ? words : [first, ...words.filter(line => line !== first)]};
};

/** Words of a host that cannot be tried on now, not of a wrong file. */
export const cannotTry =
	/\b(Permission denied|Read-only file system|No space left|Cannot allocate|out of memory|Out of memory|Errcode: (?:12|13|28|30)\b|errno: (?:12|13|28|30)\b)/;
