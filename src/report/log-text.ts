/** Past runs for a reader: a table of them, and one with what it changed and what its programs said. */
import {printable, printableData} from '#model/printable.ts';
import type {PastRun} from '#runner/past-runs.ts';
import type {RunStory, ThingStory} from '#runner/run-story.ts';
import {personText} from '#runner/who.ts';
import {faultText} from './fault-text.ts';
import {elapsed} from './run-text.ts';
import type {Style} from './style.ts';

/** One line each, newest first; `left` older ones are not among them. */
export const logText = (runs: readonly PastRun[], left: number, style: Style): string => {
	if (runs.length === 0) return 'No run has changed this host.\n';
	const rows = printableData(runs).map(one => [
		one.run,
		whenText(one.at),
		one.by ? personText(one.by) : '-',
		one.outcome,
		countText(one),
		commandText(one),
	]);
	const head = ['RUN', 'BEGAN (UTC)', 'WHO', 'OUTCOME', 'CHANGES', 'COMMAND'];
	const widths = head.map((title, column) => Math.max(title.length, ...rows.map(row => row[column]?.length ?? 0)));
	const line = (cells: readonly string[]): string =>
		cells
			.map((cell, column) => cell.padEnd(widths[column] ?? 0))
			.join('  ')
			.trimEnd();
	return `${[
		style.bold(line(head)),
		...rows.map(row => (row[3] === 'done' ? line(row) : style.yellow(line(row)))),
		...(left > 0 ? [style.dim(`and ${left} older; --last ${runs.length + left} shows them`)] : []),
		style.dim('setup log RUN shows one'),
	].join('\n')}\n`;
};

/** A run with all that it did. */
export const runLogText = (run: PastRun, story: RunStory, style: Style): string => {
	const one = printableData(run);
	const took = one.seconds === undefined ? '' : `, ${elapsed(one.seconds * 1000)}`;
	return `${[
		`${style.bold('run')}      ${one.run}`,
		`${style.bold('began')}    ${whenText(one.at)} UTC${one.by ? ` by ${personText(one.by)}` : ''}`,
		`${style.bold('command')}  ${commandText(one)}`,
		`${style.bold('outcome')}  ${outcomeText(one, style)}, ${countText(one)} changes${took}`,
		...(run.fault ? [faultText(run.fault, style)] : []),
		...(run.hasLog ? [] : [style.dim('Its log is gone (the last twenty are kept): this is what the journal knows.')]),
		'',
		...story.notes.map(line => style.yellow(printable(line))),
		...story.things.flatMap(thing => thingLines(thing, style)),
		...printableData(story.undone).map(
			({id, step, stack, result}) =>
				`${result.outcome.padEnd(9)} [${stack}/${step}] ${id}${'why' in result ? `: ${result.why}` : ''}`,
		),
		...printableData(story.debts).map(({unit, do: act, made}) =>
			made ? `${act} of ${unit}` : `${act} of ${unit}: not needed, it did not run`,
		),
	].join('\n')}\n`;
};

const thingLines = (raw: ThingStory, style: Style): readonly string[] => {
	const thing = printableData(raw);
	const took = thing.seconds === undefined ? '' : style.dim(` ${elapsed(thing.seconds * 1000)}`);
	const why = thing.why === undefined ? '' : `: ${thing.why}`;
	return [
		`${marks[thing.outcome]}  [${thing.step}] ${thing.title}${took}${why}`,
		...thing.what.map(line => `      ${line}`),
		...thing.programs.map(argv => style.dim(`    $ ${argv.join(' ')}`)),
		...(thing.earlier > 0
			? [style.dim(`    | … ${thing.earlier} lines before; --lines ${thing.earlier + thing.lines.length}`)]
			: []),
		...thing.lines.map(line => `    ${style.dim('|')} ${line}`),
		...(raw.fault ? [faultText(raw.fault, style)] : []),
	];
};

const marks: Readonly<Record<ThingStory['outcome'], string>> = {
	ok: '--',
	changed: 'ok',
	failed: '!!',
	skipped: '--',
	unended: '??',
};

/** 2026-11-29 12:00:12 */
const whenText = (at: string): string => at.replace('T', ' ').replace(/\.\d+Z$/, '');

const countText = ({changed, undone}: PastRun): string =>
	undone === 0 ? `${changed}` : `${changed}, ${undone} undone`;

const commandText = ({what, stack}: PastRun): string =>
	what === undefined ? (stack ?? '-') : `${what}${stack === undefined || what.includes(stack) ? '' : ` (${stack})`}`;

const outcomeText = ({outcome}: PastRun, style: Style): string =>
	outcome === 'done' ? style.green(outcome) : style.red(outcome);
