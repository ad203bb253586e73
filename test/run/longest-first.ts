/**
 * The order in which vitest starts the files: those that say they take minutes (`// minutes: 8`) first, the longest before the others. On a clean clone nobody
 * knows how long a file took, and a long one that is started last leaves the other core idle to the end.
 */
import {readFileSync} from 'node:fs';
import {BaseSequencer, type TestSpecification} from 'vitest/node';

export class LongestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const usual = await super.sort(files);
		return usual.toSorted((a, b) => minutesOf(b.moduleId) - minutesOf(a.moduleId));
	}
}

/** What the file says of itself; 0 where it says nothing. */
const minutesOf = (path: string): number => Number(/^\/\/ minutes: (\d+)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 0);
