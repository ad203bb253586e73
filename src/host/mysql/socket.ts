/** A socket unit opens a server's port before the server starts, with addresses of its own: which ones could, and whether the running server got its port from one. */
import type {Fact} from '#model/host.ts';
import {packages} from '../apt/packages.ts';
import {unitState} from '../units/units.ts';
import {mysqlServerOf} from './file.ts';

export type SocketUnit = {
	readonly unit: string;
	readonly active: boolean;
	readonly enabled: boolean;
	/** What it listens on, as systemd writes it: `[::]:3306`, `/run/mysqld/mysqld.sock`. */
	readonly listens: readonly string[];
};

/** Those of this host's MariaDB or MySQL; empty where there are none. Throws Blocked where systemd cannot be asked. */
export const mysqlSockets: Fact<readonly SocketUnit[]> = {
	id: 'mysql-sockets',
	async read(host) {
		const server = mysqlServerOf(await host.fact(packages));
		if (server === undefined) return [];
		const names = server.flavour === 'mariadb' ? ['mariadb.socket', 'mariadb-extra.socket'] : ['mysql.socket'];
		const states = await Promise.all(names.map(async name => ({name, state: await unitState(name, host)})));
		const there = states.filter(({state}) => state.load === 'loaded');
		if (there.length === 0) return [];
		const text = await host.query([
			'systemctl',
			'show',
			'--no-pager',
			'--property=Listen',
			'--',
			...there.map(({name}) => name),
		]);
		const blocks = text.split(/\n\n+/).map(listensOf);
		return there.map(({name, state}, at) => ({
			unit: name,
			active: state.active === 'active',
			enabled: state.enabled === true,
			listens: blocks[at] ?? [],
		}));
	},
};

/** `Listen=[::]:3306 (Stream)` lines of systemctl show. */
export const listensOf = (block: string): readonly string[] =>
	[...block.matchAll(/^Listen=(.*?)(?: \(\w+\))?$/gm)].map(([, what = '']) => what);

/** Addresses of a port among what a unit listens on; `3306` alone is every address. */
export const addressesOn = (listens: readonly string[], port: number): readonly string[] =>
	listens.flatMap(one => {
		const [, address = '', number] = /^(?:\[?([^\]]*?)\]?:)?(\d+)$/.exec(one) ?? [];
		return Number(number) === port ? [address === '' ? '::' : address] : [];
	});

/** The socket unit that handed a process its sockets, from LISTEN_FDNAMES; undefined where it opened its own, or where we may not look. */
export const inheritedFrom = (pid: number): Fact<string | undefined> => ({
	id: `inherited-sockets:${pid}`,
	async read(host) {
		const bytes = await host.read(`/proc/${pid}/environ`).catch(() => undefined);
		const fields = Buffer.from(bytes ?? '')
			.toString('utf8')
			.split('\0');
		const of = (name: string): string | undefined =>
			fields.find(field => field.startsWith(`${name}=`))?.slice(name.length + 1);
		return of('LISTEN_PID') === String(pid) ? of('LISTEN_FDNAMES')?.split(':')[0] : undefined;
	},
});
