/** The engine's API version and docker0's address, as the guide's settings want them; both may be missing. */
import type {Fact} from '#model/host.ts';

export type Docker = {readonly address: string | undefined; readonly apiVersion: string | undefined};

/** From the kernel's routing tables and the engine's own socket: no `docker` or `ip` program is started. */
export const docker0: Fact<Docker> = {
	id: 'docker0',
	async read(host) {
		const trie = host.root === '/' ? Buffer.from((await host.read('/proc/net/fib_trie')) ?? '').toString('utf8') : '';
		const routes = host.root === '/' ? Buffer.from((await host.read('/proc/net/route')) ?? '').toString('utf8') : '';
		const there = (await host.stat('/sys/class/net/docker0')) !== undefined && host.root === '/';
		const socket = host.root === '/' && (await host.stat('/run/docker.sock'))?.kind === 'other';
		return {
			address: there ? addressOn(trie, routes, 'docker0') : undefined,
			apiVersion: socket ? await askVersion('/run/docker.sock') : undefined,
		};
	},
};

/** The local address inside the network that /proc/net/route sends to an interface. */
export const addressOn = (trie: string, routes: string, iface: string): string | undefined => {
	const local = [...trie.matchAll(/\|-- (\d+\.\d+\.\d+\.\d+)\n\s+\/32 host LOCAL/g)].map(([, address]) => address!);
	const networks = routes
		.split('\n')
		.map(line => line.split('\t'))
		.filter(([name]) => name === iface)
		.map(fields => ({network: littleEndian(fields[1] ?? ''), mask: littleEndian(fields[7] ?? '')}));
	return local.find(address =>
		networks.some(({network, mask}) => mask !== 0 && (number(address) & mask) >>> 0 === network),
	);
};

const littleEndian = (hex: string): number =>
	Number.parseInt((hex.match(/../g) ?? []).toReversed().join('') || '0', 16) >>> 0;

const number = (address: string): number =>
	address.split('.').reduce((sum, part) => ((sum << 8) | Number(part)) >>> 0, 0);

const askVersion = (socketPath: string): Promise<string | undefined> =>
	new Promise(resolve => {
		// An import would load all that hangs on it, whether docker is here or not.
		const asked = process
			.getBuiltinModule('node:http')
			.request({socketPath, path: '/version', timeout: 2000}, response => {
				let text = '';
				response
					.setEncoding('utf8')
					.on('data', (part: string) => {
						text += part;
					})
					.on('end', () => resolve(/"ApiVersion":"(\d+\.\d+)"/.exec(text)?.[1]));
			});
		asked
			.on('error', () => resolve(undefined))
			.on('timeout', () => asked.destroy())
			.end();
	});
