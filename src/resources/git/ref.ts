/** A branch, a tag or a bare commit as one word in an answer: what it means, here and on the other side. */
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {askGit, fromPath, isLocal, localPath, type Source} from './program.ts';

/** `commit` has all its digits, but that of a shortened one of another host is as short as it was asked for until it is fetched. */
export type Target = {readonly kind: 'branch' | 'tag' | 'commit'; readonly name: string; readonly commit: string};

/** What the other side has under that name; a branch wins over a tag, as with `git clone --branch`, and both over a shortened commit. Needs the network. Throws Fault git.no-ref. */
export const resolveRemote = async (host: Reader, source: Source, ref: string): Promise<Target> => {
	if (isFullCommit(ref)) return {kind: 'commit', name: ref, commit: ref};
	const text = await askGit(
		host,
		source,
		[
			'ls-remote',
			...fromPath(source),
			'--',
			source.url,
			`refs/heads/${shortOf(ref)}`,
			`refs/tags/${shortOf(ref)}`,
			`refs/tags/${shortOf(ref)}^{}`,
		],
		{timeout: 60_000},
	);
	const found = pickRef(text, ref);
	if (found) return found;
	if (isShortCommit(ref)) {
		if (!isLocal(source.url)) return {kind: 'commit', name: ref, commit: ref.toLowerCase()};
		const commit = await commitAt(host, source, localPath(source.url), ref);
		if (commit !== undefined) return {kind: 'commit', name: ref, commit};
	}
	throw noRef(source, ref);
};

export const noRef = ({url}: Source, ref: string): Fault =>
	isFullCommit(ref) || isShortCommit(ref)
		? new Fault(
				'git.no-ref',
				`${url} has no commit ${ref}, and no branch or tag of that name`,
				'Check its digits; a short one must be reachable from a branch or a tag, and no other may begin like it.',
			)
		: new Fault('git.no-ref', `${url} has no branch or tag named ${ref}`, `List them with: git ls-remote ${url}`);

/** The whole name of a commit that a repository on this host has; undefined when it has none, or several that begin so. */
export const commitAt = async (
	host: Reader,
	source: Source,
	directory: string,
	ref: string,
): Promise<string | undefined> => {
	// Named outright it is no "dubious" one, whoever owns it; rev-parse runs nothing that its configuration names.
	const inside = (await host.stat(`${directory}/.git`)) === undefined ? directory : `${directory}/.git`;
	const text = await askGit(host, source, [
		`--git-dir=${inside}`,
		'rev-parse',
		'--verify',
		'--quiet',
		'--end-of-options',
		`${ref}^{commit}`,
	]).catch(() => '');
	return isFullCommit(text.trim()) ? text.trim() : undefined;
};

/** The same from what a checkout already has of the other side; undefined when it has no such name. No network. */
export const resolveHere = async (
	host: Reader,
	source: Source,
	directory: string,
	ref: string,
): Promise<Target | undefined> => {
	if (isFullCommit(ref)) return {kind: 'commit', name: ref, commit: ref};
	const name = shortOf(ref);
	const text = await askGit(host, source, [
		'-C',
		directory,
		'for-each-ref',
		'--format=%(objectname)\t%(*objectname)\t%(refname)',
		`refs/remotes/origin/${name}`,
		`refs/tags/${name}`,
	]);
	const found = pickRef(
		text
			.split('\n')
			.map(line => line.split('\t'))
			.flatMap(([commit = '', peeled = '', full = '']) =>
				full === '' ? [] : [`${peeled || commit}\t${full.replace('refs/remotes/origin/', 'refs/heads/')}`],
			)
			.join('\n'),
		ref,
	);
	if (found !== undefined || !isShortCommit(ref)) return found;
	const commit = await commitAt(host, source, directory, ref);
	return commit === undefined ? undefined : {kind: 'commit', name: ref, commit};
};

/** The target in the output of ls-remote. `refs/heads/x` and `refs/tags/x` name exactly one kind. */
export const pickRef = (text: string, ref: string): Target | undefined => {
	const refs = new Map(
		text
			.split('\n')
			.map(line => line.split('\t'))
			.flatMap(([commit, name]) => (commit && name ? [[name, commit] as const] : [])),
	);
	const name = shortOf(ref);
	const branch = ref.startsWith('refs/tags/') ? undefined : refs.get(`refs/heads/${name}`);
	const tag = ref.startsWith('refs/heads/')
		? undefined
		: (refs.get(`refs/tags/${name}^{}`) ?? refs.get(`refs/tags/${name}`));
	if (branch !== undefined) return {kind: 'branch', name, commit: branch};
	return tag === undefined ? undefined : {kind: 'tag', name, commit: tag};
};

export const isFullCommit = (ref: string): boolean => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(ref);

/** As people note them: seven digits and more. */
export const isShortCommit = (ref: string): boolean => /^[0-9a-f]{7,63}$/i.test(ref) && !isFullCommit(ref);

export const shortOf = (ref: string): string => ref.replace(/^refs\/(heads|tags)\//, '');
