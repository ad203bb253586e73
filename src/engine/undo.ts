/** Walks the journal newest first and puts back what apply changed, one node at a time. It never destroys what came after us, or what another stack has as well. */
import type {Event} from '#model/event.ts';
import {Fault, faultData} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {ResourceType, Undone} from '#model/resource.ts';
import {createDebts} from './debts.ts';
import {doctorStack, type Journal} from './journal.ts';
import {type Sharing, sharingOf} from './sharing.ts';
import {heldBy, type Part, standing, standingStacks} from './standing.ts';

// biome-ignore lint/suspicious/noExplicitAny: a type found by its name in the journal; its spec and state do not matter here
export type AnyType = ResourceType<any, any>;

export type UndoOptions = {
	readonly journal: Journal;
	/** The type of a journal line, by its name. */
	readonly typeNamed: (name: string) => AnyType | undefined;
	readonly hostFor: (id: string) => Host;
	readonly emit: (event: Event) => void;
	/** Only what these stacks did; left out: everything. */
	readonly stacks?: readonly string[];
	/** Only what this step did. */
	readonly step?: string;
	/** Only what this run did, whoever has it as well by now. */
	readonly onlyRun?: string;
	readonly purge: boolean;
	readonly purgeData: boolean;
	/** Journal nothing: the host given is a dry one. */
	readonly dry: boolean;
	readonly stopping: () => boolean;
};

export type UndoResult = {
	readonly id: string;
	readonly step: string;
	readonly stack: string;
	readonly result: Undone;
};

/** Undoes what stands, newest first. A fault stops the walk after it is told; what was undone before stays undone. */
export const undoRun = async (options: UndoOptions): Promise<readonly UndoResult[]> => {
	const {journal, emit, dry, stacks, step, onlyRun, stopping} = options;
	const results: UndoResult[] = [];
	const debts = createDebts(journal, emit);
	const whole = step === undefined && onlyRun === undefined;
	const asked = (stack: string): boolean => stacks?.includes(stack) ?? true;
	const going = standingStacks(journal.entries).filter(asked);
	const sharing = await sharingOf(
		journal.entries,
		stack => onlyRun !== undefined || (whole && asked(stack)),
		options.typeNamed,
		options.hostFor,
	);
	for (const part of standing(journal.entries)
		.filter(one => asked(one.stack))
		.filter(one => step === undefined || one.intent.step === step)
		.filter(one => onlyRun === undefined || one.intent.run === onlyRun)
		.reverse()) {
		if (stopping()) break;
		const {seq, id} = part.intent;
		const named = part.stack === part.intent.stack ? {} : {stack: part.stack};
		if (!dry) journal.append({t: 'undo', seq});
		const {shared, left} = await sharedOf(part, sharing, options);
		if (!dry)
			for (const [to, things] of Map.groupBy(shared.keys(), thing => shared.get(thing)!))
				journal.append({t: 'handed', seq, from: part.stack, to, things});
		const over = dry || !left ? undefined : debts.owe(part.intent.run, part.intent.owes);
		const {result, rest} = left
			? await undoOne(part, shared, sharing, options).finally(over)
			: {result: keptFor(shared), rest: false};
		if (!dry)
			journal.append({
				t: 'undone',
				seq,
				...named,
				outcome: rest || (left && shared.size === 0) ? result.outcome : 'handed',
				...('why' in result && {why: result.why}),
			});
		const told = {id, step: part.intent.step, stack: part.stack, result};
		emit({type: 'undo', ...told});
		results.push(told);
	}
	if (dry || stopping()) return results;
	await debts.pay(options.hostFor('restarts'));
	if (whole) for (const stack of going) journal.append({t: 'gone', stack});
	else if (step !== undefined) for (const stack of going) dropStep(stack, step, journal);
	return results;
};

const dropStep = (stack: string, step: string, journal: Journal): void => {
	const items = heldBy(journal.entries, stack);
	if (items?.some(item => item.step === step))
		journal.append({t: 'holds', stack, items: items.filter(item => item.step !== step)});
};

/** Who has it as well. */
const keptFor = (shared: ReadonlyMap<string, string>): Extract<Undone, {outcome: 'kept'}> => {
	const heldBy = [...new Set(shared.values())];
	if (heldBy.length === 0) return {outcome: 'kept', why: 'it was handed over to another stack before'};
	const clauses = heldBy.map(stack => {
		const things = [...shared].flatMap(([thing, by]) => (by === stack ? [nameOf(thing)] : []));
		return `${things.join(', ')} also belong${things.length === 1 ? 's' : ''} to stack ${stack}`;
	});
	return {outcome: 'kept', why: clauses.join('; '), heldBy};
};

/** `unit:nginx.service` is read as nginx.service. */
const nameOf = (thing: string): string => thing.slice(thing.indexOf(':') + 1);

/** What of it others have, by stack; `left`: is there more of it? What cannot be undone in parts goes over as a whole. */
const sharedOf = async (
	part: Part,
	sharing: Sharing,
	{typeNamed}: UndoOptions,
): Promise<{readonly shared: ReadonlyMap<string, string>; readonly left: boolean}> => {
	const shared = await sharing.sharedOf(part);
	const all = (await sharing.thingsOf(part.intent)).map(hold => hold.thing);
	const own = all.filter(thing => part.owns(thing));
	const [by] = shared.values();
	if (by !== undefined && typeNamed(part.intent.type)?.undoesParts !== true)
		return {shared: new Map(own.map(thing => [thing, shared.get(thing) ?? by])), left: false};
	// All of it was handed over by an undo that was cut off right then.
	return {shared, left: all.length === 0 || own.some(thing => !shared.has(thing))};
};

/** `rest`: what nobody else has is still there, and still its own. */
const undoOne = async (
	part: Part,
	shared: ReadonlyMap<string, string>,
	sharing: Sharing,
	{typeNamed, hostFor, purge, purgeData}: UndoOptions,
): Promise<{readonly result: Undone; readonly rest: boolean}> => {
	const {intent, stack} = part;
	if (!intent.undo.can) return {result: {outcome: 'kept', why: intent.undo.why}, rest: true};
	const type = typeNamed(intent.type);
	if (!type)
		throw new Fault(
			'undo.unknown-type',
			`the journal speaks of ${intent.type}, which this version does not know`,
			'Undo with the version that installed it.',
		);
	const host = {...hostFor(intent.id), ...(stack !== doctorStack && {stack: intent.stack})};
	const kept: Uint8Array[] = [];
	for (const hash of intent.undo.kept) {
		const bytes = await host.unstash(hash);
		if (!bytes) {
			const why = `its previous content (${hash.slice(0, 12)}) is not in the stash any more`;
			return {result: {outcome: 'kept', why}, rest: true};
		}
		kept.push(bytes);
	}
	const own = new Set((await sharing.thingsOf(intent)).map(hold => hold.thing));
	const spare = (thing: string): boolean =>
		own.has(thing) ? !part.owns(thing) || shared.has(thing) : stack !== doctorStack && sharing.has(thing, stack);
	try {
		const result = await type.undo(intent.undo.record, host, {kept, purge, purgeData, spare});
		const rest = result.outcome === 'kept' || result.outcome === 'conflict';
		if (shared.size === 0 || result.outcome === 'conflict') return {result, rest};
		const {heldBy, why, outcome} = keptFor(shared);
		return {result: {outcome, heldBy: heldBy ?? [], why: 'why' in result ? `${why}; ${result.why}` : why}, rest};
	} catch (error) {
		const fault = faultData(error);
		if (swapped.has(fault.code)) return {result: {outcome: 'conflict', why: fault.sentence}, rest: true};
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

/** Another thing stands there than the one we made: nothing was done to it, and that is no reason to stop. */
const swapped = new Set(['file.moved', 'path.leads-out', 'path.hard-link', 'path.in-the-way']);
