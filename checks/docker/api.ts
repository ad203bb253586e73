import {dockerHost} from '#host/docker/engine.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {unitState} from '#host/units/units.ts';
import {askLocal} from '#host/web/ask-local.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type Seen} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';
import {listed, seen} from '../shared/seeing.ts';

const takeOut = ({where}: {readonly where: string}) => ({
	sentence: `Take the tcp:// address out (${where}) and restart the engine; who needs it from elsewhere uses DOCKER_HOST=ssh://…, or tlsverify with certificates of an authority of its own.`,
});

const where = '/etc/docker/daemon.json';

const kinds = defineKinds({
	open: {
		state: 'fail',
		example: {open: ['0.0.0.0:2375'] as readonly string[], where},
		says: ({open}) => `the API is open on ${listed(open)}`,
		remedy: takeOut,
	},
	openStill: {
		state: 'fail',
		example: {open: ['0.0.0.0:2375'] as readonly string[]},
		says: ({open}) =>
			`the API is open on ${listed(open)}, though no file says so: changed in the file, not in the process`,
		remedy: {
			sentence: 'Restart the engine; where it is open again, see how it was started: systemctl cat docker.service.',
			commands: [['systemctl', 'restart', 'docker.service']],
		},
	},
	next: {
		state: 'fail',
		example: {urls: ['tcp://0.0.0.0:2375'] as readonly string[], where},
		says: ({urls}) => `it is written to open the API on ${listed(urls)} from its next start on`,
		remedy: takeOut,
	},
});

/** Who may talk to the engine is root: it mounts any directory of the host into any container. */
export const check = defineCheck({
	id: 'docker.api',
	title: 'The API of the Docker engine is not open over TCP without certificates',
	why: 'Whoever reaches the API starts a container with the whole disk of the host in it. Robots look for port 2375 all day; on 127.0.0.1 every local user and every page in a browser on this host can reach it.',
	reads: [
		'/etc/docker/daemon.json: hosts, tlsverify; -H in ExecStart of docker.service, in its drop-ins and in /etc/default/docker; ListenStream of docker.socket',
		'the TCP sockets of the kernel that belong to dockerd, and the ports 2375 and 2376',
		'GET /_ping on each of them, in the clear and with TLS without a certificate of ours',
	],
	severity: 'fail',
	layers: ['file', 'kernel'],
	source: 'cc-server: Docker Cluster; Docker: Protect the Docker daemon socket',
	verify: 'curl -s http://localhost:2375/version   # must fail',
	facts: {docker: dockerHost, listeners},
	kinds,
	appliesTo: ({facts}) => facts.docker.docker !== undefined || 'Docker is not installed',
	async inspect({host, facts}) {
		const written = await writtenHosts(host);
		const sockets = facts.listeners.filter(
			one => one.protocol.startsWith('tcp') && (isDocker(one) || [2375, 2376].includes(one.port)),
		);
		const open = (await Promise.all(sockets.map(openSocket))).filter(one => one !== undefined);
		const unnamed = facts.listeners.some(one => one.protocol.startsWith('tcp') && one.process === undefined);
		const inFile = written.hosts.filter(({safe}) => !safe);
		const kernel: Seen | Unknown =
			host.root !== '/'
				? {because: 'offline-root', need: 'the sockets of the running host'}
				: open.length === 0 && unnamed && process.geteuid?.() !== 0
					? {because: 'needs-root', need: 'whose the TCP sockets are'}
					: seen(
							sockets.length === 0 ? 'no TCP socket' : listed(sockets.map(one => `${one.address}:${one.port}`)),
							'the sockets of the kernel',
						);
		const sight = {
			expected: 'no TCP, or TLS that asks for a certificate',
			layers: {
				file: seen(
					written.hosts.length === 0 ? 'no TCP address' : listed(written.hosts.map(({url}) => url)),
					inFile[0]?.where ?? written.hosts[0]?.where ?? '/etc/docker/daemon.json, docker.service',
				),
				kernel,
			},
		};
		const [first] = inFile;
		if (open.length > 0)
			return [
				first === undefined
					? {...sight, is: 'openStill', data: {open}}
					: {...sight, is: 'open', data: {open, where: first.where}},
			];
		return [
			first === undefined
				? {...sight, is: 'ok', says: 'only over its own socket, or with certificates'}
				: {...sight, is: 'next', data: {urls: inFile.map(({url}) => url), where: first.where}},
		];
	},
});

const isDocker = ({process}: Listener): boolean =>
	process !== undefined &&
	(process.name === 'dockerd' || process.unit === 'docker.service' || process.unit === 'docker.socket');

/** `0.0.0.0:2375` where it takes anybody. */
const openSocket = async ({address, port}: Listener): Promise<string | undefined> => {
	const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
	for (const tls of [false, true]) {
		try {
			const {status, headers, body} = await askLocal({host, port, tls, path: '/_ping', timeout: 1500});
			if (status === 200 && (body.trim() === 'OK' || 'api-version' in headers))
				return `${address}:${port}${tls ? ' (with TLS, and without asking for a certificate)' : ''}`;
		} catch (error) {
			if (!(error instanceof Blocked)) throw error;
		}
	}
	return undefined;
};

type Written = {readonly url: string; readonly where: string; readonly safe: boolean};

const writtenHosts = async (host: Reader): Promise<{readonly hosts: readonly Written[]}> => {
	const path = '/etc/docker/daemon.json';
	const text = Buffer.from((await host.read(path)) ?? '').toString('utf8');
	const daemon = text.trim() === '' ? {} : parsed(text, path);
	const tls = daemon.tlsverify === true;
	const files =
		host.root === '/' ? (await unitState('docker.service', host)).files : ['/lib/systemd/system/docker.service'];
	const socket =
		host.root === '/' ? (await unitState('docker.socket', host)).files : ['/lib/systemd/system/docker.socket'];
	const words = await Promise.all(
		[...files, '/etc/default/docker'].map(file =>
			addressesIn(host, file, /(?:-H[ =]?|--host[ =])["']?(tcp:\/\/[^\s"']+)/g),
		),
	);
	const streams = await Promise.all(socket.map(file => addressesIn(host, file, /^ListenStream=([^/\s]*\d)\s*$/gm)));
	return {
		hosts: [
			...(daemon.hosts ?? []).filter(url => url.startsWith('tcp:')).map(url => ({url, where: path, safe: tls})),
			...words.flat().map(one => ({...one, safe: tls || one.safe})),
			...streams.flat(),
		],
	};
};

const parsed = (text: string, path: string): {readonly hosts?: readonly string[]; readonly tlsverify?: boolean} => {
	try {
		return JSON.parse(text) as {readonly hosts?: readonly string[]; readonly tlsverify?: boolean};
	} catch {
		throw new Blocked({because: 'unreadable', need: `${path} is no JSON: the engine will not start with it`});
	}
};

/** Lines that begin with # count for nothing. */
const addressesIn = async (host: Reader, path: string, pattern: RegExp): Promise<readonly Written[]> => {
	const text = Buffer.from((await host.read(path)) ?? '').toString('utf8');
	const lines = text.split('\n');
	return lines.flatMap((line, at) =>
		/^\s*#/.test(line)
			? []
			: [...line.matchAll(new RegExp(pattern.source, 'gm'))].map(([, url = '']) => ({
					url,
					where: `${path}:${at + 1}`,
					safe: /--tlsverify/.test(line),
				})),
	);
};
