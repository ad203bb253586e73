/** What an update would bring: the commits between the checkout and its branch, told before anything is fetched into it. */
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {Change} from '#model/resource.ts';
import {askGit, fromPath, type Source} from './program.ts';
import type {Target} from './ref.ts';
import type {Runs} from './stand-still.ts';

export type News = {
	/** `abc1234 Ada: Add depth`, newest first. */
	readonly commits: readonly string[];
	/** How many there are in all. */
	readonly count: number;
	/** Files of migrations that come with them. */
	readonly migrations: readonly string[];
};

/**
 * Fetched beside the checkout, as its user, into a directory that goes again. Throws Fault git.rewritten where the branch does not come after the commit that is
 * checked out: what was pulled apart is no update.
 */
export const newsOf = async (
	host: Reader,
	source: Source,
	directory: string,
	from: string,
	{kind, name, commit}: Target,
): Promise<News | undefined> => {
	if (kind !== 'branch' || from === commit) return undefined;
	const as = {as: source.user};
	const scratch = (await host.query(['mktemp', '-d', '/tmp/host-setup-news-XXXXXXXX'], as)).trim();
	try {
		const ask = (args: readonly string[], timeout = 120_000): Promise<string> =>
			askGit(host, source, [`--git-dir=${scratch}`, ...args], {
				timeout,
				env: {GIT_ALTERNATE_OBJECT_DIRECTORIES: `${directory}/.git/objects`},
			});
		await ask(['init', '--quiet', '--bare']);
		await ask(['update-ref', 'refs/heads/here', from]);
		await ask(
			['fetch', '--quiet', '--no-tags', ...fromPath(source), '--', source.url, `+refs/heads/${name}:refs/heads/there`],
			1_800_000,
		);
		if ((await ask(['rev-list', '--max-count=1', from, '--not', commit])).trim() !== '')
			throw new Fault(
				'git.rewritten',
				`the branch ${name} of ${source.url} does not come after ${from.slice(0, 12)}, which is checked out in ${directory}`,
				`Somebody rewrote it, or the checkout is of another one. See what became of it; to take it all the same, answer ${commit.slice(0, 12)} as the commit.`,
			);
		const [count, log, files] = await Promise.all([
			ask(['rev-list', '--count', `${from}..${commit}`]),
			ask(['log', '--no-color', '-z', `--max-count=${most}`, '--format=%h %an: %s', `${from}..${commit}`]),
			ask(['diff', '--name-only', '--no-renames', '--diff-filter=A', '-z', from, commit]),
		]);
		return {
			count: Number(count),
			commits: log.split('\0').filter(line => line !== ''),
			migrations: files.split('\0').filter(path => /(^|\/)migrations\/\d\w*\.py$/.test(path)),
		};
	} finally {
		await host.query(['rm', '-rf', '--', scratch], as);
	}
};

/** As lines of a plan. */
export const newsChanges = ({commits, count, migrations}: News, runs: Runs | undefined): readonly Change[] => [
	...commits.map((line): Change => {
		const [hash = '', ...words] = line.split(' ');
		return {key: 'commit', item: hash, what: `commit ${hash}`, from: null, to: words.join(' ')};
	}),
	...(count > commits.length
		? [{what: 'commits', from: null, to: `${count - commits.length} more`} satisfies Change]
		: []),
	...migrations.map((path): Change => ({key: 'migration', item: path, what: 'migration', from: null, to: path})),
	...(runs === undefined
		? []
		: [{what: runs.name, from: 'runs', to: 'stands still until the new code is in place'} satisfies Change]),
];

const most = 30;
