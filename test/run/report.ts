/** The end of a test run, for somebody who reads only the end: what was slow, what was skipped and why, what failed, one true line. */
import type {Outcome} from './outcome.ts';

/** Prints it and gives the exit code. With `strict` a skipped test fails the run; no test at all always does. */
export const report = (outcomes: readonly Outcome[], milliseconds: number, strict: boolean): number => {
	const [passed, failed, skipped] = (['passed', 'failed', 'skipped'] as const).map(state =>
		outcomes.filter(one => one.state === state),
	);
	list('Slowest', slowest(outcomes));
	list('Skipped', skipped?.map(({name, note}) => `${name}: ${note}`) ?? []);
	list('Failed', failed?.map(({name, note}) => (note === undefined ? name : `${name}: ${note}`)) ?? []);
	const skipCounts = strict && skipped?.length !== 0;
	if (skipCounts) console.log('\nHere (CI=true) a skipped test is a failure: install what it needs.');
	console.log(`\n${seconds(milliseconds)} in all`);
	console.log(`${passed?.length} passed, ${failed?.length} failed, ${skipped?.length} skipped`);
	return outcomes.length === 0 || failed?.length !== 0 || skipCounts ? 1 : 0;
};

const slowest = (outcomes: readonly Outcome[]): readonly string[] =>
	outcomes
		.filter(one => one.milliseconds > 300)
		.toSorted((a, b) => b.milliseconds - a.milliseconds)
		.slice(0, 10)
		.map(one => `${seconds(one.milliseconds).padStart(8)}  ${one.name}`);

const list = (title: string, lines: readonly string[]): void => {
	if (lines.length > 0) console.log(`\n${title}:\n${lines.map(line => `  ${line}`).join('\n')}`);
};

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
