/** The checks of Redis on a booted Debian 12: what its file, the process and the kernel show, before and after each break. */
import {script} from './support/inside.ts';
import {type Recipe, recipes} from './support/recipes.ts';
import {services} from './support/services.ts';

const conf = '/etc/redis/redis.conf';
const restart = 'systemctl restart redis-server';

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
		name: 'snapshots in file and process',
		check: 'redis.persistence',
		item: 'snapshots',
		break: script(`sed -i 's/^save .*/save 60 1000/' ${conf}; ${restart}`),
		verdict: 'warn',
		says: /snapshots are written \(save 60 1000\)/,
		layers: {file: '60 1000', runtime: '60 1000'},
	},
	{
		name: 'the save lines commented out, as the guide says: Redis 7 takes its own',
		check: 'redis.persistence',
		item: 'snapshots',
		break: script(`sed -i 's/^save .*/# &/' ${conf}; ${restart}`),
		verdict: 'warn',
		says: /snapshots are written \(save 3600 1 300 100 60 10000\)/,
		layers: {file: '3600 1 300 100 60 10000', runtime: '3600 1 300 100 60 10000'},
	},
	{
		name: 'an append-only file',
		check: 'redis.persistence',
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
		break: script(`sed -i 's/^bind .*/bind * -::*/' ${conf}; ${restart}`),
		verdict: 'fail',
		says: /answers from outside on .*\[::\] \(IPv4 as well\)/,
		layers: {file: '* -::*', runtime: '* -::*', kernel: ['0.0.0.0:6379', '[::]:6379 (IPv4 as well)']},
	},
	{
		name: 'opened in the file, not yet in the process',
		check: 'redis.bind',
		break: script(`sed -i 's/^bind .*/bind 0.0.0.0/' ${conf}`),
		verdict: 'fail',
		says: /changed in the file, not in the process: from its next start/,
		layers: {file: '0.0.0.0', runtime: '127.0.0.1 -::1', kernel: ['127.0.0.1:6379', '[::1]:6379']},
	},
	{
		name: 'closed in the file, still open in the process',
		check: 'redis.bind',
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
		break: script(`sed -i 's/^protected-mode .*/protected-mode no/' ${conf}; ${restart}`),
		verdict: 'fail',
		layers: {file: {'protected-mode': 'no', password: false}, runtime: {'protected-mode': 'no', password: false}},
	},
	{
		name: 'no limit of memory',
		check: 'redis.memory',
		item: 'maxmemory',
		break: script('redis-cli config set maxmemory 0'),
		verdict: 'warn',
		says: /has no limit, and this host has \d+ MiB/,
		layers: {file: '200mb', runtime: 0},
		mend: script('redis-cli config set maxmemory 200mb'),
	},
];

recipes('redis: every check on a booted host', {layer: services, network: 'none', timeout: 300_000}, list, {
	prepare: script(`printf 'save ""\\nmaxmemory 100mb\\n' >> ${conf}; ${restart}`),
});
