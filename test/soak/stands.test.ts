/**
 * A mend never makes a host worse: each service's fix is stopped in every way that a host stops it, and what ran before runs afterwards, with the file as it was.
 * A mistake that waits in the files for the next start is told with its line before anything restarts.
 */
import {expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {put, sh} from '../host/doctor/support/inside.ts';
import {withProgram} from '../host/doctor/support/recipes.ts';
import {services} from '../host/doctor/support/services.ts';
import {buildProgram, setup} from '../host/support/setup.ts';
import {hostTest} from '../host/support/with-host.ts';

type Service = {
	readonly check: string;
	readonly unit: string;
	readonly file: string;
	/** Makes the check fail, with the process as open as the file. */
	readonly open: string;
	/** A mistake that the running process does not know of, and what is said of it. */
	readonly latent: string;
	readonly says: RegExp;
	/** Writes a port that somebody else has. */
	readonly port: string;
	/** A shell word that succeeds where the fix has written its value. */
	readonly mended: string;
};

const all: readonly Service[] = [
	{
		check: 'mysql.bind',
		unit: 'mariadb.service',
		file: '/etc/mysql/mariadb.conf.d/50-server.cnf',
		open: "sed -i 's/^bind-address.*/bind-address = 0.0.0.0/' /etc/mysql/mariadb.conf.d/50-server.cnf",
		latent: "printf '[mysqld]\\nquery-cache-limt = 1M\\n' > /etc/mysql/mariadb.conf.d/90-x.cnf",
		says: /90-x\.cnf:2: .*query-cache-limt/,
		port: "printf '[mysqld]\\nport = 4242\\n' > /etc/mysql/mariadb.conf.d/90-x.cnf",
		mended: "grep -q '^bind-address *= *127' /etc/mysql/mariadb.conf.d/50-server.cnf",
	},
	{
		check: 'redis.bind',
		unit: 'redis-server.service',
		file: '/etc/redis/redis.conf',
		open: "sed -i 's/^bind .*/bind 0.0.0.0/' /etc/redis/redis.conf",
		latent: "echo 'maxmemory-polcy noeviction' >> /etc/redis/redis.conf",
		says: /redis\.conf:\d+: .*maxmemory-polcy/,
		port: "sed -i 's/^port .*/port 4242/' /etc/redis/redis.conf",
		mended: "! grep -q '^bind 0.0.0.0' /etc/redis/redis.conf",
	},
	{
		check: 'ldap.listeners',
		unit: 'slapd.service',
		file: '/etc/default/slapd',
		open: 'sed -i \'s|^SLAPD_SERVICES=.*|SLAPD_SERVICES="ldap:/// ldapi:///"|\' /etc/default/slapd',
		latent: "echo 'olcBogus: x' >> '/etc/ldap/slapd.d/cn=config/olcDatabase={1}mdb.ldif'",
		says: /slapd\.service would not take up its files: .*olcBogus/i,
		port: '',
		mended: "grep -q '^SLAPD_SERVICES=.ldap://127' /etc/default/slapd",
	},
	{
		check: 'postgres.bind',
		unit: 'postgresql@15-main.service',
		file: '/etc/postgresql/15/main/postgresql.conf',
		open: 'printf "listen_addresses = \'*\'\\n" >> /etc/postgresql/15/main/postgresql.conf',
		latent: "echo 'host all all nowhere/99 md5' >> /etc/postgresql/15/main/pg_hba.conf",
		says: /pg_hba\.conf:\d+: /,
		port: "mkdir -p /etc/postgresql/15/main/conf.d; echo 'port = 4242' > /etc/postgresql/15/main/conf.d/x.conf",
		mended: '! grep -q "^listen_addresses = \'\\*\'" /etc/postgresql/15/main/postgresql.conf',
	},
];

const started = async (host: ThrowAway, unit: string): Promise<string> =>
	(await host.must(['systemctl', 'show', '--property=InvocationID', '--value', unit])).trim();
const isUp = async (host: ThrowAway, unit: string): Promise<string> =>
	(await host.run(['systemctl', 'is-active', unit])).stdout.trim();
const fix = async (host: ThrowAway, check: string): Promise<{readonly code: number; readonly said: string}> => {
	const {code, stdout, stderr} = await host.run([setup, 'doctor', 'fix', check, '--yes'], {timeout: 200_000});
	return {code, said: `${stdout}${stderr}`};
};
const drop = async (host: ThrowAway, {unit}: Service, text: string): Promise<void> => {
	await host.must(['mkdir', '-p', `/run/systemd/system/${unit}.d`]);
	await put(host, dropIn(unit), text);
	await host.must(['systemctl', 'daemon-reload']);
};
const dropIn = (unit: string): string => `/run/systemd/system/${unit}.d/test.conf`;

hostTest(
	'what ran before a fix runs after it, whatever stops it',
	{...withProgram({layer: services}), network: 'none', timeout: 900_000},
	async host => {
		buildProgram();
		await sh(
			host,
			'mkdir -p /etc/systemd/system.conf.d; printf "[Manager]\\nDefaultStartLimitIntervalSec=0\\n" > /etc/systemd/system.conf.d/often.conf; systemctl daemon-reload',
		);
		await sh(
			host,
			'systemd-run --unit=thief -- perl -MIO::Socket::INET -e \'my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => "0.0.0.0", LocalPort => 4242) or die; sleep 9999\'',
		);
		const failed: string[] = [];
		for (const service of all) {
			for (const [name, way] of Object.entries(ways)) {
				if (name === 'port taken' && service.port === '') continue;
				try {
					await sh(host, `tar -C / -cf /root/etc.tar etc/mysql etc/redis etc/default etc/postgresql etc/ldap`);
					await sh(host, `${service.open}; systemctl restart ${service.unit}`);
					await way(host, service);
				} catch (error) {
					failed.push(`${service.check}, ${name}: ${(error as Error).message}`);
				} finally {
					await asBefore(host, service).catch((error: unknown) => {
						failed.push(`${service.check}, ${name}: it does not come back: ${(error as Error).message}`);
					});
				}
			}
		}
		expect(failed.join('\n\n')).toBe('');
	},
);

const asBefore = async (host: ThrowAway, {unit}: Service): Promise<void> => {
	await sh(
		host,
		`umount /etc/full 2>/dev/null || true; rm -f ${dropIn(unit)} /etc/mysql/mariadb.conf.d/90-x.cnf /etc/postgresql/15/main/conf.d/x.conf; tar -C / -xf /root/etc.tar; systemctl daemon-reload`,
	);
	const {code} = await host.run(['systemctl', 'restart', unit], {timeout: 120_000});
	if (code !== 0) throw new Error(await host.must(['journalctl', '--no-pager', '-o', 'cat', '-n', '25', '-u', unit]));
};

type Way = (host: ThrowAway, service: Service) => Promise<void>;

const stops = async (host: ThrowAway, {check, unit, file}: Service): Promise<string> => {
	const before = await host.must(['cat', file]);
	const {code, said} = await fix(host, check);
	expect(code, said).toBe(1);
	expect(await isUp(host, unit), said).toBe('active');
	expect(await host.must(['cat', file]), said).toBe(before);
	expect(said).toContain('Taken back: everything is as it was before.');
	return said;
};

const ways: Readonly<Record<string, Way>> = {
	async 'a mistake that waits'(host, service) {
		await sh(host, service.latent);
		const ran = await started(host, service.unit);
		const said = await stops(host, service);
		expect(said).toMatch(service.says);
		expect(said).not.toMatch(/re(start|load) of \S+: done/);
		expect(await started(host, service.unit), 'it was started anew').toBe(ran);
	},
	async 'port taken'(host, service) {
		await sh(host, service.port);
		const ran = await started(host, service.unit);
		expect(await stops(host, service)).toMatch(/port 4242 is taken by perl \(thief\.service\)/);
		expect(await started(host, service.unit), 'it was started anew').toBe(ran);
	},
	async 'a value that only the start refuses'(host, service) {
		await drop(
			host,
			service,
			`[Service]\nNoExecPaths=\nExecPaths=\nExecStartPre=/bin/sh -c "if ${service.mended.replaceAll('"', '\\"')}; then exit 1; fi"\n`,
		);
		await stops(host, service);
	},
	async 'a start that hangs'(host, service) {
		await drop(
			host,
			service,
			`[Service]\nNoExecPaths=\nExecPaths=\nTimeoutStartSec=4\nExecStartPre=/bin/sh -c "if ${service.mended.replaceAll('"', '\\"')}; then sleep 600; fi"\n`,
		);
		await stops(host, service);
	},
	async 'disk full'(host, service) {
		const directory = service.file.slice(0, service.file.lastIndexOf('/'));
		await sh(
			host,
			`mkdir -p /etc/full; mount -t tmpfs -o size=2m,mode=0755 full /etc/full; cp -a ${directory}/. /etc/full/; dd if=/dev/zero of=/etc/full/filling bs=4k 2>/dev/null || true; mount --bind /etc/full ${directory}`,
		);
		const ran = await started(host, service.unit);
		try {
			const said = await stops(host, service);
			expect(said).toMatch(/no space left/);
			expect(await started(host, service.unit), `it was started anew: ${said}`).toBe(ran);
		} finally {
			await sh(host, `umount ${directory}`);
		}
	},
};
