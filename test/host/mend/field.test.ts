/** Field cases that only a running service decides: whom the doctor asks, what a mend leaves of a record, and an address that the host does not have. */
import {readFileSync} from 'node:fs';
import {expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {field} from '../../unit/support/field.ts';
import {put, sh} from '../doctor/support/inside.ts';
import {doctorIn, withProgram} from '../doctor/support/recipes.ts';
import {services} from '../doctor/support/services.ts';
import {buildProgram, setup} from '../support/setup.ts';
import {hostTest} from '../support/with-host.ts';

const states = async (host: ThrowAway, ...checks: readonly string[]): Promise<Readonly<Record<string, string>>> => {
	const {report} = await doctorIn(host, ...checks);
	return Object.fromEntries(report.rows.map(({key, state}) => [key, state]));
};
const textIn = (host: ThrowAway, path: string): string => readFileSync(`${host.root}${path}`, 'utf8');

hostTest(
	'field cases with their services',
	{...withProgram({layer: services}), network: 'none', timeout: 600_000},
	async host => {
		buildProgram();

		// The client's own files name another server, and one that cannot be reached.
		const alone = await states(host, 'mysql');
		expect(alone['mysql.running[running]']).toBe('ok');
		await put(host, '/root/.my.cnf', field('mysql-client-section/root-my.cnf'));
		expect(await states(host, 'mysql')).toEqual(alone);
		await put(host, '/etc/mysql/conf.d/zz-client.cnf', field('mysql-client-unreachable/zz-client.cnf'));
		expect(await states(host, 'mysql')).toEqual(alone);
		await sh(host, 'rm /root/.my.cnf /etc/mysql/conf.d/zz-client.cnf');
		// A server that has its socket elsewhere.
		await put(host, '/etc/mysql/mariadb.conf.d/90-x.cnf', '[mysqld]\nsocket = /run/mysqld/other.sock\n');
		await sh(host, 'systemctl restart mariadb');
		expect(await states(host, 'mysql')).toEqual(alone);

		// The certificate of the client stays asked for.
		const version = (await host.must(['ls', '/etc/postgresql'])).trim();
		const hba = `/etc/postgresql/${version}/main/pg_hba.conf`;
		const before = textIn(host, hba);
		await put(host, hba, before + field('hba-fix-drops-clientcert/pg_hba-tail.conf'));
		await sh(host, `systemctl reload postgresql@${version}-main`);
		const fixed = await host.run([setup, 'doctor', 'fix', 'postgres.hba', '--yes'], {timeout: 120_000});
		expect(textIn(host, hba), `${fixed.stdout}${fixed.stderr}`).toMatch(
			/^hostssl\s+all\s+all\s+10\.77\.0\.0\/16\s+scram-sha-256 clientcert=verify-full$/m,
		);
		expect((await host.run([setup, 'undo'])).code).toBe(0);
		await put(host, hba, before);

		// A password by an access list is one.
		await sh(host, 'cp -a /etc/redis/redis.conf /root/redis.conf');
		await put(
			host,
			'/etc/redis/redis.conf',
			textIn(host, '/etc/redis/redis.conf') + field('redis-acl-password/redis.conf-tail'),
		);
		await sh(host, 'systemctl restart redis-server');
		expect((await host.run(['redis-cli', 'ping'])).stdout).toContain('NOAUTH');
		const redis = await states(host, 'redis.protection', 'redis.restart-pending');
		expect(Object.entries(redis).filter(([, state]) => state !== 'ok' && state !== 'na')).toEqual([]);
		await sh(host, 'cp -a /root/redis.conf /etc/redis/redis.conf; systemctl restart redis-server');

		// Without ::1 the directory is not told to listen there.
		await sh(
			host,
			`sed -i 's|^SLAPD_SERVICES=.*|SLAPD_SERVICES="ldap:/// ldapi:///"|' /etc/default/slapd; ip -6 addr del ::1/128 dev lo; systemctl restart slapd`,
		);
		const slapd = await host.run([setup, 'doctor', 'fix', 'ldap.listeners', '--yes'], {timeout: 120_000});
		expect(textIn(host, '/etc/default/slapd'), `${slapd.stdout}${slapd.stderr}`).toMatch(
			/^SLAPD_SERVICES="ldap:\/\/127\.0\.0\.1\/ ldapi:\/\/\/"$/m,
		);
		expect((await host.run(['systemctl', 'is-active', 'slapd'])).stdout.trim()).toBe('active');
	},
);
