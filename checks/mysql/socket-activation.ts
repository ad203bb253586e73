/** The socket unit bites at the next boot: a host that was installed today looks well until then. */

import {packages} from '#host/apt/packages.ts';
import {mysqlServerOf} from '#host/mysql/file.ts';
import {mysqlSockets, type SocketUnit} from '#host/mysql/socket.ts';
import {ifTold, isSeen, see, there} from '#host/see.ts';
import {interfaces, reachOf} from '#host/system/interfaces.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Seen, type Sight} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Unknown} from '#model/unknown.ts';
import {unit} from '#resources/units/unit.ts';

const kinds = defineKinds({
	outside: {
		state: 'fail',
		example: {socket: 'mariadb.socket', ports: '[::]:3306', holds: false},
		says: ({ports, holds}) => (holds ? `holds ${ports} for the server` : `opens ${ports} at the next boot`),
		remedy: ({socket}) => ({
			sentence: `Disable and stop ${socket}. The server keeps a port that it was given until it restarts; mysql.bind tells.`,
			commands: [['systemctl', 'disable', '--now', socket]],
		}),
		fix: ({socket}) => [unit({name: socket, enabled: false, running: false})],
	},
});

export const check = defineCheck({
	id: 'mysql.socket-activation',
	title: 'No socket unit opens the port of MariaDB or MySQL to the outside',
	why: 'Debian 12 enables mariadb.socket. At every boot systemd then opens port 3306 on every address and hands it to MariaDB; bind-address in its file is not asked.',
	reads: [
		'/etc/systemd/system/sockets.target.wants',
		'systemctl show mariadb.socket, mariadb-extra.socket (or mysql.socket): ActiveState, Listen',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source: 'systemd.socket(5); WebLab-Deusto guide, "Close access to local services"',
	verify: 'systemctl list-sockets; systemctl is-enabled mariadb.socket',
	facts: {packages, sockets: mysqlSockets, interfaces},
	kinds,
	appliesTo: ({facts}) => {
		const server = mysqlServerOf(facts.packages);
		return server === undefined ? 'neither MariaDB nor MySQL is installed' : there(facts, [], {server});
	},
	async inspect({host, facts}) {
		const {flavour} = facts.server;
		const known = (await ifTold(() => facts.interfaces)) ?? new Map<string, string>();
		const names = flavour === 'mariadb' ? ['mariadb.socket', 'mariadb-extra.socket'] : ['mysql.socket'];
		const sockets = await ifTold(() => facts.sockets);
		const found = await Promise.all(
			names.map(async name => {
				const socket = sockets?.find(one => one.unit === name);
				const file = await see(() => atBoot(host, name));
				const runtime = await see(() =>
					shown(
						facts.sockets.find(one => one.unit === name),
						name,
					),
				);
				return judged(name, socket, file, runtime, known);
			}),
		);
		return findings(found);
	},
});

const atBoot = async (host: Reader, name: string): Promise<Seen> => {
	const wants = '/etc/systemd/system/sockets.target.wants';
	return {
		value: (await host.stat(`${wants}/${name}`)) === undefined ? 'disabled' : 'enabled',
		where: `${wants}/${name}`,
	};
};

const shown = (socket: SocketUnit | undefined, name: string): Seen => ({
	value: socket === undefined ? 'not there' : {active: socket.active, listens: socket.listens},
	where: `systemctl show ${name}`,
});

/** Ports only: its Unix sockets are for this host. Where systemd cannot be asked, an enabled one counts as Debian's own, which listens everywhere. */
const judged = (
	name: string,
	socket: SocketUnit | undefined,
	file: Seen | Unknown,
	runtime: Seen | Unknown,
	known: ReadonlyMap<string, string>,
): FoundOf<typeof kinds> => {
	const enabled = isSeen(file) && file.value === 'enabled';
	const asked = isSeen(runtime);
	const outside = asked
		? (socket?.listens ?? []).filter(
				one =>
					/^(.*:)?\d+$/.test(one) &&
					['everywhere', 'network'].includes(reachOf(one.replace(/:?\d+$/, '') || '::', known)),
			)
		: name === 'mariadb.socket'
			? ['3306']
			: [];
	const bad = outside.length > 0 && (enabled || socket?.active === true);
	const sight: Sight = {item: name, expected: 'disabled, or on this host only', layers: {file, runtime}};
	return bad
		? {...sight, is: 'outside', data: {socket: name, ports: outside.join(', '), holds: socket?.active === true}}
		: {...sight, is: 'ok'};
};
