/** collectstatic, and taking its files away again: what was in STATIC_ROOT before, and what somebody changed since, stays. */
import {dirname, join} from 'node:path';
import {tellDjango} from '#host/django/ask.ts';
import {type DjangoProject, djangoFacts} from '#host/django/now.ts';
import {discardScript} from '#host/django/script.ts';
import {fileDigest, filesIn} from '#host/files/digest.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import type {Undone} from '#model/resource.ts';
import {clearIfEmpty} from '../shared/clear.ts';
import {readStamp, removeStamp, writeStamp} from '../shared/stamp.ts';
import {projectFrom, runManage, someOf} from './common.ts';

export type CollectedState = {
	readonly at: 'seen';
	readonly root: string;
	readonly rootWas: boolean;
	readonly missing: readonly string[];
	readonly differing: readonly string[];
	/** Files and directories that were there, relative to the root. */
	readonly before: readonly string[];
};
type Stamp = {readonly made: Readonly<Record<string, string>>};
type Journaled = {readonly project: Json; readonly root: string; readonly rootWas: boolean; readonly replaced: number};

/** Everything below STATIC_ROOT, and the directories on the way. */
export const namesIn = async (host: Reader, root: string): Promise<readonly string[]> => {
	const files = (await host.stat(root)) === undefined ? [] : await filesIn(host, root, ['']);
	return [...new Set(files.flatMap(path => [path, ...parentsOf(path)]))].sort();
};

/** Runs it; files that differ go first, because it copies by dates alone. */
export const collect = async (host: Host, project: DjangoProject, state: CollectedState | undefined): Promise<void> => {
	if (state && state.differing.length > 0)
		await tellDjango(
			host,
			project,
			discardScript,
			{what: ['discard'], more: {names: state.differing}},
			'django.collectstatic',
			'take away collected files that are not as their source',
		);
	await runManage(host, project, 'collectstatic', '--noinput');
	if (state === undefined) return;
	const before = new Set(state.before);
	const earlier = (await readStamp<Stamp>(host, nameOf(project)))?.made ?? {};
	const made: Record<string, string> = {};
	for (const name of await filesIn(host, state.root, ['']))
		if (!before.has(name) || name in earlier) made[name] = (await fileDigest(host, join(state.root, name))) ?? '';
	await writeStamp(host, nameOf(project), {made} satisfies Stamp);
};

/** Removes what it made and nobody changed. */
export const undoCollected = async (record: Json, host: Host, kept: readonly Uint8Array[]): Promise<Undone> => {
	const {root, rootWas, replaced, project: raw} = record as Journaled;
	const {project, rest} = projectFrom(raw, kept);
	if ((await host.stat(root)) === undefined) return {outcome: 'already'};
	const before = new Set(JSON.parse(Buffer.from(rest[0] ?? '[]').toString('utf8')) as readonly string[]);
	const made: Record<string, string> = {...(await readStamp<Stamp>(host, nameOf(project)))?.made};
	const added = (await filesIn(host, root, [''])).filter(name => !before.has(name));
	// A run that was killed before it wrote the stamp: then the name tells.
	const names = added.every(name => name in made) ? new Set<string>() : await collectedNames(host, project);
	const ours: string[] = [];
	for (const name of added)
		if (made[name] === undefined ? names.has(name) : (await fileDigest(host, join(root, name))) === made[name])
			ours.push(name);
	await removeAll(host, project, root, ours, before);
	if (!rootWas) await clearIfEmpty(host, root);
	for (const name of ours) delete made[name];
	if (Object.keys(made).length > 0) await writeStamp(host, nameOf(project), {made});
	else await removeStamp(host, nameOf(project));
	const foreign = added.filter(name => !ours.includes(name));
	if (foreign.length > 0)
		return {outcome: 'kept', why: `files in ${root} that others put there or changed: ${someOf(foreign)}`};
	if (replaced > 0)
		return {outcome: 'kept', why: `${replaced} files in ${root} that were not as their source stay as they are now`};
	return {outcome: ours.length > 0 ? 'undone' : 'already'};
};

const collectedNames = async (host: Reader, project: DjangoProject): Promise<ReadonlySet<string>> => {
	const facts = await host.fact(djangoFacts(project));
	return 'absent' in facts || 'error' in facts.statics || facts.statics.root === null
		? new Set()
		: new Set([...Object.keys(facts.statics.files), ...facts.statics.extra]);
};

/** As the application's user, who can have put a link in the way of root. Two programs, however many files there are. */
const removeAll = async (
	host: Host,
	{user}: DjangoProject,
	root: string,
	names: readonly string[],
	before: ReadonlySet<string>,
): Promise<void> => {
	const directories = [...new Set(names.flatMap(parentsOf))]
		.filter(path => !before.has(path))
		.sort()
		.reverse();
	for (const [argv, paths] of [
		[['rm', '-f'], names],
		[['rmdir', '--ignore-fail-on-non-empty'], directories],
	] as const) {
		if (paths.length > 0)
			await host.exec(['xargs', '-0', ...argv, '--'], {as: user, cwd: root, stdin: [paths.join('\0')]});
	}
};

const parentsOf = (path: string): readonly string[] =>
	dirname(path) === '.' ? [] : [dirname(path), ...parentsOf(dirname(path))];

const nameOf = ({directory}: DjangoProject): string => `django-collectstatic:${directory}`;
