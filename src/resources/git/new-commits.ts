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
	await host.probe(leftovers(source.user), as);
	const scratch = (await host.query(['mktemp', '-d', `${place}/${prefix}XXXXXXXX`], as)).trim();
	try {
		const ask = (args: readonly string[], timeout = 120_000, mostBytes?: number): Promise<string> =>
			askGit(host, source, [`--git-dir=${scratch}`, ...args], {
				timeout,
				...(mostBytes !== undefined && {mostBytes}),
				env: {GIT_ALTERNATE_OBJECT_DIRECTORIES: `${directory}/.git/objects`},
			});
		await ask(['init', '--quiet', '--bare']);
		// One file, which can be bounded; else each small thing would be one of its own.
		await ask(['config', 'fetch.unpackLimit', '1']);
		await ask(['update-ref', 'refs/heads/here', from]);
		await ask(
			['fetch', '--quiet', '--no-tags', ...fromPath(source), '--', source.url, `+refs/heads/${name}:refs/heads/there`],
			1_800_000,
			largest,
		).catch((error: unknown) => {
			throw error instanceof Fault && /index-pack|File size limit|File too large/.test(error.details.join('\n'))
				? tooMuch(source, name, error)
				: error;
		});
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

/** Not /tmp, which is memory on many hosts: whoever commits there says how much comes. */
const place = '/var/tmp';
const prefix = 'host-setup-news-';
const largest = 4 * 2 ** 30;

/** Of a plan that was ended on its way: older than any goes on. */
const leftovers = (user: string): readonly string[] => [
	...['find', place, '-maxdepth', '1', '-type', 'd', '-user', user, '-name', `${prefix}*`, '-mmin', '+60'],
	...['-exec', 'rm', '-rf', '--', '{}', '+'],
];

const tooMuch = ({url}: Source, name: string, cause: Fault): Fault =>
	new Fault(
		'git.too-much',
		`${url} has more than ${largest / 2 ** 30} GB for the branch ${name}, or the disk of ${place} is full`,
		'See what was committed there. Nothing of it was kept.',
		{details: cause.details, cause},
	);

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
