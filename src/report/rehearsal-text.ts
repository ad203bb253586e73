/** What a rehearsal came to: outcome, time per step, then packages, ports and files, as counts and by name. */
import {dirname} from 'node:path';
import {printable} from '#model/printable.ts';
import type {Changes, FileChange} from '#rehearse/changes.ts';
import {elapsed} from './run-text.ts';
import type {StepTime} from './step-times.ts';
import type {Style} from './style.ts';

export type Rehearsal = {readonly code: number; readonly steps: readonly StepTime[]; readonly changes: Changes};

const most = 200;

/** From this many of one kind in one directory on, a line stands for all: links of update-alternatives, certificates by hash. */
const many = 12;

/** Several lines, with a final newline. Files that a package brought are counted, not listed. */
export const rehearsalText = ({code, steps, changes: {files, packages, ports}}: Rehearsal, style: Style): string => {
	const foreign = files.filter(file => file.package === undefined);
	const own = collapsed(foreign);
	return [
		'',
		code === 0 ? style.green('The rehearsal went well.') : style.red(`The rehearsal failed (exit ${code}).`),
		style.bold('Time per step (steps overlap)'),
		...steps.map(
			({step, seconds, changed, failed}) =>
				`  ${step.padEnd(18)} ${elapsed(seconds * 1000).padStart(12)}  ${changed} changed${failed > 0 ? style.red(`, ${failed} failed`) : ''}`,
		),
		style.bold(
			`Packages: ${packages.added.length} added, ${packages.changed.length} changed, ${packages.removed.length} removed`,
		),
		...named('added', packages.added),
		...named('removed', packages.removed),
		style.bold(`Ports opened: ${ports.length}`),
		...ports.map(port => `  ${port.protocol} ${port.address}:${port.port}`),
		style.bold(`Files: ${foreign.length} besides the ${files.length - foreign.length} that packages brought`),
		...own.slice(0, most).map(line),
		...(own.length > most ? [`  and ${own.length - most} more`] : []),
		'',
	].join('\n');
};

const named = (word: string, names: readonly string[]): readonly string[] =>
	names.length === 0
		? []
		: [`  ${word}: ${names.slice(0, 40).join(', ')}${names.length > 40 ? `, and ${names.length - 40} more` : ''}`];

const line = ({path, change, files}: FileChange): string =>
	`  ${{added: '+', changed: '~', removed: '-'}[change]} ${printable(path)}${files === undefined ? '' : ` (${files} files)`}`;

/** Crowded directories as one line each, with the number of files. */
const collapsed = (files: readonly FileChange[]): readonly FileChange[] => {
	const groups = Map.groupBy(files, file => `${file.change} ${dirname(file.path)}`);
	return files.flatMap(file => {
		const group = groups.get(`${file.change} ${dirname(file.path)}`) ?? [];
		if (group.length < many) return [file];
		return group[0] === file
			? [
					{
						path: `${dirname(file.path)}/`,
						change: file.change,
						files: group.reduce((sum, one) => sum + (one.files ?? 1), 0),
					},
				]
			: [];
	});
};
