/**
 * Five kinds of test: unit (anybody, anywhere, fast), long (the same, but seconds each: whole programs, thousands of inputs), ui (anybody, programs on pseudo-terminals), host (root, booted Debian machines, at most two at a time because
 * two cores are what there is), soak (hours, asked for by name).
 */
import {join} from 'node:path';
import {defineConfig} from 'vitest/config';
import {makeLists} from './make-lists.ts';
import {LongestFirst} from './test/run/longest-first.ts';

makeLists();

// The programs that tests start are the sources: their types are taken out once, not by each of some hundred processes.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/compiled');

const minute = 60_000;
const long = 'test/unit/**/*.long.test.ts';

/** A file shares its process with others: what it imports is read once, and what it changes of the process it puts back. One more than there are cores, for tests that wait. */
const shared = {testTimeout: 30_000, hookTimeout: minute, isolate: false, maxWorkers: 3};

/** Changes the machine it runs on, so it is there only when asked for by name: test/host/conformance/ does, inside a throw-away host. */
const conformance = {
	test: {name: 'conformance', include: ['test/conformance/**/*.test.ts'], testTimeout: 10 * minute, maxWorkers: 1},
};

export default defineConfig({
	test: {
		sequence: {sequencer: LongestFirst},
		projects: [
			...(process.argv.includes('--project=conformance') ? [conformance] : []),
			{test: {name: 'unit', include: ['test/unit/**/*.test.ts', 'stacks/*/stack.test.ts'], exclude: [long], ...shared}},
			{test: {name: 'long', include: [long], ...shared}},
			{
				test: {
					name: 'ui',
					include: ['test/ui/**/*.test.ts'],
					testTimeout: 2 * minute,
					hookTimeout: 60_000,
					maxWorkers: 2,
				},
			},
			{
				test: {
					name: 'host',
					include: ['test/host/**/*.test.ts'],
					testTimeout: 20 * minute,
					hookTimeout: 10 * minute,
					maxWorkers: 2,
				},
			},
			{
				test: {
					name: 'soak',
					include: ['test/soak/**/*.test.ts'],
					testTimeout: 180 * minute,
					hookTimeout: 10 * minute,
					maxWorkers: 1,
				},
			},
		],
	},
});
