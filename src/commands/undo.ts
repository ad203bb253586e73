/** `setup undo`: puts back what apply changed, newest first. On a terminal it shows what it would do, and asks. */

import {forgetInstalled} from '#answers/state.ts';
import {dryHost} from '#engine/dry-host.ts';
import {readJournal} from '#engine/journal.ts';
import {createOverlay} from '#engine/overlay.ts';
import {type UndoResult, undoRun} from '#engine/undo.ts';
import type {UndoOptions} from '#engine/undo-options.ts';
import {unstash} from '#host/files/stash.ts';
import {createReader} from '#host/reader.ts';
import type {Event, RunOutcome} from '#model/event.ts';
import {printable} from '#model/printable.ts';
import {ndjson} from '#report/ndjson.ts';
import {runText} from '#report/run-text.ts';
import {styleFor} from '#report/style.ts';
import {typeNamed} from '#resources/registry.ts';
import {type Held, heldRun} from '#tasks/held-run.ts';
import type {Output} from '#tasks/output.ts';
import {placeOf} from '#tasks/state-place.ts';
import {type UndoChoice, whatToUndo} from '#tasks/undo-choice.ts';
import {type Detach, detachCommand} from './detach.ts';
import {askYesNo, canAsk} from './yes-no.ts';

export type UndoCommandOptions = {
	/** May be left out where only one stands. */
	readonly stack?: string;
	/** STEP, or STACK/STEP where several stacks have it. */
	readonly step?: string;
	readonly plan: boolean;
	/** Of a plan also each act: the files, the programs. */
	readonly verbose: boolean;
	readonly yes: boolean;
	readonly purge: boolean;
	readonly purgeData?: string;
	readonly detach?: Detach;
	readonly format: 'text' | 'ndjson';
	readonly state?: string;
};

/** Gives 0 when all that could be put back is (what is kept is listed with why), 1 when somebody edited since, 130 when asked to stop. */
export const undoCommand = async (options: UndoCommandOptions, out: Output): Promise<number> => {
	const chosen = whatToUndo(options, readJournal(placeOf(options.state).journal));
	if (options.plan) {
		await showPlan(options, chosen, out.stdout);
		out.stdout.write(
			options.format === 'ndjson' ? '' : 'Nothing was changed. Without --plan this is done, newest first.\n',
		);
		return 0;
	}
	if (asks(options)) {
		await showPlan(options, chosen, out.stderr);
		if (!(await askYesNo('Undo this?'))) {
			out.stderr.write('Nothing was changed.\n');
			return 1;
		}
	}
	const argv = argvOf(options);
	const what = ['setup', ...argv].join(' ');
	if (options.detach) return detachCommand({...options, detach: options.detach, state: options.state, argv, what}, out);
	return heldRun(
		{
			what,
			state: options.state,
			format: options.format,
			again: `Run ${what} again to go on.`,
			...(chosen.stack !== undefined && {stack: chosen.stack}),
		},
		out,
		async held => {
			const results: UndoResult[] = [];
			const end = endOf(held, results);
			try {
				const listen = (event: Event): void => {
					if (event.type === 'undo') results.push(event);
					held.emit(event);
				};
				const {journal, hostFor, stopping} = held;
				await undoRun({journal, hostFor, stopping, emit: listen, typeNamed, dry: false, ...wordsOf(options, chosen)});
			} catch (error) {
				end('failed');
				throw error;
			}
			if (held.stopping()) return end('interrupted');
			if (chosen.step === undefined) await forgetInstalled(held.place.state, chosen.stacks);
			held.emit({type: 'note', line: closing(results)});
			return end(results.some(one => one.result.outcome === 'conflict') ? 'failed' : 'done');
		},
	);
};

/** The end of an undo, for who follows its events. Gives the exit code. */
const endOf = ({run, emit}: Held, results: readonly UndoResult[]): ((outcome: RunOutcome) => number) => {
	const started = performance.now();
	return outcome => {
		const count = (...of: readonly string[]): number => results.filter(one => of.includes(one.result.outcome)).length;
		const seconds = Math.round((performance.now() - started) / 100) / 10;
		emit({
			type: 'run-end',
			run,
			outcome,
			changed: count('undone'),
			failed: count('conflict'),
			skipped: count('kept'),
			seconds,
		});
		return {done: 0, failed: 1, interrupted: 130}[outcome];
	};
};

const wordsOf = (
	{purge, purgeData}: UndoCommandOptions,
	{stacks, step}: UndoChoice,
): Pick<UndoOptions, 'stacks' | 'step' | 'purge' | 'purgeData'> => ({
	purge,
	purgeData: purgeData !== undefined,
	...(stacks !== undefined && {stacks}),
	...(step !== undefined && {step}),
});

const argvOf = ({stack, step, purge, purgeData}: UndoCommandOptions): readonly string[] => [
	'undo',
	...(stack === undefined ? [] : [stack]),
	...(step === undefined ? [] : ['--step', step]),
	...(purge ? ['--purge'] : []),
	...(purgeData === undefined ? [] : ['--purge-data', purgeData]),
];

/** Scripts say what they want; who sits there is shown it first. */
const asks = ({yes, format}: UndoCommandOptions): boolean => !yes && format === 'text' && canAsk();

const showPlan = async (options: UndoCommandOptions, chosen: UndoChoice, to: Output['stdout']): Promise<void> => {
	const place = placeOf(options.state);
	const show = options.format === 'ndjson' ? ndjson(text => to.write(text)) : runText(to, styleFor(to));
	const reader = createReader();
	const overlay = createOverlay(reader);
	const entries = readJournal(place.journal);
	const acts: string[] = [];
	await undoRun({
		journal: {entries, append: () => {}, next: () => 0, close: () => {}},
		typeNamed,
		dry: true,
		hostFor: () =>
			dryHost(
				reader,
				hash => unstash(`${place.state}/stash`, hash),
				act => acts.push(act),
				overlay,
			),
		emit: event => {
			show(event);
			const told = acts.splice(0).filter(act => options.verbose || act.startsWith(purging));
			if (options.format === 'text')
				for (const act of told) to.write(`            would ${printable(actText(act, options.verbose))}\n`);
		},
		stopping: () => false,
		...wordsOf(options, chosen),
	});
};

/** Which packages go is shown in any case. */
const purging = 'run apt-get purge ';

const actText = (act: string, verbose: boolean): string => {
	if (verbose || !act.startsWith(purging)) return act;
	const names = act.slice(purging.length).split(' ').filter(isPackage);
	return `remove ${names.length} packages: ${names.join(', ')}`;
};

/** Not an option, nor the value of one. */
const isPackage = (word: string, at: number, words: readonly string[]): boolean =>
	/^[a-z0-9]/.test(word) && words[at - 1] !== '-o';

const settled = ({result}: UndoResult): boolean => result.outcome === 'undone' || result.outcome === 'already';

const closing = (results: readonly UndoResult[]): string => {
	const count = (outcome: string): number => results.filter(one => one.result.outcome === outcome).length;
	const rest = results.length - results.filter(settled).length;
	return rest === 0
		? `Undone: ${count('undone')} put back, ${count('already')} were so already.`
		: `Undone: ${count('undone')} put back, ${count('kept')} kept, ${count('conflict')} in conflict; what was kept is listed above with the reason.`;
};
