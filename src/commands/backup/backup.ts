/** `setup backup init | now | list | forget`: a store, snapshots of what cannot be made again, and which of them stay. */
import {createReader} from '#host/reader.ts';
import {tellRestic} from '#host/restic/restic.ts';
import {ourTag, snapshotsIn} from '#host/restic/snapshots.ts';
import {Fault} from '#model/fault.ts';
import {printable, printableJson} from '#model/printable.ts';
import {type InitOptions, initStore} from '#tasks/backup/init.ts';
import {backUp} from '#tasks/backup/now.ts';
import {keptPassword, openBackup} from '#tasks/backup/remembered-store.ts';
import {type InstalledStack, installedStacks} from '#tasks/backup/things.ts';
import {type Held, heldRun, mustBeRoot} from '#tasks/held-run.ts';
import type {Output} from '#tasks/output.ts';
import {placeOf} from '#tasks/state-place.ts';

export type RunOptions = {readonly format: 'text' | 'ndjson'; readonly state?: string};

/** Makes or opens the store. Its password is shown on a terminal, or with `reveal`. Gives 0. */
export const initBackup = async (
	{reveal, timer, ...options}: RunOptions & InitOptions & {readonly reveal: boolean; readonly timer?: boolean},
	out: Output,
): Promise<number> => {
	const place = placeOf(options.state);
	const what = `setup backup init${options.to === undefined ? '' : ` --to ${options.to}`}`;
	const code = await heldRun(held(what, options), out, async run => {
		const how = await initStore(run, options);
		const {settings} = await openBackup(run.place);
		run.emit({
			type: 'note',
			line: `The store ${settings.place} ${how === 'made' ? 'is made' : 'was there, and opens'}. setup backup now saves into it.`,
		});
		if (timer === undefined) return 0;
		return (await (await import('./nightly.ts')).setNightly(run, timer)) ? 0 : 1;
	});
	if (options.format === 'ndjson') return code;
	if (out.stdout.isTTY !== true && !reveal) {
		out.stdout.write(
			'Its password lies with the secrets of this host, and opens nothing once the host is gone: see it with --reveal, and put it into a safe.\n',
		);
		return code;
	}
	out.stdout.write(
		`For the safe, for without it no backup opens on another host. The password of the store:\n${await keptPassword(place)}\n`,
	);
	return code;
};

/** Saves everything that the installed stacks hold. Gives 0, or 130 when it was stopped. */
export const backupNow = (options: RunOptions, out: Output): Promise<number> =>
	heldRun(held('setup backup now', options), out, async run => {
		const {repository, settings} = await openBackup(run.place);
		const stacks = await standing(run);
		try {
			const {snapshot, seconds} = await backUp(run, {stacks, repository, settings});
			run.emit({type: 'note', line: `Saved in ${seconds} s: snapshot ${snapshot.slice(0, 8)} in ${repository.place}.`});
			return 0;
		} catch (error) {
			if (!(error instanceof Fault && error.code === 'backup.stopped')) throw error;
			run.emit({type: 'note', line: `${error.sentence}. ${error.hint}`});
			return 130;
		}
	});

/** The snapshots of this host, newest last; whole ones alone, for restic knows no others. Gives 0. */
export const listBackups = async (
	options: {readonly format: 'text' | 'json'; readonly state?: string},
	out: Output,
): Promise<number> => {
	mustBeRoot('setup backup list');
	const {repository, settings} = await openBackup(placeOf(options.state));
	const all = await snapshotsIn(createReader(), repository);
	if (options.format === 'json') {
		out.stdout.write(`${printableJson({place: settings.place, snapshots: all}, '\t')}\n`);
		return 0;
	}
	for (const {id, at, host, tags} of all) {
		const marks = tags.filter(tag => tag !== ourTag).map(tag => tag.replace(/^stack=/, ''));
		const proven = settings.proof?.passed && id.startsWith(settings.proof.snapshot) ? '  (proven)' : '';
		out.stdout.write(
			`${printable(`${id.slice(0, 8)}  ${at.slice(0, 19).replace('T', ' ')}  ${host}  ${marks.join(', ')}${proven}`)}\n`,
		);
	}
	if (all.length === 0)
		out.stderr.write(`There is no snapshot in ${printable(settings.place)} yet: setup backup now makes one.\n`);
	return 0;
};

/** Lets old snapshots go, and the room that only they took. Gives 0. */
export const forgetBackups = (
	options: RunOptions & {readonly daily: number; readonly weekly: number; readonly monthly: number},
	out: Output,
): Promise<number> =>
	heldRun(held('setup backup forget', options), out, async run => {
		const {repository, settings} = await openBackup(run.place);
		const keep = (['daily', 'weekly', 'monthly'] as const).flatMap(one => [`--keep-${one}`, String(options[one])]);
		await tellRestic(run.hostFor('backup'), repository, [
			'forget',
			'--tag',
			ourTag,
			'--host',
			settings.host,
			'--group-by',
			'host',
			// Whatever the numbers are, the newest stays.
			'--keep-last',
			'1',
			...keep,
			'--prune',
		]);
		run.emit({
			type: 'note',
			line: `Kept are the newest, ${options.daily} of days, ${options.weekly} of weeks, ${options.monthly} of months; the room of the others is free.`,
		});
		return 0;
	});

const held = (what: string, {state, format}: RunOptions) => ({
	what,
	state,
	format,
	again: 'Run the same command again: what was sent is not sent twice.',
});

/** Throws Fault backup.nothing where no stack is installed. */
const standing = async ({place, reader}: Held): Promise<readonly InstalledStack[]> => {
	const stacks = await installedStacks(place, reader);
	if (stacks.length > 0) return stacks;
	throw new Fault(
		'backup.nothing',
		'no stack is installed on this host',
		'Install one; there is nothing of setup to save before.',
	);
};
