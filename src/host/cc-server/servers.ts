/**
 * Every CC-Server of this host with the config.toml it would read: by its processes, by Apache's WSGI sites, and where its guide or an administrator
 * puts it. Passwords stay in their boxes: what is known of them is said in words.
 */
import {dirname, join, resolve} from 'node:path';
import type {Fact, Reader} from '#model/host.ts';
import {apacheConfig} from '../apache/config.ts';
import {virtualHosts} from '../apache/sites.ts';
import {statThrough} from '../files/stat-through.ts';
import {textOf} from '../files/text-of.ts';
import {everywhere} from '../nginx/config.ts';
import {ifTold} from '../see.ts';
import {type Account, accounts} from '../system/accounts.ts';
import {isContained, type Process, processTable} from '../system/process-table.ts';
import {mayRead} from '../trust/beyond-rights.ts';

export type CcServer = {
	/** Its config.toml, or its directory where it has none. */
	readonly item: string;
	/** The source code, where that is known. */
	readonly directory: string | undefined;
	/** The file it reads, as far as can be told; undefined where there is none. */
	readonly config: string | undefined;
	/** Whose home it looks into, and who should run it. */
	readonly user: Account | undefined;
	/** A file that goes before, and that its account may not read: it is passed over without a word. */
	readonly passedOver?: string;
	/** One that lies beside the code, while another one goes before it. */
	readonly hidden?: string;
	/** Under Apache it opens no port of its own for the web. */
	readonly wsgi: boolean;
	/** Where Apache has it. */
	readonly site?: CcSite;
	readonly running: Process | undefined;
};

export type CcSite = {
	readonly name: string | undefined;
	/** `/cc` */
	readonly path: string;
	readonly port: number;
	readonly tls: boolean;
	readonly where: string;
	/** Its processes read files as UTF-8: Apache is started with the locale C, in which Python knows ASCII alone. */
	readonly utf8: boolean;
};

/** In the order of their names. Throws nothing but what the reading of a directory throws. */
export const ccServers: Fact<readonly CcServer[]> = {
	id: 'cc-servers',
	async read(host) {
		const {users} = await host.fact(accounts);
		// Also a system account, as the one that setup makes: its home is what tells.
		const homes = [...users.values()].filter(
			({home}) => home.startsWith('/') && home !== '/' && home !== '/nonexistent',
		);
		const people = homes.filter(({uid}) => uid >= 1000 || uid === 0);
		const places = [
			...(await fromProcesses(host, people)),
			...(await fromApache(host, [...users.values()])),
			...(await fromDirectories(host, homes)),
		];
		const servers = await Promise.all(uniqueBy(places, ({directory}) => directory).map(place => serverAt(host, place)));
		const known = new Set(servers.map(({config}) => config));
		const alone = await Promise.all(people.map(user => configOfHome(host, user)));
		return [...servers, ...alone.flatMap(one => (one === undefined || known.has(one.config) ? [] : [one]))].toSorted(
			(a, b) => (a.item < b.item ? -1 : 1),
		);
	},
};

type Place = Pick<CcServer, 'directory' | 'user' | 'wsgi' | 'running' | 'site'> & {readonly given?: string};

/** `python3 cc_server [CONFIG]` in its directory, or with the path of it. */
const fromProcesses = async (host: Reader, people: readonly Account[]): Promise<readonly Place[]> => {
	const table = await ifTold(() => host.fact(processTable));
	const own = [...(table?.values() ?? [])].flatMap(one => {
		if (isContained(one)) return [];
		const at = one.argv.findIndex((word, index) => index > 0 && /(^|\/)cc_server(\/__main__\.py)?\/?$/.test(word));
		return at > 0 && /^python/.test(one.argv[0]?.split('/').at(-1) ?? '')
			? [{one, word: one.argv[at]!, given: one.argv[at + 1]}]
			: [];
	});
	const mains = own.filter(({one}) => !own.some(other => other.one.pid === one.parent));
	const found = await Promise.all(
		mains.map(async ({one, word, given}) => {
			const cwd =
				word.startsWith('/') && given?.startsWith('/') !== false
					? '/'
					: (await ifTold(() => host.stat(`/proc/${one.pid}/cwd`)))?.target;
			if (cwd === undefined) return [];
			const package_ = resolve(cwd, word.replace(/\/__main__\.py$/, ''));
			const user = people.find(({uid}) => uid === one.uid);
			return [
				{
					directory: dirname(package_),
					user,
					wsgi: false,
					running: one,
					...(given !== undefined && !given.startsWith('-') && {given: resolve(cwd, given)}),
				},
			];
		}),
	);
	return found.flat();
};

/** `WSGIScriptAlias /cc /PATH/TO/cc-server/wsgi.py`, which is ours where cc_server stands beside it. */
/** `all`: system accounts too, such as the one that setup makes. */
const fromApache = async (host: Reader, all: readonly Account[]): Promise<readonly Place[]> => {
	if ((await host.stat('/etc/apache2/apache2.conf')) === undefined) return [];
	const config = await ifTold(() => host.fact(apacheConfig));
	if (config === undefined) return [];
	const daemon =
		everywhere(config.top, 'wsgidaemonprocess')
			.map(({args}) => args.join(' '))
			.find(words => /\bcc[-_]?server\b/.test(words)) ?? '';
	const named = /user=(\S+)/.exec(daemon)?.[1];
	const environment = await ifTold(() => textOf(host, '/etc/apache2/envvars'));
	const utf8 =
		/\blocale=\S*utf-?8/i.test(daemon) ||
		/^\s*(?:\. \/etc\/default\/locale|export (?:LANG|LC_ALL)=\S*utf-?8)/im.test(environment ?? '');
	const sites = virtualHosts(config);
	const found = await Promise.all(
		everywhere(config.top, 'wsgiscriptalias').map(async (alias): Promise<readonly Place[]> => {
			const directory = dirname(alias.args[1] ?? '/');
			if (!(await isSource(host, directory))) return [];
			const one = sites.find(({block}) => everywhere(block.children ?? [], 'wsgiscriptalias').includes(alias));
			const listen = one?.listens[0] ?? {port: 80, tls: false};
			const site = {name: one?.names[0], path: alias.args[0] ?? '/', ...listen, where: alias.where, utf8};
			const user = all.find(({name}) => name === named);
			return [{directory, user, wsgi: true, running: user && (await inApache(host, user)), site}];
		}),
	);
	return found.flat();
};

/** The first of Apache's processes that run as its account. */
const inApache = async (host: Reader, {uid}: Account): Promise<Process | undefined> =>
	[...((await ifTold(() => host.fact(processTable)))?.values() ?? [])]
		.filter(one => one.uid === uid && !isContained(one) && /(^|\/)apache2$/.test(one.argv[0] ?? ''))
		.toSorted((a, b) => a.startedAt - b.startedAt)[0];

const fromDirectories = async (host: Reader, people: readonly Account[]): Promise<readonly Place[]> => {
	const likely = [
		...people.map(user => ({directory: `${user.home}/cc-server`, user})),
		...['/opt', '/srv', '/srv/www', '/usr/local'].map(parent => ({directory: `${parent}/cc-server`, user: undefined})),
	];
	const there = await Promise.all(
		likely.map(async ({directory, user}) => {
			if ((await ifTold(() => isSource(host, directory))) !== true) return [];
			const uid = (await host.stat(directory))?.uid;
			return [{directory, user: user ?? people.find(one => one.uid === uid), wsgi: false, running: undefined}];
		}),
	);
	return there.flat();
};

const isSource = async (host: Reader, directory: string): Promise<boolean> =>
	(await host.stat(`${directory}/cc_server`)) !== undefined;

const homeConfig = '.config/curious-containers/config.toml';

/** As its guide says: what is named on the command line, else the home directory, else beside the code. */
const serverAt = async (host: Reader, {given, ...place}: Place): Promise<CcServer> => {
	const candidates = [
		given,
		place.user && join(place.user.home, homeConfig),
		place.directory && join(place.directory, 'config.toml'),
	];
	const reader = place.running?.uid ?? place.user?.uid;
	let passedOver: string | undefined;
	for (const path of candidates) {
		if (path === undefined) continue;
		const over = passedOver !== undefined && {passedOver};
		const beside = candidates.at(-1);
		if (await isReadable(host, path, reader)) {
			const hides = beside !== undefined && beside !== path && path !== given && (await isThere(host, beside));
			return {...place, item: path, config: path, ...over, ...(hides && {hidden: beside})};
		}
		if (passedOver === undefined && (await isThere(host, path))) passedOver = path;
	}
	const item = place.directory ?? 'cc-server';
	return {...place, item, config: undefined, ...(passedOver !== undefined && {passedOver})};
};

const isThere = async (host: Reader, path: string): Promise<boolean> =>
	(await ifTold(() => host.stat(path))) !== undefined;

const configOfHome = async (host: Reader, user: Account): Promise<CcServer | undefined> => {
	const config = join(user.home, homeConfig);
	if (!(await isReadable(host, config, user.uid))) return undefined;
	return {item: config, directory: undefined, config, user, wsgi: false, running: undefined};
};

/** A process and a home name files of their choice, also by a link: root reads for them only what they could read themselves. */
const isReadable = async (host: Reader, path: string, uid: number | undefined): Promise<boolean> => {
	const {stat} = (await ifTold(() => statThrough(host, path))) ?? {};
	if (stat === undefined) return false;
	return uid === undefined || uid === 0 || ((await ifTold(() => mayRead(host, path, uid))) ?? false);
};

const uniqueBy = <T>(all: readonly T[], key: (one: T) => unknown): readonly T[] =>
	all.filter((one, at) => all.findIndex(other => key(other) === key(one)) === at);
