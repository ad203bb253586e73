/** A whole file that is ours: its content, mode and owner. For a setting in somebody else's file use `edit`. */
import {sha256} from '#host/files/stash.ts';
import {statThrough} from '#host/files/stat-through.ts';
import {Fault} from '#model/fault.ts';
import type {Host, ReplaceOptions} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {
	type Change,
	type Edges,
	type Late,
	type Resource,
	type ResourceType,
	resource,
	type Undone,
} from '#model/resource.ts';
import {hasSecret, sameText, showText, type Text} from '#model/secret.ts';
import {asWanted} from '../shared/as-wanted.ts';
import {lastWritten} from '../shared/journaled.ts';
import {linkNow, newOwnership, type Ownership, ownershipChanges, ownershipOf, pathEdges} from './path-resources.ts';
import {countLines, patchOf} from './show-diff.ts';

export type FileSpec = {
	readonly path: string;
	readonly text: Text | string;
	/** Default for a new file: 0o600 with a secret in it, else 0o644. An existing file keeps its own unless given here or a secret comes in. */
	readonly mode?: number;
	/** `user:group`. Default for a new file: root:root; an existing one keeps its own. */
	readonly owner?: string;
	/** The content is never shown in a diff. */
	readonly secretFile?: true;
} & Pick<ReplaceOptions, 'check' | 'checkAfter'>;

export type FileState =
	| 'absent'
	| (Ownership & {
			readonly bytes: Uint8Array;
			readonly same: boolean;
			/** It is not what we wrote there last: somebody changed it since. */
			readonly edited: boolean;
	  });

/** A file. Needs its directory and its owner. */
export const file = (spec: FileSpec, edges: Partial<Edges> = {}): Resource =>
	resource(fileType, pathEdges('file', spec.path, spec.owner, edges), spec);

/** The same where only the host can tell what it says. */
export const lateFile = (
	{path, owner}: Pick<FileSpec, 'path' | 'owner'>,
	spec: Late<FileSpec>,
	edges: Partial<Edges> = {},
	preview?: FileSpec,
): Resource => resource(fileType, pathEdges('file', path, owner, edges), spec, preview);

export const fileType: ResourceType<FileSpec, FileState> = {
	name: 'file',
	async inspect(spec, host) {
		const {stat} = await statThrough(host, spec.path);
		if (stat === undefined) return 'absent';
		if (stat.kind !== 'file')
			throw new Fault('file.not-regular', `${spec.path} is not a regular file`, 'Move it away, or name another path.');
		const bytes = (await host.read(spec.path)) ?? new Uint8Array();
		const same = sameBytes(textOf(spec), bytes);
		const written = same ? undefined : await lastWritten(host, spec.path);
		const edited = written !== undefined && !equal(written, bytes);
		return {...(await ownershipOf(host, stat, spec.owner)), bytes, same, edited};
	},
	diff(spec, state) {
		const wanted = {owner: spec.owner, mode: modeOf(spec)};
		if (state === 'absent') return [contentChange(spec, undefined), ...newOwnership(wanted)];
		return [
			...(state.same ? [] : [contentChange(spec, state)]),
			...(state.edited ? [{what: 'what others wrote there', from: 'in the file', to: 'put aside'}] : []),
			...ownershipChanges(wanted, state),
		];
	},
	holds: ({path, text}) => [{thing: `file:${path}`, ...asWanted(plainOf(text))}],
	undoOf: (spec, state) => ({
		can: true,
		record: {
			path: spec.path,
			was: state === 'absent' ? 'absent' : {mode: state.mode, owner: `${state.uid}:${state.gid}`},
			quiet: isQuiet(spec, state === 'absent' ? undefined : state),
		},
		keep: [textOf(spec), ...(state === 'absent' ? [] : [state.bytes])],
	}),
	async apply(spec, state, changes, host) {
		const mode = modeOf(spec);
		const attributes = {...(mode !== undefined && {mode}), ...(spec.owner !== undefined && {owner: spec.owner})};
		if (changes.some(({key}) => key === 'content')) {
			await host.replace(spec.path, textOf(spec), {
				was: state === 'absent' ? 'absent' : sha256(state.bytes),
				id: state === 'absent' ? undefined : state.id,
				...attributes,
				...(spec.check && {check: spec.check}),
				...(spec.checkAfter && {checkAfter: spec.checkAfter}),
			});
			if (state !== 'absent' && state.edited)
				host.say(
					`${spec.path} was edited since setup wrote it; as it was then: /var/lib/host-setup/stash/${sha256(state.bytes)}`,
				);
		} else if (state !== 'absent') await host.own(state.at ?? spec.path, {...attributes, was: state.id});
	},
	undo: async (record, host, {kept}) => undoFile(record as FileRecord, host, kept),
};

/** Undefined with a secret in it: nothing of that is kept anywhere. */
const plainOf = (text: Text | string | undefined): string | undefined =>
	typeof text === 'string' || text === undefined ? text : hasSecret(text) ? undefined : showText(text);

export type FileRecord = {
	readonly path: string;
	readonly was: 'absent' | {readonly mode: number; readonly owner: string};
	readonly quiet: boolean;
} & {
	readonly [key: string]: Json;
};

/** Puts a whole file back: only where it still holds what we wrote. `kept` is what it became, then what it was. */
export const undoFile = async (
	{path, was, quiet}: FileRecord,
	host: Host,
	[became, old]: readonly Uint8Array[],
): Promise<Undone> => {
	const link = was === 'absent' ? await linkNow(host, path) : undefined;
	if (link) return link;
	const {path: real, stat} = await statThrough(host, path);
	const now = stat?.kind === 'file' ? await host.read(path) : undefined;
	if (stat === undefined || now === undefined)
		return was === 'absent' ? {outcome: 'already'} : {outcome: 'conflict', why: `${path} was removed since`};
	const ours = became !== undefined && equal(now, became);
	if (was === 'absent') {
		if (!ours)
			return {outcome: 'conflict', why: `${path} was edited since`, ...(quiet ? {} : shownSince(path, became, now))};
		await host.remove(path, {was: stat.id});
		return {outcome: 'undone'};
	}
	if (old === undefined) return {outcome: 'conflict', why: `the previous ${path} is not in the stash any more`};
	if (!ours && !equal(now, old))
		return {outcome: 'conflict', why: `${path} was edited since`, ...(quiet ? {} : shownSince(path, became, now))};
	if (equal(now, old)) await host.own(real, {...was, was: stat.id});
	else await host.replace(path, old, {was: sha256(now), id: stat.id, mode: was.mode, owner: was.owner});
	return {outcome: 'undone'};
};

const textOf = ({text}: FileSpec): Text => (typeof text === 'string' ? [text] : text);

const modeOf = (spec: FileSpec): number | undefined => spec.mode ?? (hasSecret(textOf(spec)) ? 0o600 : undefined);

const sameBytes = (text: Text, bytes: Uint8Array): boolean => {
	const plain = utf8(bytes);
	return plain !== undefined && sameText(text, plain);
};

const utf8 = (bytes: Uint8Array): string | undefined => {
	try {
		return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
	} catch {
		return undefined;
	}
};

const contentChange = (
	spec: FileSpec,
	old: {readonly bytes: Uint8Array; readonly mode: number} | undefined,
): Change => {
	const after = showText(textOf(spec));
	const before = old === undefined ? undefined : utf8(old.bytes);
	if (old === undefined) {
		const patch = spec.secretFile ? undefined : patchOf(spec.path, undefined, after);
		return {
			key: 'content',
			what: 'content',
			from: null,
			to: `${after.split('\n').length - 1} lines`,
			...(patch !== undefined && {patch}),
		};
	}
	if (isQuiet(spec, old) || before === undefined)
		return {
			key: 'content',
			what: 'content',
			from: 'other content',
			to: before === undefined ? 'content differs' : countLines(before, after),
		};
	const patch = patchOf(spec.path, before, after);
	return {
		key: 'content',
		what: 'content',
		from: 'other content',
		to: countLines(before, after),
		...(patch !== undefined && {patch}),
	};
};

/** Nothing of the content may be shown: secrets are in it, or were, or not everybody may read it. */
const isQuiet = (spec: FileSpec, old: {readonly mode: number} | undefined): boolean =>
	spec.secretFile === true || hasSecret(textOf(spec)) || ((old?.mode ?? spec.mode ?? 0o644) & 0o004) === 0;

const shownSince = (path: string, became: Uint8Array | undefined, now: Uint8Array): {readonly diff?: string} => {
	const [from, to] = [became && utf8(became), utf8(now)];
	const patch = from === undefined || to === undefined ? undefined : patchOf(path, from, to);
	return patch === undefined ? {} : {diff: patch};
};

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b);
