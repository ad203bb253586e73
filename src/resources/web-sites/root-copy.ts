/**
 * A file of root's that is made from one in somebody else's tree, with our settings in the copy: a link would let whoever may write the tree
 * say what root's server does at its next reload. A changed source is a line of the plan, with its diff, and nothing before it is applied.
 */
import {type Editor, spliced} from '#edit/editor.ts';
import type {AnyEdit, FormatName} from '#edit/formats.ts';
import {apacheDeeds} from '#host/apache/what-root-does.ts';
import {sha256} from '#host/files/stash.ts';
import {deedsOfRoot, type SiteDeed} from '#host/nginx/what-root-does.ts';
import {isRoots, trust} from '#host/trust/who-may-write.ts';
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
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
import {Blocked} from '#model/unknown.ts';
import {type FileRecord, undoFile} from '../files/file.ts';
import {newOwnership, type Ownership, ownershipChanges, ownershipOf, pathEdges} from '../files/path-resources.ts';
import {countLines, patchOf} from '../files/show-diff.ts';
import {readAs} from '../shared/read-as.ts';
import {onlyOurs, putSourceBack} from './edits-in-source.ts';

/** For Apache a plain copy: settings stand in a site of root's own, which includes it. */
type Made = AnyEdit | {readonly format: 'apache'; readonly settings: readonly []};

export type RootCopySpec = Made & {
	/** Settings as an earlier setup wrote them into the source, with values that are nobody's: what differs by these and `settings` alone was ours. */
	readonly settled?: readonly unknown[];
	/** In a checkout that is not root's. */
	readonly from: string;
	readonly checkout: string;
	/** Whose checkout it is: the source is read with their rights, so that no link in it leads to what they may not read. */
	readonly user: string;
	/** Root's, 0644. */
	readonly path: string;
	/** The folder of nginx.conf; for Apache its own. */
	readonly conf: string;
	/** Directives of the source that the operator takes on although root does something for them. */
	readonly accepted: readonly string[];
	/** The answer that accepts them, for the hint. */
	readonly acceptedBy: string;
};

export type RootCopyState = {
	readonly wanted: string;
	readonly deeds: readonly SiteDeed[];
	readonly now:
		| 'absent'
		| {
				readonly link: string;
				/** What it shows; undefined where it leads nowhere. */
				readonly shows: string | undefined;
				/** Nobody but root may write where it leads. */
				readonly roots: boolean;
				/** The source differs from what is committed by our settings alone: the way it was done before there were copies. */
				readonly editedSource: boolean;
		  }
		| (Ownership & {readonly bytes: Uint8Array});
};

/** A copy. Settings that only the host can tell make it late. Needs the source, and the directory it goes to. */
export const rootCopy = (
	path: string,
	spec: Late<RootCopySpec>,
	edges: Partial<Edges> = {},
	preview?: RootCopySpec,
): Resource => resource(rootCopyType, pathEdges('root-copy', path, undefined, edges), spec, preview);

let formats: typeof import('#edit/formats.ts') | undefined;

export const rootCopyType: ResourceType<RootCopySpec, RootCopyState> = {
	name: 'root-copy',
	async ready() {
		formats ??= await import('#edit/formats.ts');
	},
	async inspect(spec, host) {
		const source = await readAs(host, spec.user, spec.from);
		if (source === undefined) throw new Blocked({because: 'until', thing: `path:${spec.from}`});
		const wanted = withSettings(spec, source);
		const [deeds, now] = [
			spec.format === 'apache'
				? apacheDeeds(wanted, spec.accepted)
				: await deedsOfRoot({text: wanted, conf: spec.conf, accepted: spec.accepted}, host),
			await whatIsThere(spec, source, host),
		];
		return {wanted, deeds, now};
	},
	diff(spec, state) {
		if (state === 'absent') return [{what: 'copy', from: null, to: `of ${spec.from}`}, ...newOwnership(rights)];
		const {wanted, now} = state;
		if (now === 'absent') return [contentChange(spec, undefined, wanted), ...refused(state), ...newOwnership(rights)];
		if ('link' in now)
			return [
				{what: 'link', from: now.link, to: 'a copy that is of root alone'},
				contentChange(spec, now.shows, wanted),
				...(now.editedSource ? [{what: `settings in ${spec.from}`, from: 'of setup', to: 'as committed'}] : []),
				...refused(state),
			];
		const before = Buffer.from(now.bytes).toString('utf8');
		const same = before === wanted;
		return [
			...(same ? [] : [contentChange(spec, before, wanted), ...refused(state)]),
			...ownershipChanges(rights, now),
		];
	},
	undoOf: ({path}, {wanted, now}) => ({
		can: true,
		record: {
			path,
			was:
				now === 'absent'
					? 'absent'
					: 'link' in now
						? {link: now.roots ? now.link : null}
						: {mode: now.mode, owner: `${now.uid}:${now.gid}`},
			quiet: false,
		},
		keep: [[wanted], ...(now !== 'absent' && 'bytes' in now ? [now.bytes] : [])],
	}),
	async apply(spec, {wanted, deeds, now}, changes, host) {
		const [deed] = deeds;
		if (deed !== undefined && changes.some(({key}) => key === 'content')) throw refusal(spec, deeds);
		const whole = {mode: rights.mode, owner: rights.owner};
		if (now !== 'absent' && 'link' in now) {
			if (now.editedSource) await putSourceBack(host, spec);
			const there = await host.stat(spec.path);
			if (there?.kind !== 'symlink' || there.target !== now.link)
				throw new Fault(
					'file.moved',
					`${spec.path} is another link by now`,
					'Run the plan again: it shows what is there.',
				);
			await host.remove(spec.path, {was: there.id});
			return host.replace(spec.path, [wanted], {was: 'absent', ...whole});
		}
		const id = now === 'absent' ? undefined : now.id;
		if (changes.every(({key}) => key === 'mode' || key === 'owner')) return host.own(spec.path, {...whole, was: id});
		await host.replace(spec.path, [wanted], {was: now === 'absent' ? 'absent' : sha256(now.bytes), id, ...whole});
	},
	undo: (record, host, {kept}) => undoCopy(record as CopyRecord, host, kept),
};

const rights = {mode: 0o644, owner: 'root:root'} as const;

const withSettings = (
	{format, settings}: {format: FormatName | 'apache'; settings: readonly unknown[]},
	source: string,
): string => {
	if (format === 'apache') return source;
	if (formats === undefined) throw new TypeError('a copy was looked at before it was ready');
	const editor: Editor<unknown> = formats.editorFor(format);
	return spliced(source, editor.edit(source, settings));
};

/** What of a source counts when it is asked whether only our settings differ. */
const ours = (spec: RootCopySpec, text: string): string => {
	const made = withSettings(spec, text);
	return spec.settled === undefined ? made : withSettings({format: spec.format, settings: spec.settled}, made);
};

const whatIsThere = async (spec: RootCopySpec, source: string, host: Reader): Promise<RootCopyState['now']> => {
	const stat = await host.stat(spec.path);
	if (stat === undefined) return 'absent';
	if (stat.kind === 'symlink') {
		const {real} = (await host.fact(trust))(spec.path);
		const ofSource = real === (await host.fact(trust))(spec.from).real;
		return {
			link: stat.target ?? '',
			shows: ofSource ? source : undefined,
			roots: isRoots((await host.fact(trust))(real)),
			editedSource: ofSource && (await onlyOurs(host, spec, text => ours(spec, text), source)),
		};
	}
	if (stat.kind !== 'file')
		throw new Fault(
			'file.not-regular',
			`${spec.path} is not a regular file`,
			'Move it away; a copy is to stand there.',
		);
	const bytes = (await host.read(spec.path)) ?? new Uint8Array();
	return {...(await ownershipOf(host, stat, rights.owner)), bytes};
};

const contentChange = ({path, from}: RootCopySpec, before: string | undefined, wanted: string): Change => {
	const patch = patchOf(path, before, wanted);
	return {
		key: 'content',
		what: 'content',
		from: before === undefined ? null : 'other content',
		to: before === undefined ? `of ${from}` : `of ${from}: ${countLines(before, wanted)}`,
		...(patch !== undefined && {patch}),
	};
};

/** Shown beside the diff: an apply will not do it. */
const refused = ({deeds}: RootCopyState): readonly Change[] =>
	deeds.map(({line, directive, why}) => ({what: `line ${line}: ${directive}`, from: null, to: `refused: ${why}`}));

const refusal = ({format, from, acceptedBy}: RootCopySpec, deeds: readonly SiteDeed[]): Fault =>
	new Fault(
		'site.acts-as-root',
		`${from} asks more of root's ${format === 'apache' ? 'Apache' : 'nginx'} than to answer requests: ${deeds[0]?.directive} on line ${deeds[0]?.line}: ${deeds[0]?.why}`,
		`See who wrote that, and why. Where it is meant, name the directive in ${acceptedBy}; a file it names belongs to root, in directories of root.`,
		{details: deeds.map(({line, directive, why}) => `line ${line}: ${directive}: ${why}`)},
	);

type CopyRecord = {
	readonly path: string;
	readonly was: FileRecord['was'] | {readonly link: string | null};
	readonly quiet: boolean;
} & {readonly [key: string]: Json};

/** A link to what others may write is not made again: undo never goes below the safety of the install. */
const undoCopy = async ({path, was, quiet}: CopyRecord, host: Host, kept: readonly Uint8Array[]): Promise<Undone> => {
	if (was === 'absent' || !('link' in was)) return undoFile({path, was, quiet}, host, kept);
	const now = await host.stat(path);
	if (now?.kind === 'symlink') return {outcome: 'already'};
	const undone = await undoFile({path, was: 'absent', quiet}, host, kept);
	if (was.link !== null && (undone.outcome === 'undone' || undone.outcome === 'already'))
		await host.symlink(path, was.link, {was: 'absent'});
	return undone;
};
