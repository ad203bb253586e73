/**
 * The servers that people run most, as the distribution installs them: whatever the doctor says of such a host is in a list with the reason why it is true and
 * of use. Anything else is a false word about a host that nobody has touched.
 */
import {expect} from 'vitest';
import type {Row} from '#doctor/types.ts';
import type {Release} from '#rehearse/base.ts';
import {buildProgram} from '../../support/setup.ts';
import {until} from '../../support/until.ts';
import {hostTest, withPackages} from '../../support/with-host.ts';
import {doctorIn, withProgram} from './recipes.ts';

/** Those that can stand beside each other: one web server, one resolver and one mail server on a host. */
const hosts: Readonly<Record<string, readonly string[]>> = {
	apache: [
		'apache2',
		'postgresql',
		'mariadb-server',
		'redis-server',
		'memcached',
		'slapd',
		'bind9',
		'postfix',
		'openssh-server',
		'fail2ban',
		'supervisor',
		'munin-node',
		'php-fpm',
		'podman',
	],
	nginx: [
		'nginx',
		'haproxy',
		'unbound',
		'exim4-daemon-light',
		'dovecot-imapd',
		'ufw',
		'docker.io',
		'prometheus-node-exporter',
		'openssh-server',
	],
	lighttpd: ['lighttpd', 'dnsmasq'],
};

/** By check, or by check and item: why it is true, and what somebody gains by reading it. */
const known: Readonly<Record<string, string>> = {
	'host.automatic-updates': 'Nothing installs security updates: the base image has no unattended-upgrades.',
	'host.firewall': 'Nobody has set one up, and several of these servers answer the whole world.',
	'host.updates': 'The base image is older than its archive.',
	'host.sshd[passwords]': "Debian's default lets everybody try passwords.",
	'host.failed-units[fail2ban.service]':
		'Debian 12 has no /var/log/auth.log without rsyslog, and fail2ban then does not start.',
	'host.failed-units[unbound.service]': 'It does not come up without a network, and so no name is resolved.',
	'ldap.listeners': 'slapd listens on every address, and without TLS every password goes by in the clear.',
	'ldap.access': 'Without ldap-utils slapd cannot be asked: that is told once, as a cause.',
	'ldap.base': 'As ldap.access.',
	'ldap.server[answers]': 'As ldap.access.',
	'host.release':
		'Debian 11 has had no security updates since 2026-08-31: true from that day on, and the first thing to know of such a host.',
	'mysql.version': 'As host.release: its MariaDB 10.5 ended with it.',
	'postgres.version[13/main]': 'As host.release: its PostgreSQL 13 ended with it.',
	...Object.fromEntries(
		['all 127.0.0.1/32', 'all ::1/128', 'replication 127.0.0.1/32', 'replication ::1/128'].map(place => [
			`postgres.hba[13/main host ${place.startsWith('all') ? 'all all' : 'replication all'} ${place.split(' ')[1]}]`,
			'The package of Debian 11 writes md5, which takes hashes that can be replayed.',
		]),
	),
	'redis.memory[overcommit]': 'Redis itself warns of it at each start: a snapshot may fail when memory is half full.',
	...Object.fromEntries(
		['tcp/25', 'tcp/53', 'udp/53', 'tcp/143', 'tcp/993', 'tcp/4949', 'tcp/9100'].map(port => [
			`host.ports[${port}]`,
			'It answers the whole world, and only an operator knows whether that is meant; a waiver says so.',
		]),
	),
};

const rowsOff = (rows: readonly Row[]): readonly string[] =>
	rows
		.filter(({state}) => !['ok', 'na', 'blocked'].includes(state))
		.filter(({check, key}) => known[check] === undefined && known[key] === undefined)
		.map(({key, state, says}) => `${state} ${key}: ${says}`);

/** One test for each of the hosts. */
export const popularServers = (release: Release): void => {
	for (const [name, packages] of Object.entries(hosts))
		hostTest(
			`${release} with ${name} and what stands beside it`,
			withProgram({
				release,
				layer: withPackages(`popular-${name}`, ['libatomic1', ...packages]),
				network: 'none',
				timeout: 900_000,
			}),
			async host => {
				buildProgram();
				await until(
					async () =>
						['running', 'degraded'].includes((await host.run(['systemctl', 'is-system-running'])).stdout.trim()),
					{what: 'the end of the boot', deadline: 120_000},
				);
				const {report} = await doctorIn(host);
				expect(rowsOff(report.rows).join('\n')).toBe('');
			},
		);
};
