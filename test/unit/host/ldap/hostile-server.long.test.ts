/** A directory that is none, or of an evil mind, holds whoever asks no longer than the patience, and fills no memory. */
import {createServer, type Server, type Socket} from 'node:net';
import {afterEach, expect, test} from 'vitest';
import {withLdap} from '#host/ldap/client.ts';

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
	for (const socket of sockets) socket.destroy();
	for (const server of servers.splice(0)) server.close();
});

type Talk = (socket: Socket) => void;
const silent: Talk = () => {};
const flooding =
	(piece: Buffer): Talk =>
	socket => {
		const go = (): void => {
			while (!socket.destroyed && socket.write(piece));
		};
		socket.on('drain', go);
		go();
	};
const dripping =
	(piece: Buffer): Talk =>
	socket => {
		const timer = setInterval(() => socket.write(piece), 20);
		socket.on('close', () => clearInterval(timer));
	};

/** Any element of BER. */
const ber = (tag: number, ...parts: readonly Buffer[]): Buffer => {
	const body = Buffer.concat(parts);
	const head = Buffer.from([tag, 0x84, 0, 0, 0, 0]);
	head.writeUInt32BE(body.length, 2);
	return Buffer.concat([head, body]);
};
const message = (id: number, operation: Buffer): Buffer => ber(0x30, Buffer.from([2, 1, id]), operation);
const done = (tag: number): Buffer => ber(tag, Buffer.from([10, 1, 0, 4, 0, 4, 0]));
const entry = message(3, ber(0x64, ber(4, Buffer.from('cn=x')), ber(0x30)));

/** Binds and searches, at a server that answers the first word by `first` and every later one by `then`. It never closes. */
const against = async (first: Talk, then: Talk, startTls = false) => {
	const server = createServer({allowHalfOpen: true}, socket => {
		sockets.add(socket);
		socket
			.on('error', () => {})
			.once('data', () => {
				socket.on('data', () => then(socket));
				first(socket);
			});
	});
	servers.push(server);
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const {port} = server.address() as {port: number};
	return withLdap(
		{
			kind: 'remote',
			uri: `ldap://127.0.0.1:${port}`,
			bindDn: 'cn=x',
			password: ['y'],
			startTls,
			mayChange: false,
			patience: 700,
		},
		async client => (await client.search('dc=x', {scope: 'sub'})).searchEntries.length,
	);
};

/** Milliseconds: the patience, a goodbye, and a busy machine. */
const longest = 10_000;
const welcome: Talk = socket => socket.write(message(2, done(0x61)));

test.for([
	['at the bind, says nothing', silent, silent, false, /BindRequest: Operation timed out/],
	['at the bind, drips', dripping(Buffer.from([0x30])), silent, false, /BindRequest: Operation timed out/],
	[
		'at the bind, begins a message of 2 GB',
		flooding(Buffer.concat([Buffer.from([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff]), Buffer.alloc(65_536)])),
		silent,
		false,
		/BindRequest: /,
	],
	[
		'at the bind, floods what was not asked',
		flooding(Buffer.concat(Array<Buffer>(2000).fill(entry))),
		silent,
		false,
		/BindRequest: /,
	],
	[
		'at STARTTLS, says yes and nothing more',
		(socket: Socket) => socket.write(message(2, done(0x78))),
		silent,
		true,
		/no TLS in time/,
	],
	['at a search, says nothing', welcome, silent, false, /SearchRequest: Operation timed out/],
	['at a search, drips', welcome, dripping(Buffer.from([0x30])), false, /SearchRequest: Operation timed out/],
	[
		'at a search, gives entries without end',
		welcome,
		flooding(Buffer.concat(Array<Buffer>(2000).fill(entry))),
		false,
		/SearchRequest: /,
	],
] as const)('one that %s', {timeout: 20_000}, async ([, first, then, startTls, why]) => {
	const began = performance.now();
	const before = process.memoryUsage.rss();
	expect(await against(first as Talk, then, startTls)).toMatchObject({
		ok: false,
		why: expect.stringMatching(why) as string,
	});
	expect(performance.now() - began).toBeLessThan(longest);
	expect(process.memoryUsage.rss() - before).toBeLessThan(500 * 1024 * 1024);
});
