/** An application of its own mind, and a stranger in the place of a server: what drips, floods, leads in a circle or says nothing holds root's doctor no longer than its bounds. */
import {describe, expect} from 'vitest';
import type {Report} from '#doctor/types.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {djangoLayer, project, restartApp} from '../doctor/support/django.ts';
import {doctorIn, shown, withProgram} from '../doctor/support/recipes.ts';
import {services} from '../doctor/support/services.ts';
import {put, sh} from '../doctor/support/web.ts';
import {buildProgram, setup} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest} from '../support/with-host.ts';
import {prepareCoralnet} from './support/coralnet.ts';
import {measured} from './support/measured.ts';

/** Seconds; an honest look takes two or three. */
const longest = 45;
/** In MB; an honest look takes some 100. */
const most = 400;

describe('answers without end', () => {
	hostTest(
		'of the application itself',
		withProgram({layer: djangoLayer, network: 'none', timeout: 900_000}),
		async host => {
			buildProgram();
			await prepareCoralnet(host);
			const kept = await host.must(['cat', `${project}/config/wsgi.py`]);
			for (const way of ['header', 'body', 'drip', 'drip-header', 'hints', 'silence', 'redirect']) {
				await put(
					host,
					`${project}/config/wsgi.py`,
					`${kept}\n${answer(way)}\ndef application(environ, start): tell(environ['gunicorn.socket'])\n`,
				);
				await sh(host, 'rm -f /tmp/asked; systemctl kill -s KILL coralnet; systemctl restart coralnet');
				await takesConnections(host, 8001);
				const rows = await look(host, way);
				const asked = await host.run(['test', '-s', '/tmp/asked']);
				expect(
					asked.code,
					`${way}: was not asked\n${shown(rows.filter(row => /django|appserver/.test(row.check)))}`,
				).toBe(0);
			}
			await put(host, `${project}/config/wsgi.py`, kept);
			await sh(host, 'systemctl kill -s KILL coralnet');
			await restartApp(host);
			const {rows} = (await doctorIn(host)).report;
			expect(rows.find(row => row.check === 'django.debug')?.state, shown(rows)).toBe('ok');
		},
	);

	hostTest(
		'of a stranger on the ports of Redis, PostgreSQL and MariaDB',
		withProgram({layer: services, network: 'none', timeout: 900_000}),
		async host => {
			buildProgram();
			await sh(host, 'useradd --create-home eve; chmod 755 /home/eve');
			// The clusters by name: the stop of the unit above them does not wait for theirs.
			await sh(host, "systemctl stop postgresql 'postgresql@*' mariadb");
			// One that runs, and whose file names a port that it took no notice of yet: there somebody else may listen.
			await sh(host, "sed -i 's/^port .*/port 6380/' /etc/redis/redis.conf");
			const ports = [6380, 5432, 3306];
			for (const way of ['drip-redis', 'flood-redis', 'nested-redis', 'drip-postgres', 'flood-postgres', 'silence']) {
				await put(host, '/home/eve/endless.py', `${answer(way)}${listening(ports)}`);
				await host.must([
					'systemd-run',
					'-q',
					'--collect',
					'--unit=eve',
					'--uid=eve',
					'python3',
					'/home/eve/endless.py',
				]);
				for (const port of ports) await takesConnections(host, port);
				const rows = await look(host, way);
				for (const [check, state] of [
					['redis.memory', 'unknown'],
					['postgres.running', 'fail'],
					['mysql.running', 'fail'],
				]) {
					const all = rows.filter(row => row.check === check);
					expect(
						all.map(row => row.state),
						`${way}:\n${shown(all)}`,
					).toContain(state);
				}
				expect(JSON.stringify(rows.filter(row => row.check === 'redis.memory')), way).toContain(
					'the user eve listens on 127.0.0.1:6380, not redis',
				);
				await host.must(['systemctl', 'kill', '-s', 'KILL', 'eve']);
				await until(async () => (await host.run(['systemctl', 'is-active', 'eve'])).code !== 0, {what: 'eve is gone'});
			}
		},
	);
});

const takesConnections = (host: ThrowAway, port: number): Promise<unknown> =>
	until(async () => (await host.run(['bash', '-c', `</dev/tcp/127.0.0.1/${port}`])).code === 0, {what: `port ${port}`});

/** The doctor's rows, none of them a crash, within the bounds. */
const look = async (host: ThrowAway, way: string): Promise<Report['rows']> => {
	const {code, stdout, stderr, seconds, megabytes} = await measured(host, [setup, 'doctor', '--format', 'json']);
	expect([0, 1, 2], `${way}: ${stderr}`).toContain(code);
	expect(seconds, way).toBeLessThan(longest);
	expect(megabytes, way).toBeLessThan(most);
	const {rows} = JSON.parse(stdout) as Report;
	expect(
		rows.filter(row => row.state === 'crash'),
		way,
	).toEqual([]);
	return rows;
};

/** In Python: \`tell\` answers on a connection without end, in one of these ways. */
const answer = (way: string): string => `import socket, threading, time
ways = {
    'header': (b'HTTP/1.1 200 OK\\r\\n', b'X-More: ' + b'y' * 200 + b'\\r\\n', 0),
    'body': (b'HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\n\\r\\n', b'y' * 4096, 0),
    'drip': (b'HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\n\\r\\n', b'y', 1),
    'drip-header': (b'HTTP/1.1 200 OK\\r\\nX: ', b'y', 1),
    'hints': (b'', b'HTTP/1.1 103 Early Hints\\r\\nX: y\\r\\n\\r\\n', 0),
    'redirect': (b'HTTP/1.1 302 Found\\r\\nLocation: /more\\r\\n\\r\\n', b'y', 0.1),
    'silence': (b'', b'', 1),
    'drip-redis': (b'+', b'P', 1),
    'flood-redis': (b'$900000000\\r\\n', b'y' * 65536, 0),
    'nested-redis': (b'', b'*9\\r\\n' * 10000, 0),
    'drip-postgres': (b'S', b'S', 1),
    'flood-postgres': (b'R\\0\\0\\0\\x08\\0\\0\\0\\0', b'N\\x7f\\xff\\xff\\xff' + b'y' * 65536, 0),
}
def tell(peer):
    open('/tmp/asked', 'a').write('asked\\n')
    first, more, pause = ways['${way}']
    try:
        peer.sendall(first)
        while True:
            peer.sendall(more)
            time.sleep(pause)
    except OSError: pass
`;

const listening = (ports: readonly number[]): string => `
def listen(port):
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(('127.0.0.1', port))
    door.listen(50)
    while True: threading.Thread(target=tell, args=[door.accept()[0]], daemon=True).start()
for port in ${JSON.stringify(ports)}: threading.Thread(target=listen, args=[port]).start()
`;
