/** How many files each tree has in a snapshot, counted in the snapshot itself: what comes back is compared with that. */
import {join} from 'node:path';
import type {Repository} from '#host/restic/repository.ts';
import {askRestic} from '#host/restic/restic.ts';
import {faultData} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {Places} from './places.ts';

/** By the id of the thing. Empty where there are more names than are read at once. */
export const filesIn = async (
	host: Reader,
	repository: Repository,
	snapshot: string,
	trees: readonly {readonly id: string; readonly word: string}[],
	{view}: Places,
): Promise<Record<string, number>> => {
	const counted: Record<string, number> = {};
	for (const {id, word} of trees) {
		const at = join(view, word);
		try {
			const names = await askRestic(host, repository, ['ls', '--quiet', '--no-lock', snapshot, at, '--recursive']);
			counted[id] = names.split('\n').filter(name => name.startsWith(`${at}/`)).length;
		} catch (error) {
			if (faultData(error).code !== 'program.too-much') throw error;
		}
	}
	return counted;
};
