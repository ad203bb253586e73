/** `setup undo`: puts back what apply changed, newest first; `--plan` shows it first. */
import {dryHost} from '#engine/dry-host.ts';
import {openJournal, readJournal} from '#engine/journal.ts';
import {takeRunLock} from '#engine/lock.ts';
import {type UndoResult, undoRun} from '#engine/undo.ts';
import {reapChildren} from '#host/children.ts';
import {createHost} from '#host/live.ts';
import {createReader} from '#host/reader.ts';
import {unstash} from '#host/stash.ts';
import type {Event} from '#model/event.ts';
import {Fault} from '#model/fault.ts';
import {ndjson} from '#report/ndjson.ts';
import {runText} from '#report/run-text.ts';
import {styleFor} from '#report/style.ts';
import {typeNamed} from '#resources/registry.ts';
import type {Output} from './output.ts';
import {listenForStop} from './signals.ts';
import {placeOf} from './state-place.ts';

export type UndoCommandOptions = {
	readonly step?: string;
	readonly plan: boolean;
	readonly purge: boolean;
	readonly purgeData?: string;
	readonly format: 'text' | 'ndjson';
	readonly state?: string;
};

/** Gives 0 when all that could be put back is (what is kept is listed with why), 1 when somebody edited since, 130 when asked to stop. */
export const undoCommand = async (options: UndoCommandOptions, out: Output): Promise<number> => {
	if (process.getuid?.() !== 0) throw new Fault('undo.needs-root', 'only root can undo', 'Run it with sudo.');
	process.umask(0o022);
	const place = placeOf(options.state);
	refuseUnnamed(options, place.journal);
	const show = options.format === 'ndjson' ? ndjson(text => out.stdout.write(text)) : runText(out.stdout, styleFor(out.stdout));
	const reader = createReader();
	if (options.plan) return showOnly(options, place, show, out);
	const release = takeRunLock(place.state, 'setup undo');
	const stopping = listenForStop(signal => show({type: 'note', line: `${signal}: finishing what runs. Run setup undo again to go on.`}));
	const journal = openJournal(place.journal);
	try {
		await reapChildren(`${place.state}/children`, (program, pid) => show({type: 'wait', for: program, holder: `process ${pid}`}));
		const results = await undoRun({
			journal,
			typeNamed,
			emit: show,
			dry: false,
			hostFor: id => createHost({reader, state: place.state, id, emit: show}),
			purge: options.purge,
			purgeData: options.purgeData !== undefined,
			stopping: stopping.asked,
			...(options.step !== undefined && {step: options.step}),
		});
		if (stopping.asked()) return 130;
		show({type: 'note', line: closing(results)});
		return results.some(one => one.result.outcome === 'conflict') ? 1 : 0;
	} finally {
		journal.close();
		stopping.dispose();
		release();
	}
};

const showOnly = async (options: UndoCommandOptions, place: {state: string; journal: string}, show: (event: Event) => void, out: Output): Promise<number> => {
	const reader = createReader();
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
			),
		emit: event => {
			show(event);
			if (options.format === 'text') for (const act of acts.splice(0)) out.stdout.write(`            would ${act}\n`);
		},
		purge: options.purge,
		purgeData: options.purgeData !== undefined,
		stopping: () => false,
		...(options.step !== undefined && {step: options.step}),
	});
	show({type: 'note', line: 'Nothing was changed. Without --plan this is done, newest first.'});
	return 0;
};

/** Data is removed only by somebody who typed what it belongs to. */
const refuseUnnamed = (options: UndoCommandOptions, journal: string): void => {
	if (options.purgeData === undefined) return;
	const stack = readJournal(journal).findLast(entry => entry.t === 'run');
	if (stack?.t === 'run' && stack.stack === options.purgeData) return;
	throw new Fault(
		'usage.purge-name',
		'--purge-data wants the name of the stack whose data is to go',
		stack?.t === 'run' ? `Type it as --purge-data ${stack.stack}; it is dumped first.` : 'Nothing is installed here.',
	);
};

const settled = ({result}: UndoResult): boolean => result.outcome === 'undone' || result.outcome === 'already';

const closing = (results: readonly UndoResult[]): string => {
	const count = (outcome: string): number => results.filter(one => one.result.outcome === outcome).length;
	const rest = results.length - results.filter(settled).length;
	return rest === 0
		? `Undone: ${count('undone')} put back, ${count('already')} were so already.`
		: `Undone: ${count('undone')} put back, ${count('kept')} kept, ${count('conflict')} in conflict; what was kept is listed above with the reason.`;
};
