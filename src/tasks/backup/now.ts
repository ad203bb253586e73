/**
 * One backup: dumps and the manifest are staged, trees are shown, and all of it becomes one snapshot, which restic lists only when it is whole. What was cut off
 * leaves no snapshot; what it had sent already is not sent again.
 */
import {isLocal, type Repository} from '#host/restic/repository.ts';
import {tellRestic} from '#host/restic/restic.ts';
import {ourTag} from '#host/restic/snapshots.ts';
import {Fault, faultData} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {Held} from '../held-run.ts';
import {filesIn} from './files-in.ts';
import {manifestOf, type Owners} from './make-manifest.ts';
import {backupPlaces} from './places.ts';
import {readBegun} from './put-back/begun-restore.ts';
import {type BackupSettings, readBackup, writeBackup} from './remembered-store.ts';
import {saveConfig, saveLdap} from './save/ldap-tree.ts';
import {saveDatabase, sizeOfDatabase} from './save/postgres.ts';
import {asPattern, countTree, type ShownTree, showTree} from './save/trees.ts';
import {secretsElsewhere} from './secrets-elsewhere.ts';
import type {SavedThing} from './snapshot-manifest.ts';
import {clearStage, freshStage, needRoom} from './stage.ts';
import {type InstalledStack, type Kept, keptOf, unsavedOf} from './things.ts';
import {work} from './work.ts';

export type Saved = {readonly snapshot: string; readonly seconds: number};

export type Saving = {
	readonly stacks: readonly InstalledStack[];
	readonly repository: Repository;
	readonly settings: BackupSettings;
	/** Beside the stacks: `before-restore`. */
	readonly tags?: readonly string[];
};

/** Makes a snapshot of everything that the stacks hold, and remembers it. Throws Fault backup.*, and what is asked throws; then the failure is remembered. */
export const backUp = async (held: Held, saving: Saving): Promise<Saved> => {
	const {place, hostFor} = held;
	const host = hostFor('backup');
	const places = backupPlaces(place.state);
	const began = performance.now();
	try {
		if ((await readBegun(places.begun)) !== undefined) throw halfRestored();
		await freshStage(host, places);
		const things = await keptOf(saving.stacks, host);
		const unsaved = await unsavedOf(saving.stacks, host);
		for (const one of unsaved) held.emit({type: 'note', line: `Not in this backup: ${one}`});
		await enoughRoom(host, things, places.stage);
		const {saved, trees, owners} = await stageAll(held, things);
		await stop(held);
		const text = JSON.stringify(await manifestOf(held, saved, owners));
		await host.replace(`${places.stage}/manifest.json`, [text], {was: 'absent', mode: 0o600, owner: 'root:root'});
		const snapshot = await send(held, saving, trees);
		const seconds = Math.round((performance.now() - began) / 1000);
		const files = await filesIn(
			host,
			saving.repository,
			snapshot,
			trees.map(({thing}) => thing),
			places,
		);
		const at = new Date().toISOString();
		await remember(held, ({failed: _, ...before}) => ({
			...before,
			last: {at, snapshot, seconds, files, unsaved: [...unsaved]},
		}));
		return {snapshot, seconds};
	} catch (error) {
		const {code} = faultData(error);
		if (code !== 'backup.stopped')
			await remember(held, before => ({...before, failed: {at: new Date().toISOString(), code}}));
		throw error;
	} finally {
		await clearStage(host, places);
	}
};

const remember = async ({place}: Held, change: (before: BackupSettings) => BackupSettings): Promise<void> => {
	const before = await readBackup(place.state);
	if (before !== undefined) await writeBackup(place.state, change(before));
};

const halfRestored = (): Fault =>
	new Fault(
		'restore.half-done',
		'a restore was cut off: half of what is there is of before, and no backup is made of that',
		'Run setup restore again: what was there before comes back first.',
	);

/** Between two things: what was sent already need not be sent again. */
const stop = async ({stopping}: Held): Promise<void> => {
	if (!stopping()) return;
	throw new Fault('backup.stopped', 'the backup was stopped as asked', 'Run setup backup now again: it goes on.');
};

/** The draft of a database and its copy are there at the same time. */
const enoughRoom = async (host: Host, things: readonly Kept[], stage: string): Promise<void> => {
	let [all, largest] = [0, 0];
	for (const {keep} of things) {
		if (keep.kind !== 'postgres') continue;
		const size = await sizeOfDatabase(host, keep);
		all += size;
		largest = Math.max(largest, size);
	}
	await needRoom(stage, all + largest);
};

const stageAll = async (
	held: Held,
	things: readonly Kept[],
): Promise<{readonly saved: readonly SavedThing[]; readonly trees: readonly ShownTree[]; readonly owners: Owners}> => {
	const places = backupPlaces(held.place.state);
	const saved: SavedThing[] = [];
	const trees: ShownTree[] = [];
	const owners: Owners = {users: new Set(), groups: new Set()};
	let config = false;
	for (const [n, thing] of things.entries()) {
		await stop(held);
		const {keep} = thing;
		const counts = await work(
			held,
			{id: thing.id, step: thing.stack, title: `save ${thing.id}`, n, of: things.length},
			async host => {
				switch (keep.kind) {
					case 'postgres':
						return saveDatabase(host, keep, `${places.stage}/${thing.word}.dump`);
					case 'ldap':
						if (!config) await saveConfig(host, `${places.stage}/slapd-config.ldif`);
						config = true;
						return saveLdap(host, keep.suffix, thing.word, `${places.stage}/${thing.word}.ldif`);
					case 'tree': {
						const tree = await showTree(host, thing, keep.path, places);
						const counted = await countTree(host, tree);
						trees.push(tree);
						for (const user of counted.users) owners.users.add(user);
						for (const group of counted.groups) owners.groups.add(group);
						return {files: [counted.files, counted.files] as [number, number]};
					}
				}
			},
		);
		saved.push({...thing, leaveOut: [...thing.leaveOut], counts});
	}
	return {saved, trees, owners};
};

/** Our own state goes with it, as it lies: answers, secrets, journal, and the bytes that an undo needs. */
const send = async (
	held: Held,
	{repository, settings, stacks, tags = []}: Saving,
	trees: readonly ShownTree[],
): Promise<string> => {
	const {place} = held;
	const {stage, view} = backupPlaces(place.state);
	let snapshot: string | undefined;
	const unread: string[] = [];
	await work(held, {id: 'backup:store', step: 'backup', title: `into ${repository.place}`, n: 0, of: 0}, async host => {
		const own: string[] = [];
		for (const name of ['state.json', 'secrets.json', 'journal.jsonl', 'stash'])
			if ((await host.stat(`${place.state}/${name}`)) !== undefined) own.push(`${place.state}/${name}`);
		const elsewhere = await secretsElsewhere(stacks);
		for (const why of elsewhere.lacking) held.emit({type: 'note', line: `Not in this backup: the secret ${why}`});
		await host.replace(`${stage}/secrets-elsewhere.json`, [elsewhere.text], {
			was: 'absent',
			mode: 0o600,
			owner: 'root:root',
		});
		await host.replace(`${stage}/packages.txt`, [await packageList(host)], {
			was: 'absent',
			mode: 0o600,
			owner: 'root:root',
		});
		await host.replace(
			`${stage}/left-out`,
			[trees.flatMap(({without}) => without.map(path => `${asPattern(path)}\n`)).join('')],
			{
				was: 'absent',
				mode: 0o600,
				owner: 'root:root',
			},
		);
		const marks = [ourTag, ...stacks.map(({opened}) => `stack=${opened.stack.id}`), ...tags];
		await tellRestic(
			host,
			repository,
			[
				'backup',
				'--host',
				settings.host,
				...marks.flatMap(tag => ['--tag', tag]),
				// What a restore that was cut off made beside things is no part of them.
				'--exclude',
				`${asPattern(view)}/*/.host-setup-*`,
				'--exclude-file',
				`${stage}/left-out`,
				...(isLocal(repository.place) ? ['--exclude', asPattern(repository.place)] : []),
				'--',
				stage,
				...trees.map(({at}) => at),
				...own,
			],
			{
				shown: trees,
				// 3: something could not be read.
				codes: [0, 3],
				onLine(line) {
					// What went between its name and its look is no part of this moment.
					if (/^error: /.test(line) && !/no such file or directory$/.test(line)) unread.push(line);
					snapshot = /^snapshot ([0-9a-f]{8,64}) saved$/.exec(line)?.[1] ?? snapshot;
				},
			},
		);
	});
	if (snapshot === undefined)
		throw new Fault(
			'backup.restic',
			'restic ended well and named no snapshot',
			'Run it again; setup backup list says what is there.',
		);
	if (unread.length > 0) {
		await tellRestic(held.hostFor('backup'), repository, ['forget', snapshot]);
		throw new Fault(
			'backup.unread',
			`${unread.length} files could not be read, so this is no whole backup and was forgotten`,
			'The first of them are below: see what is wrong with them, then run it again.',
			{details: unread.slice(0, 20)},
		);
	}
	return snapshot;
};

const packageList = async (host: Host): Promise<string> =>
	host.query(['dpkg-query', '-W', '-f', '${Package}:${Architecture} ${Version} ${db:Status-Abbrev}\\n']);
