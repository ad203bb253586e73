/** A stack opened as `plan` and `apply` do: from answers, from a medium, or from answers with a medium to fetch from. */
import {join} from 'node:path';
import type {Reader} from '#model/host.ts';
import {type Opened, openStack} from '../open-stack.ts';
import {type Medium, openBundle, useBundle} from './open.ts';

/** One of both is given. Throws what openStack and openBundle throw. */
export const openFrom = async (
	file: string | undefined,
	{set, bundle}: {readonly set: readonly string[]; readonly bundle?: string},
	reader: Reader,
): Promise<{readonly opened: Opened; readonly medium?: Medium}> => {
	if (bundle === undefined) return {opened: await openStack(file ?? '', set, reader)};
	const medium = await openBundle(bundle, reader);
	const opened = await openStack(file ?? join(medium.directory, 'answers.yaml'), set, reader);
	await useBundle(medium, opened, reader);
	return {opened, medium};
};
