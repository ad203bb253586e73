/**
 * Debian 12 as it comes: the file says 127.0.0.1, @@bind_address says 127.0.0.1, and after a reboot systemd holds [::]:3306 through
 * mariadb.socket and hands it to MariaDB, which then binds nothing itself. Only the kernel tells.
 */

import {packages} from '#host/apt/packages.ts';
import {type MysqlFile, mysqlFile, mysqlOption, mysqlServerOf} from '#host/mysql/file.ts';
import {type MysqlNow, mysqlNow} from '#host/mysql/now.ts';
import {addressesOn, inheritedFrom, mysqlSockets} from '#host/mysql/socket.ts';
import {ifTold, seeAs, there} from '#host/see.ts';
import {interfaces} from '#host/system/interfaces.ts';
import {listeners} from '#host/system/listeners.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type Sight} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Resource} from '#model/resource.ts';
import type {Thing} from '#model/thing.ts';
import {edit} from '#resources/files/edit.ts';
import {unit} from '#resources/units/unit.ts';
import {
	type Bound,
	boundFinding,
	type Exposure,
	exampleExposure,
	exposureSays,
	exposureState,
} from '../shared/bound.ts';
import {kernelBound, tcpOn} from '../shared/kernel-bound.ts';

type Open = Exposure & {
	/** The server, as people call it. */
	readonly server: string;
	readonly unit: string;
	readonly pending: boolean;
	/** Where bind-address is written, or belongs; not where its files cannot be read. */
	readonly path?: string;
	readonly section?: string;
};

const example: Open = {
	...exampleExposure,
	server: 'MariaDB',
	unit: 'mariadb.service',
	pending: false,
	path: '/etc/mysql/mariadb.conf.d/50-server.cnf',
	section: 'mysqld',
};

const opens = (open: Open): string => `${open.server} ${exposureSays(open)}`;

const written = ({path, section = 'mysqld', unit: name}: Open): readonly Resource[] =>
	path === undefined
		? []
		: [
				edit(
					{path, format: 'my.cnf', settings: [{section, key: 'bind-address', value: ['127.0.0.1']}]},
					{id: `edit:${path}:bind-address`, owes: [{unit: name, do: 'restart'}]},
				),
			];

/** What it was given open stays open until it starts anew. */
const restarted = ({unit: name}: Open, after: Thing): Resource =>
	unit({name, running: true, notBefore: Date.now()}, {needs: [after]});

const kinds = defineKinds({
	open: {
		state: exposureState,
		example,
		says: opens,
		remedy: ({path, unit: name}) => ({
			sentence: `Write bind-address = 127.0.0.1 below [mysqld] of its option file${path === undefined ? '' : ` (${path})`}, then restart the server (systemctl restart ${name}).`,
		}),
		fix: open => [...written(open), restarted(open, `path:${open.path ?? '/etc/mysql/my.cnf'}`)],
	},
	byCommand: {
		state: exposureState,
		example,
		says: open => `${opens(open)}: what starts it says so, and its files do not count`,
		remedy: ({unit: name}) => ({
			sentence: `Take --bind-address out of what starts it (systemctl cat ${name}; /etc/default/mariadb, MYSQLD_OPTS, and the drop-ins that it names), then systemctl daemon-reload and restart it.`,
		}),
	},
	throughSocket: {
		state: exposureState,
		example: {...example, socket: 'mariadb.socket'},
		says: opens,
		remedy: ({socket, unit: name}) => ({
			sentence: `Close ${socket}: it opens the port on every address at boot and hands it to the server, which then does not ask bind-address. The server keeps the open port until it restarts.`,
			commands: [
				['systemctl', 'disable', '--now', socket],
				['systemctl', 'restart', name],
			],
		}),
		fix: open => [
			unit({name: open.socket, enabled: false, running: false}),
			...(open.pending ? written(open) : []),
			restarted(open, `unit:${open.socket}`),
		],
	},
});

export const check = defineCheck({
	id: 'mysql.bind',
	title: 'MariaDB or MySQL answers on this host only',
	why: 'A database that answers from outside is guessed at all day. The server may say 127.0.0.1 in its file and in its own variable, and answer on every address all the same: a socket unit of systemd opens the port before the server starts, and bind-address is then not asked.',
	reads: [
		'/etc/mysql/my.cnf and the files it includes: bind-address, port, skip-networking',
		'@@bind_address, @@port, @@skip_networking',
		'/proc/net/tcp and tcp6: who listens on its port',
		'systemctl show mariadb.socket, mariadb-extra.socket (or mysql.socket): Listen; /proc/PID/environ of the server: LISTEN_FDNAMES',
	],
	severity: 'fail',
	layers: ['file', 'runtime', 'kernel'],
	requires: ['mysql.running'],
	source: 'WebLab-Deusto guide, "Close access to local services" (MySQL bound to 127.0.0.1); systemd.socket(5)',
	verify: 'ss -ltnp sport = :3306; systemctl is-enabled mariadb.socket',
	facts: {packages, file: mysqlFile, now: mysqlNow, listeners, interfaces, sockets: mysqlSockets},
	kinds,
	appliesTo: ({facts}) => {
		const server = mysqlServerOf(facts.packages);
		return server === undefined ? 'neither MariaDB nor MySQL is installed' : there(facts, ['file', 'now'], {server});
	},
	async inspect({host, facts, expect}) {
		const server = facts.server;
		const file = await seeAs(() => fileBound(facts.file));
		const runtime = await seeAs(() => runtimeBound(facts.now));
		const port = Number(
			(await ifTold(() => facts.now.variables.get('port')?.value)) ??
				(await ifTold(() => mysqlOption(facts.file, 'port')?.value)) ??
				3306,
		);
		const known = (await ifTold(() => facts.interfaces)) ?? new Map<string, string>();
		const through = await ifTold(() => handedBy(host, facts.sockets, facts.listeners, port));
		const kernel = await seeAs(() => {
			const bound = kernelBound(host, () => facts.listeners, port);
			if (through === undefined) return bound;
			return {...bound, seen: {value: bound.seen.value, where: `${bound.seen.where}, opened by ${through}`}};
		});
		const bound = boundFinding({
			item: String(port),
			layers: {file, runtime, kernel},
			known,
			intended: expect.flat().map(String),
			...(through !== undefined && {how: `through ${through}`}),
		});
		const {exposure, pending = false} = bound;
		const sight: Sight = {item: String(port), expected: bound.expected, layers: bound.layers};
		if (exposure === undefined) return [{...sight, is: 'ok'}];
		const data = {
			...exposure,
			server: server.name,
			unit: server.unit,
			pending,
			...(await ifTold(() => placeIn(facts.file))),
		};
		const byCommand = (await ifTold(() => mysqlOption(facts.file, 'bind_address')?.byCommand)) ?? false;
		return [
			through === undefined
				? {...sight, is: byCommand ? 'byCommand' : 'open', data}
				: {...sight, is: 'throughSocket', data: {...data, socket: through}},
		];
	},
});

const placeIn = (file: MysqlFile): Pick<Open, 'path' | 'section'> => {
	const option = file.options.findLast(one => one.name === 'bind_address' && !one.byCommand);
	return {
		path: option?.path ?? file.files[0] ?? '/etc/mysql/my.cnf',
		section: option?.section ?? 'mysqld',
	};
};

const fileBound = (file: MysqlFile): Bound => {
	const off = mysqlOption(file, 'skip_networking');
	if (off !== undefined && !/^(0|off|false)$/i.test(off.value ?? ''))
		return {addresses: [], seen: {value: 'skip-networking', where: off.where}};
	const option = mysqlOption(file, 'bind_address');
	const value = option?.value ?? '';
	return {
		addresses: addressesOf(value),
		seen: {
			value: value === '' ? '*' : value,
			where: option?.where ?? `${file.files[0] ?? '/etc/mysql/my.cnf'}: no bind-address`,
		},
	};
};

const runtimeBound = ({variables}: MysqlNow): Bound => {
	if (/^(1|on)$/i.test(variables.get('skip_networking')?.value ?? ''))
		return {addresses: [], seen: {value: 'skip_networking', where: '@@skip_networking'}};
	const value = variables.get('bind_address')?.value ?? '';
	return {
		addresses: addressesOf(value === 'NULL' ? '' : value),
		seen: {value: value === '' ? '*' : value, where: '@@bind_address'},
	};
};

/** None means every address, of both kinds. */
const addressesOf = (value: string): readonly string[] =>
	(value === '' ? ['*'] : value.split(',')).map(one => one.trim()).map(one => (one === '*' ? '::' : one));

/** The socket unit that listens on the port, or handed it over before it was stopped. */
const handedBy = async (
	host: Reader,
	sockets: readonly {readonly unit: string; readonly active: boolean; readonly listens: readonly string[]}[],
	all: Parameters<typeof tcpOn>[0],
	port: number,
): Promise<string | undefined> => {
	const now = sockets.find(one => one.active && addressesOn(one.listens, port).length > 0)?.unit;
	const pid = tcpOn(all, port).find(one => one.process !== undefined)?.process?.pid;
	return now ?? (pid === undefined ? undefined : host.fact(inheritedFrom(pid)));
};
