/** Checks in memory, and a reader over a Map: enough for all that the doctor does with a check. */
import {type CheckRun, type RunChecksOptions, runChecks} from '#doctor/run-checks.ts';
import {createReader} from '#host/reader.ts';
import type {AnyCheck, Said} from '#model/check.ts';
import type {Kind, Sight, Told} from '#model/finding.ts';

type Clause = Pick<Told, 'state' | 'says'>;

/** The one kind of every check here: each finding says for itself how bad it is, and in which words. */
export const bad: Kind<Clause> = {
	state: ({state}) => state,
	example: {state: 'fail', says: 'is down'},
	says: ({says = ''}) => says,
	remedy: {sentence: 'Mend it.'},
};

/** Fine unless told otherwise. */
export const check = (id: string, more: Partial<AnyCheck> = {}): AnyCheck => ({
	id,
	title: `${id} is as it should be`,
	why: 'Because the test says so, and it says it in a sentence.',
	reads: ['nothing'],
	severity: 'fail',
	layers: ['file'],
	source: 'a test',
	verify: 'run the test',
	inspect: async () => [ok()],
	kinds: {bad},
	...more,
});

export const ok = (more: Partial<Sight> = {}): Said => ({
	is: 'ok',
	expected: 1,
	layers: {file: {value: 1, where: '/etc/x:1'}},
	...more,
});

export const broken = ({state = 'fail', says = 'is down', ...more}: Partial<Sight & Clause> = {}): Said => ({
	is: 'bad',
	data: {state, says},
	expected: 1,
	layers: {file: {value: 2, where: '/etc/x:1'}},
	...more,
});

export const finds = (...findings: readonly Said[]): Partial<AnyCheck> => ({inspect: async () => findings});

export const run = (checks: readonly AnyCheck[], more: Partial<RunChecksOptions> = {}): Promise<readonly CheckRun[]> =>
	runChecks({after: byTheWall, checks, reader: createReader(), installed: [], now: Date.parse('2026-06-01'), ...more});

/** So that a deadline ends before a program that sleeps, however busy the machine is. */
const byTheWall: RunChecksOptions['after'] = (milliseconds, then) => {
	const timer = setTimeout(then, milliseconds);
	return () => clearTimeout(timer);
};

export const about = {
	version: '0',
	host: {name: 'test', release: 'none'},
	at: '2026-06-01T00:00:00.000Z',
	root: '/',
	isRoot: true,
	seconds: 0,
};
