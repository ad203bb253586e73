/** The checks of Redis on a booted Debian 12: what its file, the process and the kernel show, before and after each break. */
import {expect} from 'vitest';
import {until} from '../support/until.ts';
import {put, script, sh} from './support/inside.ts';
import {doctorIn, type Recipe, recipes, shown} from './support/recipes.ts';
import {services} from './support/services.ts';

const conf = '/etc/redis/redis.conf';
const restart = 'systemctl restart redis-server';

const unitDrop = '/etc/systemd/system/redis-server.service.d/words.conf';

const given = async (host: Parameters<typeof sh>[0], words: string): Promise<void> => {
	await sh(host, 'mkdir -p /etc/systemd/system/redis-server.service.d');
	await put(
		host,
		unitDrop,
		`[Service]\nExecStart=\nExecStart=/usr/bin/redis-server ${conf} --supervised systemd --daemonize no ${words}\n`,
	);
	await sh(host, `systemctl daemon-reload; ${restart}`);
};

const list: readonly Recipe[] = [
	{
		name: 'stopped',
		check: 'redis.running',
		is: 'down',
		item: 'running',
		break: script('systemctl stop redis-server'),
		verdict: 'fail',
		says: /redis-server\.service is inactive/,
	},
	{
		name: 'masked, and then stopped',
		check: 'redis.running',
		is: 'masked',
		item: 'running',
		break: script('systemctl mask redis-server; systemctl stop redis-server'),
		verdict: 'fail',
		says: /redis-server\.service is masked: it does not run, and nothing can start it/,
		mend: 'remedy',
	},
	{
		name: 'not enabled',
		check: 'redis.running',
		is: 'notAtBoot',
		item: 'boot',
		break: script('systemctl disable redis-server'),
		verdict: 'warn',
		says: /does not start at boot/,
		layers: {file: 'disabled'},
	},
	{
		name: 'enabled until the next boot only',
		check: 'redis.running',
		is: 'notAtBoot',
		item: 'boot',
		break: script('systemctl disable redis-server; systemctl enable --runtime redis-server'),
		verdict: 'warn',
		says: /does not start at boot/,
		layers: {file: 'enabled-runtime'},
		mend: script('systemctl disable --runtime redis-server; systemctl enable redis-server'),
	},
	{
		name: 'a condition that holds today, in a directory that a boot empties; then not even that',
		check: 'redis.running',
		is: 'conditional',
		item: 'boot',
		async break(host) {
			await sh(
				host,
				`mkdir -p /etc/systemd/system/redis-server.service.d
printf '[Unit]\\nConditionPathExists=/run/ready\\n' > /etc/systemd/system/redis-server.service.d/when.conf
touch /run/ready; systemctl daemon-reload; ${restart}`,
			);
			const {report} = await doctorIn(host, 'redis.running');
			expect(shown(report.rows.filter(({state}) => state === 'warn'))).toMatch(/that a boot empties/);
			await sh(host, 'rm /run/ready');
		},
		verdict: 'warn',
		says: /ConditionPathExists=\/run\/ready does not hold/,
		mend: script('rm -r /etc/systemd/system/redis-server.service.d; systemctl daemon-reload'),
	},
	{
		name: 'enabled into a target that no boot reaches',
		check: 'redis.running',
		is: 'unreached',
		item: 'boot',
		break: script(
			'systemctl disable redis-server; mkdir -p /etc/systemd/system/never.target.wants; ln -s /lib/systemd/system/redis-server.service /etc/systemd/system/never.target.wants/; systemctl daemon-reload',
		),
		verdict: 'warn',
		says: /no boot reaches/,
		mend: script(
			'rm -r /etc/systemd/system/never.target.wants; systemctl daemon-reload; systemctl enable redis-server',
		),
	},
	{
		name: 'disabled, and wanted by another unit: that is no finding; then by nobody',
		check: 'redis.running',
		is: 'notAtBoot',
		item: 'boot',
		async break(host) {
			await sh(
				host,
				`systemctl disable redis-server
mkdir -p /etc/systemd/system/supervisor.service.wants
ln -s /lib/systemd/system/redis-server.service /etc/systemd/system/supervisor.service.wants/
systemctl daemon-reload`,
			);
			const {report} = await doctorIn(host, 'redis.running');
			expect(shown(report.rows.filter(({state}) => state !== 'ok'))).toBe('');
			await sh(host, 'rm -r /etc/systemd/system/supervisor.service.wants; systemctl daemon-reload');
		},
		verdict: 'warn',
	},
	{
		name: 'frozen: systemd calls it active',
		check: 'redis.running',
		is: 'stilled',
		item: 'running',
		break: script('systemctl freeze redis-server'),
		verdict: 'fail',
		says: /frozen \(systemctl freeze\): it answers nobody/,
		mend: 'remedy',
	},
	{
		name: 'stopped by a signal',
		check: 'redis.running',
		is: 'stilled',
		item: 'running',
		break: script('kill -STOP $(systemctl show -P MainPID redis-server)'),
		verdict: 'fail',
		says: /stopped by a signal/,
		mend: 'remedy',
	},
	{
		name: 'ends again and again, and is never failed',
		check: 'redis.running',
		is: 'loops',
		item: 'running',
		async break(host) {
			await sh(
				host,
				`mkdir -p /etc/systemd/system/redis-server.service.d
printf '[Service]\\nType=simple\\nExecStart=\\nExecStart=/bin/sleep 0.2\\nRestart=always\\nRestartSec=100ms\\n' > /etc/systemd/system/redis-server.service.d/loop.conf
systemctl daemon-reload; systemctl restart --no-block redis-server`,
			);
			await until(async () => Number(await host.must(['systemctl', 'show', '-P', 'NRestarts', 'redis-server'])) >= 3, {
				what: 'some restarts',
			});
		},
		verdict: 'fail',
		says: /ends again and again: systemd has started it \d+ times/,
		mend: script(
			'rm -r /etc/systemd/system/redis-server.service.d; systemctl daemon-reload; systemctl restart redis-server',
		),
	},
	{
		name: 'snapshots in file and process',
		check: 'redis.persistence',
		is: 'snapshots',
		item: 'snapshots',
		break: script(`sed -i 's/^save .*/save 60 1000/' ${conf}; ${restart}`),
		verdict: 'warn',
		says: /snapshots are written \(save 60 1000\)/,
		layers: {file: '60 1000', runtime: '60 1000'},
	},
	{
		name: 'the save lines commented out, as the guide says: Redis 7 takes its own',
		check: 'redis.persistence',
		is: 'snapshots',
		item: 'snapshots',
		break: script(`sed -i 's/^save .*/# &/' ${conf}; ${restart}`),
		verdict: 'warn',
		says: /snapshots are written \(save 3600 1 300 100 60 10000\)/,
		layers: {file: '3600 1 300 100 60 10000', runtime: '3600 1 300 100 60 10000'},
	},
	{
		name: 'an append-only file',
		check: 'redis.persistence',
		is: 'appendOnly',
		item: 'append-only-file',
		break: script(`sed -i 's/^appendonly .*/appendonly yes/' ${conf}; ${restart}`),
		verdict: 'warn',
		layers: {file: 'yes', runtime: 'yes'},
	},
	{
		name: 'save lines in an included file, not restarted',
		check: 'redis.restart-pending',
		is: 'pending',
		item: 'save',
		break: script(`echo 'save 10 10' > /etc/redis/more.conf; echo 'include /etc/redis/more.conf' >> ${conf}`),
		verdict: 'warn',
		says: /changed in the file, not in the process: it still runs with none/,
		layers: {file: '10 10', runtime: ''},
		mend: script(`sed -i '/^include /d' ${conf}; rm /etc/redis/more.conf; ${restart}`),
	},
	{
		name: 'edited and not restarted',
		check: 'redis.restart-pending',
		is: 'pending',
		item: 'maxmemory',
		break: script(`sed -i 's/^maxmemory .*/maxmemory 200mb/' ${conf}`),
		verdict: 'warn',
		says: /changed in the file, not in the process: it still runs with 104857600/,
		layers: {file: '200mb', runtime: '104857600'},
	},
	{
		name: 'set in the process only',
		check: 'redis.restart-pending',
		is: 'onlyNow',
		item: 'slowlog-max-len',
		break: script('redis-cli config set slowlog-max-len 7'),
		verdict: 'warn',
		says: /changed in the process, not in the file: its next start takes 128/,
		layers: {file: '128', runtime: '7'},
		mend: script('redis-cli config set slowlog-max-len 128'),
	},
	{
		name: 'a password edited and not taken up',
		check: 'redis.restart-pending',
		item: 'requirepass',
		break: script(`echo 'requirepass "hidden-from-the-report"' >> ${conf}`),
		verdict: 'warn',
		layers: {file: 'a password', runtime: 'another'},
		mend: script(`sed -i '/^requirepass/d' ${conf}; ${restart}`),
	},
	{
		name: 'on every address, of both kinds',
		check: 'redis.bind',
		is: 'open',
		break: script(`sed -i 's/^bind .*/bind * -::*/' ${conf}; ${restart}`),
		verdict: 'fail',
		says: /answers from outside on .*\[::\] \(IPv4 as well\)/,
		layers: {file: '* -::*', runtime: '* -::*', kernel: ['0.0.0.0:6379', '[::]:6379 (IPv4 as well)']},
	},
	{
		name: 'opened in the file, not yet in the process',
		check: 'redis.bind',
		is: 'open',
		break: script(`sed -i 's/^bind .*/bind 0.0.0.0/' ${conf}`),
		verdict: 'fail',
		says: /changed in the file, not in the process: from its next start/,
		layers: {file: '0.0.0.0', runtime: '127.0.0.1 -::1', kernel: ['127.0.0.1:6379', '[::1]:6379']},
	},
	{
		name: 'closed in the file, still open in the process',
		check: 'redis.bind',
		is: 'open',
		break: script(
			`sed -i 's/^bind .*/bind 0.0.0.0/' ${conf}; ${restart}; sed -i 's/^bind .*/bind 127.0.0.1 -::1/' ${conf}`,
		),
		verdict: 'fail',
		says: /changed in the file, not in the process: it still answers from outside/,
		layers: {file: '127.0.0.1 -::1', runtime: '0.0.0.0', kernel: ['0.0.0.0:6379']},
	},
	{
		name: 'protected mode off',
		check: 'redis.protection',
		is: 'open',
		break: script(`sed -i 's/^protected-mode .*/protected-mode no/' ${conf}; ${restart}`),
		verdict: 'fail',
		layers: {file: {'protected-mode': 'no', password: false}, runtime: {'protected-mode': 'no', password: false}},
	},
	{
		name: 'protected mode off from the next start on',
		check: 'redis.protection',
		is: 'next',
		break: script(`sed -i 's/^protected-mode .*/protected-mode no/' ${conf}`),
		verdict: 'fail',
		layers: {file: {'protected-mode': 'no', password: false}, runtime: {'protected-mode': 'yes', password: false}},
	},
	{
		name: 'protected mode on in the file, off in the process',
		check: 'redis.protection',
		is: 'still',
		break: script(
			`sed -i 's/^protected-mode .*/protected-mode no/' ${conf}; ${restart}; sed -i 's/^protected-mode .*/protected-mode yes/' ${conf}`,
		),
		verdict: 'fail',
		layers: {file: {'protected-mode': 'yes', password: false}, runtime: {'protected-mode': 'no', password: false}},
	},
	{
		name: 'another user than the first, who needs no password',
		check: 'redis.protection',
		is: 'user',
		item: 'user guest',
		break: script(`printf 'requirepass sesame\nuser guest on nopass ~* +@all\n' >> ${conf}; ${restart}`),
		verdict: 'fail',
		says: /let in as the user guest with any password, and may do everything/,
		mend: script(`sed -i '/^requirepass sesame/d; /^user guest/d' ${conf}; ${restart}`),
	},
	{
		name: 'a second one that obeys strangers; with protected mode it does not',
		check: 'redis.instances',
		is: 'open',
		item: '0.0.0.0:6380',
		before: ['na'],
		async break(host) {
			const start = (mode: string): Promise<string> =>
				sh(
					host,
					`systemctl stop redis-cache 2>/dev/null || true; systemd-run --unit=redis-cache redis-server --port 6380 --bind 0.0.0.0 --protected-mode ${mode} --save ''`,
				);
			const listens = () =>
				until(async () => (await host.must(['cat', '/proc/net/tcp'])).includes('00000000:18EC'), {
					what: 'the second Redis',
				});
			await start('yes');
			await listens();
			const {report} = await doctorIn(host, 'redis.instances');
			expect(shown(report.rows.filter(({state}) => state !== 'ok'))).toBe('');
			await start('no');
			await listens();
		},
		verdict: 'fail',
		says: /redis-cache\.service obeys everybody who reaches 0\.0\.0\.0:6380/,
		layers: {kernel: 'PONG'},
		mend: script('systemctl stop redis-cache'),
	},
	{
		name: 'a limit above the memory of the host; none at all is what the distribution has',
		check: 'redis.memory',
		is: 'tooMuch',
		item: 'maxmemory',
		async break(host) {
			await sh(host, 'redis-cli config set maxmemory 0');
			const {report} = await doctorIn(host, 'redis.memory');
			expect(report.rows.find(({item}) => item === 'maxmemory')).toMatchObject({
				state: 'ok',
				says: expect.stringMatching(/has no limit, and this host has \d+ MiB/),
			});
			await sh(host, 'redis-cli config set maxmemory 900gb');
		},
		verdict: 'warn',
		says: /may take 921600 MiB of the \d+ MiB/,
		layers: {file: '200mb'},
		mend: script('redis-cli config set maxmemory 200mb'),
	},
	{
		name: 'the command line of its unit opens it, whatever its file says',
		check: 'redis.bind',
		is: 'open',
		async break(host) {
			await given(host, '--bind 0.0.0.0 --protected-mode no');
			const {report} = await doctorIn(host, 'redis');
			const rows = report.rows.filter(({state}) => state === 'fail' || state === 'warn');
			expect(rows.map(({key, says}) => `${key}: ${says}`)).toEqual(
				expect.arrayContaining([expect.stringMatching(/^redis\.protection: obeys everybody who reaches its port$/)]),
			);
			expect(shown(rows)).not.toMatch(/changed in the (file|process)/);
			expect(rows.find(({check}) => check === 'redis.bind')?.remedy?.sentence).toContain(`(${unitDrop}:3)`);
		},
		verdict: 'fail',
		says: /^answers from outside on 0\.0\.0\.0$/,
		layers: {file: '0.0.0.0', runtime: '0.0.0.0'},
		mend: script(`rm ${unitDrop}; systemctl daemon-reload; ${restart}`),
	},
];

recipes('redis: every check on a booted host', {layer: services, network: 'none', timeout: 300_000}, list, {
	prepare: script(`printf 'save ""\\nmaxmemory 100mb\\n' >> ${conf}; ${restart}`),
});
