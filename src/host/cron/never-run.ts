/** Files that lie where cron looks and that it never runs: it passes them over by their name, owner, mode or last line, and says so in no mail. */
import type {Fact, Reader, Stat} from '#model/host.ts';
import {isInstalled, packages} from '../apt/packages.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';
import {accounts} from '../system/accounts.ts';
import {sourcesIn} from '../units/silent-names.ts';

/** `by`: the program that passes it over. */
export type NeverRun = {readonly path: string; readonly by: 'cron' | 'run-parts'} & (
	| {readonly why: 'name'}
	/** The last line has no line break: cron leaves out the whole file. */
	| {readonly why: 'unended'}
	| {readonly why: 'owner'; readonly mode: number; readonly uid: number}
	| {readonly why: 'mode'}
	/** The sixth word of a line in the system's tables is an account. */
	| {readonly why: 'account'; readonly line: number; readonly word: string}
);

export type CronFiles = {readonly looked: number; readonly never: readonly NeverRun[]};

/** 'absent' where no cron is installed whose rules these are. */
export const cronFiles: Fact<CronFiles | 'absent'> = {
	id: 'cron-files',
	async read(host) {
		if (!isInstalled((await host.fact(packages)).all.get('cron'))) return 'absent';
		const parts = await Promise.all([inTables(host), inDirectories(host)]);
		return {looked: parts.reduce((sum, {looked}) => sum + looked, 0), never: parts.flatMap(({never}) => never)};
	},
};

const often = ['hourly', 'daily', 'weekly', 'monthly'] as const;

/** What run-parts and cron take without further options. */
const taken = /^[A-Za-z0-9_-]+$/;
/** With -l also those of the Linux Standard Base: a domain before a name. */
const takenByLsb = /^(?:[a-z0-9]+|_?(?:[a-z0-9_.]+-)+[a-z0-9]+|[A-Za-z0-9_-]+)$/;

/** What was put aside, on purpose or by a package: nobody wonders that it does not run. */
export const isAside = (name: string): boolean =>
	/^\.|~$|^#|\.(?:disabled?|off|inactive|bak|backup|old|orig|saved?|swp|tmp|sample|example|dist|rej|txt|md|log|json|ya?ml)$|\.(?:dpkg|ucf|rpm)[a-z]*(?:-[\w.]+)?$|^README/i.test(
		name,
	) || /\.(?:bak|old|orig|save|dpkg|disabled|off)[.-]/i.test(name);

const inTables = async (host: Reader): Promise<CronFiles> => {
	const directory = '/etc/cron.d';
	const options = (await ifTold(() => textOf(host, '/etc/default/cron'))) ?? '';
	const names = /^[ \t]*EXTRA_OPTS=.*(?:^|[\s"'])-[a-zA-Z]*l/m.test(options) ? takenByLsb : taken;
	const found = (await ifTold(() => host.list(directory))) ?? [];
	const isAccount = await accountsHere(host);
	const judged = await Promise.all([
		ofTable(host, '/etc/crontab', true, isAccount),
		...found
			.filter(name => !isAside(name))
			.map(name => ofTable(host, `${directory}/${name}`, names.test(name), isAccount)),
	]);
	return {looked: judged.length, never: judged.flat()};
};

const ofTable = async (
	host: Reader,
	path: string,
	named: boolean,
	isAccount: (name: string) => boolean,
): Promise<readonly NeverRun[]> => {
	const stat = await ifTold(() => host.stat(path, {follow: true}));
	const text = stat?.kind === 'file' ? await ifTold(() => textOf(host, path)) : undefined;
	if (stat === undefined || text === undefined || jobsIn(text).length === 0) return [];
	if (!named) return [{path, by: 'cron', why: 'name'}];
	if (stat.uid !== 0 || (stat.mode & 0o022) !== 0)
		return [{path, by: 'cron', why: 'owner', mode: stat.mode & 0o7777, uid: stat.uid}];
	if (!text.endsWith('\n')) return [{path, by: 'cron', why: 'unended'}];
	const wrong = jobsIn(text).find(({account}) => !isAccount(account));
	return wrong === undefined ? [] : [{path, by: 'cron', why: 'account', line: wrong.line, word: wrong.account}];
};

/** Where others than this host's files name accounts, only what can be no name is none. */
const accountsHere = async (host: Reader): Promise<(name: string) => boolean> => {
	const known = (await host.fact(accounts)).users;
	const remote = sourcesIn((await ifTold(() => textOf(host, '/etc/nsswitch.conf'))) ?? '').length > 0;
	return name => known.has(name) || (remote && /^[\w.@\\-]+$/.test(name));
};

/** The jobs of a table of the system, with the account that each names. */
export const jobsIn = (text: string): readonly {readonly line: number; readonly account: string}[] =>
	text.split('\n').flatMap((written, at) => {
		const [, account] =
			/^[ \t]*(?:@[a-z]+|[\d*][\d*/,~-]*(?:[ \t]+[\w*][\w*/,~-]*){4})[ \t]+(\S+)[ \t]+\S/.exec(written) ?? [];
		return account === undefined ? [] : [{line: at + 1, account}];
	});

const inDirectories = async (host: Reader): Promise<CronFiles> => {
	const table = (await ifTold(() => textOf(host, '/etc/crontab'))) ?? '';
	const parts = await Promise.all(
		often
			// Told to take other names, it takes them.
			.filter(one => !new RegExp(`run-parts[^\\n]*--(?:regex|lsbsysinit)[^\\n]*cron\\.${one}`).test(table))
			.map(async one => {
				const directory = `/etc/cron.${one}`;
				const names = ((await ifTold(() => host.list(directory))) ?? []).filter(name => !isAside(name));
				return Promise.all(names.map(name => ofScript(host, `${directory}/${name}`, taken.test(name))));
			}),
	);
	return {looked: parts.flat().length, never: parts.flat(2)};
};

const ofScript = async (host: Reader, path: string, named: boolean): Promise<readonly NeverRun[]> => {
	const stat = await ifTold(() => host.stat(path, {follow: true}));
	if (stat?.kind !== 'file') return [];
	if (!named) return isExecutable(stat) || (await isScript(host, path)) ? [{path, by: 'run-parts', why: 'name'}] : [];
	// A package's own is put to rest like that.
	const own = !isExecutable(stat) && (await isScript(host, path)) && !(await isOfPackage(host, path));
	return own ? [{path, by: 'run-parts', why: 'mode'}] : [];
};

const isExecutable = ({mode}: Stat): boolean => (mode & 0o111) !== 0;

const isScript = async (host: Reader, path: string): Promise<boolean> =>
	((await ifTold(() => textOf(host, path))) ?? '').startsWith('#!');

/** dpkg keeps files in /etc as those of a package's settings. */
const isOfPackage = async (host: Reader, path: string): Promise<boolean> =>
	Buffer.from((await ifTold(() => host.read('/var/lib/dpkg/status'))) ?? '').includes(`\n ${path} `);
