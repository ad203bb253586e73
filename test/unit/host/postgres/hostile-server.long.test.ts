/** A PostgreSQL server that is none, or of an evil mind, holds whoever asks no longer than the patience, and fills no memory. */
import {createServer, type Server, type Socket} from 'node:net';
import {afterEach, expect, test} from 'vitest';
import {openPostgres} from '#host/postgres/tcp.ts';
import {createReader} from '#host/reader.ts';

/** Who listens on a port of this host is looked at only on the running one. */
const host = {...createReader(), root: '/elsewhere'};

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
	for (const socket of sockets) socket.destroy();
	for (const server of servers.splice(0)) server.close();
});

/** Opens a login to a server that says `first` to whatever comes first, and `then` to every later word. It never closes. */
const against = async (first: Talk, then: Talk = silent, tls: 'off' | 'require' = 'off') => {
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
	return openPostgres(host, {host: '127.0.0.1', port, user: 'x', password: ['y'], tls, patience: 700});
};

type Talk = (socket: Socket) => void;
const silent: Talk = () => {};
const saying =
	(...words: readonly (string | Buffer)[]): Talk =>
	socket => {
		for (const word of words) socket.write(word);
	};
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
	(piece: string): Talk =>
	socket => {
		const timer = setInterval(() => socket.write(piece), 20);
		socket.on('close', () => clearInterval(timer));
	};

const message = (kind: string, body: Buffer): Buffer => {
	const head = Buffer.alloc(5);
	head.write(kind);
	head.writeInt32BE(body.length + 4, 1);
	return Buffer.concat([head, body]);
};
const number = (value: number): Buffer => {
	const bytes = Buffer.alloc(4);
	bytes.writeInt32BE(value);
	return bytes;
};
const welcome = Buffer.concat([message('R', number(0)), message('Z', Buffer.from('I'))]);
const notice = message('N', Buffer.from(`M${'y'.repeat(60_000)}\0\0`));
const row = message('D', Buffer.concat([Buffer.from([0, 1]), number(1), Buffer.from('x')]));
const columns = message(
	'T',
	Buffer.concat([
		Buffer.from([0, 1]),
		Buffer.from('x\0'),
		Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 255, 255]),
		number(-1),
		Buffer.from([0, 0]),
	]),
);

/** Milliseconds: the patience, a goodbye, and a busy machine. */
const longest = 10_000;

test.for([
	['says nothing', silent, 'off'],
	['drips a name', dripping('S'), 'off'],
	['floods notices', flooding(notice), 'off'],
	['begins a message of 2 GB', saying(Buffer.from([0x53, 0x7f, 0xff, 0xff, 0xff])), 'off'],
	['knows no TLS, and stays', saying('N'), 'require'],
	['knows TLS, and says nothing more', saying('S'), 'require'],
] as const)('at the login: one that %s', {timeout: 20_000}, async ([, talk, tls]) => {
	const began = performance.now();
	expect(await against(talk, silent, tls)).toMatchObject({ok: false});
	expect(performance.now() - began).toBeLessThan(longest);
});

test.for([
	['says nothing', silent],
	['drips', dripping('S')],
	['floods notices', flooding(notice)],
	[
		'gives rows without end',
		(socket: Socket) => {
			socket.write(columns);
			flooding(Buffer.concat(Array<Buffer>(5000).fill(row)))(socket);
		},
	],
] as const)('at a question: one that %s', {timeout: 20_000}, async ([, talk]) => {
	const opened = await against(saying(welcome), talk);
	if (!opened.ok) throw new Error(opened.why);
	const began = performance.now();
	const before = process.memoryUsage.rss();
	await expect(opened.ask(['SELECT 1'])).rejects.toMatchObject({code: 'postgres.refused'});
	await opened.close();
	expect(performance.now() - began).toBeLessThan(longest);
	expect(process.memoryUsage.rss() - before).toBeLessThan(500 * 1024 * 1024);
});

test('at the goodbye: one that never closes its side', {timeout: 20_000}, async () => {
	const opened = await against(saying(welcome));
	if (!opened.ok) throw new Error(opened.why);
	const began = performance.now();
	await opened.close();
	expect(performance.now() - began).toBeLessThan(longest);
});
