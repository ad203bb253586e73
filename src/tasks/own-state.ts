/** Where we keep what we did must be root's alone: who may write there could choose what the next undo puts back, and where. */
import {dirname} from 'node:path';
import {writersInWords} from '#host/trust/in-words.ts';
import {createTrusting, isRoots, type Trust} from '#host/trust/who-may-write.ts';
import {Fault} from '#model/fault.ts';

/** Who but root may write a directory, or what is above it, in words; undefined where nobody may. What is not there yet is made by us. */
export const writtenBesideRoot = (path: string): string | undefined => {
	const trust = deepest(path);
	return isRoots(trust) ? undefined : writersInWords(trust);
};

/** Throws Fault state.not-roots where another than root may write the state directory or what is above it. */
export const mustBeRoots = (state: string): void => {
	if (process.getuid?.() !== 0) return;
	const trust = deepest(state);
	if (isRoots(trust)) return;
	throw new Fault(
		'state.not-roots',
		`${state} is no place for what setup did: ${writersInWords(trust)}`,
		'Name a directory with --state that only root can write, with every directory above it; or leave it out.',
	);
};

/** What is there already of a path; the rest is made by us. */
const deepest = (path: string): Trust => {
	const trust = createTrusting()(path);
	return trust.end === 'absent' && dirname(path) !== path ? deepest(dirname(path)) : trust;
};
