/** CC-Server with its small application, from required answers alone: a real MongoDB, a real engine, a task whose argument comes back; planned again, mended, taken back. */
import {readFileSync, writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {lackingMongodb} from './doctor/support/mongodb.ts';
import {answersFile, applyIn, buildProgram, checkout, outcomesOf, planIn, undoIn} from './support/setup.ts';
import {until} from './support/until.ts';
import {hostTest, packageLists} from './support/with-host.ts';

const lack = await lackingMongodb();
const name = 'installs, runs a task, plans nothing more, and is taken back';

describe('the cc-server stack', () => {
	if (lack === undefined)
		hostTest(
			name,
			{
				layer: packageLists,
				plain: ['/var/lib/docker', '/var/lib/containerd'],
				binds: [bring(checkout)],
				timeout: 1_500_000,
			},
			async host => {
				buildProgram();
				writeFileSync(join(host.root, answersFile), readFileSync(join(checkout, 'stacks/cc-server/answers.yaml')), {
					mode: 0o600,
				});
				// The proof in it runs a task, whose argument comes back.
				const applied = await applyIn(host);
				if (applied.code !== 0) {
					const words = async (...argv: string[]) => (await host.run(argv)).stdout.slice(-6000);
					console.error(
						await words(
							'tail',
							'-n',
							'60',
							'/var/log/apache2/cc-server-error.log',
							'/var/log/apache2/error.log',
							'/srv/cc-server/log/server.log',
						),
					);
					console.error(
						await words(
							'journalctl',
							'-u',
							'docker',
							'-u',
							'docker-registry',
							'-u',
							'mongodb',
							'-n',
							'60',
							'--no-pager',
						),
					);
				}
				expect(applied.faults).toEqual([]);
				expect(applied.code).toBe(0);
				expect((await planIn(host)).notOk).toEqual([]);

				// They listen on every address; what reaches them from here is another network namespace.
				const listening = (await host.must(['ss', '-Hltn'])).split('\n').map(line => line.split(/\s+/)[3] ?? '');
				expect(listening).toEqual(
					expect.arrayContaining(['0.0.0.0:14736', '0.0.0.0:14737', '127.0.0.1:27017', '127.0.0.1:5001']),
				);
				expect(await reached(host.address, 443)).toBe(true);
				for (const port of [14_736, 14_737, 27_017, 5001])
					expect(await reached(host.address, port), `${port}`).toBe(false);
				const status = async (...argv: string[]) =>
					host.must([
						'python3',
						'-c',
						'import sys,urllib.request,urllib.error\ntry: print(urllib.request.urlopen(sys.argv[1]).status)\nexcept urllib.error.HTTPError as e: print(e.code)',
						...argv,
					]);
				expect(await status('http://127.0.0.1:5001/v2/')).toBe('401\n');
				expect(await host.must(['stat', '-c', '%a %U', '/srv/cc-server/cc-server/config.toml'])).toBe('640 ccuser\n');
				expect(await host.must(['cat', '/srv/cc-server/cc-server/config.toml'])).not.toMatch(/SECRET|PASSWORD/);

				// The same engine by TLS, as one elsewhere: version 1.2, its name looked at, certificates that CC-Server alone reads.
				await engineWithTls(host);
				const set = {'nodes.nodes': [{name: 'second', address: '127.0.0.1', certificates: '/root/second'}]};
				const more = await applyIn(host, {set});
				expect(more.faults).toEqual([]);
				expect(await host.must(['stat', '-c', '%a %U', '/srv/cc-server/nodes/second/key.pem'])).toBe('600 ccuser\n');

				// It asks its nodes once, when it starts: at a boot that is after the engine, the registry and MongoDB.
				await host.reboot();
				await until(async () => (await planIn(host, {set})).notOk.length === 0, {
					deadline: 90_000,
					every: 3000,
					what: 'nothing to do after a boot',
				});
				const log = await host.must(['cat', '/srv/cc-server/log/server.log']);
				expect(log.slice(log.lastIndexOf('Loaded TOML'))).not.toContain('Dead node');

				const undone = await undoIn(host, '--yes', '--purge-data', 'cc-server');
				expect(outcomesOf(undone, 'conflict')).toEqual([]);
				expect((await host.run(['getent', 'passwd', 'ccuser'])).code).not.toBe(0);
				const after = (await host.must(['ss', '-Hltn'])).split('\n').map(line => line.split(/\s+/)[3] ?? '');
				expect(after.filter(at => /:(443|14736|14737|27017|5001)$/.test(at))).toEqual([]);
			},
		);
	// Not a tool that .ci/run could install: where that archive is out of reach there is no server, and this says so.
	else if (process.env['CI'] === 'true')
		test(`not tried, for it needs ${lack}`, async () => expect(await lackingMongodb()).toBe(lack), 30_000);
	else test(name, context => context.skip(`needs: ${lack}`));
});

/** What the guide asks of an engine in a cluster, made by hand: daemon.json, a drop-in without `-H fd://`, and the client's certificate in /root/second. */
const engineWithTls = async (host: ThrowAway): Promise<void> => {
	const at = '/root/second';
	await host.must(['mkdir', '-p', at, '/etc/systemd/system/docker.service.d']);
	const write = (path: string, text: string): void => writeFileSync(join(host.root, path), text, {mode: 0o600});
	const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
	await host.must([
		...['openssl', 'req', '-x509', ...key, '-keyout', `${at}/ca.key`],
		...['-out', `${at}/ca.pem`, '-days', '2', '-subj', '/CN=authority'],
	]);
	for (const [name, use] of [
		['server', 'serverAuth\nsubjectAltName=IP:127.0.0.1'],
		['client', 'clientAuth'],
	] as const) {
		write(`${at}/${name}.ext`, `extendedKeyUsage=${use}\n`);
		const files = name === 'client' ? [`${at}/key.pem`, `${at}/cert.pem`] : [`${at}/server.key`, `${at}/server.pem`];
		await host.must([
			...['openssl', 'req', '-new', ...key, '-keyout', files[0]!, '-out', `${at}/csr`, '-subj', `/CN=${name}`],
		]);
		await host.must([
			...['openssl', 'x509', '-req', '-in', `${at}/csr`, '-CA', `${at}/ca.pem`, '-CAkey', `${at}/ca.key`],
			...['-CAcreateserial', '-days', '2', '-extfile', `${at}/${name}.ext`, '-out', files[1]!],
		]);
	}
	write(
		'/etc/docker/daemon.json',
		JSON.stringify({
			hosts: ['fd://', 'tcp://127.0.0.1:2376'],
			tlsverify: true,
			tlscacert: `${at}/ca.pem`,
			tlscert: `${at}/server.pem`,
			tlskey: `${at}/server.key`,
		}),
	);
	write(
		'/etc/systemd/system/docker.service.d/tls.conf',
		'[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd --containerd=/run/containerd/containerd.sock\n',
	);
	await host.must(['systemctl', 'daemon-reload']);
	await host.must(['systemctl', 'restart', 'docker.service']);
};

const reached = (host: string, port: number): Promise<boolean> =>
	new Promise(done => {
		const socket = connect({host, port, timeout: 2000});
		const end = (answer: boolean) => () => {
			socket.destroy();
			done(answer);
		};
		socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
	});
