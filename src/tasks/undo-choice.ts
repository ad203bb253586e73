/** Which stacks an undo is about: what was typed, or the only one there is. Nothing is guessed where several stand. */
import {doctorStack, type Stamped} from '#engine/journal.ts';
import {standing, standingStacks} from '#engine/standing.ts';
import {Fault} from '#model/fault.ts';

export type UndoWords = {readonly stack?: string; readonly step?: string; readonly purgeData?: string};

export type UndoChoice = {
	/** Undefined: whatever the journal has. */
	readonly stacks: readonly string[] | undefined;
	/** The one stack it is about, where it is one. */
	readonly stack: string | undefined;
	readonly step: string | undefined;
};

/** Throws Fault usage.which-stack, usage.not-installed and usage.purge-name. */
export const whatToUndo = (words: UndoWords, entries: readonly Stamped[]): UndoChoice => {
	const [of, step] = splitStep(words.step);
	const here = standingStacks(entries);
	const named = words.stack ?? of ?? words.purgeData;
	const about = [
		...new Set(
			standing(entries).flatMap(part => (step === undefined || part.intent.step === step ? [part.stack] : [])),
		),
	];
	const known = [...new Set([...here, ...about])];
	refuseOther(words, named, known);
	if (named !== undefined && !known.includes(named))
		throw new Fault(
			'usage.not-installed',
			step === undefined ? `stack ${named} is not installed here` : `stack ${named} has no step ${step} here`,
			known.length === 0 ? 'Nothing is installed here.' : `There are: ${known.join(', ')}.`,
		);
	if (step !== undefined) return one(named ?? only(about, name => `--step ${name}/${step}`), step);
	// What the doctor mended goes with the only stack there is: it was mended for that.
	if (named !== undefined && (words.stack !== undefined || here.some(stack => stack !== named)))
		return one(named, undefined);
	const stack = named ?? only(here, name => `setup undo ${name}`);
	return {stacks: stack === undefined ? undefined : [stack, doctorStack], stack, step: undefined};
};

const splitStep = (step: string | undefined): readonly [string | undefined, string | undefined] => {
	const at = step?.indexOf('/') ?? -1;
	return step === undefined || at < 0 ? [undefined, step] : [step.slice(0, at), step.slice(at + 1)];
};

const one = (stack: string | undefined, step: string | undefined): UndoChoice => ({
	stacks: stack === undefined ? undefined : [stack],
	stack,
	step,
});

const only = (stacks: readonly string[], asTyped: (stack: string) => string): string | undefined => {
	if (stacks.length <= 1) return stacks[0];
	throw new Fault(
		'usage.which-stack',
		`there are several stacks here: ${stacks.join(', ')}`,
		`Name the one that is meant: ${stacks.map(asTyped).join(', or ')}.`,
	);
};

/** Data is removed only by somebody who typed what it belongs to. */
const refuseOther = ({purgeData}: UndoWords, named: string | undefined, known: readonly string[]): void => {
	if (purgeData === undefined || (purgeData === named && known.includes(purgeData))) return;
	const stack = named !== undefined && known.includes(named) ? named : known.find(one => one !== doctorStack);
	throw new Fault(
		'usage.purge-name',
		'--purge-data wants the name of the stack whose data is to go',
		stack === undefined ? 'Nothing is installed here.' : `Type it as --purge-data ${stack}; it is dumped first.`,
	);
};
