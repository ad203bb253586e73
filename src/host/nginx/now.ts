/** Every nginx of this host: Debian's, an OpenResty from source, and whatever else root runs as a master process. Files alone tell of those that are down. */
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {batched} from '../batch.ts';
import {isContained, isRootsOwn, type Process, processTable, programOf, serviceOf} from '../system/process-table.ts';
import {isRoots, type Trust, trust} from '../trust/who-may-write.ts';
import {isMainProcess} from '../units/main-process.ts';

export type Nginx = {
	/** `nginx`, `openresty`; a third one is known by its binary. */
	readonly name: string;
	readonly binary: string;
	readonly conf: string;
	readonly unit: string;
	readonly running?: {readonly master: Process; readonly workers: readonly Process[]};
	/** Words for a program of the binary that reads this configuration. */
	readonly argv: readonly string[];
};

/** Those whose binary is there. Empty where there is none. */
export const nginxes: Fact<readonly Nginx[]> = {
	id: 'nginx',
	async read(host) {
		const {ours, table} = await host.fact(masters);
		const running = await Promise.all(ours.map(master => runningOne(host, master, table)));
		const stopped = await Promise.all(
			places.filter(({binary}) => !running.some(one => one.binary === binary)).map(place => stoppedOne(host, place)),
		);
		return [...running, ...stopped.flat()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
	},
};

/** Processes that call themselves a master of nginx and are none of this host's: somebody's own. */
export const otherNginxes: Fact<readonly Process[]> = {
	id: 'nginx-others',
	read: async host => (await host.fact(masters)).others,
};

type Masters = {
	readonly ours: readonly Process[];
	readonly others: readonly Process[];
	readonly table: ReadonlyMap<number, Process>;
};

/** Anybody may give a process that title. The host's own is root's, or what systemd started as the main process of a unit for it; its program is root's. */
const masters: Fact<Masters> = {
	id: 'nginx-masters',
	async read(host) {
		if (host.root !== '/') return {ours: [], others: [], table: new Map()};
		const table = await host.fact(processTable);
		const trusting = await host.fact(trust);
		const titled = [...table.values()].filter(one => one.argv[0]?.startsWith('nginx: master process'));
		const belongs = await Promise.all(
			titled.map(async one => {
				const binary = programOf(one.pid);
				// Who is not root cannot see which program a process runs, and will not run it as root.
				if (isContained(one) || !/\/(nginx|openresty)[^/]*$/.test(binary ?? '/nginx')) return false;
				if (process.geteuid?.() === 0 && (binary === undefined || !onlyRoots(trusting(binary)))) return false;
				return isRootsOwn(one) || (await isMainProcess(one, /^(nginx|openresty)/, host));
			}),
		);
		return {
			ours: titled.filter((_one, at) => belongs[at]),
			others: titled.filter((one, at) => !belongs[at] && !isContained(one)),
			table,
		};
	},
};

/** What was replaced, or lies out of sight, nobody else put there; it is never run. */
const onlyRoots = (trusted: Trust): boolean =>
	isRoots(trusted) || (trusted.end === 'absent' && trusted.writers.length === 0);

/** Version and `./configure` arguments, by `-V`. */
export type Build = {readonly version: string; readonly openssl: string; readonly arguments: readonly string[]};

/** What the binary was built with. */
export const nginxBuild: (binary: string, host: Reader) => Promise<Build> = batched(
	'nginx-build',
	async (binaries: readonly string[], host) =>
		Promise.all(
			binaries.map(async binary => {
				const {code, stderr} = await host.probe([binary, '-V'], {timeout: 4000});
				const build = parseBuild(stderr);
				if (code !== 0 || build === undefined)
					throw new Blocked({
						because: 'unreadable',
						need: `${binary} -V ended with ${code} and did not say how it was built`,
					});
				return build;
			}),
		),
);

/** The text of `nginx -V`; undefined where it is something else. */
export const parseBuild = (text: string): Build | undefined => {
	const version = /^nginx version: \S+?\/(\S+)/m.exec(text)?.[1];
	const options = /^configure arguments:(.*)$/m.exec(text)?.[1];
	if (version === undefined || options === undefined) return undefined;
	return {
		version,
		openssl: /^built with (.+)$/m.exec(text)?.[1] ?? '',
		arguments: [...options.matchAll(/--[\w-]+(?:=(?:'[^']*'|\S*))?/g)].map(([word]) => word),
	};
};

/** Only root may read where a process's program lies; its title says how it was called. */
const runningOne = async (host: Reader, master: Process, table: ReadonlyMap<number, Process>): Promise<Nginx> => {
	const words = (master.argv[0] ?? '').replace('nginx: master process ', '').split(' ');
	const called = words[0]?.startsWith('/') ? words[0] : '/usr/sbin/nginx';
	const binary = programOf(master.pid) ?? called;
	const given = words.indexOf('-c');
	const workers = [...table.values()].filter(
		one =>
			one.parent === master.pid &&
			one.argv[0]?.startsWith('nginx: worker process') &&
			!/shutting down/.test(one.argv[0]),
	);
	const one = await installed(host, binary);
	const conf = given > 0 && words[given + 1]?.startsWith('/') ? words[given + 1]! : one.conf;
	return {
		...one,
		conf,
		unit: serviceOf(master) ?? one.unit,
		argv: conf === one.conf ? [binary] : [binary, '-c', conf],
		running: {master, workers},
	};
};

const places = [
	{binary: '/usr/sbin/nginx', name: 'nginx', unit: 'nginx.service'},
	{binary: '/usr/local/openresty/nginx/sbin/nginx', name: 'openresty', unit: 'openresty.service'},
	{binary: '/usr/local/nginx/sbin/nginx', name: 'nginx-local', unit: 'nginx.service'},
];

const stoppedOne = async (host: Reader, {binary}: {readonly binary: string}): Promise<readonly Nginx[]> =>
	(await host.stat(binary)) === undefined ? [] : [await installed(host, binary)];

/** A build for itself keeps its configuration beside its binary; a distribution's in /etc. */
const installed = async (host: Reader, binary: string): Promise<Nginx> => {
	const known = places.find(place => place.binary === binary);
	const own = `${binary.replace(/\/sbin\/[^/]+$/, '')}/conf/nginx.conf`;
	const name = known?.name ?? (/openresty/.test(binary) ? 'openresty' : binary);
	return {
		name,
		binary,
		conf: (await host.stat(own)) === undefined ? '/etc/nginx/nginx.conf' : own,
		unit: known?.unit ?? (/openresty/.test(binary) ? 'openresty.service' : 'nginx.service'),
		argv: [binary],
	};
};
