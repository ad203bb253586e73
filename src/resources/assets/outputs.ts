/** What a build made and what stood there before, so that undo gives back a `.gitkeep` that a tool swept away as well as it removes what the tool made. */
import {join} from 'node:path';
import {type Digest, digestOf, filesIn} from '#host/files/digest.ts';
import {isGlob, matches, staticPart} from '#host/files/glob.ts';
import {sha256} from '#host/files/stash.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import type {Undone} from '#model/resource.ts';
import {clear, clearIfEmpty} from '../shared/clear.ts';
import {readStamp, removeStamp, writeStamp} from '../shared/stamp.ts';

export type Kept = {readonly path: string; readonly mode: number; readonly owner: string; readonly target?: string};
/** `files` in the order of their bytes; a link has a target and no bytes. */
export type Before = {readonly files: readonly Kept[]; readonly directories: readonly Kept[]};

/** What the patterns name now, with the bytes of the files; undefined when that is more than `limit` bytes. */
export const pictureOf = async (
	host: Reader,
	base: string,
	patterns: readonly string[],
	limit: number,
): Promise<{readonly before: Before; readonly bytes: readonly Uint8Array[]} | undefined> => {
	const files: Kept[] = [];
	const bytes: Uint8Array[] = [];
	let size = 0;
	for (const path of await filesIn(host, base, patterns)) {
		const stat = await host.stat(join(base, path));
		if (stat === undefined) continue;
		size += stat.size;
		if (size > limit) return undefined;
		files.push({
			path,
			mode: stat.mode,
			owner: `${stat.uid}:${stat.gid}`,
			...(stat.kind === 'symlink' && {target: stat.target ?? ''}),
		});
		if (stat.kind !== 'symlink') bytes.push((await host.read(join(base, path))) ?? new Uint8Array());
	}
	return {before: {files, directories: await directoriesOf(host, base, patterns)}, bytes};
};

export type MadeRecord = {
	readonly stampId: string;
	readonly base: string;
	readonly outputs: readonly string[];
	readonly stamp: Json;
	readonly before: Before;
};

/** What stood there before comes back, also what a tool swept away; not when somebody changed what was made. A stamp with `building` says that all of it is ours, whole or not. */
export const undoMade = async (
	{stampId, base, outputs, stamp, before}: MadeRecord,
	host: Host,
	kept: readonly Uint8Array[],
): Promise<Undone> => {
	const now = await readStamp<{readonly outputs: Digest; readonly building?: true}>(host, stampId);
	const there = await digestOf(host, base, outputs, now?.outputs);
	const ours = now !== undefined && (now.building === true || now.outputs.content === there.content);
	if (now === undefined && (await standsAs(host, base, outputs, before, kept))) return {outcome: 'already'};
	if (!ours && there.count > 0)
		return {outcome: 'kept', why: `${outputs.join(', ')} in ${base} was changed since it was made`};
	if ((await host.stat(base)) !== undefined) await putBackOutputs(host, base, outputs, before, kept);
	await (stamp === null ? removeStamp(host, stampId) : writeStamp(host, stampId, stamp));
	return {outcome: there.count === 0 && before.files.length === 0 ? 'already' : 'undone'};
};

/** Removes what is there and puts back what was; directories that are in use by others stay. */
const putBackOutputs = async (
	host: Host,
	base: string,
	patterns: readonly string[],
	{files, directories}: Before,
	bytes: readonly Uint8Array[],
): Promise<void> => {
	const was = new Set(files.map(file => file.path));
	for (const path of await filesIn(host, base, patterns)) if (!was.has(path)) await clear(host, join(base, path));
	const stood = new Set(directories.map(directory => directory.path));
	for (const {path} of (await directoriesOf(host, base, patterns)).toReversed()) {
		if (!stood.has(path)) await clearIfEmpty(host, join(base, path));
	}
	for (const {path, mode, owner} of directories)
		if ((await host.stat(join(base, path))) === undefined) await host.mkdir(join(base, path), {mode, owner});
	const contents = [...bytes];
	for (const {path, mode, owner, target} of files) {
		const there = await host.stat(join(base, path));
		// A tool that made a link of it: what is behind that is not what was there.
		const replaced = target === undefined && there?.kind === 'symlink';
		if (replaced) await clear(host, join(base, path));
		const stands = replaced ? undefined : there?.id;
		if (target !== undefined) {
			await host.symlink(join(base, path), target, {owner, was: stands ?? 'absent'});
			continue;
		}
		const [content, now] = [contents.shift(), await host.read(join(base, path))];
		if (content === undefined) throw new TypeError(`the bytes of ${path} are not in the stash`);
		if (now === undefined || !Buffer.from(now).equals(content))
			await host.replace(join(base, path), content, {
				was: now === undefined ? 'absent' : sha256(now),
				id: stands,
				mode,
				owner,
			});
		else await host.own(join(base, path), {mode, owner, was: stands});
	}
};

/** Is what the patterns name now just what was there before? */
const standsAs = async (
	host: Reader,
	base: string,
	patterns: readonly string[],
	before: Before,
	bytes: readonly Uint8Array[],
): Promise<boolean> => {
	const now = await pictureOf(host, base, patterns, Number.MAX_SAFE_INTEGER);
	return (
		JSON.stringify(now?.before) === JSON.stringify(before) &&
		now?.bytes.every((content, index) => Buffer.from(content).equals(bytes[index] ?? new Uint8Array())) === true
	);
};

/** The directories the patterns name or lie in, below the base, parents first. */
const directoriesOf = async (host: Reader, base: string, patterns: readonly string[]): Promise<readonly Kept[]> => {
	const found = new Map<string, Kept>();
	const note = async (path: string): Promise<boolean> => {
		if (path === '' || path === '.' || found.has(path)) return found.has(path);
		const stat = await host.stat(join(base, path));
		if (stat?.kind !== 'directory') return false;
		found.set(path, {path, mode: stat.mode, owner: `${stat.uid}:${stat.gid}`});
		return true;
	};
	const descend = async (path: string, pattern: string): Promise<void> => {
		for (const name of (await host.list(join(base, path))) ?? []) {
			const below = path === '' ? name : `${path}/${name}`;
			if (
				name !== '.git' &&
				(!isGlob(pattern) || pattern.includes('**') || matches(`${below}/x`, [pattern])) &&
				(await note(below))
			)
				await descend(below, pattern);
		}
	};
	for (const pattern of patterns) {
		const start = staticPart(pattern);
		const parents = start.split('/').map((_, index, all) => all.slice(0, index + 1).join('/'));
		for (const parent of parents) await note(parent);
		await descend(start, pattern);
	}
	return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
};
