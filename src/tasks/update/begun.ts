/** An update that is under way: which runs it had, so that what goes back is all of it, also after it was cut off. */
import {readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {writeOwnFile} from '#host/files/own-file.ts';

export type Begun = {
	readonly stack: string;
	/** Oldest first. */
	readonly runs: readonly string[];
	/** It failed, and is going back. */
	readonly back?: true;
};

const pathOf = (state: string): string => join(state, 'update.json');

/** The one of this stack that did not come to its end. */
export const begunUpdate = async (state: string, stack: string): Promise<Begun | undefined> => {
	const text = await readFile(pathOf(state), 'utf8').catch(() => '{}');
	try {
		const begun = JSON.parse(text) as Begun;
		return begun.stack === stack ? begun : undefined;
	} catch {
		return undefined;
	}
};

export const noteUpdate = (state: string, begun: Begun): Promise<void> =>
	writeOwnFile(pathOf(state), `${JSON.stringify(begun)}\n`);

export const forgetUpdate = (state: string): Promise<void> => rm(pathOf(state), {force: true});
