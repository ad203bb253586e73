/** CC-Server's background processes meet on two ports; one that is taken, or needs root, shows only as a server that hangs at its start. */

import {type CcServer, ccServers} from '#host/cc-server/servers.ts';
import {ifTold, isSeen, see} from '#host/see.ts';
import {type Account, accounts} from '#host/system/accounts.ts';
import {shownSocket} from '#host/system/interfaces.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {type Process, processTable, serviceOf} from '#host/system/process-table.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, type Seen} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';
import {type CcRead, forEachServer, noCcServer, portAt, withConfig} from '../shared/cc-findings.ts';
import {tcpOn} from '../shared/kernel-bound.ts';

/** `key`: its name in config.toml, without the section. */
type PortKey = {readonly key: string; readonly port: number};

const example: PortKey = {key: 'tee_port', port: 14_736};

const another = ({key}: {readonly key: string}) => ({
	sentence: `Give ${key} a number between 1024 and 65535 in config.toml that nothing else uses, and restart CC-Server.`,
});

const kinds = defineKinds({
	none: {
		state: 'fail',
		example: {key: 'tee_port', written: 'none'},
		says: ({written}) => `${written} is no port`,
		remedy: another,
	},
	forRoot: {state: 'fail', example, says: ({port}) => `${port} is for root alone`, remedy: another},
	twice: {
		state: 'fail',
		example: {...example, twin: 'worker_port'},
		says: ({port, twin}) => `${port} is ${twin} as well`,
		remedy: data => another(data),
	},
	held: {
		state: 'fail',
		example: {...example, by: 'nc of root (process 77)'},
		says: ({port, by}) => `${port} is held by ${by}`,
		remedy: data => another(data),
	},
});

export const check = defineCheck({
	id: 'cc-server.ports',
	title: 'Its ports are distinct, free or its own, and above 1023',
	why: 'tee_port, worker_port and internal_port must differ from each other, and only root may listen below 1024. Where another program holds one of them, the start of CC-Server waits for a background process that never comes.',
	reads: [
		'config.toml: ipc.tee_port, ipc.worker_port, server.internal_port',
		'/proc/net/tcp and tcp6: who listens on them',
		'/proc/PID: whose process that is',
	],
	severity: 'fail',
	layers: ['file', 'kernel'],
	source: 'CC-Server guide, "server" (tee_port, worker_port)',
	verify: 'ss -ltnp "sport = :14736 or sport = :14737 or sport = :5000"',
	facts: {servers: ccServers, listeners, accounts},
	kinds,
	appliesTo: ({facts}) => facts.servers.length > 0 || noCcServer,
	inspect: ({host, facts}) =>
		forEachServer(facts.servers, server =>
			withConfig(server, host, expected, config =>
				Promise.all(
					keysOf(server, config).map(key =>
						findingOf(key, {
							server,
							config,
							host,
							listening: () => facts.listeners,
							users: [...facts.accounts.users.values()],
						}),
					),
				),
			),
		),
});

const expected = 'distinct, above 1023, free or held by CC-Server';

type Place = {
	readonly server: CcServer;
	readonly config: CcRead;
	readonly host: Reader;
	readonly listening: () => readonly Listener[];
	readonly users: readonly Account[];
};

/** Under Apache the port of its own is not used. */
const keysOf = ({wsgi}: CcServer, config: CcRead): readonly string[] => [
	'ipc.tee_port',
	'ipc.worker_port',
	...(wsgi || config.at('server.internal_port') === undefined ? [] : ['server.internal_port']),
];

const findingOf = async (key: string, place: Place): Promise<FoundOf<typeof kinds>> => {
	const {server, config, host, listening} = place;
	const file = await portAt(config, key);
	const port = isSeen(file) ? Number(file.value) : Number.NaN;
	const twin = keysOf(server, config).find(other => other !== key && config.at(other)?.value === port);
	const kernel = await see(async () => heldBy(port, listening, host));
	const stranger = isSeen(kernel) ? await strangerOn(port, place) : undefined;
	const name = key.split('.')[1]!;
	const sight = {
		item: name,
		expected,
		layers: {
			file,
			kernel: Number.isInteger(port)
				? kernel
				: ({because: 'unreadable', need: 'the port must be known'} satisfies Unknown),
		},
	};
	if (!isSeen(file)) return {...sight, is: 'ok'};
	if (!Number.isInteger(port) || port > 65_535 || port < 1)
		return {...sight, is: 'none', data: {key: name, written: String(file.value)}};
	if (port < 1024) return {...sight, is: 'forRoot', data: {key: name, port}};
	if (twin !== undefined) return {...sight, is: 'twice', data: {key: name, port, twin: twin.split('.')[1]!}};
	if (stranger !== undefined) return {...sight, is: 'held', data: {key: name, port, by: stranger}};
	return {...sight, is: 'ok'};
};

const heldBy = (port: number, listening: () => readonly Listener[], host: Reader): Seen => {
	if (host.root !== '/')
		throw new Blocked({because: 'offline-root', need: 'the kernel must be asked on the running host'});
	const there = tcpOn(listening(), port);
	return {value: there.length === 0 ? 'free' : there.map(shownSocket), where: '/proc/net/tcp, tcp6'};
};

/** Somebody else who holds it, in words; undefined while it is free or CC-Server's. */
const strangerOn = async (port: number, {server, host, listening, users}: Place): Promise<string | undefined> => {
	const there = tcpOn(listening(), port);
	if (there.length === 0) return undefined;
	const table = await ifTold(() => host.fact(processTable));
	const other = there.find(one => !isOurs(one, server, table));
	if (other === undefined) return undefined;
	const user = users.find(({uid}) => uid === other.uid)?.name ?? `user ${other.uid}`;
	return other.process === undefined
		? `a process of ${user}`
		: `${other.process.name} of ${user} (process ${other.process.pid})`;
};

/** By its process and those above it; where that may not be looked at, by its account. */
const isOurs = (
	{process, uid}: Listener,
	{user, running, directory}: CcServer,
	table: ReadonlyMap<number, Process> | undefined,
): boolean => {
	const owner = process && table?.get(process.pid);
	if (owner === undefined) return uid === (running?.uid ?? user?.uid);
	for (let one: Process | undefined = owner; one !== undefined; one = table?.get(one.parent)) {
		if (one.pid === running?.pid) return true;
		if (
			one.argv.some(word => /cc[_-]server/.test(word) || (directory !== undefined && word.startsWith(`${directory}/`)))
		)
			return true;
		// The daemon processes of mod_wsgi carry Apache's own words.
		if (serviceOf(one) === 'apache2.service' && /^(apache2|python)/.test(one.name)) return true;
	}
	return false;
};
