/** The value that a secret had before it was changed, sealed beside the store until what was changed is proven. A change that was cut off is found here. */
import {readdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {readSecretStore, writeSecretStore} from '#answers/secrets/secret-store.ts';

const pathOf = (state: string): string => join(state, 'secrets-before.json');

/** Root's alone, as the store itself; one change at a time. */
export const keepBefore = (state: string, key: string, value: string): Promise<void> =>
	writeSecretStore(pathOf(state), new Map([[key, value]]));

/** Of a change that did not come to its end: `STACK/NAME` and the value before; undefined where there is none. */
export const keptBefore = async (
	state: string,
): Promise<{readonly key: string; readonly value: string} | undefined> => {
	const [first] = await readSecretStore(pathOf(state));
	return first && {key: first[0], value: first[1]};
};

export const forgetBefore = (state: string): Promise<void> => rm(pathOf(state), {force: true});

/** What was proven with the value before proves nothing for this one. */
export const forgetProofs = async (state: string, stack: string): Promise<void> => {
	const stamps = join(state, 'stamps', stack);
	for (const name of await readdir(stamps).catch(() => [])) if (name.startsWith('proof_')) await rm(join(stamps, name));
};
