/** Files that lie where cron looks and that it never runs: it passes them over by their name, owner, mode or last line, and says so in no mail. */
import type {Fact, Reader, Stat} from '#model/host.ts';
import {isInstalled, packages} from '../apt/packages.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';
import {accountsHere} from '../units/accounts-here.ts';
import {jobsOf, wrongLine} from './table-lines.ts';
import type {CronFiles, NeverRun} from './types.ts';
import {inUserTables} from './user-tables.ts';

/** 'absent' where no cron is installed whose rules these are. */
export const cronFiles: Fact<CronFiles | 'absent'> = {
	id: 'cron-files',
	async read(host) {
		if (!isInstalled((await host.fact(packages)).all.get('cron'))) return 'absent';
		const isAccount = await accountsHere(host);
		const parts = await Promise.all([inTables(host, isAccount), inDirectories(host), inUserTables(host, isAccount)]);
		return {
			looked: parts.reduce((sum, {looked}) => sum + looked, 0),
			own: parts.reduce((sum, {own}) => sum + own, 0),
			never: parts.flatMap(({never}) => never),
		};
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

type Judged = {readonly own: number; readonly never: readonly NeverRun[]};

const inTables = async (host: Reader, isAccount: (name: string) => boolean): Promise<CronFiles> => {
	const directory = '/etc/cron.d';
	const options = (await ifTold(() => textOf(host, '/etc/default/cron'))) ?? '';
	const names = /^[ \t]*EXTRA_OPTS=.*(?:^|[\s"'])-[a-zA-Z]*l/m.test(options) ? takenByLsb : taken;
	const found = (await ifTold(() => host.list(directory))) ?? [];
	const judged = await Promise.all([
		ofTable(host, '/etc/crontab', true, isAccount),
		...found
			.filter(name => !isAside(name))
			.map(name => ofTable(host, `${directory}/${name}`, names.test(name), isAccount)),
	]);
	return {
		looked: judged.length,
		own: judged.reduce((sum, {own}) => sum + own, 0),
		never: judged.flatMap(({never}) => never),
	};
};

const ofTable = async (
	host: Reader,
	path: string,
	named: boolean,
	isAccount: (name: string) => boolean,
): Promise<Judged> => {
	const stat = await ifTold(() => host.stat(path, {follow: true}));
	const text = stat?.kind === 'file' ? await ifTold(() => textOf(host, path)) : undefined;
	if (stat === undefined || text === undefined) return {own: 0, never: []};
	const jobs = jobsOf(text, true);
	const wrong = wrongLine(text, true);
	if (jobs.length === 0 && wrong === undefined) return {own: 0, never: []};
	const of = (await isOfPackage(host, path)) || path === '/etc/crontab';
	const own = of
		? jobs.filter(({command}) => !/run-parts/.test(command) && path === '/etc/crontab').length
		: jobs.length;
	const never = (why: NeverRun): Judged => ({own, never: [why]});
	if (!named) return jobs.length > 0 ? never({path, by: 'cron', why: 'name'}) : {own: 0, never: []};
	if (stat.uid !== 0 || (stat.mode & 0o022) !== 0)
		return never({path, by: 'cron', why: 'owner', mode: stat.mode & 0o7777, uid: stat.uid});
	if (!text.endsWith('\n')) return never({path, by: 'cron', why: 'unended'});
	if (wrong?.why === 'times') return never({path, by: 'cron', ...wrong});
	const stranger = jobs.find(({account = ''}) => !isAccount(account));
	if (stranger !== undefined)
		return never({path, by: 'cron', why: 'account', line: stranger.line, word: stranger.account ?? ''});
	if (wrong !== undefined) return never({path, by: 'cron', ...wrong});
	// A package may have gone and left its table, which looks for its program by itself.
	for (const {line, command} of of ? [] : jobs) {
		const [, program] = /^(\/[\w./+@-]+)(?:\s|$)/.exec(command) ?? [];
		if (
			program !== undefined &&
			(await ifTold(async () => (await host.stat(program, {follow: true})) ?? 'none')) === 'none'
		)
			return never({path, by: 'cron', why: 'program', line, program});
	}
	return {own, never: []};
};

const inDirectories = async (host: Reader): Promise<CronFiles> => {
	const table = (await ifTold(() => textOf(host, '/etc/crontab'))) ?? '';
	const parts = await Promise.all(
		often
			// Told to take other names, it takes them.
			.filter(one => !new RegExp(`run-parts[^\\n]*--(?:regex|lsbsysinit)[^\\n]*cron\\.${one}`).test(table))
			.map(async (one): Promise<Judged> => {
				const directory = `/etc/cron.${one}`;
				const names = ((await ifTold(() => host.list(directory))) ?? []).filter(name => !isAside(name));
				const scripts = await Promise.all(names.map(name => ofScript(host, `${directory}/${name}`, taken.test(name))));
				const own = scripts.reduce((sum, script) => sum + script.own, 0);
				const never = scripts.flatMap(script => script.never);
				if (!scripts.some(script => script.own > script.never.length) || (await isNamed(host, table, directory)))
					return {own, never};
				return {own, never: [...never, {path: directory, by: 'cron', why: 'unnamed'}]};
			}),
	);
	return {
		looked: parts.length,
		own: parts.reduce((sum, {own}) => sum + own, 0),
		never: parts.flatMap(({never}) => never),
	};
};

/** By the table of the system, by one of its directory, or by anacron. */
const isNamed = async (host: Reader, table: string, directory: string): Promise<boolean> => {
	const others = ((await ifTold(() => host.list('/etc/cron.d'))) ?? []).map(name => `/etc/cron.d/${name}`);
	const texts = await Promise.all([...others, '/etc/anacrontab'].map(path => ifTold(() => textOf(host, path))));
	return [table, ...texts].some(text => text?.includes(directory) === true);
};

const ofScript = async (host: Reader, path: string, named: boolean): Promise<Judged> => {
	const stat = await ifTold(() => host.stat(path, {follow: true}));
	// A package's own is put to rest by its mode.
	if (stat?.kind !== 'file' || (await isOfPackage(host, path))) return {own: 0, never: []};
	const text = (await ifTold(() => textOf(host, path))) ?? '';
	const script = text.startsWith('#!');
	const own = isExecutable(stat) || script ? 1 : 0;
	const never = (why: NeverRun): Judged => ({own, never: [why]});
	if (!named) return own > 0 ? never({path, by: 'run-parts', why: 'name'}) : {own, never: []};
	if (!isExecutable(stat)) return script ? never({path, by: 'run-parts', why: 'mode'}) : {own, never: []};
	return /^#![^\n]*\r\n/.test(text) ? never({path, by: 'run-parts', why: 'return', line: 1}) : {own, never: []};
};

const isExecutable = ({mode}: Stat): boolean => (mode & 0o111) !== 0;

/** What packages keep there: dpkg has files in /etc as those of a package's settings. */
const ofPackages: Fact<ReadonlySet<string>> = {
	id: 'cron-files-of-packages',
	async read(host) {
		const status = (await ifTold(() => textOf(host, '/var/lib/dpkg/status'))) ?? '';
		return new Set([...status.matchAll(/^ (\/etc\/cron\S+) /gm)].map(([, path = '']) => path));
	},
};

const isOfPackage = async (host: Reader, path: string): Promise<boolean> => (await host.fact(ofPackages)).has(path);
