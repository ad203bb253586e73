/** Services that are down, that hang, and that answer what no client expects: each for as long as a test looks. */
import {writeFileSync} from 'node:fs';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {until} from '../../support/until.ts';
import {node} from './demo.ts';

export type Service = {
	readonly unit: string;
	/** Where clients look for it: ports of this host, sockets in the file system; 0.0.0.0:25 for a port that is open to others. */
	readonly places: readonly string[];
};

export type Trouble = {
	readonly name: string;
	begin(host: ThrowAway, service: Service): Promise<void>;
	end(host: ThrowAway, service: Service): Promise<void>;
};

const start = async (host: ThrowAway, {unit}: Service): Promise<void> => {
	await host.run(['systemctl', 'reset-failed', unit]);
	await host.must(['systemctl', 'restart', unit]);
	await until(async () => (await host.run(['systemctl', 'is-active', unit])).code === 0, {
		what: `${unit} to be active`,
		deadline: 30_000,
	});
};

/** The sockets that would start it again go with it. */
const down: Trouble = {
	name: 'down',
	async begin(host, {unit}) {
		await host.run(['systemctl', 'stop', `${unit.replace(/\.service$/, '')}.socket`]);
		await host.must(['systemctl', 'stop', unit]);
	},
	end: start,
};

const hung: Trouble = {
	name: 'hung',
	begin: async (host, {unit}) =>
		void (await host.must(['systemctl', 'kill', '--kill-whom=all', '--signal=STOP', unit])),
	async end(host, service) {
		await host.must(['systemctl', 'kill', '--kill-whom=all', '--signal=CONT', service.unit]);
		await start(host, service);
	},
};

const program = '/opt/garbage.mjs';
const listening = `
import {createServer} from 'node:net';
import {chmodSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
const [told, ...places] = process.argv.slice(2);
for (const where of places) {
	const server = createServer(socket => {
		socket.on('error', () => {});
		socket.write(Buffer.from('\\x00\\xff\\x7fgarbage \\x1b[2J{]\\r\\n$-7\\r\\n'));
		socket.on('data', () => socket.end(Buffer.alloc(3000, 0xfe)));
	});
	if (where.startsWith('/')) {
		mkdirSync(dirname(where), {recursive: true});
		rmSync(where, {force: true});
		server.listen(where, () => chmodSync(where, 0o777));
	} else server.listen(Number(where.split(':').at(-1)), where.includes(':') ? where.split(':')[0] : '127.0.0.1');
	server.on('listening', () => writeFileSync(told, where + String.fromCharCode(10), {flag: 'a'}));
}
`;

/** Where the program tells what it listens on. */
const toldBy = (unit: string): string => `/run/garbage-${unit}`;

const placesTaken = async (host: ThrowAway, unit: string): Promise<number> =>
	(await host.run(['cat', toldBy(unit)])).stdout.split('\n').length - 1;

/** The unit runs another program, which listens where the service would and answers nonsense. */
const garbage: Trouble = {
	name: 'answering garbage',
	async begin(host, service) {
		const {unit, places} = service;
		writeFileSync(`${host.root}${program}`, listening);
		await host.run(['rm', '-f', toldBy(unit)]);
		await host.run(['systemctl', 'stop', `${unit.replace(/\.service$/, '')}.socket`]);
		await host.must(['systemctl', 'stop', unit]);
		const lines = [
			'[Service]',
			'Type=simple',
			'User=root',
			...[
				'ExecStartPre',
				'ExecStart',
				'ExecStartPost',
				'ExecReload',
				'PIDFile',
				'NoExecPaths',
				'ExecPaths',
				'SystemCallFilter',
			].map(name => `${name}=`),
			// The program is no part of the package, and makes code as it runs.
			...['MemoryDenyWriteExecute', 'ProtectSystem', 'PrivateUsers', 'NoNewPrivileges'].map(name => `${name}=no`),
			`ExecStart=${node} ${program} ${toldBy(unit)} ${places.join(' ')}`,
		];
		await host.must(['mkdir', '-p', `/run/systemd/system/${unit}.d`]);
		await host.must(['tee', `/run/systemd/system/${unit}.d/zz-garbage.conf`], {stdin: `${lines.join('\n')}\n`});
		await host.must(['systemctl', 'daemon-reload']);
		await start(host, service);
		await until(async () => (await placesTaken(host, unit)) >= places.length, {
			what: `${unit} to listen`,
			deadline: 20_000,
		});
	},
	async end(host, service) {
		const {unit, places} = service;
		await host.must(['systemctl', 'stop', unit]);
		await host.must(['rm', '-r', `/run/systemd/system/${unit}.d`]);
		for (const place of places.filter(one => one.startsWith('/'))) await host.must(['rm', '-f', place]);
		await host.must(['systemctl', 'daemon-reload']);
		await start(host, service);
	},
};

export const troubles: readonly Trouble[] = [down, hung, garbage];
