/** The tools that read the code instead of running it, and the build: each is one test. */
import {join} from 'node:path';
import {execa} from 'execa';
import type {Outcome} from './outcome.ts';

/** Runs them side by side and prints what a failing one said. The build is left out where no dist/ is wanted. */
export const lintTools = async (withBuild: boolean): Promise<readonly Outcome[]> => {
	const tools = withBuild ? [...readers, build] : readers;
	return Promise.all(tools.map(run));
};

type Tool = {readonly name: string; readonly argv: readonly [string, ...string[]]};

const root = join(import.meta.dirname, '../..');

const readers: readonly Tool[] = [
	{name: 'types: tsc', argv: ['node_modules/typescript/bin/tsc']},
	{name: 'lint and format: biome', argv: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings']},
	{name: 'unused code: knip', argv: ['node_modules/knip/bin/knip.js']},
];

const build: Tool = {name: 'build: esbuild', argv: ['build.ts']};

const run = async ({name, argv}: Tool): Promise<Outcome> => {
	const {failed, all, durationMs} = await execa(process.execPath, argv, {
		cwd: root,
		reject: false,
		all: true,
		stdin: 'ignore',
		timeout: 300_000,
	});
	const state = failed ? 'failed' : 'passed';
	console.log(`${failed ? '✗' : '✓'} ${name} ${Math.round(durationMs)} ms${failed ? `\n${all}` : ''}`);
	return {name, state, milliseconds: durationMs, ...(failed ? {note: 'see its output above'} : {})};
};
