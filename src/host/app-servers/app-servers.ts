/** Every uwsgi and gunicorn that this host is told to run: by a unit, by Debian's uwsgi, by supervisor, or by hand, which only the processes tell. */
import {dirname, resolve} from 'node:path';
import type {Fact, Reader} from '#model/host.ts';
import {supervisorText} from '../supervisor/file.ts';
import {isContained, type Process, processTable, serviceOf} from '../system/process-table.ts';
import {assignments, unitEnvironment} from '../units/environment.ts';
import {serviceLine, writtenServices} from '../units/written.ts';
import type {AppServer} from './app-server.ts';
import {serverFrom} from './app-server-command.ts';

export const appServers: Fact<readonly AppServer[]> = {
	id: 'app-servers',
	async read(host) {
		const parts = await Promise.all([fromUnits(host), fromDebian(host), fromSupervisor(host)]);
		const known = parts.flat();
		if (host.root !== '/') return known;
		const table = [...(await host.fact(processTable)).values()];
		const running = known.map(one => withProcesses(one, table));
		// What runs in a container is started by whoever made that.
		return [
			...running,
			...byHand(
				table.filter(one => !isContained(one)),
				running,
			),
		];
	},
};

const fromUnits = async (host: Reader): Promise<readonly AppServer[]> => {
	const found = await Promise.all(
		(await host.fact(writtenServices)).map(async service => {
			const start = serviceLine(service, 'ExecStart');
			if (start === undefined || !/(^|[\s/])(uwsgi|gunicorn)/.test(start.value)) return [];
			const environment = await unitEnvironment(host, service);
			return serverFrom(host, {
				item: service.name.replace(/\.service$/, ''),
				unit: service.name,
				where: start.where,
				command: start.value,
				...known({
					user: serviceLine(service, 'User')?.value,
					group: serviceLine(service, 'Group')?.value,
					directory: serviceLine(service, 'WorkingDirectory')?.value.replace(/^-/, ''),
				}),
				environment,
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
	const file = await host.fact(supervisorText);
	if (file === 'absent') return [];
	const servers = await Promise.all(
		file.sections.map(({kind, name: item, options, places, where}) => {
			const command = options.get('command') ?? '';
			if (kind !== 'program' || !/(^|\/)(uwsgi|gunicorn)/.test(command)) return [];
			return serverFrom(host, {
				item,
				unit: 'supervisor.service',
				where: places.get('command') ?? where,
				command,
				...known({user: options.get('user'), directory: options.get('directory')}),
				environment: {
					values: new Map(assignments(options.get('environment')?.replace(betweenPairs, ' ') ?? '')),
					files: [],
				},
			});
		}),
	);
	return servers.flat();
};

/** Commas outside of quotes. */
const betweenPairs = /,(?=(?:[^"]*"[^"]*")*[^"]*$)/g;

const known = <K extends string>(of: Readonly<Record<K, string | undefined>>): Partial<Record<K, string>> =>
	Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as Partial<Record<K, string>>;

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
