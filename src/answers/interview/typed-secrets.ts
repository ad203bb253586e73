/** A secret that was typed lies in a file of its own from then on: the draft refers to it, and a wizard that was killed does not ask for it twice. */
import {readdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {makeOwnDirectory, writeOwnFile} from '#host/files/own-file.ts';
import type {Stack} from '#model/step.ts';
import {own} from '../questions/shape.ts';
import {type FactsOf, type Given, settleGiven} from '../resolve/resolve-answers.ts';
import {limitsOf} from '../secrets/secret-file.ts';
import {secretFault} from '../secrets/secret-value.ts';
import {readState} from '../state.ts';
import {kindOf} from './one-line.ts';
import {typedFolder} from './secret-words.ts';
import {placesOf} from './visible-questions.ts';

export type TypedSecret = {
	readonly step: string /** As in `Asked.path`. */;
	readonly path: string;
	readonly value: string;
};

/**
 * Keeps it 0600 under STATE/typed/STACK and gives the reference that `readTyped` takes as `value`, or what is wrong with it:
 * a sentence that does not repeat it.
 */
export const keepTypedSecret = async (
	state: string,
	stack: Stack,
	given: Given,
	{step, path, value}: TypedSecret,
	{facts}: {readonly facts: FactsOf},
): Promise<{readonly ref: {readonly file: string}} | {readonly problem: string}> => {
	const settled = (await settleGiven(stack, given, facts)).find(one => one.step.id === step);
	const place = settled && placesOf(settled).find(one => one.question.path === path);
	const limits = place && kindOf(place.peeled) === 'secret' ? limitsOf(place.schema) : undefined;
	if (!limits) return {problem: 'is not asked under the present answers'};
	const problem = secretFault(value, limits);
	if (problem !== undefined) return {problem};
	const file = join(typedDirectory(state, stack.id), `${step}.${path}`);
	await makeOwnDirectory(typedDirectory(state, stack.id));
	// With a line end, as an editor would leave it: the one that is taken off when it is read.
	await writeOwnFile(file, `${value}\n`, 0o600);
	return {ref: {file}};
};

/** Where a stack's typed secrets lie on this host. */
export const typedDirectory = (state: string, stack: string): string => join(state, typedFolder(stack));

/** Takes away what was typed for a stack and is referred to by nothing any more: neither by its draft nor by what is installed. */
export const forgetUnusedTyped = async (state: string, stack: string): Promise<void> => {
	const directory = typedDirectory(state, stack);
	const {drafts, installed} = await readState(state);
	const used = JSON.stringify([own(drafts, stack), own(installed, stack)]);
	for (const name of await readdir(directory).catch(() => [])) {
		if (!used.includes(JSON.stringify(join(directory, name)))) await rm(join(directory, name), {force: true});
	}
};
