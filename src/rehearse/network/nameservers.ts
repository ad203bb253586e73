/**
 * A throw-away host asks the same name servers as this one. A server on loopback (systemd-resolved's stub, dnsmasq, unbound)
 * cannot be reached from its network: the real ones behind the stub are used, or a small forwarder on our end of the wire.
 */
import {createSocket, type RemoteInfo} from 'node:dgram';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {connect, createServer} from 'node:net';

export type Resolver = {
	/** What `/etc/resolv.conf` inside has to say. */
	readonly text: string;
	/** The servers it names, that the filter must let through. */
	readonly servers: readonly string[];
	/** Loopback server to forward to, when there is no other. */
	readonly forward?: string;
};

/** Reads this machine's resolver; `ours` is the address of our end of the wire. */
export const resolverFor = (ours: string, read: (path: string) => string | undefined = readText): Resolver => {
	const here = parse(read('/etc/resolv.conf') ?? '');
	const behind = parse(read('/run/systemd/resolve/resolv.conf') ?? '');
	const servers = [here, behind]
		.map(one => one.servers.filter(server => !isLoopback(server) && !server.includes(':')))
		.find(found => found.length > 0);
	const forward = here.servers.find(isLoopback);
	if (servers) return {text: written(servers, here.rest), servers};
	return {text: written([ours], here.rest), servers: [ours], ...(forward !== undefined && {forward})};
};

/** Carries queries from our end of the wire to a resolver on loopback, over UDP and TCP, until closed. */
export const forwardNames = async (ours: string, to: string): Promise<() => void> => {
	const front = createSocket('udp4');
	front.on('message', (query, from) => relay(query, from));
	const relay = (query: Buffer, from: RemoteInfo): void => {
		const back = createSocket(to.includes(':') ? 'udp6' : 'udp4');
		const timer = setTimeout(() => back.close(), 10_000);
		back.once('message', answer => {
			clearTimeout(timer);
			front.send(answer, from.port, from.address);
			back.close();
		});
		back.once('error', () => back.close());
		back.send(query, 53, to);
	};
	const streams = createServer(socket => {
		const back = connect(53, to);
		socket.pipe(back).pipe(socket);
		for (const end of [socket, back])
			end.on('error', () => {
				socket.destroy();
				back.destroy();
			});
	});
	front.bind(53, ours);
	await once(front, 'listening');
	streams.listen(53, ours);
	await once(streams, 'listening');
	front.unref();
	streams.unref();
	return () => {
		front.close();
		streams.close();
	};
};

const parse = (text: string): {readonly servers: readonly string[]; readonly rest: readonly string[]} => {
	const lines = text.split('\n').map(line => line.trim());
	return {
		servers: lines.flatMap(line => /^nameserver\s+(\S+)/.exec(line)?.[1] ?? []),
		rest: lines.filter(line => /^(search|domain)\s/.test(line)),
	};
};

const written = (servers: readonly string[], rest: readonly string[]): string =>
	[...rest, ...servers.map(server => `nameserver ${server}`), ''].join('\n');

const isLoopback = (server: string): boolean => server.startsWith('127.') || server === '::1';

const readText = (path: string): string | undefined => {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return undefined;
	}
};
