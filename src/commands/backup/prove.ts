/**
 * `setup backup prove`: the newest snapshot is put back in a throw-away copy of this host, whose database servers are fresh and empty, and the stacks' own proofs run
 * there. A backup that was never put back is a hope.
 */

import {resolveSecrets} from '#answers/secrets/secrets.ts';
import type {Item} from '#engine/order.ts';
import {programRoot} from '#host/files/own-program.ts';
import {createReader} from '#host/reader.ts';
import {snapshotNamed, snapshotsIn} from '#host/restic/snapshots.ts';
import {Fault, faultData} from '#model/fault.ts';
import {printable} from '#model/printable.ts';
import {bring, programDir} from '#rehearse/program.ts';
import {serversOfHost} from '#rehearse/servers/servers-of-host.ts';
import {openHost, type ThrowAway} from '#rehearse/throwaway.ts';
import {openBackup, readBackup, writeBackup} from '#tasks/backup/remembered-store.ts';
import {hostOfStore} from '#tasks/backup/store-host.ts';
import {type InstalledStack, installedStacks} from '#tasks/backup/things.ts';
import {type Held, heldRun} from '#tasks/held-run.ts';
import type {Output} from '#tasks/output.ts';
import {applyInside, putAnswers} from '../rehearse/inside.ts';
import {outgoingFor} from '../rehearse/reach.ts';
import {prepareHost} from '../rehearse/rehearsal-needs.ts';
import type {RunOptions} from './backup.ts';

export type ProveOptions = RunOptions & {readonly snapshot?: string; readonly yes: boolean};

/** Gives 0 where it is proven, 1 where not; either is remembered for the doctor. */
export const proveBackup = async (options: ProveOptions, out: Output): Promise<number> => {
	const what = 'setup backup prove';
	return heldRun(
		{what, state: options.state, format: options.format, again: 'Run it again: it begins anew.'},
		out,
		async held => {
			const {repository, settings} = await openBackup(held.place);
			const all = await snapshotsIn(createReader(), repository);
			const own = all.filter(({host, tags}) => host === settings.host && !tags.includes('before-restore'));
			const snapshot = snapshotNamed(options.snapshot === undefined ? own : all, options.snapshot).id;
			await prepareHost(options, out);
			const stacks = await installedStacks(held.place, held.reader);
			const began = performance.now();
			const why = await proven(held, {stacks, snapshot, place: settings.place}).catch((error: unknown) => {
				if (held.stopping()) return stopped;
				return faultData(error).sentence;
			});
			if (why === stopped) {
				held.emit({type: 'note', line: 'Stopped as asked: nothing is proven, and nothing was changed.'});
				return 130;
			}
			const now = await readBackup(held.place.state);
			const proof = {
				at: new Date().toISOString(),
				snapshot,
				passed: why === undefined,
				...(why !== undefined && {why}),
			};
			if (now !== undefined) await writeBackup(held.place.state, {...now, proof});
			const seconds = Math.round((performance.now() - began) / 1000);
			held.emit({
				type: 'note',
				line:
					why === undefined
						? `Snapshot ${snapshot.slice(0, 8)} is proven: it came back in a copy of this host, and ${stacks.map(({opened}) => opened.stack.id).join(', ')} works from it (${seconds} s).`
						: printable(`Snapshot ${snapshot.slice(0, 8)} is not proven: ${why}`),
			});
			return why === undefined ? 0 : 1;
		},
	);
};

const stopped = 'stopped';

type About = {readonly stacks: readonly InstalledStack[]; readonly snapshot: string; readonly place: string};

/** Gives why not, where it could be told; throws what kept it from being tried. */
const proven = async (held: Held, {stacks, snapshot, place}: About): Promise<string | undefined> => {
	const {emit} = held;
	for (const {opened} of stacks) await resolveSecrets(opened.loaded, {mode: 'plan', store: held.place.secrets});
	const {servers, unread} = await serversOfHost(createReader());
	if (unread.length > 0)
		throw new Fault(
			'backup.no-copy',
			`a database server of this host cannot be had fresh in a copy: ${unread.join('; ')}`,
			'Mend what it says; a proof on the data that are there would prove nothing.',
		);
	const store = hostOfStore(place);
	emit({
		type: 'note',
		line: 'A throw-away copy of this host, with fresh and empty database servers: nothing here changes.',
	});
	await using host = await openHost({
		lower: 'host',
		network: {
			allow: [...stacks.flatMap(({opened}) => outgoingFor(opened.loaded)), ...(store === undefined ? [] : [store])],
		},
		unmask: stacks.flatMap(({items}) => unitsIn(items)),
		servers,
		binds: [bring(programRoot())],
	});
	const off = host.fresh.find(one => one.off !== undefined);
	if (off !== undefined) return `${off.name} could not be started on fresh data in the copy: ${off.off}`;
	const stop = new AbortController();
	const asked = setInterval(() => held.stopping() && stop.abort(), 500).unref();
	try {
		for (const {opened} of stacks) {
			const {id} = opened.stack;
			emit({type: 'note', line: `${id}: installed there on empty databases, as on a new host`});
			putAnswers(host, opened.loaded, false);
			const told = {last: ''};
			const applied = await applyInside(host, opened.loaded, {
				show: event => {
					if (event.type === 'node-end' && event.fault) told.last = `${event.id}: ${event.fault.sentence}`;
				},
				strange: line => {
					told.last = line;
				},
				signal: stop.signal,
			});
			if (held.stopping()) return stopped;
			if (applied !== 0) return `${id} could not be installed in the copy (${applied}): ${told.last}`;
			emit({type: 'note', line: `${id}: put back from the snapshot, and its proofs`});
			const back = await restoreInside(host, id, snapshot, stop.signal);
			if (held.stopping()) return stopped;
			if (back !== undefined) return `${id}: ${back}`;
		}
		return undefined;
	} finally {
		clearInterval(asked);
	}
};

/** Gives why not. */
const restoreInside = async (
	host: ThrowAway,
	stack: string,
	snapshot: string,
	signal: AbortSignal,
): Promise<string | undefined> => {
	const words = ['restore', stack, '--yes', '--without-backup', '--snapshot', snapshot];
	const ran = await host.run([`${programDir}/setup`, ...words], {timeout: 4 * 3600_000, signal});
	if (ran.code === 0) return undefined;
	const lines = `${ran.stdout}\n${ran.stderr}`.split('\n').filter(line => /^(error|!!|.*comes back)/.test(line));
	return (lines.join(' | ') || `it ended with ${ran.code}`).slice(0, 1000);
};

const unitsIn = (items: readonly Item[]): readonly string[] =>
	items.flatMap(({resource}) =>
		(resource.provides ?? []).flatMap(thing => (thing.startsWith('unit:') ? [thing.slice('unit:'.length)] : [])),
	);
