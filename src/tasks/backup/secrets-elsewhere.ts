/** Secrets that the answers name as files: on another host those files are not there, and without them no answers can be applied again. */
import {readExisting} from '#answers/secrets/secret-sources.ts';
import type {InstalledStack} from './things.ts';

/** As JSON, path to value, for a file of root's alone on its way into the store. `lacking`: those that are not there any more. */
export const secretsElsewhere = async (
	stacks: readonly InstalledStack[],
): Promise<{readonly text: string; readonly lacking: readonly string[]}> => {
	const found: Record<string, string> = {};
	const lacking: string[] = [];
	for (const {opened} of stacks)
		for (const {name, ref} of opened.loaded.secrets) {
			if (!('file' in ref)) continue;
			const read = await readExisting(ref, {});
			if ('value' in read) found[ref.file] = read.value;
			else lacking.push(`${name} ${read.why}`);
		}
	return {text: JSON.stringify(found), lacking};
};
