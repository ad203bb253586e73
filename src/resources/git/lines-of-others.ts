/**
 * Lines that others wrote into a tracked file which our edits change as well. Whose a line is goes by its value: what is left when our
 * edits are taken back is theirs, and is carried to the next commit, or the move is refused with the difference.
 */

import {recallSettings} from '#edit/undo/setting-records.ts';
import {takeBack} from '#edit/undo/three-way.ts';
import {decodeBytes} from '#host/files/bytes.ts';
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import {patchOf} from '../files/show-diff.ts';
import type {EditRecord} from '../files/undo-edit.ts';
import {type Journaled, journaled, stashed} from '../shared/journaled.ts';
import {askGit, type Source} from './program.ts';

/** `committed` is the file as its commit has it, `theirs` the same with the lines of others. */
export type LinesOfOthers = {
	readonly path: string;
	readonly committed: string;
	readonly theirs: string;
	/** Left out where not everybody may read the file. */
	readonly patch?: string;
};

/** Of these tracked files of a checkout, those in which others wrote. `since` is the last commit that we brought: what was edited before is gone. */
export const linesOfOthers = async (
	host: Reader,
	source: Source,
	directory: string,
	paths: readonly string[],
): Promise<readonly LinesOfOthers[]> => {
	const all = await host.fact(journaled);
	const moved =
		all.findLast(({type, record, done}) => done && type === 'git-checkout' && record['directory'] === directory)?.seq ??
		0;
	const found: LinesOfOthers[] = [];
	for (const path of paths) {
		const at = `${directory}/${path}`;
		const edits = all.filter(({type, seq, record}) => type === 'edit' && seq > moved && record['path'] === at);
		const bytes = edits.length === 0 ? undefined : await host.read(at);
		if (bytes === undefined) continue;
		const {text, encoding} = decodeBytes(bytes);
		if (encoding !== 'utf8') continue;
		const committed = await askGit(host, source, ['-C', directory, 'show', `HEAD:${path}`]);
		const theirs = await withoutOurs(text, edits, host);
		if (theirs === committed) continue;
		const open = ((await host.stat(at))?.mode ?? 0) & 0o004;
		const patch = open ? patchOf(at, committed, theirs) : undefined;
		found.push({path, committed, theirs, ...(patch !== undefined && {patch})});
	}
	return found;
};

/** The text with each of our edits taken back, the last one first. */
const withoutOurs = async (text: string, edits: readonly Journaled[], host: Reader): Promise<string> => {
	const {revertEdit} = await import('#edit/undo/revert.ts');
	let rest = text;
	for (const {record, kept} of edits.toReversed()) {
		const [became, was] = [await stashed(host, kept[0]), await stashed(host, kept[1])];
		if (became === undefined || was === undefined) continue;
		const {format, settings} = record as EditRecord;
		rest = revertEdit({
			format,
			settings: recallSettings(settings),
			current: rest,
			was: decodeBytes(was).text,
			became: decodeBytes(became).text,
		}).result;
	}
	return rest;
};

/** Their lines in the file as another commit has it. Throws Fault git.lines-of-others where that changed the same place, or has no such file. */
export const carriedTo = (
	one: LinesOfOthers,
	next: string | undefined,
	place: {readonly directory: string},
): string => {
	const merged = next === undefined ? undefined : takeBack(one.theirs, one.committed, next);
	if (merged?.done) return merged.text;
	throw new Fault(
		'git.lines-of-others',
		`somebody wrote into ${place.directory}/${one.path}, and the other commit ${next === undefined ? 'has no such file' : 'changes the same place'}`,
		'Commit these lines to the source, or put them elsewhere (the answers may say them), and take them out of the file; then run it again.',
		{details: (one.patch ?? 'The difference is not shown: not everybody may read the file.').split('\n').slice(0, 40)},
	);
};

/** The file as a commit has it; undefined where it has none. */
export const fileAt = async (
	host: Host,
	source: Source,
	{directory, commit, path}: {readonly directory: string; readonly commit: string; readonly path: string},
): Promise<string | undefined> => {
	const listed = await askGit(host, source, ['-C', directory, 'ls-tree', '--name-only', commit, '--', path]);
	return listed.trim() === '' ? undefined : askGit(host, source, ['-C', directory, 'show', `${commit}:${path}`]);
};

/** "3 lines". */
export const countOf = ({committed, theirs}: LinesOfOthers): string => {
	const before = new Set(committed.split('\n'));
	const lines = theirs.split('\n').filter(line => !before.has(line)).length;
	return lines === 0 ? 'lines taken out' : `${lines} ${lines === 1 ? 'line' : 'lines'}`;
};

/** The same by hashes in the stash: a kill in the middle of a move loses nothing. */
export type Carry = readonly {readonly path: string; readonly committed: string; readonly theirs: string}[];

export const stashOthers = (others: readonly LinesOfOthers[], host: Host): Promise<Carry> =>
	Promise.all(
		others.map(async ({path, committed, theirs}) => ({
			path,
			committed: await host.stash([committed]),
			theirs: await host.stash([theirs]),
		})),
	);

export const unstashOthers = async (carry: Carry, host: Host): Promise<readonly LinesOfOthers[]> => {
	const text = async (hash: string): Promise<string> => Buffer.from((await host.unstash(hash)) ?? '').toString('utf8');
	return Promise.all(
		carry.map(async ({path, committed, theirs}) => ({
			path,
			committed: await text(committed),
			theirs: await text(theirs),
		})),
	);
};
