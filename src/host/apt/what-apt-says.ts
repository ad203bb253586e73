/** apt's own words, read: what a transaction would do, how far it is, and what it means when it stops. */
import {Fault} from '#model/fault.ts';

export type Transaction = {
	/** Name and version of what comes new, in apt's order. */
	readonly adds: readonly {readonly name: string; readonly version: string}[];
	readonly upgrades: readonly {readonly name: string; readonly version: string}[];
	readonly removes: readonly string[];
	/** As apt says it: `16.3 MB`. */
	readonly download: string;
};

/** The answer of `apt-get install -V --print-uris`. */
export const parseTransaction = (text: string): Transaction => ({
	adds: section(text, /^The following NEW packages will be installed:/),
	upgrades: section(text, /^The following packages will be (?:upgraded|DOWNGRADED):/).map(({name, version}) => ({
		name,
		version: version.replace(/^.*=> /, ''),
	})),
	removes: section(text, /^The following packages will be REMOVED:/).map(({name}) => name.replace(/\*$/, '')),
	download: /^Need to get (\S+ [kMGT]?B)(?:\/\S+ [kMGT]?B)? of archives/m.exec(text)?.[1] ?? '0 B',
});

/** Names that apt does not know, or knows and cannot install. */
export const unknownNames = (text: string): readonly string[] => [
	...new Set(
		[
			...text.matchAll(
				/^E: (?:Unable to locate package (\S+)|Package '([^']+)' has no installation candidate|Version '[^']*' for '([^']+)' was not found)/gm,
			),
		].flatMap(([, a, b, c]) => [a ?? b ?? c ?? '']),
	),
];

/** Does it help to fetch the lists and try once more? The mirror moved on since they were fetched. */
export const isStale = (lines: readonly string[]): boolean =>
	lines.some(line => /404 +Not Found|Hash Sum mismatch|File has unexpected size/.test(line));

/** The holder of apt's lock, where that is why it stopped. */
export const holderOf = (lines: readonly string[]): string | undefined =>
	lines
		.findLast(line =>
			/^E: Could not get lock|lock was locked by another process|^E: Unable to acquire the dpkg frontend lock/.test(
				line,
			),
		)
		?.replace(/^.*?(?:held by process (\d+(?: \([^)]*\))?)|process with pid (\d+)|$).*$/, '$1$2');

/** Puts a failed program's lines into apt's fault; any other error stays what it is. */
export const inAptWords = (error: unknown, lines: readonly string[], what: string): unknown =>
	error instanceof Fault && error.code === 'program.failed' ? aptFault(lines, what) : error;

/** The fault behind apt's last lines. `what` names the act: `installing nginx`. */
export const aptFault = (lines: readonly string[], what: string): Fault => {
	const details = lines
		.filter(
			line =>
				line.trim() !== '' && !/^(?:Get:|Hit:|Reading|Building|Selecting|Preparing|Unpacking|\(Reading)/.test(line),
		)
		.slice(-20);
	const text = lines.join('\n');
	const row = rows.find(({words}) => words.test(text)) ?? last;
	const found = row.words
		.exec(text)
		?.slice(1)
		.find(group => group !== undefined);
	return new Fault(row.code, row.sentence(what, found ?? ''), row.hint, {details});
};

type Row = {
	readonly code: string;
	readonly words: RegExp;
	readonly sentence: (what: string, found: string) => string;
	readonly hint: string;
};

// From the most telling to the least: a full disk also breaks dependencies, and no network also fails to fetch.
const rows: readonly Row[] = [
	{
		code: 'apt.no-space',
		words: /No space left on device|enough free space in (\S+)|Disk quota exceeded/,
		sentence: (what, where) => `${what}: no space left${where === '' ? '' : ` in ${where.replace(/\.$/, '')}`}`,
		hint: 'Free some space (df -h shows where, apt-get clean helps), then run the same command again: half-installed packages are mended first.',
	},
	{
		code: 'apt.read-only',
		words: /Read-only file system/,
		sentence: what => `${what}: a file system is read-only`,
		hint: 'Mount it writable, then run the same command again.',
	},
	{
		code: 'apt.interrupted',
		words: /dpkg was interrupted, you must manually run/,
		sentence: what => `${what}: an earlier run of dpkg was cut off`,
		hint: 'Run the same command again: it mends the package database first.',
	},
	{
		code: 'apt.locked',
		words:
			/(?:^E: Could not get lock.*)?held by process (\d+(?: \([^)]*\))?)|locked by another process with pid (\d+)|^E: Could not get lock/m,
		sentence: (what, who) => `${what}: another program holds the package lock${who === '' ? '' : ` (process ${who})`}`,
		hint: 'Wait for it to end (often apt-daily or unattended-upgrades), then run the same command again. Never remove the lock file.',
	},
	{
		code: 'apt.script-lock',
		words: /^debconf: DbDriver "[^"]*": (\S+) is locked by another process|Could not obtain exclusive lock/m,
		sentence: (what, path) => `${what}: ${path || '/run/adduser'} was locked by another program`,
		hint: 'fuser -v on that file names it: end it, then run the same command again, which mends what was left half installed.',
	},
	{
		code: 'apt.no-package',
		words: /^E: Unable to locate package (\S+)|^E: Package '([^']+)' has no installation candidate/m,
		sentence: (what, name) => `${what}: this release has no package ${name}`,
		hint: 'See whether the name is right and whether its archive is in /etc/apt/sources.list (on Ubuntu often universe).',
	},
	{
		code: 'apt.no-version',
		words: /^E: Version '([^']*)' for '[^']+' was not found/m,
		sentence: (what, version) => `${what}: the archive does not have version ${version}`,
		hint: 'apt-cache policy NAME lists the versions there are; change the answer, or take the newest.',
	},
	{
		code: 'apt.held',
		words: /Held packages were changed|(?<=held back:\s*)(\S+)/,
		sentence: what => `${what}: a package is on hold and would have to change`,
		hint: 'apt-mark showhold lists them; release it with apt-mark unhold, or answer otherwise.',
	},
	{
		code: 'apt.would-remove',
		words: /Packages need to be removed but remove is disabled/,
		sentence: what => `${what} would remove packages`,
		hint: 'The plan lists them; allow it there, or answer otherwise.',
	},
	{
		code: 'apt.would-downgrade',
		words: /Packages were downgraded and -y was used/,
		sentence: what => `${what} would go back to an older version`,
		hint: 'Do it by hand with apt-get install --allow-downgrades, knowing what depends on it.',
	},
	{
		code: 'apt.postinst',
		words: /dpkg: error processing (?:package|archive) (\S+)/,
		sentence: (what, name) => `${what}: the package ${name} failed in its own scripts`,
		hint: 'Its words are below (journalctl -n 50 may tell more). Mend the cause and run the same command again: it is mended first.',
	},
	{
		code: 'apt.hash-mismatch',
		words: /Hash Sum mismatch|File has unexpected size/,
		sentence: what => `${what}: what the mirror sent does not have the right checksum`,
		hint: 'The mirror is being updated, or a proxy keeps old files: try again in some minutes, or use another mirror.',
	},
	{
		code: 'apt.proxy-login',
		words: /407 +Proxy Authentication Required/i,
		sentence: what => `${what}: the proxy wants a login`,
		hint: 'Answer fetching.proxy with its user and password, or put both into the address in http_proxy.',
	},
	{
		code: 'apt.no-network',
		words:
			/Temporary failure resolving '([^']+)'|Could not resolve '([^']+)'|(?:Could not connect to|Cannot initiate the connection to|Unable to connect to|Connection failed to?) ?(\S*)|Connection timed out|Network is unreachable/,
		sentence: (what, server) => `${what}: the package mirror cannot be reached${server === '' ? '' : ` (${server})`}`,
		hint: 'See whether the name resolves and the network is up (a proxy is an answer: fetching.proxy), then run the same command again.',
	},
	{
		code: 'apt.signature',
		words: /NO_PUBKEY|EXPKEYSIG|is not signed|BADSIG/,
		sentence: what => `${what}: the signature of an archive cannot be checked`,
		hint: 'Install the key of that archive, or take it out of /etc/apt/sources.list.d.',
	},
	{
		code: 'apt.clock',
		words: /Release file for \S+ is (?:not valid yet|expired)/,
		sentence: what => `${what}: the archive's date does not fit this host's clock`,
		hint: 'See whether the clock is right (timedatectl), or whether the release is out of support.',
	},
	{
		code: 'apt.sources',
		words: /The repository '([^']*)' (?:does not have|no longer has) a Release file|Malformed entry/,
		sentence: (what, where) => `${what}: an entry in apt's sources is not usable${where === '' ? '' : `: ${where}`}`,
		hint: 'Mend /etc/apt/sources.list and sources.list.d, then run the same command again.',
	},
	{
		code: 'apt.fetch',
		words: /^E: Failed to fetch (\S+)/m,
		sentence: (what, url) => `${what}: ${url} could not be fetched`,
		hint: 'See its words below; the lists may be old (apt-get update) or the mirror incomplete.',
	},
	{
		code: 'apt.broken-dependencies',
		words: /unmet dependencies|held broken packages|Unable to correct (?:problems|dependencies)/,
		sentence: what => `${what}: the dependencies cannot be met`,
		hint: 'Often an archive of another release is in the sources, or a package is on hold; apt-get -f install and apt-mark showhold tell.',
	},
];

const last: Row = {
	code: 'apt.failed',
	words: /$/,
	sentence: what => `${what} failed`,
	hint: "apt's last lines are below; mend the cause and run the same command again.",
};

const section = (text: string, title: RegExp): readonly {readonly name: string; readonly version: string}[] => {
	const lines = text.split('\n');
	return lines.flatMap((line, at) => (title.test(line) ? indented(lines.slice(at + 1)) : []));
};

const indented = (lines: readonly string[]): readonly {readonly name: string; readonly version: string}[] => {
	const end = lines.findIndex(line => !line.startsWith('   '));
	return lines.slice(0, end < 0 ? lines.length : end).map(line => {
		const [, name = '', version = ''] = /^ +(\S+)(?: \((.*)\))?/.exec(line) ?? [];
		return {name, version};
	});
};
