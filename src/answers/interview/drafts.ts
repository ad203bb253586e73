/** The answers of a wizard that is not done: saved after each, so that the next `setup` goes on where this one stopped. */
import {type Draft, readState, updateState} from '../state.ts';
import {forgetUnusedTyped} from './typed-secrets.ts';

/** What changes; the rest of a draft stays as it was. */
export type DraftChange = Partial<Omit<Draft, 'stack' | 'savedAt'>>;

/** The draft of a stack; undefined when there is none. Throws the state's faults (`readState`). */
export const readDraft = async (directory: string, stack: string): Promise<Draft | undefined> => {
	const {drafts} = await readState(directory);
	return Object.hasOwn(drafts, stack) ? drafts[stack] : undefined;
};

/** Saves what changed, from the draft as it is on disk now, and gives the whole; it is on disk when this returns. A key that is given as undefined is taken out. */
export const saveDraft = async (
	directory: string,
	stack: string,
	change: DraftChange | ((before: Draft) => DraftChange),
): Promise<Draft> => {
	const after = await updateState(directory, state => {
		const before = (Object.hasOwn(state.drafts, stack) ? state.drafts[stack] : undefined) ?? emptyDraft(stack);
		const changed = typeof change === 'function' ? change(before) : change;
		return {
			...state,
			drafts: {...state.drafts, [stack]: {...before, ...changed, stack, savedAt: new Date().toISOString()}},
		};
	});
	return after.drafts[stack]!;
};

/** An empty draft in place of what was there. What was typed for that one is forgotten, unless what is installed refers to it. */
export const beginDraft = async (directory: string, stack: string): Promise<Draft> => {
	const after = await updateState(directory, state => ({
		...state,
		drafts: {...state.drafts, [stack]: {...emptyDraft(stack), savedAt: new Date().toISOString()}},
	}));
	await forgetUnusedTyped(directory, stack);
	return after.drafts[stack]!;
};

/** Forgets a draft, and what was typed for it, unless what is installed refers to it. */
export const dropDraft = async (directory: string, stack: string): Promise<void> => {
	await updateState(directory, ({drafts: {[stack]: _, ...drafts}, ...state}) => ({...state, drafts}));
	await forgetUnusedTyped(directory, stack);
};

const emptyDraft = (stack: string): Draft => ({stack, answers: {}, provenance: {}, savedAt: new Date(0).toISOString()});
