/** Who of a host's accounts gets an answer from its Redis. */
import {expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {setup} from './setup.ts';

const stranger = 'mallory';

/** A stranger is refused, and so are servers that have nothing to do with it; these are answered, and the doctor knows all of it. */
export const expectRedisShut = async (
	host: ThrowAway,
	{
		lets,
		refuses,
		at = ['127.0.0.1', '::1'],
	}: {
		readonly lets: readonly string[];
		readonly refuses: readonly string[];
		readonly at?: readonly string[];
	},
): Promise<void> => {
	await host.run(['useradd', '--create-home', stranger]);
	for (const account of [stranger, ...refuses]) {
		const said = await asks(host, account, at);
		expect(said, account).not.toMatch(/PONG|ERR|NOAUTH/);
		for (const address of at.filter(one => one.includes('.')))
			expect(said, account).toMatch(new RegExp(`^${address} .*No route to host`, 'm'));
	}
	for (const account of ['root', ...lets])
		expect(await asks(host, account, at), account).toMatch(new RegExp(`^${at[0]} \\+PONG`, 'm'));

	const doctor = await host.run([setup, 'doctor', 'redis.accounts', '--format', 'json'], {timeout: 120_000});
	const {rows} = JSON.parse(doctor.stdout) as {readonly rows: readonly {readonly state: string}[]};
	expect(rows.map(({state}) => state)).toEqual(['ok', 'ok']);
	// Or an undo that takes the last thing back would be measured with it.
	await host.must(['userdel', '--remove', stranger]);
};

export const expectRedisRulesGone = async (host: ThrowAway): Promise<void> => {
	expect((await host.run(['nft', 'list', 'tables'])).stdout).not.toContain('redis_accounts');
	for (const path of [
		'/etc/redis-accounts.nft',
		'/etc/systemd/system/redis-accounts.service',
		'/etc/systemd/system/redis-server.service.d',
	])
		expect([path, (await host.run(['stat', path])).code]).toEqual([path, 1]);
};

/** A line for each address: its answer, or why there is none. */
const asks = async (host: ThrowAway, account: string, at: readonly string[]): Promise<string> =>
	(await host.run(['runuser', '-u', account, '--', 'python3', '-c', client, ...at])).stdout;

const client = `
import socket, sys
for address in sys.argv[1:]:
    try:
        connection = socket.create_connection((address, 6379), timeout=5)
        connection.sendall(b'PING\\r\\n')
        print(address, connection.recv(99).decode().strip())
    except OSError as error:
        print(address, error)
`;
