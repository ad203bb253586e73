/**
 * One command for everything that must hold: `node test/run.ts [fast|soak] [FILE...]`. Types, lint and unused code count
 * as one test each, so that the last line is the whole truth. On a continuous-integration machine nothing may be skipped.
 */
import {makeLists} from '../make-lists.ts';
import {lintTools} from './run/lint.ts';
import type {Outcome} from './run/outcome.ts';
import {runProject} from './run/project.ts';
import {report} from './run/report.ts';

const main = async (): Promise<void> => {
	const [first, ...others] = process.argv.slice(2);
	const mode = first === 'fast' || first === 'soak' ? first : 'full';
	const files = mode === 'full' && first !== undefined ? [first, ...others] : others;
	const outcomes: Outcome[] = [];
	const started = performance.now();
	makeLists();

	if (mode !== 'soak' && files.length === 0) outcomes.push(...(await lintTools(mode === 'full')));
	// Who names a file means it, whichever kind it is.
	const kinds = mode === 'fast' && files.length > 0 ? (['unit', 'long'] as const) : projects[mode];
	for (const project of kinds) outcomes.push(...(await runProject(project, files)));
	process.exitCode = report(outcomes, performance.now() - started, process.env['CI'] === 'true');
};

const projects = {fast: ['unit'], full: ['unit', 'long', 'ui', 'host'], soak: ['soak']} as const;

await main();
