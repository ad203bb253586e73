/** The checks of supervisor on a booted Debian 12, with programs that run, fail, end and wait. */
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {until} from '../support/until.ts';
import {put, script, sh} from './support/inside.ts';
import {type Recipe, recipes} from './support/recipes.ts';
import {services} from './support/services.ts';

const confs = '/etc/supervisor/conf.d';
const log = '/var/log/supervisor/supervisord.log';
const program = (name: string, more = ''): string => `[program:${name}]\ncommand=/bin/sleep 1000\n${more}\n`;

const inState = async (host: ThrowAway, name: string, state: string): Promise<void> =>
	void (await until(async () => (await host.run(['supervisorctl', 'status', name])).stdout.includes(state), {
		what: `${name} to be ${state}`,
		deadline: 20_000,
	}));

/** Adds a program, takes it up, and waits for its state. */
const adding =
	(name: string, text: string, state: string) =>
	async (host: ThrowAway): Promise<void> => {
		await put(host, `${confs}/${name}.conf`, text);
		await host.must(['supervisorctl', 'update']);
		await inState(host, name, state);
	};

const removing = (name: string): ((host: ThrowAway) => Promise<void>) =>
	script(`rm ${confs}/${name}.conf; supervisorctl update`);

/** Its own socket is made at its start. */
const controlled =
	(edit: string) =>
	async (host: ThrowAway): Promise<void> => {
		await sh(host, `sed -i '${edit}' /etc/supervisor/supervisord.conf; systemctl restart supervisor`);
		await inState(host, 'worker:worker_01', 'RUNNING');
	};

const list: readonly Recipe[] = [
	{
		name: 'stopped',
		check: 'supervisor.running',
		is: 'down',
		item: 'running',
		break: script('systemctl stop supervisor'),
		verdict: 'fail',
		says: /supervisor\.service is inactive/,
	},
	{
		name: 'not enabled',
		check: 'supervisor.running',
		is: 'notAtBoot',
		item: 'boot',
		break: script('systemctl disable supervisor'),
		verdict: 'warn',
		layers: {file: 'disabled'},
	},
	{
		name: 'a program that it gave up',
		check: 'supervisor.programs',
		is: 'failing',
		item: 'broken',
		break: adding('broken', '[program:broken]\ncommand=/bin/false\nstartsecs=1\nstartretries=0\n', 'FATAL'),
		verdict: 'fail',
		says: /gave it up \(Exited too quickly.*log: \/var\/log\/supervisor\/broken/,
		layers: {runtime: 'FATAL'},
		mend: removing('broken'),
	},
	{
		name: 'a program that is RUNNING for a moment each time',
		check: 'supervisor.programs',
		is: 'flaps',
		item: 'flap',
		async break(host) {
			const flap = '[program:flap]\ncommand=/bin/sh -c "sleep 0.4; exit 1"\nstartsecs=0\nautorestart=true\n';
			await adding('flap', flap, 'RUNNING')(host);
			// Before it ended once, it is a program that was just started.
			await until(async () => (await host.run(['grep', 'exited: flap', log])).code === 0, {
				what: 'flap to end once',
				deadline: 20_000,
			});
		},
		verdict: 'fail',
		says: /ends again and again/,
		mend: removing('flap'),
	},
	{
		name: 'a program that dies every other second, and is RUNNING in between',
		check: 'supervisor.programs',
		is: 'flaps',
		item: 'dies',
		async break(host) {
			await adding(
				'dies',
				'[program:dies]\ncommand=/bin/sh -c "sleep 2; exit 1"\nstartsecs=1\nautorestart=true\n',
				'RUNNING',
			)(host);
			await until(async () => Number((await host.run(['grep', '-c', 'exited: dies', log])).stdout) >= 3, {
				what: 'dies to end three times',
				deadline: 30_000,
			});
		},
		verdict: 'fail',
		says: /ends again and again/,
		mend: removing('dies'),
	},
	{
		name: 'a file that no include matches',
		check: 'supervisor.unread',
		is: 'unread',
		item: `${confs}/late.ini`,
		async break(host) {
			await put(host, `${confs}/off.conf.disabled`, program('off'));
			await put(host, `${confs}/late.ini`, program('late'));
		},
		verdict: 'warn',
		says: /no include of supervisor matches it, so late does not run/,
		mend: script(`rm ${confs}/late.ini ${confs}/off.conf.disabled`),
	},
	{
		name: 'a program that ended with 3',
		check: 'supervisor.programs',
		is: 'ended',
		item: 'ended',
		break: adding('ended', '[program:ended]\ncommand=/bin/sh -c "exit 3"\nstartsecs=0\nautorestart=false\n', 'EXITED'),
		verdict: 'fail',
		says: /ended with 3/,
		mend: removing('ended'),
	},
	{
		name: 'a program that somebody holds still, while supervisor itself answers',
		check: 'supervisor.programs',
		is: 'stilled',
		item: 'worker:worker_00',
		break: script('kill -STOP "$(supervisorctl pid worker:worker_00)" "$(supervisorctl pid worker:worker_01)"'),
		verdict: 'fail',
		says: /stopped by a signal \(SIGSTOP\): it does nothing/,
		mend: script('kill -CONT "$(supervisorctl pid worker:worker_00)" "$(supervisorctl pid worker:worker_01)"'),
	},
	{
		name: 'a program stopped by hand',
		check: 'supervisor.programs',
		is: 'stopped',
		item: 'worker:worker_01',
		break: script('supervisorctl stop worker:worker_01'),
		verdict: 'warn',
		says: /starts again at the next boot/,
		layers: {runtime: 'STOPPED'},
		mend: 'remedy',
	},
	{
		name: 'a new file that nobody told it of',
		check: 'supervisor.avail',
		is: 'unread',
		item: 'late',
		break: async host => void (await put(host, `${confs}/late.conf`, program('late'))),
		verdict: 'warn',
		says: /supervisor has not read it/,
		layers: {file: '/bin/sleep 1000', runtime: 'not known'},
		mend: 'remedy',
	},
	{
		name: 'a command edited and not taken up',
		check: 'supervisor.avail',
		is: 'changed',
		item: 'late',
		break: script(`sed -i 's/sleep 1000/sleep 2000/' ${confs}/late.conf`),
		verdict: 'warn',
		says: /changed in the file, not in the process: its command is another/,
		layers: {file: '/bin/sleep 2000', runtime: '/bin/sleep 1000'},
		mend: 'remedy',
	},
	{
		name: 'a file that is gone',
		check: 'supervisor.avail',
		is: 'gone',
		item: 'late',
		break: script(`rm ${confs}/late.conf`),
		verdict: 'warn',
		says: /in no file any more/,
		mend: 'remedy',
	},
	{
		name: 'runs with autostart off',
		check: 'supervisor.autostart',
		is: 'gone',
		item: 'manual',
		break: script('supervisorctl start manual'),
		verdict: 'warn',
		says: /will not after the next boot/,
		layers: {file: 'autostart=false', runtime: 'RUNNING'},
		mend: script('supervisorctl stop manual'),
	},
	{
		name: 'a log without a limit',
		check: 'supervisor.logs',
		is: 'endless',
		item: 'chatty stdout',
		break: adding(
			'chatty',
			program('chatty', 'stdout_logfile=/var/log/chatty.log\nstdout_logfile_maxbytes=0'),
			'RUNNING',
		),
		verdict: 'warn',
		says: /\/var\/log\/chatty\.log grows without a limit/,
		layers: {file: 0, runtime: 0},
		mend: removing('chatty'),
	},
	{
		name: 'everybody may tell it what to do',
		check: 'supervisor.control',
		is: 'socket',
		item: '/var/run/supervisor.sock',
		break: controlled('s/^chmod=0700/chmod=0777/'),
		verdict: 'fail',
		says: /every account of this host may tell supervisor what to do/,
		mend: controlled('s/^chmod=0777/chmod=0700/'),
	},
	{
		name: 'a port without a password',
		check: 'supervisor.control',
		is: 'port',
		item: '127.0.0.1:9001',
		async break(host) {
			await put(host, `${confs}/port.conf`, '[inet_http_server]\nport=127.0.0.1:9001\n');
			await controlled('')(host);
		},
		verdict: 'fail',
		says: /whoever reaches 127\.0\.0\.1:9001/,
		async mend(host) {
			await sh(host, `rm ${confs}/port.conf`);
			await controlled('')(host);
		},
	},
];

recipes('supervisor: every check on a booted host', {layer: services, network: 'none', timeout: 400_000}, list, {
	async prepare(host) {
		await put(
			host,
			`${confs}/worker.conf`,
			program('worker', 'numprocs=2\nprocess_name=%(program_name)s_%(process_num)02d'),
		);
		await put(host, `${confs}/manual.conf`, program('manual', 'autostart=false ; by hand'));
		await sh(host, 'supervisorctl update');
		await inState(host, 'worker:worker_01', 'RUNNING');
	},
});
