/**
 * Four kinds of test: unit (anybody, anywhere, fast), ui (anybody, programs on pseudo-terminals), host (root, booted Debian machines, at most two at a time because
 * two cores are what there is), soak (hours, asked for by name).
 */
import {defineConfig} from 'vitest/config';
import {makeLists} from './make-lists.ts';

makeLists();

const minute = 60_000;

/** Changes the machine it runs on, so it is there only when asked for by name: test/host/conformance.test.ts does, inside a throw-away host. */
const conformance = {
	test: {name: 'conformance', include: ['test/conformance/**/*.test.ts'], testTimeout: 10 * minute, maxWorkers: 1},
};

export default defineConfig({
	test: {
		projects: [
			...(process.argv.includes('--project=conformance') ? [conformance] : []),
			{
				test: {
					name: 'unit',
					include: ['test/unit/**/*.test.ts', 'stacks/*/stack.test.ts'],
					testTimeout: 30_000,
					maxWorkers: 2,
				},
			},
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
