/** What root reads or runs without being asked, and somebody else may write: whoever that is becomes root when it is next read. */
import type {RootRead} from '#host/trust/root-read.ts';
import {rootReads} from '#host/trust/root-reads.ts';
import {type Trusting, trust} from '#host/trust/who-may-write.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader, Stat} from '#model/host.ts';
import {directory} from '#resources/files/directory.ts';

type Writable = {
	readonly path: string;
	readonly kind: Stat['kind'];
	/** Permission bits as they are. */
	readonly mode: number;
	/** `the user web`. */
	readonly who: readonly string[];
	/** Who reads it or what lies below: `cron`. */
	readonly by: readonly string[];
};

const listed = (words: readonly string[]): string =>
	`${words.slice(0, 3).join(', ')}${words.length > 3 ? `, ${words.length - 3} more` : ''}`;

/** Where nothing belongs to an application: giving that to root breaks nobody's work. */
const ofSystem = /^\/(etc|usr|root|boot|opt\/[^/]+|var\/spool\/cron)(\/|$)/;

const commands = ({path, kind}: Writable): readonly (readonly string[])[] =>
	kind === 'symlink'
		? [['chown', '--no-dereference', 'root:root', path]]
		: [
				['chown', 'root', path],
				['chmod', 'go-w', path],
			];

const kinds = defineKinds({
	writable: {
		state: 'fail',
		example: {
			path: '/etc/cron.daily',
			kind: 'directory',
			mode: 0o777,
			who: ['everybody'],
			by: ['cron'],
		} as Writable,
		says: ({path, who, by, kind}) =>
			`${listed(who)} may write ${path}, ${kind === 'directory' ? 'where root reads' : 'which root reads'} (${listed(by)}): code as root`,
		remedy: data => ({
			sentence: ofSystem.test(data.path)
				? `Give ${data.path} to root alone. See first what is in it: who could write it may have done so.`
				: `Let root read a copy that is root's, in a directory of root's, in place of ${data.path}; nothing that ${listed(data.who)} may write can be what root runs. See first what is in it.`,
			...(ofSystem.test(data.path) && {commands: commands(data)}),
		}),
		fix: ({path, kind, mode}) =>
			kind === 'directory' && ofSystem.test(path) ? [directory({path, owner: 'root:root', mode: mode & ~0o022})] : [],
	},
});

export const check = defineCheck({
	id: 'host.root-reads',
	title: 'What root reads and runs only root may write',
	why: 'A program, a unit, a cron job, a site of the web server or any directory above it that another account may write is a way to root: its owner waits for the next start, reload or night.',
	reads: [
		'/proc/PID/exe and cmdline of processes of root',
		'/etc/systemd/system: units, drop-ins and what they start as root',
		'/etc/crontab, /etc/cron.*, the crontab of root',
		'sudoers and the commands of its rules; PAM; logrotate and its scripts',
		'the profiles of the shells, the search path of root, the loader',
		'the whole configuration of nginx and Apache, with modules, and the directories of their logs',
		'owner, mode and access list of each of them, of every directory above, and of every link on the way',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'docs/security.md; CIS Debian Benchmark, "System File Permissions"; acl(5), sudoers(5), crontab(5)',
	verify: 'namei -l PATH shows root and no w for group and others on every line; getfacl shows no more.',
	facts: {rootReads, trust},
	kinds,
	async inspect({host, facts}) {
		const found = await writable(facts.rootReads, facts.trust, host);
		const hidden = host.root === '/' && process.geteuid?.() !== 0;
		return findings(found, {
			is: 'ok',
			says: `${new Set(facts.rootReads.map(({path}) => path)).size} files and directories are root's alone`,
			expected: [],
			layers: {
				file: hidden
					? {because: 'needs-root', need: 'crontabs, sudoers and the programs of root are hidden from others'}
					: {value: [], where: 'owner, mode and access lists'},
			},
		});
	},
});

const notTold = (path: string, words: string): FoundOf<typeof kinds> => ({
	is: 'ok',
	item: path,
	expected: 'root alone',
	layers: {file: {because: 'no-tool', need: `perl, to tell whether ${words} may write ${path}`}},
});

/** One finding for each thing that others may write, however many lie below it. */
const writable = async (
	reads: readonly RootRead[],
	trusting: Trusting,
	host: Reader,
): Promise<readonly FoundOf<typeof kinds>[]> => {
	const places = Map.groupBy(
		reads.flatMap(({path, by}) => trusting(path).writers.map(writer => ({at: writer.path, writer, by}))),
		({at}) => at,
	);
	return Promise.all(
		[...places]
			.toSorted(([a], [b]) => (a < b ? -1 : 1))
			.map(async ([path, some]) => {
				const stat = await host.stat(path);
				const known = some.filter(({writer}) => writer.kind !== 'unknown');
				// Its mode alone does not tell: an access list may give the group less, and others more.
				if (known.length === 0) return notTold(path, some[0]!.writer.words);
				const who = [...new Set(known.map(({writer}) => writer.words))];
				return {
					is: 'writable' as const,
					data: {
						path,
						kind: stat?.kind ?? 'other',
						mode: stat?.mode ?? 0,
						who,
						by: [...new Set(some.map(({by}) => by))],
					},
					item: path,
					expected: 'root alone',
					layers: {file: {value: who, where: `${path}: ${(stat?.mode ?? 0).toString(8).padStart(4, '0')}`, path}},
				};
			}),
	);
};
