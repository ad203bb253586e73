/** Walks the journal newest first and puts back what apply changed, one node at a time. It never destroys what came after us. */
import type {Event} from '#model/event.ts';
import {Fault, faultData} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {ResourceType, Undone} from '#model/resource.ts';
import {createDebts} from './debts.ts';
import {type Intent, type Journal, standing} from './journal.ts';

// biome-ignore lint/suspicious/noExplicitAny: a type found by its name in the journal; its spec and state do not matter here
export type AnyType = ResourceType<any, any>;

export type UndoOptions = {
	readonly journal: Journal;
	/** The type of a journal line, by its name. */
	readonly typeNamed: (name: string) => AnyType | undefined;
	readonly hostFor: (id: string) => Host;
	readonly emit: (event: Event) => void;
	/** Only what this step did. */
	readonly step?: string;
	/** Only what this run did. */
	readonly onlyRun?: string;
	readonly purge: boolean;
	readonly purgeData: boolean;
	/** Journal nothing: the host given is a dry one. */
	readonly dry: boolean;
	readonly stopping: () => boolean;
};

export type UndoResult = {readonly id: string; readonly step: string; readonly result: Undone};

/** Undoes what stands, newest first. A fault stops the walk after it is told; what was undone before stays undone. */
export const undoRun = async (options: UndoOptions): Promise<readonly UndoResult[]> => {
	const {journal, emit, dry} = options;
	const results: UndoResult[] = [];
	const debts = createDebts(journal, emit);
	for (const {intent} of standing(journal.entries)
		.filter(one => options.step === undefined || one.intent.step === options.step)
		.filter(one => options.onlyRun === undefined || one.intent.run === options.onlyRun)
		.reverse()) {
		if (options.stopping()) break;
		if (!dry) journal.append({t: 'undo', seq: intent.seq});
		const over = dry ? undefined : debts.owe(intent.run, intent.owes);
		const result = await undoOne(intent, options).finally(over);
		if (!dry)
			journal.append({
				t: 'undone',
				seq: intent.seq,
				outcome: result.outcome,
				...('why' in result && {why: result.why}),
			});
		emit({type: 'undo', id: intent.id, step: intent.step, result});
		results.push({id: intent.id, step: intent.step, result});
	}
	if (!dry && !options.stopping()) await debts.pay(options.hostFor('restarts'));
	return results;
};

const undoOne = async (intent: Intent, {typeNamed, hostFor, purge, purgeData}: UndoOptions): Promise<Undone> => {
	if (!intent.undo.can) return {outcome: 'kept', why: intent.undo.why};
	const type = typeNamed(intent.type);
	if (!type)
		throw new Fault(
			'undo.unknown-type',
			`the journal speaks of ${intent.type}, which this version does not know`,
			'Undo with the version that installed it.',
		);
	const host = hostFor(intent.id);
	const kept: Uint8Array[] = [];
	for (const hash of intent.undo.kept) {
		const bytes = await host.unstash(hash);
		if (!bytes)
			return {outcome: 'kept', why: `its previous content (${hash.slice(0, 12)}) is not in the stash any more`};
		kept.push(bytes);
	}
	try {
		return await type.undo(intent.undo.record, host, {kept, purge, purgeData});
	} catch (error) {
		const fault = faultData(error);
		throw new Fault(
			'undo.failed',
			`${intent.id} could not be put back: ${fault.sentence}`,
			`${fault.hint} Then run setup undo again: it goes on from here.`,
			{
				details: fault.details,
				cause: error,
			},
		);
	}
};
