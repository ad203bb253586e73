/** The doors of the databases on this host, with the names that may be tried there: what listens on TCP, and whom the server itself knows. */
import type {Fact} from '#model/host.ts';
import {packages} from '../apt/packages.ts';
import {type MysqlServer, mysqlServerOf} from '../mysql/file.ts';
import {mysqlNow} from '../mysql/now.ts';
import {isWithoutPassword} from '../mysql/server-accounts.ts';
import {postgresClusters} from '../postgres/clusters.ts';
import {postgresHealth} from '../postgres/health.ts';
import {ifTold} from '../see.ts';
import {type Listener, listeners} from '../system/listeners.ts';
import {nobody} from './nobody.ts';

export type DatabaseDoor = {
	/** `127.0.0.1:5432` */
	readonly place: string;
	readonly address: string;
	readonly port: number;
	/** One that does not exist is the first. */
	readonly users: readonly string[];
};

/** Each cluster whose port listens, its roles that may log in. */
export const postgresDoors: Fact<readonly DatabaseDoor[]> = {
	id: 'postgres-doors',
	async read(host) {
		const [clusters, sockets] = await Promise.all([host.fact(postgresClusters), host.fact(listeners)]);
		const doors = await Promise.all(
			clusters.map(async cluster => {
				const [one] = doorsAt(sockets, cluster.port, /^postgres$/);
				if (one === undefined) return [];
				const roles = await ifTold(async () => (await host.fact(postgresHealth(cluster))).roles);
				const named = [...(roles ?? [])].filter(([, {login}]) => login).map(([name]) => name);
				return [{...one, users: [nobody(), ...named.slice(0, most)]}];
			}),
		);
		return doors.flat();
	},
};

export type MysqlDoors = {readonly server: MysqlServer; readonly doors: readonly DatabaseDoor[]};

/** 'absent' where no server is installed. Accounts of whom its own table says that they have no password are told by that already. */
export const mysqlDoors: Fact<MysqlDoors | 'absent'> = {
	id: 'mysql-doors',
	async read(host) {
		const server = mysqlServerOf(await host.fact(packages));
		if (server === undefined) return 'absent';
		const found = (await host.fact(listeners)).filter(({process}) => isMysql.test(process?.name ?? ''));
		const ports = [...new Set(found.map(({port}) => port))].slice(0, 3);
		const now = ports.length === 0 ? undefined : await ifTold(() => host.fact(mysqlNow));
		// MySQL may lock an account after one wrong password; MariaDB knows no such lock by account.
		const accounts = server.flavour === 'mariadb' && now !== undefined && now !== 'absent' ? now.accounts : [];
		const named = accounts.filter(one => !one.locked && one.user !== '' && !isWithoutPassword(one));
		const users = [nobody(), ...new Set(named.map(({user}) => user))].slice(0, most + 1);
		return {server, doors: ports.flatMap(port => doorsAt(found, port, isMysql)).map(one => ({...one, users}))};
	},
};

const isMysql = /^(mariadbd|mysqld)$/;
/** Names at one door. */
const most = 8;

/** One for the port: where it listens everywhere, the loopback, which no other host hears. */
const doorsAt = (
	all: readonly Listener[],
	port: number,
	program: RegExp,
): readonly Pick<DatabaseDoor, 'place' | 'address' | 'port'>[] =>
	all
		.filter(one => one.port === port && one.protocol.startsWith('tcp') && program.test(one.process?.name ?? ''))
		.slice(0, 1)
		.map(({address}) => ({
			place: `${address}:${port}`,
			address: address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address,
			port,
		}));
