/** Undo of an edit is an edit: what we set goes back to what it was, and what others changed since stays. */
import {type Editor, spliced} from '#edit/editor.ts';
import type {FormatName} from '#edit/formats.ts';
import {holdsSecret, recallSettings} from '#edit/undo/setting-records.ts';
import {decodeBytes, encodeText} from '#host/files/bytes.ts';
import {sha256} from '#host/files/stash.ts';
import {statThrough} from '#host/files/stat-through.ts';
import {accounts, ownerIds} from '#host/system/accounts.ts';
import type {Host, Stat} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import type {Undone} from '#model/resource.ts';
import {linkNow} from './path-resources.ts';

type Attributes = {readonly mode: number; readonly owner: string};

export type EditRecord = {
	readonly path: string;
	readonly format: FormatName;
	readonly settings: Json;
	readonly became: {readonly mode: number | null; readonly owner: string | null};
	readonly was: 'absent' | Attributes;
	readonly quiet: boolean;
} & {readonly [key: string]: Json};

/** One setting of a file as a thing that a stack holds. */
export const settingThing = (path: string, editor: Editor<unknown>, setting: unknown): string =>
	`setting:${path} ${editor.name(setting)}`;

/** `kept` is the file as the edit left it, then as it was before. What is spared stays as if it had been there before. */
export const undoEdit = async (
	record: Json,
	host: Host,
	[left, before]: readonly Uint8Array[],
	spare: (thing: string) => boolean = () => false,
): Promise<Undone> => {
	const {path, format, settings, became, was, quiet} = record as EditRecord;
	const link = was === 'absent' ? await linkNow(host, path) : undefined;
	if (link) return link;
	const {path: real, stat} = await statThrough(host, path);
	const now = stat === undefined ? undefined : await host.read(path);
	if (stat === undefined || now === undefined)
		return was === 'absent' ? {outcome: 'already'} : {outcome: 'conflict', why: `${path} was removed since`};
	if (left === undefined || before === undefined)
		return {outcome: 'conflict', why: `the previous ${path} is not in the stash any more`};
	const current = decodeBytes(now);
	const {revertEdit} = await import('#edit/undo/revert.ts');
	const editor = (await import('#edit/formats.ts')).editorFor(format) as Editor<unknown>;
	const all = recallSettings(settings);
	const spared = all.filter(setting => spare(settingThing(path, editor, setting)));
	if (spared.some(holdsSecret))
		return {outcome: 'kept', why: `${path} holds a secret that another stack has there as well`};
	const old = decodeBytes(before).text;
	const {result, conflicts} = revertEdit({
		format,
		settings: all.filter(setting => !spared.includes(setting)),
		current: current.text,
		was: spared.length === 0 ? old : spliced(old, editor.edit(old, spared)),
		became: decodeBytes(left).text,
	});
	const bytes = encodeText(result, current.encoding, path);
	const stays = spare(`file:${path}`);
	if (conflicts.length === 0 && was === 'absent' && !stays && Buffer.from(bytes).equals(before)) {
		await host.remove(path, {was: stat.id});
		return {outcome: 'undone'};
	}
	const attributes = was === 'absent' || stays ? {} : await attributesBack(host, stat, was, became);
	if (!Buffer.from(bytes).equals(now)) await host.replace(path, bytes, {was: sha256(now), id: stat.id, ...attributes});
	else if (Object.keys(attributes).length > 0) await host.own(real, {...attributes, was: stat.id});
	if (conflicts.length > 0) {
		const diff = quiet ? '' : conflicts.map(one => one.diff).join('\n');
		return {
			outcome: 'conflict',
			why: `in ${path} these were changed since: ${conflicts.map(one => one.name).join(', ')}`,
			...(diff !== '' && {diff}),
		};
	}
	return was === 'absent' && !stays && spared.length === 0
		? {outcome: 'kept', why: `${path} was new, and others have written in it since`}
		: {outcome: 'undone'};
};

/** Mode and owner go back only where they are still what we made them. */
const attributesBack = async (
	host: Host,
	now: Stat,
	was: Attributes,
	became: EditRecord['became'],
): Promise<{mode?: number; owner?: string}> => {
	const ours = became.owner === null ? undefined : ownerIds(await host.fact(accounts), became.owner);
	return {
		...(became.mode !== null && now.mode === became.mode && now.mode !== was.mode && {mode: was.mode}),
		...(ours !== undefined &&
			now.uid === ours.uid &&
			now.gid === ours.gid &&
			`${now.uid}:${now.gid}` !== was.owner && {owner: was.owner}),
	};
};
