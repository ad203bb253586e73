/** Every uwsgi and gunicorn that this host is told to run: by a unit, by Debian's uwsgi, by supervisor, or by hand, which only the processes tell. */
import {dirname, resolve} from 'node:path';
import {systemdDialect} from '#edit/sections/ini.ts';
import type {Fact, Reader} from '#model/host.ts';
import {type SectionLines, sectionLines} from '../files/section-lines.ts';
import {parseSupervisorConf} from '../supervisor/file.ts';
import {type Process, processTable, serviceOf} from '../system/process-table.ts';
import {serverFrom} from './app-server-command.ts';

export type Socket =
	| {readonly kind: 'unix'; readonly path: string; readonly mode?: number}
	| {readonly kind: 'tcp'; readonly host: string; readonly port: number};

export type AppServer = {
	readonly kind: 'uwsgi' | 'gunicorn';
	/** Its unit without `.service`, its program in supervisor, or `process 4711`. */
	readonly item: string;
	/** The systemd unit that runs it; supervisor.service for its programs; none for one that was started by hand. */
	readonly unit?: string;
	/** `file:line` of what says how it is run. */
	readonly where: string;
	/** The file it reads beside: uwsgi's ini. */
	readonly conf?: string;
	/** Who is written to be its user, in whatever file has the last word. */
	readonly user?: string;
	/** Whom systemd or supervisor starts it as, whatever its own files say. */
	readonly startedAs?: string;
	readonly group?: string;
	readonly directory?: string;
	/** `ipynbsrv.wsgi` */
	readonly module?: string;
	/** DJANGO_SETTINGS_MODULE, where it is said. */
	readonly settings?: string;
	readonly python: string;
	readonly sockets: readonly Socket[];
	readonly processes: number;
	/** Seconds after which it gives a request up, with where that is written; gunicorn's own is 30. */
	readonly timeout?: {readonly seconds: number; readonly where: string};
	readonly running?: {readonly main: Process; readonly children: readonly Process[]};
};

export const appServers: Fact<readonly AppServer[]> = {
	id: 'app-servers',
	async read(host) {
		const parts = await Promise.all([fromUnits(host), fromDebian(host), fromSupervisor(host)]);
		const known = parts.flat();
		if (host.root !== '/') return known;
		const table = [...(await host.fact(processTable)).values()];
		const running = known.map(one => withProcesses(one, table));
		return [...running, ...byHand(table, running)];
	},
};

const textOf = async (host: Reader, path: string): Promise<string> =>
	Buffer.from((await host.read(path)) ?? '').toString('utf8');

const fromUnits = async (host: Reader): Promise<readonly AppServer[]> => {
	const directory = '/etc/systemd/system';
	const names = ((await host.list(directory)) ?? []).filter(name => name.endsWith('.service'));
	const found = await Promise.all(
		names.map(async name => {
			const path = `${directory}/${name}`;
			const source = await textOf(host, path);
			const service = sectionLines(systemdDialect, source).get('Service');
			const start = service?.findLast(({key}) => key === 'ExecStart');
			if (service === undefined || start === undefined || !/(^|\/)(uwsgi|gunicorn)/.test(start.value)) return [];
			return serverFrom(host, {
				item: name.replace(/\.service$/, ''),
				unit: name,
				where: `${path}:${start.line}`,
				command: start.value,
				...lastOf(service, {user: 'User', group: 'Group', directory: 'WorkingDirectory'}),
				environment: service
					.filter(({key}) => key === 'Environment')
					.map(({value}) => value)
					.join(' '),
			});
		}),
	);
	return found.flat();
};

/** Its init script starts each of them as www-data unless the file says otherwise. */
const fromDebian = async (host: Reader): Promise<readonly AppServer[]> => {
	const directory = '/etc/uwsgi/apps-enabled';
	const names = ((await host.list(directory)) ?? []).filter(name => name.endsWith('.ini'));
	const found = await Promise.all(
		names.map(name =>
			serverFrom(host, {
				item: name.replace(/\.ini$/, ''),
				unit: 'uwsgi.service',
				where: `${directory}/${name}`,
				command: `/usr/bin/uwsgi --ini ${directory}/${name}`,
				user: 'www-data',
				group: 'www-data',
				asRoot: true,
			}),
		),
	);
	return found.flat();
};

const fromSupervisor = async (host: Reader): Promise<readonly AppServer[]> => {
	const directory = '/etc/supervisor/conf.d';
	const names = ((await host.list(directory)) ?? []).filter(name => name.endsWith('.conf'));
	const found = await Promise.all(
		names.map(async name => {
			const sections = parseSupervisorConf(await textOf(host, `${directory}/${name}`), `${directory}/${name}`);
			const servers = await Promise.all(
				sections.map(({kind, name: item, options, places}) => {
					const command = options.get('command') ?? '';
					if (kind !== 'program' || !/(^|\/)(uwsgi|gunicorn)/.test(command)) return [];
					return serverFrom(host, {
						item,
						unit: 'supervisor.service',
						where: places.get('command') ?? `${directory}/${name}`,
						command,
						...known({user: options.get('user'), directory: options.get('directory')}),
						environment: options.get('environment')?.replaceAll(',', ' ') ?? '',
					});
				}),
			);
			return servers.flat();
		}),
	);
	return found.flat();
};

const known = <K extends string>(of: Readonly<Record<K, string | undefined>>): Partial<Record<K, string>> =>
	Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as Partial<Record<K, string>>;

const lastOf = <K extends string>(lines: SectionLines, keys: Readonly<Record<K, string>>): Partial<Record<K, string>> =>
	Object.fromEntries(
		Object.entries<string>(keys).flatMap(([name, key]) => {
			const value = lines.findLast(one => one.key === key)?.value;
			return value === undefined ? [] : [[name, value] as const];
		}),
	) as Partial<Record<K, string>>;

/** Under supervisor several programs share a control group: there the words of the command tell. */
const withProcesses = (server: AppServer, table: readonly Process[]): AppServer => {
	const own = table.filter(one => serviceOf(one) === server.unit && isServer(one, server.kind));
	const mains = own.filter(one => !own.some(({pid}) => pid === one.parent));
	const words = [server.conf, server.module].filter(word => word !== undefined);
	const main = mains.length < 2 ? mains[0] : mains.find(one => words.some(word => one.argv.join(' ').includes(word)));
	return main === undefined
		? server
		: {...server, running: {main, children: own.filter(({parent}) => parent === main.pid)}};
};

/** gunicorn is a script, and takes another title where a module for that is installed. */
const isServer = ({argv, name}: Process, kind: AppServer['kind']): boolean =>
	kind === 'uwsgi'
		? /^uwsgi/.test(name)
		: name.startsWith('gunicorn') || argv.slice(0, 3).some(word => /(^|\/)gunicorn(:|$)/.test(word));

const byHand = (table: readonly Process[], known: readonly AppServer[]): readonly AppServer[] => {
	const taken = new Set(known.flatMap(({running}) => (running ? [running.main.pid] : [])));
	const loose = table.filter(
		one => serviceOf(one) === undefined || /^(user@|ssh|session|console-getty|serial-getty)/.test(serviceOf(one) ?? ''),
	);
	return (['uwsgi', 'gunicorn'] as const).flatMap(kind => {
		const own = loose.filter(one => isServer(one, kind));
		return own
			.filter(one => !own.some(({pid}) => pid === one.parent) && !taken.has(one.pid))
			.map(main => ({
				kind,
				item: `process ${main.pid}`,
				where: `/proc/${main.pid}/cmdline`,
				python: '/usr/bin/python3',
				sockets: [],
				processes: Math.max(1, own.filter(({parent}) => parent === main.pid).length),
				running: {main, children: own.filter(({parent}) => parent === main.pid)},
			}));
	});
};

/** Where a relative path in its words begins. */
export const baseOf = ({directory, conf}: AppServer): string => directory ?? (conf === undefined ? '/' : dirname(conf));

export const inDirectory = (server: AppServer, path: string): string => resolve(baseOf(server), path);
