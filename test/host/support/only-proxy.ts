/** The one thing in reach of a host that is opened with `network: 'none'`: tinyproxy with a login, on this machine's end of the wire. */
import {spawn} from 'node:child_process';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {tool} from '#rehearse/tool.ts';
import {until} from './until.ts';
import {packageLists, withPackages} from './with-host.ts';

export const proxyLogin = {user: 'host12', password: 'Canary-of-the-proxy-7'};

/** The proxy's program, and empty package lists: what is installed comes through it. */
export const withProxyProgram = {
	...withPackages('tinyproxy', ['tinyproxy', 'libatomic1']),
	on: packageLists,
};

export type OnlyProxy = AsyncDisposable & {
	readonly address: string;
	/** The lines of its log with requests: `CONNECT pypi.org:443`. */
	asked(): readonly string[];
};

const port = 3128;

/** Ends with the host at the latest: it is in its process namespace. The host's layer is withProxyProgram. */
export const onlyProxy = async (host: ThrowAway): Promise<OnlyProxy> => {
	const place = '/opt/only-proxy';
	mkdirSync(join(host.root, place), {mode: 0o755});
	const write = (name: string, text: string): void => writeFileSync(join(host.root, place, name), text, {mode: 0o600});
	write('resolv.conf', readFileSync('/etc/resolv.conf', 'utf8'));
	write(
		'proxy.conf',
		[
			`Port ${port}`,
			`Listen ${host.gateway}`,
			'Timeout 600',
			'MaxClients 100',
			`LogFile "${place}/log"`,
			'LogLevel Connect',
			`BasicAuth ${proxyLogin.user} ${proxyLogin.password}`,
			`Allow ${host.address}`,
			'',
		].join('\n'),
	);
	const wire = /^\d+: (\w+)/.exec(await tool(['ip', '-oneline', 'addr', 'show', 'to', host.gateway]))?.[1] ?? '';
	await tool([
		...['iptables', '-w', '-I', `${wire}-host`, '1', '-d', host.gateway, '-p', 'tcp', '--dport', String(port)],
		...['-j', 'ACCEPT'],
	]);
	// In the host's files and processes, and in this machine's network, with the names that this machine resolves.
	const child = spawn(
		'nsenter',
		[
			...[`--target=${host.leader()}`, '--mount', '--pid', '--root', '--wd=/', '--'],
			...['unshare', '--mount', 'sh', '-c'],
			`mount --bind ${place}/resolv.conf /etc/resolv.conf && exec tinyproxy -d -c ${place}/proxy.conf`,
		],
		{stdio: ['ignore', 'pipe', 'pipe'], env: {PATH: process.env['PATH']}},
	);
	const lines = (): readonly string[] => {
		try {
			return readFileSync(join(host.root, place, 'log'), 'utf8').split('\n');
		} catch {
			return [];
		}
	};
	let said = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (said += String(piece)));
	await until(async () => child.exitCode !== null || (await listens(host.gateway)), {
		deadline: 20_000,
		what: 'that the proxy listens',
	});
	if (child.exitCode !== null) throw new Error(`the proxy ended with ${child.exitCode}: ${said}${lines().join('\n')}`);
	return {
		address: `http://${host.gateway}:${port}`,
		asked: () => lines().flatMap(line => /Request \(file descriptor \d+\): (\w+ \S+)/.exec(line)?.[1] ?? []),
		async [Symbol.asyncDispose]() {
			child.kill();
		},
	};
};

const listens = (address: string): Promise<boolean> =>
	new Promise(resolve => {
		const socket = connect({host: address, port});
		socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
		socket.once('connect', () => socket.destroy());
	});
