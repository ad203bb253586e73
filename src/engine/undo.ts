/** Walks the journal newest first and puts back what apply changed, one node at a time. It never destroys what came after us, or what another stack has as well. */
import type {Json} from '#model/json.ts';
import type {Undone} from '#model/resource.ts';
import {createDebts} from './debts.ts';
import type {Journal} from './journal.ts';
import {type Sharing, sharingOf} from './sharing.ts';
import {heldBy, type Part, standing, standingStacks} from './standing.ts';
import type {UndoOptions} from './undo-options.ts';
import {
	guarded,
	hostOf,
	keptFor,
	type PartResult,
	type Shared,
	sharedOf,
	sparing,
	typeOf,
	undoOne,
	withShared,
} from './undo-part.ts';

export type UndoResult = {
	readonly id: string;
	readonly step: string;
	readonly stack: string;
	readonly result: Undone;
};

/** Undoes what stands, newest first, and last what goes as one act. A fault stops the walk after it is told; what was undone before stays undone. */
export const undoRun = async (options: UndoOptions): Promise<readonly UndoResult[]> => {
	const {journal, emit, dry, stacks, step, onlyRun, stopping, typeNamed} = options;
	const debts = createDebts(journal, emit, {takenBack: onlyRun});
	const whole = step === undefined && onlyRun === undefined;
	const asked = (stack: string): boolean => stacks?.includes(stack) ?? true;
	const going = standingStacks(journal.entries).filter(asked);
	const sharing = await sharingOf(
		journal.entries,
		stack => onlyRun !== undefined || (whole && asked(stack)),
		typeNamed,
		options.hostFor,
	);
	const parts = standing(journal.entries)
		.filter(one => asked(one.stack))
		.filter(one => step === undefined || one.intent.step === step)
		.filter(one => onlyRun === undefined || one.intent.run === onlyRun)
		.reverse();
	const walk: Walk = {options, sharing, gone: new Set(), results: new Map()};
	const owe = async (part: Part): Promise<(() => void) | undefined> =>
		dry ? undefined : debts.owe(part.intent.run, part.intent.owes, options.hostFor(part.intent.id));
	const {first, last, closing} = inTurn(parts, typeNamed);
	if (first.length > 0 && !dry) await wake(last, options);
	for (const part of first) {
		if (stopping()) break;
		await takeBack(part, walk, owe);
	}
	if (!stopping()) await takeTogether(last, walk);
	for (const part of looksAgain(options) ? first.filter(one => wasKept(one, walk)) : []) {
		if (stopping()) break;
		await takeBack(part, walk, owe, true);
	}
	for (const part of stopping() ? [] : closing) await takeClosing(part, walk);
	const results = [...walk.results.values()];
	if (dry || stopping()) return results;
	if (!options.back) await debts.pay(options.hostFor('restarts'));
	if (whole) for (const stack of going) journal.append({t: 'gone', stack});
	else if (step !== undefined) for (const stack of going) dropStep(stack, step, journal);
	return results;
};

const looksAgain = ({purge, purgeData}: UndoOptions): boolean => purge || purgeData;

type Walk = {
	readonly options: UndoOptions;
	readonly sharing: Sharing;
	/** Things that are gone, or would be. */
	readonly gone: Set<string>;
	readonly results: Map<Part, UndoResult>;
};

/** Those of one act last, and after them what kept their servers closed. */
const inTurn = (parts: readonly Part[], typeNamed: UndoOptions['typeNamed']) => {
	const together = (part: Part): boolean => typeNamed(part.intent.type)?.undoTogether !== undefined;
	const last = parts.filter(together);
	const brought = new Set(
		last.flatMap(({intent}) => (intent.undo.can ? (typeNamed(intent.type)?.brings?.(intent.undo.record) ?? []) : [])),
	);
	const closing = parts.filter(({intent}) => intent.closes !== undefined && brought.has(intent.closes));
	return {last, closing, first: parts.filter(part => !last.includes(part) && !closing.includes(part))};
};

const byType = (parts: readonly Part[]): readonly (readonly Part[])[] => [
	...Map.groupBy(parts, part => part.intent.type).values(),
];

const recordOf = ({intent}: Part): readonly Json[] => (intent.undo.can ? [intent.undo.record] : []);

/** What an earlier undo stopped is asked again now. */
const wake = async (last: readonly Part[], {typeNamed, hostFor}: UndoOptions): Promise<void> => {
	for (const parts of byType(last))
		await typeOf(parts[0]!, typeNamed).wake?.(parts.flatMap(recordOf), hostFor(parts[0]!.intent.id));
};

/** `again`: what was kept is looked at a second time, now that what it waited for may be gone. */
const takeBack = async (
	part: Part,
	walk: Walk,
	owe: (part: Part) => Promise<(() => void) | undefined>,
	again = false,
): Promise<void> => {
	const {options, sharing, gone} = walk;
	const {shared, left} = await begin(part, walk);
	const over = left ? await owe(part) : undefined;
	const done: PartResult = left
		? await undoOne(part, shared, sharing, options, gone).finally(over)
		: {result: keptFor(shared), rest: false};
	// With packages and data more may go than it seems now: that is told when it was looked at again.
	const told = again || done.result.outcome !== 'kept' || !looksAgain(options);
	end(part, done, {shared, left}, walk, told);
};

/** All records of a type at once. */
const takeTogether = async (last: readonly Part[], walk: Walk): Promise<void> => {
	const {options, sharing, gone} = walk;
	const {typeNamed, hostFor, purge, purgeData} = options;
	for (const parts of byType(last)) {
		const begun = await inOrder(parts, async part => ({part, ...(await begin(part, walk))}));
		const open = await inOrder(
			begun.filter(({left, part}) => left && part.intent.undo.can),
			async ({part, shared}) => ({
				part,
				record: recordOf(part)[0]!,
				spare: await sparing(part, shared, sharing),
			}),
		);
		const [one] = open;
		const results = new Map<Part, Undone>();
		if (one !== undefined) {
			const type = typeOf(one.part, typeNamed);
			await guarded(one.part, async () => {
				const all = await type.undoTogether!(open, hostOf(one.part, hostFor), {purge, purgeData, gone});
				for (const [at, {part}] of open.entries()) results.set(part, all[at]!);
				return {outcome: 'already'};
			});
		}
		for (const {part, shared, left} of begun) {
			const {undo} = part.intent;
			const plain: Undone = results.get(part) ?? {
				outcome: 'kept',
				why: undo.can ? 'it could not be looked at' : undo.why,
			};
			end(part, left ? withShared(plain, shared) : {result: keptFor(shared), rest: false}, {shared, left}, walk);
		}
	}
};

const inOrder = async <One, Other>(
	all: readonly One[],
	each: (one: One) => Promise<Other>,
): Promise<readonly Other[]> => {
	const made: Other[] = [];
	for (const one of all) made.push(await each(one));
	return made;
};

const begin = async (part: Part, {options, sharing}: Walk): Promise<Shared> => {
	const {journal, dry, typeNamed} = options;
	const {seq} = part.intent;
	if (!dry) journal.append({t: 'undo', seq});
	const shared = await sharedOf(part, sharing, typeNamed);
	if (!dry)
		for (const [to, things] of Map.groupBy(shared.shared.keys(), thing => shared.shared.get(thing)!))
			journal.append({t: 'handed', seq, from: part.stack, to, things});
	return shared;
};

const end = (part: Part, {result, rest}: PartResult, {shared, left}: Shared, walk: Walk, told = true): void => {
	const {journal, dry} = walk.options;
	if (!dry)
		journal.append({
			t: 'undone',
			seq: part.intent.seq,
			...(part.stack !== part.intent.stack && {stack: part.stack}),
			outcome: rest || (left && shared.size === 0) ? result.outcome : 'handed',
			...('why' in result && {why: result.why}),
		});
	tell(part, result, walk, told);
};

const tell = (part: Part, result: Undone, {options, results}: Walk, told = true): void => {
	const one = {id: part.intent.id, step: part.intent.step, stack: part.stack, result};
	if (told) options.emit({type: 'undo', ...one});
	results.set(part, one);
};

const wasKept = (part: Part, {results}: Walk): boolean => results.get(part)?.result.outcome === 'kept';

/** While its package stays, a server that nobody asked for before is not opened to others by taking our edit back; else it went with that. */
const takeClosing = async (part: Part, walk: Walk): Promise<void> => {
	const {closes = ''} = part.intent;
	const name = closes.slice(closes.indexOf(':') + 1);
	const result: Undone = walk.gone.has(closes)
		? {outcome: 'undone'}
		: {outcome: 'kept', why: `it keeps ${name} to this host, and goes with that package`};
	const begun = await begin(part, walk);
	const {shared, left} = begun;
	end(part, left ? withShared(result, shared) : {result: keptFor(shared), rest: false}, begun, walk);
};

const dropStep = (stack: string, step: string, journal: Journal): void => {
	const items = heldBy(journal.entries, stack);
	if (items?.some(item => item.step === step))
		journal.append({t: 'holds', stack, items: items.filter(item => item.step !== step)});
};
