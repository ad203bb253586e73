/** Runs one vitest project and says what came of every test in it, from vitest's own objects and not from its exit code. */
import {type Reporter, startVitest, type TestCase, type TestModule, type TestSuite} from 'vitest/node';
import type {Outcome} from './outcome.ts';

/** `files` are substrings of paths, as for the vitest command line; none means all of the project. */
export const runProject = async (project: string, files: readonly string[]): Promise<readonly Outcome[]> => {
	const outcomes: Outcome[] = [];
	const collect: Reporter = {
		onTestRunEnd: (modules, unhandled) => {
			outcomes.push(...modules.flatMap(outcomesOf));
			outcomes.push(...unhandled.map(({message}) => failure(`${project}: an error outside any test`, message)));
		},
	};
	try {
		const vitest = await startVitest('test', [...files], {
			project,
			run: true,
			watch: false,
			passWithNoTests: true,
			reporters: ['default', collect],
		});
		await vitest.close();
	} catch (error) {
		outcomes.push(failure(`${project}: vitest`, String(error)));
	}
	return outcomes;
};

const outcomesOf = (module: TestModule): readonly Outcome[] => {
	const tests = [...module.children.allTests()].map(outcomeOf);
	const broken = [module, ...module.children.allSuites()].filter(suite => suite.errors().length > 0);
	const told = tests.some(({state}) => state === 'failed');
	if (broken.length > 0 && !told)
		return [...tests, failure(module.relativeModuleId, broken[0]?.errors()[0]?.message ?? 'it could not be loaded')];
	return tests;
};

const outcomeOf = (test: TestCase): Outcome => {
	const name = `${test.module.relativeModuleId} > ${test.fullName}`;
	const milliseconds = test.diagnostic()?.duration ?? 0;
	const result = test.result();
	if (result.state === 'passed' || result.state === 'failed') return {name, state: result.state, milliseconds};
	if (result.state === 'pending') return failure(name, 'it did not come to an end');
	if (isBelowBroken(test.parent)) return failure(name, 'it did not run, because what it stands on failed');
	return {name, state: 'skipped', milliseconds, note: result.note ?? 'it does not say what it needs'};
};

const isBelowBroken = (parent: TestSuite | TestModule): boolean =>
	parent.errors().length > 0 || (parent.type === 'suite' && isBelowBroken(parent.parent));

const failure = (name: string, note: string): Outcome => ({name, state: 'failed', milliseconds: 0, note});
