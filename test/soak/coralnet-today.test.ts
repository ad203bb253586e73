/**
 * CoralNet as it is laid out today, with its small application: one settings module, `.env`, two queues that are worked off for its own user and root alone, and keys in
 * the environment of its processes.
 */
import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {putSecret} from '../host/support/answers.ts';
import {
	answersFile,
	applyIn,
	buildProgram,
	checkout,
	outcomesOf,
	planIn,
	setup,
	undoIn,
} from '../host/support/setup.ts';
import {until} from '../host/support/until.ts';
import {hostTest, packageLists} from '../host/support/with-host.ts';

const set = {
	'application.ref': 'today',
	'application.settings': 'config.settings',
	'app-settings.into.admins': [{name: 'Ada', email: 'ada@example.org'}],
	'app-settings.bucket': {credentials: 'keys', name: 'reef', id: 'AKIAREEF', key: {file: '/root/secrets/aws'}},
};

hostTest(
	"today's layout serves, works its queues off through a restart and a reboot, and is taken back",
	{layer: packageLists, binds: [bring(checkout)], timeout: 2_400_000},
	async host => {
		buildProgram();
		writeFileSync(join(host.root, answersFile), readFileSync(join(checkout, 'stacks/coralnet/answers.yaml')), {
			mode: 0o600,
		});
		putSecret(host, 'aws', 'Canary/of+AWS"$\\');
		const applied = await applyIn(host, {set});
		expect(applied, applied.faults.join('\n')).toMatchObject({code: 0, outcome: 'done'});
		expect((await planIn(host, {set})).notOk).toEqual([]);
		await expectWork(host, 'first');
		await expectShut(host);
		await expectSeenAndMended(host);
		// Who stops the application for an update stops both, and they come back with it.
		await host.must(['systemctl', 'stop', 'coralnet.service']);
		expect((await host.run(['systemctl', 'is-active', ...workers])).stdout).not.toContain('\nactive');
		await host.must(['systemctl', 'start', 'coralnet.service']);
		await expectWork(host, 'second');
		await host.reboot();
		await expectWork(host, 'third');
		await expectShut(host);
		expect((await host.must(['stat', '-c', '%a %U', '/etc/coralnet/environment'])).trim()).toBe('600 root');
		expect(readFileSync(join(host.root, 'srv/www/coralnet/.env'), 'utf8')).not.toContain('AWS_SECRET');
		const undone = await undoIn(host, '--yes', '--purge-data', 'coralnet');
		expect(outcomesOf(undone, 'conflict')).toEqual([]);
		for (const path of [
			'systemd/system/coralnet-realtime.service',
			'redis-accounts.nft',
			'systemd/system/redis-accounts.service',
			'systemd/system/redis-server.service.d/accounts.conf',
		])
			expect([path, existsSync(join(host.root, 'etc', path))]).toEqual([path, false]);
		expect((await host.run(['nft', 'list', 'tables'])).stdout).not.toContain('redis_accounts');
	},
);

const workers = ['coralnet-realtime.service', 'coralnet-background.service'];

/** Each queue makes what it is asked for, with the key that it has. */
const expectWork = async (host: ThrowAway, word: string): Promise<void> => {
	for (const queue of ['realtime', 'background']) {
		const name = `${word}-${queue}`;
		await until(async () => (await host.run(['redis-cli', 'rpush', `${queue}_tasks`, name])).code === 0, {
			deadline: 60_000,
			what: 'Redis answers',
		});
		await until(async () => existsSync(join(host.root, 'srv/www/spacer_models', name)), {
			deadline: 90_000,
			what: `${queue} is worked off`,
		});
		expect(readFileSync(join(host.root, 'srv/www/spacer_models', name), 'utf8')).toBe('AKIAREEF');
	}
};

/** One task more for the queue, as this account; the exit code, and what was said. */
const enqueue = (host: ThrowAway, as: string, name: string) =>
	host.run(['runuser', '-u', as, '--', 'python3', '-c', client, name]);

const client = `
import socket, sys
for address in '127.0.0.1', '::1':
    try:
        connection = socket.create_connection((address, 6379), timeout=5)
    except OSError as error:
        print(address, error)
        continue
    connection.sendall(('RPUSH realtime_tasks %s\\r\\n' % sys.argv[1]).encode())
    print(address, connection.recv(99).decode().strip())
    sys.exit(0)
sys.exit(1)
`;

/** An account that has nothing to do with it puts nothing into a queue, by neither address; the application's own does. */
const expectShut = async (host: ThrowAway): Promise<void> => {
	await host.run(['useradd', '--create-home', 'mallory']);
	for (const stranger of ['mallory', 'www-data', 'ada']) {
		const tried = await enqueue(host, stranger, 'planted');
		expect([stranger, tried.code, tried.stdout]).toEqual([
			stranger,
			1,
			expect.stringMatching(/127\.0\.0\.1 .*No route to host[\s\S]*::1 /),
		]);
	}
	const own = `own-${Date.now()}`;
	expect((await enqueue(host, 'coralnet', own)).stdout).toMatch(/:\d+$/m);
	await until(async () => existsSync(join(host.root, 'srv/www/spacer_models', own)), {
		deadline: 90_000,
		what: 'what the application queued is worked off',
	});
	expect(existsSync(join(host.root, 'srv/www/spacer_models/planted'))).toBe(false);
};

/** Rules that somebody flushed, widened or wrote otherwise: the doctor says so and mends it, and the plan sees it as well. */
const expectSeenAndMended = async (host: ThrowAway): Promise<void> => {
	const kinds = async (): Promise<readonly string[]> => {
		const ran = await host.run([setup, 'doctor', 'redis.accounts', '--format', 'json'], {timeout: 120_000});
		const {rows} = JSON.parse(ran.stdout) as {readonly rows: readonly {readonly state: string; readonly is?: string}[]};
		return rows.map(({state, is}) => (state === 'ok' ? state : `${state} ${is}`));
	};
	expect(await kinds()).toEqual(['ok', 'ok']);
	const fix = (): Promise<string> => host.must([setup, 'doctor', 'fix', 'redis.accounts', '--yes'], {timeout: 120_000});

	await host.must(['nft', 'flush', 'ruleset']);
	expect(await kinds()).toEqual(['ok', 'fail open']);
	expect((await planIn(host, {set})).ids).toEqual(['redis-accounts']);
	await fix();
	expect(await kinds()).toEqual(['ok', 'ok']);
	await expectShut(host);

	await host.must(['nft', 'insert', 'rule', 'inet', 'redis_accounts', 'output', 'accept']);
	expect(await kinds()).toEqual(['ok', 'fail open']);
	await host.must(['systemctl', 'restart', 'redis-accounts']);

	const rules = join(host.root, 'etc/redis-accounts.nft');
	const right = readFileSync(rules, 'utf8');
	writeFileSync(rules, right.replace('lets in coralnet', 'lets in coralnet www-data').replace('{ 0,', '{ 0, 33,'));
	await host.must(['systemctl', 'restart', 'redis-server']);
	expect(await kinds()).toEqual(['fail named', 'fail loaded']);
	expect((await planIn(host, {set})).ids).toEqual(['redis-accounts']);
	expect(await applyIn(host, {set})).toMatchObject({code: 0, outcome: 'done'});
	expect(await kinds()).toEqual(['ok', 'ok']);
	expect(readFileSync(rules, 'utf8')).toBe(right);

	// nftables.service empties the kernel of all rules when it starts.
	await host.must(['systemctl', 'restart', 'nftables']);
	expect(await kinds()).toEqual(['ok', 'ok']);
	await host.must(['systemctl', 'reload', 'nftables']);
	expect(await kinds()).toEqual(['ok', 'ok']);

	rmSync(rules);
	expect((await host.run(['systemctl', 'restart', 'redis-server'])).code).not.toBe(0);
	expect(await kinds()).toContain('fail unwritten');
	await host.run(['systemctl', 'reset-failed']);
	expect(await applyIn(host, {set})).toMatchObject({code: 0, outcome: 'done'});
	await expectShut(host);
};
