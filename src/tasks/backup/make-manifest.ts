/** What a snapshot will say of itself: written last, so that it names what was really saved. */
import {readState} from '#answers/state.ts';
import {release} from '#host/apt/release.ts';
import {accounts} from '#host/system/accounts.ts';
import type {Held} from '../held-run.ts';
import {version} from '../state-place.ts';
import {readBackup} from './remembered-store.ts';
import type {Manifest, SavedThing} from './snapshot-manifest.ts';

/** The numbers that own files. */
export type Owners = {readonly users: Set<string>; readonly groups: Set<string>};

export const manifestOf = async (
	{place, reader}: Held,
	things: readonly SavedThing[],
	owners: Owners,
): Promise<Manifest> => {
	const {installed} = await readState(place.state);
	const known = await reader.fact(accounts);
	const of = await reader.fact(release);
	const named = (numbers: ReadonlySet<string>, all: readonly (readonly [string, number])[]): Record<string, string> =>
		Object.fromEntries(all.flatMap(([name, number]) => (numbers.has(String(number)) ? [[String(number), name]] : [])));
	return {
		version: 1,
		host: (await readBackup(place.state))?.host ?? '',
		at: new Date().toISOString(),
		release: `${of.id} ${of.version}`,
		setup: version,
		stacks: Object.fromEntries(
			Object.entries(installed).map(([stack, {answers, digest}]) => [stack, {answers, digest}]),
		),
		things: [...things],
		users: named(
			owners.users,
			[...known.users.values()].map(({name, uid}) => [name, uid]),
		),
		groups: named(
			owners.groups,
			[...known.groups.values()].map(({name, gid}) => [name, gid]),
		),
	};
};
