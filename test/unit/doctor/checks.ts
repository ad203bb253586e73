/** Checks in memory, and a reader over a Map: enough for all that the doctor does with a check. */
import {type CheckRun, type RunChecksOptions, runChecks} from '#doctor/run.ts';
import {createReader} from '#host/reader.ts';
import type {AnyCheck} from '#model/check.ts';
import type {Finding, Findings} from '#model/finding.ts';

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
	remedy: () => ({sentence: 'Mend it.'}),
	...more,
});

export const ok = (more: Partial<Finding> = {}): Finding => ({
	state: 'ok',
	expected: 1,
	layers: {file: {value: 1, where: '/etc/x:1'}},
	...more,
});

export const broken = (more: Partial<Finding> = {}): Finding => ({
	state: 'fail',
	says: 'is down',
	expected: 1,
	layers: {file: {value: 2, where: '/etc/x:1'}},
	...more,
});

export const finds = (...findings: Findings): Partial<AnyCheck> => ({inspect: async () => findings});

export const run = (checks: readonly AnyCheck[], more: Partial<RunChecksOptions> = {}): Promise<readonly CheckRun[]> =>
	runChecks({checks, reader: createReader(), installed: [], now: Date.parse('2026-06-01'), ...more});

export const about = {
	version: '0',
	host: {name: 'test', release: 'none'},
	at: '2026-06-01T00:00:00.000Z',
	root: '/',
	isRoot: true,
	seconds: 0,
};
