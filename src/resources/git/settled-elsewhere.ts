/** Settings that an earlier setup wrote into a tracked file, and that are made in another place by now: told from what others wrote there. */
import {spliced} from '#edit/editor.ts';
import type {AnyEdit} from '#edit/formats.ts';
import type {Reader} from '#model/host.ts';
import {readAs} from '../shared/read-as.ts';
import {askGit, type Source} from './program.ts';

/** The settings with any value: what they are set to does not matter, for both sides get the same. */
export type SettledElsewhere = AnyEdit & {readonly path: string};

type Place = Source & {readonly directory: string; readonly settledElsewhere?: readonly SettledElsewhere[]};

/** Those of the changed files that differ from what is committed by such settings alone. */
export const settledAmong = async (
	place: Place,
	changed: readonly string[],
	host: Reader,
): Promise<readonly string[]> => {
	const found = (place.settledElsewhere ?? []).filter(({path}) => changed.includes(path));
	const are = await Promise.all(found.map(one => differsBySettings(place, one, host)));
	return found.filter((_one, at) => are[at]).map(({path}) => path);
};

const differsBySettings = async (place: Place, one: SettledElsewhere, host: Reader): Promise<boolean> => {
	const committed = await askGit(host, place, ['-C', place.directory, 'show', `HEAD:${one.path}`]).catch(
		() => undefined,
	);
	const now = await readAs(host, place.user, `${place.directory}/${one.path}`).catch(() => undefined);
	if (committed === undefined || now === undefined || committed === now) return false;
	const editor = (await import('#edit/formats.ts')).editorFor(one.format);
	const withSettings = (text: string): string => spliced(text, editor.edit(text, one.settings));
	try {
		return withSettings(committed) === withSettings(now);
	} catch {
		// It does not parse: somebody else was at it.
		return false;
	}
};
