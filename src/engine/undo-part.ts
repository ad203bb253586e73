/** One part of an undo: what of it other stacks have as well, and the undo of the rest. A fault names what could not be put back. */
import {Fault, faultData} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {Undone} from '#model/resource.ts';
import {Blocked, showUnknown, type Unknown} from '#model/unknown.ts';
import type {AnyType} from './any-type.ts';
import {doctorStack} from './journal.ts';
import type {Sharing} from './sharing.ts';
import type {Part} from './standing.ts';
import type {UndoOptions} from './undo-options.ts';

/** What of a part others have, by stack; `left`: is there more of it? */
export type Shared = {readonly shared: ReadonlyMap<string, string>; readonly left: boolean};

/** `rest`: what nobody else has is still there, and still its own. */
export type PartResult = {readonly result: Undone; readonly rest: boolean};

/** What of it others have, by stack. What cannot be undone in parts goes over as a whole. */
export const sharedOf = async (part: Part, sharing: Sharing, typeNamed: UndoOptions['typeNamed']): Promise<Shared> => {
	const shared = await sharing.sharedOf(part);
	const all = (await sharing.thingsOf(part.intent)).map(hold => hold.thing);
	const own = all.filter(thing => part.owns(thing));
	const [by] = shared.values();
	if (by !== undefined && typeNamed(part.intent.type)?.undoesParts !== true)
		return {shared: new Map(own.map(thing => [thing, shared.get(thing) ?? by])), left: false};
	// All of it was handed over by an undo that was cut off right then.
	return {shared, left: all.length === 0 || own.some(thing => !shared.has(thing))};
};

/** Its type. Throws Fault undo.unknown-type. */
export const typeOf = ({intent}: Part, typeNamed: UndoOptions['typeNamed']): AnyType => {
	const type = typeNamed(intent.type);
	if (type) return type;
	throw new Fault(
		'undo.unknown-type',
		`the journal speaks of ${intent.type}, which this version does not know`,
		'Undo with the version that installed it.',
	);
};

/** Who has it as well. */
export const keptFor = (shared: ReadonlyMap<string, string>): Extract<Undone, {outcome: 'kept'}> => {
	const heldBy = [...new Set(shared.values())];
	if (heldBy.length === 0) return {outcome: 'kept', why: 'it was handed over to another stack before'};
	const clauses = heldBy.map(stack => {
		const things = [...shared].flatMap(([thing, by]) => (by === stack ? [nameOf(thing)] : []));
		return `${things.join(', ')} also belong${things.length === 1 ? 's' : ''} to stack ${stack}`;
	});
	return {outcome: 'kept', why: clauses.join('; '), heldBy};
};

/** A result with what others have of it. */
export const withShared = (result: Undone, shared: ReadonlyMap<string, string>): PartResult => {
	const rest = result.outcome === 'kept' || result.outcome === 'conflict';
	if (shared.size === 0 || result.outcome === 'conflict') return {result, rest};
	const {heldBy, why, outcome} = keptFor(shared);
	return {result: {outcome, heldBy: heldBy ?? [], why: 'why' in result ? `${why}; ${result.why}` : why}, rest};
};

/** `unit:nginx.service` is read as nginx.service. */
const nameOf = (thing: string): string => thing.slice(thing.indexOf(':') + 1);

/** What its undo is not to touch. */
export const sparing = async (
	part: Part,
	shared: ReadonlyMap<string, string>,
	sharing: Sharing,
): Promise<(thing: string) => boolean> => {
	const own = new Set((await sharing.thingsOf(part.intent)).map(hold => hold.thing));
	return thing =>
		own.has(thing)
			? !part.owns(thing) || shared.has(thing)
			: part.stack !== doctorStack && sharing.has(thing, part.stack);
};

/** The host as the stack that did it sees it. */
export const hostOf = ({intent, stack}: Part, hostFor: UndoOptions['hostFor']): Host => ({
	...hostFor(intent.id),
	...(stack !== doctorStack && {stack: intent.stack}),
});

/** Undoes what nobody else has of one part. */
export const undoOne = async (
	part: Part,
	shared: ReadonlyMap<string, string>,
	sharing: Sharing,
	{typeNamed, hostFor, purge, purgeData, back, dry}: UndoOptions,
	gone: Set<string>,
): Promise<PartResult> => {
	const {intent} = part;
	if (!intent.undo.can) return {result: {outcome: 'kept', why: intent.undo.why}, rest: true};
	const type = typeOf(part, typeNamed);
	const host = hostOf(part, hostFor);
	const kept: Uint8Array[] = [];
	for (const hash of intent.undo.kept) {
		const bytes = await host.unstash(hash);
		if (!bytes) {
			const why = `its previous content (${hash.slice(0, 12)}) is not in the stash any more`;
			return {result: {outcome: 'kept', why}, rest: true};
		}
		kept.push(bytes);
	}
	const spare = await sparing(part, shared, sharing);
	const {record} = intent.undo;
	const result = await guarded(
		part,
		() => type.undo(record, host, {kept, purge, purgeData, spare, gone, ...(back && {back})}),
		dry,
	);
	return withShared(result, shared);
};

/** What cannot be asked now stays; another thing in its place is a conflict, and so is what its owner made unusable; all else ends the walk. */
export const guarded = async (part: Part, undo: () => Promise<Undone>, dry = false): Promise<Undone> => {
	try {
		return await undo();
	} catch (error) {
		if (error instanceof Blocked)
			return {
				outcome: 'kept',
				why: dry ? whyPlanned(error.why) : `it cannot be looked at now: ${showUnknown(error.why)}`,
			};
		const fault = faultData(error);
		if (swapped.has(fault.code) || ofItsOwner.test(fault.code)) return {outcome: 'conflict', why: fault.sentence};
		throw new Fault(
			'undo.failed',
			`${part.intent.id} could not be put back: ${fault.sentence}`,
			`${fault.hint} Then run setup undo again: it goes on from here.`,
			{details: fault.details, cause: error},
		);
	}
};

/** A plan starts nothing: what an earlier undo stopped is woken by the next one, which looks then. */
const whyPlanned = (why: Unknown): string =>
	why.because === 'until' && why.thing.startsWith('unit:')
		? `${nameOf(why.thing)} does not run; where an undo stopped it, undo starts it and looks then`
		: `it cannot be looked at now: ${showUnknown(why)}`;

/** Another thing stands there than the one we made: nothing was done to it, and that is no reason to stop. */
const swapped = new Set(['file.moved', 'path.leads-out', 'path.hard-link', 'path.in-the-way']);

/** A checkout's configuration that git refuses, a tree without end, a lock that any account can hold: nobody must keep all the rest from being put back by it. */
const ofItsOwner = /^(git\.|tree\.|file\.(not-regular|loop)$|apt\.script-lock$)/;
