/** `setup restore STACK`: puts back what a snapshot has, after a plan and a backup of what is there. On a terminal it shows the plan, and asks. */
import {createReader} from '#host/reader.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {printable, printableJson} from '#model/printable.ts';
import {finishBegun, putBack, type Restoring, unitsOf} from '#tasks/backup/bring-back.ts';
import {backUp} from '#tasks/backup/now.ts';
import {openSnapshot} from '#tasks/backup/open-snapshot.ts';
import {openBackup} from '#tasks/backup/remembered-store.ts';
import type {SavedThing} from '#tasks/backup/snapshot-manifest.ts';
import {installedStacks, keptOf} from '#tasks/backup/things.ts';
import {heldRun, mustBeRoot} from '#tasks/held-run.ts';
import type {Output} from '#tasks/output.ts';
import {type Place, placeOf} from '#tasks/state-place.ts';
import {askYesNo, canAsk} from './yes-no.ts';

export type RestoreOptions = {
	readonly all: boolean;
	readonly snapshot?: string;
	/** Ids of things, as the plan names them. */
	readonly only: readonly string[];
	readonly plan: boolean;
	readonly yes: boolean;
	/** In a copy of this host, where nothing is there that could be lost. */
	readonly withoutBackup?: boolean;
	readonly format: 'text' | 'ndjson';
	readonly state?: string;
};

/** Gives 0 when all is put back and proven, 1 when what was there is there again, 130 when it was stopped. */
export const restoreCommand = async (
	stack: string | undefined,
	options: RestoreOptions,
	out: Output,
): Promise<number> => {
	const what = `setup restore ${stack ?? '--all'}`;
	mustBeRoot(what);
	if ((stack === undefined) !== options.all)
		throw new Fault(
			'usage.restore',
			'name the stack that comes back, or say --all',
			'setup list says which are installed.',
		);
	const place = placeOf(options.state);
	const show = options.plan || (!options.yes && options.format === 'text' && canAsk());
	if (show) {
		const to = options.plan ? out.stdout : out.stderr;
		const plan = await planned(stack, options, place, createReader());
		to.write(options.format === 'ndjson' ? `${printableJson(planData(plan))}\n` : planText(plan));
		if (options.plan) return 0;
	}
	if (!options.yes && options.format === 'text' && !(await askYesNo('Put this back?'))) {
		out.stderr.write('Nothing was changed.\n');
		return 1;
	}
	const again = `Run ${what} again: what was there before comes back first.`;
	return heldRun({what, state: options.state, format: options.format, again}, out, async held => {
		const {reader} = held;
		await finishBegun(held, await installedStacks(place, reader));
		held.hostFor('restore').forget();
		// Named before the backup that is made first, or that would be the newest.
		const plan = await planned(stack, options, place, reader);
		const {repository, settings} = await openBackup(place);
		if (!options.withoutBackup) {
			held.emit({type: 'note', line: 'First a backup of what is there.'});
			const stacks = await installedStacks(place, reader);
			await backUp(held, {stacks, repository, settings, tags: ['before-restore']});
		}
		let code = 0;
		for (const one of plan) {
			if (held.stopping()) return 130;
			code = (await putBack(held, one)) || code;
			if (code !== 0) return code;
		}
		return code;
	});
};

/** What would be put back, for each stack. Throws Fault backup.* and restore.*. */
const planned = async (
	stack: string | undefined,
	{snapshot: word, only}: RestoreOptions,
	place: Place,
	reader: Reader,
): Promise<readonly Restoring[]> => {
	const source = await openSnapshot(place, word, reader);
	const {manifest} = source;
	const stacks = await installedStacks(place, reader);
	const wanted = stacks.filter(({opened}) => stack === undefined || opened.stack.id === stack);
	if (wanted.length === 0)
		throw new Fault(
			'restore.not-installed',
			stack === undefined ? 'no stack is installed on this host' : `stack ${stack} is not installed on this host`,
			`Install it first: the snapshot has the answers of ${Object.keys(manifest.stacks).join(', ') || 'none'} (docs/backup.md).`,
		);
	const here = await keptOf(stacks, reader);
	const things = manifest.things.flatMap((saved): readonly SavedThing[] => {
		const found = here.find(({id}) => id === saved.id);
		// What it is, and whose, is this host's word and not the snapshot's.
		return found === undefined
			? []
			: [
					{
						...saved,
						keep: found.keep,
						stack: found.stack,
						leaveOut: [...new Set([...saved.leaveOut, ...found.leaveOut])],
					},
				];
	});
	refuseUnknown(only, things);
	return wanted
		.map(one => ({
			stack: one,
			source,
			things: things.filter(
				({id, stack: of}) => of === one.opened.stack.id && (only.length === 0 || only.includes(id)),
			),
		}))
		.filter(one => one.things.length > 0);
};

/** Throws Fault usage.only. */
const refuseUnknown = (only: readonly string[], things: readonly SavedThing[]): void => {
	const unknown = only.filter(id => !things.some(thing => thing.id === id));
	if (unknown.length === 0) return;
	throw new Fault(
		'usage.only',
		`--only ${unknown.join(', ')}: there is no such thing in the snapshot and on this host`,
		`There are: ${things.map(({id}) => id).join(', ')}.`,
	);
};

const planData = (plan: readonly Restoring[]) => ({
	type: 'restore-plan' as const,
	stacks: plan.map(({stack, things, source}) => ({
		stack: stack.opened.stack.id,
		snapshot: source.snapshot,
		at: source.manifest.at,
		units: unitsOf(stack),
		things: things.map(({id, counts}) => ({id, counts})),
	})),
});

const planText = (plan: readonly Restoring[]): string =>
	plan
		.flatMap(({stack, things, source}) => [
			`${stack.opened.stack.title}: from snapshot ${source.snapshot.slice(0, 8)} of ${source.manifest.at.slice(0, 16).replace('T', ' ')}`,
			...things.map(({id, counts}) => `  ${id}${counted(counts)}`),
			'  First what is there is saved. Each thing is made beside it and counted before it takes its place;',
			`  meanwhile these stand still, for as long as names are changed and the stack is proven: ${unitsOf(stack).join(', ') || 'none'}`,
			'  What was there goes when the proofs have passed, and comes back when one fails.',
		])
		.map(line => `${printable(line)}\n`)
		.join('');

const counted = (counts: SavedThing['counts']): string => {
	const most = Object.entries(counts).map(([name, [, count]]) => [name, count] as const);
	const rows = most.filter(([name]) => name.includes('.')).reduce((sum, [, count]) => sum + count, 0);
	const tables = most.filter(([name]) => name.includes('.')).length;
	const [other] = most.filter(([name]) => !name.includes('.'));
	if (tables > 0) return `  (${tables} tables, ${rows} rows)`;
	return other === undefined ? '' : `  (${other[1]} ${other[0]})`;
};
