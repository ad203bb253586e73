/**
 * A stack's data put back from a snapshot. Everything is made beside what is there and counted; then it changes places, the stack's own proofs run, and only what
 * was proven stays. Whatever fails before or after, what was there is there again.
 */
import {availableParallelism} from 'node:os';
import {resolveSecrets} from '#answers/secrets/secrets.ts';
import {makePlan} from '#engine/plan.ts';
import {runPlan} from '#engine/run.ts';
import {tellRestic} from '#host/restic/restic.ts';
import type {RunOutcome} from '#model/event.ts';
import {Fault, faultData} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {newRunId} from '#runner/start-run.ts';
import type {Held} from '../held-run.ts';
import {forgetProofs} from '../kept-secret.ts';
import {version} from '../state-place.ts';
import {backupPlaces} from './places.ts';
import {type BegunRestore, forgetBegun, noteBegun, readBegun, type Swap} from './put-back/begun-restore.ts';
import {makeDatabase} from './put-back/database-back.ts';
import {makeLdap} from './put-back/ldap-back.ts';
import {accept, discard, swapBack, swapIn} from './put-back/swaps.ts';
import {makeTree, type Source} from './put-back/tree-back.ts';
import {asPattern} from './save/trees.ts';
import type {SavedThing} from './snapshot-manifest.ts';
import {clearStage, freshStage} from './stage.ts';
import type {InstalledStack} from './things.ts';
import {work} from './work.ts';

export type Restoring = {
	readonly stack: InstalledStack;
	/** What comes back, each with the place that it has on this host. */
	readonly things: readonly SavedThing[];
	readonly source: Source;
};

/** Gives 0 when it is put back and proven, 1 when what was there is there again, 130 when it was stopped. */
export const putBack = async (held: Held, restoring: Restoring): Promise<number> => {
	const {stack, source} = restoring;
	const {places} = source;
	const begun: BegunRestore = {
		stack: stack.opened.stack.id,
		snapshot: source.snapshot,
		units: [...unitsOf(stack)],
		swaps: [...(await makeAll(held, restoring))],
	};
	if (held.stopping()) {
		for (const swap of begun.swaps) await discard(held.hostFor(swap.id), swap);
		held.emit({type: 'note', line: 'Stopped as asked: nothing was changed.'});
		return 130;
	}
	// From here on a run that is cut off goes back: the next one finds this.
	await noteBegun(places.begun, begun);
	let failed: string | undefined;
	try {
		await standStill(held.hostFor('restore'), begun.units);
		for (const [n, swap] of begun.swaps.entries())
			await work(
				held,
				{id: swap.id, step: begun.stack, title: `put back ${swap.id}`, n, of: begun.swaps.length},
				host => swapIn(host, swap),
			);
	} catch (error) {
		failed = faultData(error).sentence;
	}
	if (failed === undefined) {
		let why = 'a proof failed';
		const outcome = await proven(held, stack).catch((error: unknown): RunOutcome => {
			why = faultData(error).sentence;
			return 'failed';
		});
		if (outcome === 'done') {
			await forgetBegun(places.begun);
			for (const swap of begun.swaps) await accept(held.hostFor(swap.id), swap);
			held.emit({type: 'note', line: `${begun.stack} is as it was in the snapshot, and was seen to work.`});
			return 0;
		}
		failed = outcome === 'interrupted' ? 'it was stopped before it was proven' : why;
	}
	held.emit({type: 'note', line: `${failed}: what was there before comes back.`});
	await goBack(held, stack, begun);
	return 1;
};

/** What a restore that was cut off left: what was there before comes back. Gives whether there was one. */
export const finishBegun = async (held: Held, stacks: readonly InstalledStack[]): Promise<boolean> => {
	const begun = await readBegun(backupPlaces(held.place.state).begun);
	if (begun === undefined) return false;
	held.emit({type: 'note', line: `A restore of ${begun.stack} was cut off: what was there before comes back first.`});
	const stack = stacks.find(({opened}) => opened.stack.id === begun.stack);
	await goBack(held, stack, begun);
	return true;
};

const goBack = async (held: Held, stack: InstalledStack | undefined, begun: BegunRestore): Promise<void> => {
	await standStill(held.hostFor('restore'), begun.units);
	for (const swap of begun.swaps.toReversed()) await swapBack(held.hostFor(swap.id), swap);
	await forgetBegun(backupPlaces(held.place.state).begun);
	const outcome =
		stack === undefined
			? 'failed'
			: await proven(held, stack).catch((error: unknown): RunOutcome => {
					held.emit({type: 'note', line: faultData(error).sentence});
					return 'failed';
				});
	if (outcome !== 'done')
		for (const unit of begun.units) await held.hostFor('restore').exec(['systemctl', 'start', '--no-block', unit]);
	held.emit({
		type: 'note',
		line:
			outcome === 'done'
				? 'All is as it was before the restore, and was seen to work.'
				: 'What was there before is in its place again; the stack was not seen to work: setup apply and setup doctor say why.',
	});
};

/** Makes each thing beside what is there. Throws what the first says that cannot be; then nothing is left of any. */
const makeAll = async (held: Held, {things, source}: Restoring): Promise<readonly Swap[]> => {
	const swaps: Swap[] = [];
	const {places} = source;
	const host = held.hostFor('restore');
	try {
		await freshStage(host, places);
		await fetchDumps(host, things, source);
		for (const [n, thing] of things.entries()) {
			if (held.stopping()) break;
			const about = {
				id: thing.id,
				step: thing.stack,
				title: `make ${thing.id} beside what is there`,
				n,
				of: things.length,
			};
			swaps.push(await work(held, about, one => makeOne(one, thing, source)));
		}
		return swaps;
	} catch (error) {
		for (const swap of swaps) await discard(held.hostFor(swap.id), swap);
		throw error;
	} finally {
		await clearStage(host, places);
	}
};

const makeOne = (host: Host, thing: SavedThing, source: Source): Promise<Swap> => {
	const {keep} = thing;
	const at = `${source.places.stage}${source.places.stage}/${thing.word}`;
	switch (keep.kind) {
		case 'postgres':
			return makeDatabase(host, thing, keep, `${at}.dump`);
		case 'ldap':
			return makeLdap(host, thing, keep.suffix, `${at}.ldif`);
		case 'tree':
			return makeTree(host, thing, keep.path, source);
	}
};

/** Those that are needed, into our folder, below the names that they have in the snapshot. */
const fetchDumps = async (
	host: Host,
	things: readonly SavedThing[],
	{repository, snapshot, places}: Source,
): Promise<void> => {
	const names = things.flatMap(({keep, word}) =>
		keep.kind === 'tree' ? [] : [`${places.stage}/${word}.${keep.kind === 'ldap' ? 'ldif' : 'dump'}`],
	);
	if (names.length === 0) return;
	const include = names.flatMap(name => ['--include', asPattern(name)]);
	await tellRestic(host, repository, ['restore', snapshot, '--target', places.stage, ...include, '--verify']);
	for (const name of names)
		if ((await host.stat(`${places.stage}${name}`)) === undefined)
			throw new Fault(
				'restore.lacks',
				`the snapshot has no ${name}, which it says it has`,
				'Try another snapshot: setup backup list.',
			);
};

/** Services of the stack's own making: what it installed of the distribution goes on. */
export const unitsOf = ({items}: InstalledStack): readonly string[] => {
	const files = new Set(items.map(({resource}) => resource.id));
	return items.flatMap(({resource}) => {
		const name = resource.type === 'unit' ? resource.id.slice('unit:'.length) : '';
		return name.endsWith('.service') && files.has(`file:/etc/systemd/system/${name}`) ? [name] : [];
	});
};

const standStill = async (host: Host, units: readonly string[]): Promise<void> => {
	for (const unit of units) await host.exec(['systemctl', 'stop', unit]);
};

/** What a plan desires stands, and its proofs are made anew. */
const proven = async (held: Held, {opened}: InstalledStack): Promise<RunOutcome> => {
	const {place, reader, journal, hostFor} = held;
	await resolveSecrets(opened.loaded, {store: place.secrets, mode: 'apply', steps: new Set()});
	await forgetProofs(place.state, opened.stack.id);
	hostFor('restore').forget();
	const run = newRunId();
	journal.append({t: 'run', run, stack: opened.stack.id, version, answers: opened.digest});
	const {outcome} = await runPlan({
		...held,
		run,
		plan: await makePlan(await opened.items(), reader),
		stack: opened.stack.id,
		jobs: availableParallelism(),
		resumed: false,
		remote: 'apply',
	});
	return outcome;
};
