/** Settings in a file that others own as well: one diff, one write and one undo for all of them, and every other byte stays. */
import {type Editor, splice, spliceShown} from '#edit/editor.ts';
import type {AnyEdit, FormatName} from '#edit/formats.ts';
import {holdsSecret, recallSettings, recordSettings} from '#edit/undo/setting-records.ts';
import {largestText} from '#host/files/bounds.ts';
import {decodeBytes, type Encoding, encodeText} from '#host/files/bytes.ts';
import {sha256} from '#host/files/stash.ts';
import {statThrough} from '#host/files/stat-through.ts';
import {Fault} from '#model/fault.ts';
import type {Hold} from '#model/hold.ts';
import type {ReplaceOptions} from '#model/host.ts';
import {type Change, type Edges, type Late, type Resource, type ResourceType, resource} from '#model/resource.ts';
import type {Text} from '#model/secret.ts';
import {asWanted} from '../shared/as-wanted.ts';
import {newOwnership, type Ownership, ownershipChanges, ownershipOf, pathEdges} from './path-resources.ts';
import {patchOf} from './show-diff.ts';
import {type EditRecord, settingThing, undoEdit} from './undo-edit.ts';

export type EditSpec = AnyEdit & {
	readonly path: string;
	/** What the file begins with where there is none; without it a missing file is a fault when its turn comes. */
	readonly create?: string;
	/** Kept as they are unless given; a new file is 0o644 root:root. */
	readonly mode?: number;
	readonly owner?: string;
	/** Nothing of the file is ever shown. */
	readonly secretFile?: true;
} & Pick<ReplaceOptions, 'check' | 'checkAfter'>;

export type EditState =
	| 'absent'
	| (Ownership & {readonly bytes: Uint8Array; readonly source: string; readonly encoding: Encoding});

/** One for each file and step. Needs the file, or with `create` its directory; two steps that edit one file need ids of their own. */
export const edit = (spec: EditSpec, edges: Partial<Edges> = {}): Resource =>
	resource(editType, editEdges(spec.path, spec.create !== undefined, spec.owner, edges), spec);

/** Settings, or a file, that only the host can tell (/etc/postgresql/NN). Its needs and, where it is known, the lock `path:REAL` are yours to give. */
export const lateEdit = (id: string, spec: Late<EditSpec>, edges: Partial<Edges> = {}, preview?: EditSpec): Resource =>
	resource(editType, {...edges, id: edges.id ?? `edit:${id}`}, spec, preview);

/** Parsers of a dozen formats: the doctor holds edits that mend, and most of its runs look at none. */
let formats: typeof import('#edit/formats.ts') | undefined;

const loadFormats = async (): Promise<void> => {
	formats ??= await import('#edit/formats.ts');
};

const editorFor = (format: FormatName): Editor<unknown> => {
	if (formats === undefined) throw new TypeError('an edit was looked at before it was ready');
	return formats.editorFor(format);
};

export const editType: ResourceType<EditSpec, EditState> = {
	name: 'edit',
	ready: loadFormats,
	async inspect(spec, host) {
		const {stat} = await statThrough(host, spec.path);
		if (stat === undefined) return 'absent';
		if (stat.kind !== 'file')
			throw new Fault('file.not-regular', `${spec.path} is not a regular file`, 'Move it away, or name another path.');
		const bytes = (await host.read(spec.path, {most: largestText})) ?? new Uint8Array();
		const {text, encoding} = decodeBytes(bytes);
		return {...(await ownershipOf(host, stat, spec.owner)), bytes, source: text, encoding};
	},
	diff(spec, state) {
		// Whether the settings fit the file shows when the package or the checkout has brought it.
		if (state === 'absent' && spec.create === undefined)
			return spec.settings.map(setting => ({
				what: editorFor(spec.format).name(setting),
				from: null,
				to: 'as answered',
			}));
		const source = state === 'absent' ? (spec.create ?? '') : state.source;
		const changes = settingChanges(spec, source, state === 'absent' ? undefined : state.mode);
		if (state !== 'absent') return [...changes, ...ownershipChanges(spec, state)];
		return [{what: 'file', from: null, to: 'present'}, ...changes, ...newOwnership(spec)];
	},
	holds: spec => heldSettings(spec),
	undoesParts: true,
	undoOf: (spec, state) => {
		if (state === 'absent' && spec.create === undefined) return {can: false, why: `${spec.path} is not there yet`};
		const was = state === 'absent' ? Buffer.from(spec.create ?? '') : state.bytes;
		return {
			can: true,
			record: {
				path: spec.path,
				format: spec.format,
				settings: recordSettings(spec.settings),
				became: {mode: spec.mode ?? null, owner: spec.owner ?? null},
				was: state === 'absent' ? 'absent' : {mode: state.mode, owner: `${state.uid}:${state.gid}`},
				quiet: isQuiet(spec, state === 'absent' ? undefined : state.mode),
			},
			keep: [becomes(spec, state), was],
		};
	},
	async apply(spec, state, changes, host) {
		if (state === 'absent' && spec.create === undefined)
			throw new Fault(
				'edit.no-file',
				`${spec.path} is not there`,
				'The package or step that brings it has to come first.',
			);
		const attributes = {
			...(spec.mode !== undefined && {mode: spec.mode}),
			...(spec.owner !== undefined && {owner: spec.owner}),
		};
		if (changes.every(({key}) => key === 'mode' || key === 'owner'))
			return host.own(state === 'absent' ? spec.path : (state.at ?? spec.path), {...attributes, was: idOf(state)});
		const text = becomes(spec, state);
		await host.replace(
			spec.path,
			state !== 'absent' && state.encoding === 'latin1' ? encodeText(text, 'latin1', spec.path) : text,
			{
				was: state === 'absent' ? 'absent' : sha256(state.bytes),
				id: idOf(state),
				...attributes,
				...(spec.check && {check: spec.check}),
				...(spec.checkAfter && {checkAfter: spec.checkAfter}),
			},
		);
	},
	undo: (record, host, {kept, spare}) => undoEdit(record, host, kept, spare),
};

/** Also from the record of an undo, which has no `create`. */
const heldSettings = (spec: EditSpec | EditRecord): readonly Hold[] => {
	const makes = 'was' in spec ? spec.was === 'absent' : spec.create !== undefined || spec.mode !== undefined;
	const settings = 'was' in spec ? recallSettings(spec.settings) : spec.settings;
	return [
		...(makes ? [{thing: `file:${spec.path}`}] : []),
		...settings.map(setting => ({
			thing: settingThing(spec.path, editorFor(spec.format), setting),
			...(!holdsSecret(setting) && asWanted(recordSettings([setting]))),
		})),
	];
};

const idOf = (state: EditState): string | undefined => (state === 'absent' ? undefined : state.id);

const editEdges = (path: string, creates: boolean, owner: string | undefined, edges: Partial<Edges>): Edges => {
	const all = pathEdges('edit', path, owner, edges);
	if (creates) return all;
	const own = `path:${path}` as const;
	return {
		...all,
		needs: [...new Set([own, ...(all.needs ?? []).filter(thing => thing !== all.needs?.[0])])],
		provides: (all.provides ?? []).filter(thing => thing !== own),
	};
};

const becomes = (spec: EditSpec, state: EditState): Text => {
	const source = state === 'absent' ? (spec.create ?? '') : state.source;
	return splice(source, editorFor(spec.format).edit(source, spec.settings));
};

/** One change for each setting that does not hold yet; the first carries the diff of all. */
const settingChanges = (spec: EditSpec, source: string, mode: number | undefined): readonly Change[] => {
	const editor = editorFor(spec.format);
	const splices = editor.edit(source, spec.settings);
	if (splices.length === 0) return [];
	const {before, after} = spliceShown(source, splices);
	const patch = spec.secretFile ? undefined : patchOf(spec.path, before, after, isQuiet(spec, mode));
	const open = spec.settings.filter(setting => editor.edit(source, [setting]).length > 0);
	const changes: readonly Change[] = (open.length > 0 ? open : spec.settings).map(setting => ({
		what: editor.name(setting),
		from: standing(editor, source, setting),
		to: 'as answered',
	}));
	return changes.map((change, at) => (at === 0 && patch !== undefined ? {...change, patch} : change));
};

const standing = (editor: Editor<unknown>, source: string, setting: unknown): string | null =>
	editor.owns(source, setting) === undefined ? null : 'otherwise';

/** Lines around an edit may be anybody's secrets where the file is not open to all. */
const isQuiet = (spec: EditSpec, mode: number | undefined): boolean =>
	spec.secretFile === true || ((mode ?? spec.mode ?? 0o644) & 0o004) === 0;
