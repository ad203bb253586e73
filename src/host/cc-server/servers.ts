/**
 * Every CC-Server of this host with the config.toml it would read: by its processes, by Apache's WSGI sites, and where its guide or an administrator
 * puts it. Passwords stay in their boxes: what is known of them is said in words.
 */
import {dirname, join, resolve} from 'node:path';
import type {Fact, Reader} from '#model/host.ts';
import {apacheConfig} from '../apache/config.ts';
import {statThrough} from '../files/stat-through.ts';
import {everywhere} from '../nginx/config.ts';
import {ifTold} from '../see.ts';
import {type Account, accounts} from '../system/accounts.ts';
import {type Process, processTable} from '../system/process-table.ts';

export type CcServer = {
	/** Its config.toml, or its directory where it has none. */
	readonly item: string;
	/** The source code, where that is known. */
	readonly directory: string | undefined;
	/** The file it reads, as far as can be told; undefined where there is none. */
	readonly config: string | undefined;
	/** Whose home it looks into, and who should run it. */
	readonly user: Account | undefined;
	/** Under Apache it opens no port of its own for the web. */
	readonly wsgi: boolean;
	readonly running: Process | undefined;
};

/** In the order of their names. Throws nothing but what the reading of a directory throws. */
export const ccServers: Fact<readonly CcServer[]> = {
	id: 'cc-servers',
	async read(host) {
		const {users} = await host.fact(accounts);
		const people = [...users.values()].filter(
			({uid, home}) => (uid >= 1000 || uid === 0) && home.startsWith('/') && home !== '/' && home !== '/nonexistent',
		);
		const places = [
			...(await fromProcesses(host, people)),
			...(await fromApache(host, people)),
			...(await fromDirectories(host, people)),
		];
		const servers = await Promise.all(uniqueBy(places, ({directory}) => directory).map(place => serverAt(host, place)));
		const known = new Set(servers.map(({config}) => config));
		const alone = await Promise.all(people.map(user => configOfHome(host, user)));
		return [...servers, ...alone.flatMap(one => (one === undefined || known.has(one.config) ? [] : [one]))].toSorted(
			(a, b) => (a.item < b.item ? -1 : 1),
		);
	},
};

type Place = Pick<CcServer, 'directory' | 'user' | 'wsgi' | 'running'> & {readonly given?: string};

/** `python3 cc_server [CONFIG]` in its directory, or with the path of it. */
const fromProcesses = async (host: Reader, people: readonly Account[]): Promise<readonly Place[]> => {
	const table = await ifTold(() => host.fact(processTable));
	const own = [...(table?.values() ?? [])].flatMap(one => {
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
const fromApache = async (host: Reader, people: readonly Account[]): Promise<readonly Place[]> => {
	if ((await host.stat('/etc/apache2/apache2.conf')) === undefined) return [];
	const top = (await ifTold(() => host.fact(apacheConfig)))?.top ?? [];
	const named = /user=(\S+)/.exec(
		everywhere(top, 'wsgidaemonprocess')
			.map(({args}) => args.join(' '))
			.find(words => /\bcc[-_]?server\b/.test(words)) ?? '',
	)?.[1];
	const found = await Promise.all(
		everywhere(top, 'wsgiscriptalias').map(async ({args}) => {
			const directory = dirname(args[1] ?? '/');
			return (await isSource(host, directory))
				? [{directory, user: people.find(({name}) => name === named), wsgi: true, running: undefined}]
				: [];
		}),
	);
	return found.flat();
};

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
	for (const path of candidates)
		if (path !== undefined && (await mayRead(host, path, reader))) return {...place, item: path, config: path};
	return {...place, item: place.directory ?? 'cc-server', config: undefined};
};

const configOfHome = async (host: Reader, user: Account): Promise<CcServer | undefined> => {
	const config = join(user.home, homeConfig);
	if (!(await mayRead(host, config, user.uid))) return undefined;
	return {item: config, directory: undefined, config, user, wsgi: false, running: undefined};
};

/** A process and a home name files of their choice, also by a link: root reads for them only what they could read themselves. */
const mayRead = async (host: Reader, path: string, uid: number | undefined): Promise<boolean> => {
	const {stat} = (await ifTold(() => statThrough(host, path))) ?? {};
	return stat !== undefined && (uid === undefined || uid === 0 || stat.uid === uid || (stat.mode & 0o004) !== 0);
};

const uniqueBy = <T>(all: readonly T[], key: (one: T) => unknown): readonly T[] =>
	all.filter((one, at) => all.findIndex(other => key(other) === key(one)) === at);
