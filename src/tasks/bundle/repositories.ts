/**
 * Repositories for a medium, each as one file that git itself makes and fetches from (git bundle): with all branches and tags, so that whichever is asked for
 * later is found as on its server.
 */
import {join} from 'node:path';
import {makeOwnDirectory} from '#host/files/own-file.ts';
import {sha256} from '#host/files/stash.ts';
import {gitInstead} from '#host/outgoing/way-out.ts';
import {programFault, runProgram} from '#host/programs/run-program.ts';
import {Fault} from '#model/fault.ts';
import type {Covered, Manifest} from './manifest.ts';

/** Fetches them below `work`, where a later try goes on, and puts them onto the medium. Throws Fault bundle.not-covered, program.failed. */
export const gatherRepositories = async (
	wanted: readonly Covered[],
	{work, medium, say}: {readonly work: string; readonly medium: string; readonly say: (line: string) => void},
): Promise<Manifest['instead']> => {
	const instead = new Map<string, string>();
	for (const one of wanted) {
		if (one.kind !== 'repository') continue;
		const name = sha256(one.url).slice(0, 32);
		const mirror = join(work, 'repositories', name);
		if (!instead.has(one.url)) {
			say(`fetching ${one.url}`);
			await bringMirror(one.url, mirror);
			const at = `repositories/${name}`;
			await makeOwnDirectory(join(medium, 'repositories'), 0o755);
			// One thread: two of them would not pack alike.
			await git(mirror, [
				'-c',
				'pack.threads=1',
				'bundle',
				'create',
				'--quiet',
				join(medium, at),
				'--branches',
				'--tags',
			]);
			instead.set(one.url, at);
		}
		await refuseWithout(one, mirror);
	}
	return [...instead].map(([of, at]) => ({of, at})).toSorted((a, b) => (a.of < b.of ? -1 : 1));
};

/** Cut off, it goes on; what a server has besides (the pull requests of everybody) stays there. */
const bringMirror = async (url: string, mirror: string): Promise<void> => {
	await makeOwnDirectory(mirror, 0o755);
	await git(mirror, ['init', '--quiet', '--bare']);
	const all = ['heads', 'tags'].map(kind => `+refs/${kind}/*:refs/${kind}/*`);
	await git(mirror, [...gitInstead(), 'fetch', '--quiet', '--prune', '--no-tags', '--', url, ...all]);
};

/** What a branch or a tag does not reach, and what submodules bring, is not in the file. */
const refuseWithout = async (
	{url, ref, submodules}: Extract<Covered, {kind: 'repository'}>,
	mirror: string,
): Promise<void> => {
	const commit = await tell(mirror, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
	const held =
		commit === ''
			? ''
			: await tell(mirror, ['for-each-ref', '--count=1', '--contains', commit, 'refs/heads', 'refs/tags']);
	if (held === '') throw notCovered(`${ref} of ${url}, which no branch or tag of it reaches`);
	if (submodules !== false && (await tell(mirror, ['ls-tree', '--name-only', commit, '--', '.gitmodules'])) !== '')
		throw notCovered(`the submodules of ${url}`);
};

const notCovered = (what: string): Fault =>
	new Fault(
		'bundle.not-covered',
		`no medium can carry it yet: ${what}`,
		'Answer with a branch, a tag or a commit on one, or with a path on the host.',
		{details: [what]},
	);

/** Nobody is asked for a password, and nothing of the repository is run. */
const environment = {GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '/bin/false', GIT_CONFIG_NOSYSTEM: '1'};

const git = async (directory: string, words: readonly string[]): Promise<void> => {
	const argv = ['git', '-c', 'core.hooksPath=/dev/null', '-c', 'gc.auto=0', '-C', directory, ...words];
	const ran = await runProgram(argv, {fetches: true, env: environment, timeout: 3_600_000});
	if (ran.code !== 0) throw programFault(argv, ran);
};

/** What it says, on one line; '' where it refuses. */
const tell = async (directory: string, words: readonly string[]): Promise<string> => {
	const ran = await runProgram(['git', '-C', directory, ...words], {env: environment, timeout: 60_000});
	return ran.code === 0 ? ran.stdout.trim() : '';
};
