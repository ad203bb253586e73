/** Whatever others put before a look: it ends, within its bounds, and says where it stopped. */
import {mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs';
import {createServer, type Server, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import {codeDigest} from '#host/django/tree.ts';
import {filesIn} from '#host/files/digest.ts';
import {readBson} from '#host/mongodb/bson.ts';
import {createReader} from '#host/reader.ts';
import {readReplies} from '#host/redis/client.ts';
import {httpAsk} from '#host/web/http.ts';
import {oldCiphers, tlsHello} from '#host/web/tls-hello.ts';
import {askUwsgi} from '#host/web/uwsgi.ts';

let directory: string;
beforeAll(() => {
	directory = mkdtempSync(join(tmpdir(), 'bounds-'));
});
afterAll(() => rmSync(directory, {recursive: true}));

const reader = createReader();
const started: Server[] = [];
afterEach(() => {
	for (const server of started.splice(0)) server.close();
});

/** Answers every connection by this, until it goes. */
const answering = async (talk: (socket: Socket) => void): Promise<number> => {
	const server = createServer(socket => {
		socket.on('error', () => {});
		talk(socket);
	});
	started.push(server);
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	return (server.address() as {port: number}).port;
};

const endless =
	(piece: string, first = '') =>
	(socket: Socket): void => {
		const go = (): void => {
			while (!socket.destroyed && socket.write(piece));
		};
		socket.write(first);
		socket.on('drain', go);
		go();
	};

test('a file of 500 MB, sparse or not, is not read', async () => {
	const path = join(directory, 'settings.py');
	writeFileSync(path, '');
	truncateSync(path, 500 * 1024 * 1024);
	const before = process.memoryUsage().arrayBuffers;
	await expect(reader.read(path)).rejects.toMatchObject({
		why: {because: 'unreadable', need: `${path} is larger than 64 MB`},
	});
	truncateSync(path, 9 * 1024 * 1024);
	await expect(reader.read(path, {most: 8 * 1024 * 1024})).rejects.toMatchObject({why: {because: 'unreadable'}});
	expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
	writeFileSync(path, 'x = 1\n');
	expect(Buffer.from((await reader.read(path)) ?? '').toString()).toBe('x = 1\n');
	writeFileSync(path, '');
	expect(await reader.read(path)).toHaveLength(0);
});

test('a tree that is too deep, and one that goes in circles by links, end', async () => {
	const deep = join(directory, 'deep');
	mkdirSync(join(deep, Array.from({length: 260}, () => 'd').join('/')), {recursive: true});
	await expect(codeDigest(reader, deep, [])).rejects.toMatchObject({
		why: {because: 'unreadable', need: expect.stringContaining('more than 256 deep')},
	});
	const round = join(directory, 'round');
	mkdirSync(join(round, 'a'), {recursive: true});
	symlinkSync('..', join(round, 'a/up'));
	expect(await filesIn(reader, round, [''])).toEqual(['a/up']);
});

test('a reply that is nested without end, or whose lengths go backwards, is none', () => {
	expect(readReplies(Buffer.from('*1\r\n'.repeat(100_000)), 1)).toBe('garbage');
	const back = Buffer.from([30, 0, 0, 0, 2, 97, 0, 0xf0, 0xff, 0xff, 0xff, ...Array<number>(19).fill(0)]);
	expect(() => readBson(back)).toThrow(RangeError);
});

test('an answer that drips one byte at a time has a deadline for the whole', async () => {
	const port = await answering(socket => {
		socket.write('HTTP/1.1 200 OK\r\n\r\n');
		const timer = setInterval(() => socket.write('x'), 20);
		socket.on('close', () => clearInterval(timer));
	});
	const began = performance.now();
	await expect(httpAsk({url: `http://127.0.0.1:${port}/`, deadline: 400})).rejects.toMatchObject({
		code: 'http.timeout',
	});
	expect(performance.now() - began).toBeLessThan(3000);
});

test('redirects that never end, with bodies that never end, end', async () => {
	const port = await answering(endless('y'.repeat(65_536), 'HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n'));
	const began = performance.now();
	await httpAsk({url: `http://127.0.0.1:${port}/`, deadline: 5000}).catch(error => error);
	expect(performance.now() - began).toBeLessThan(5000);
});

test('an application server that answers without end is told as such', async () => {
	const port = await answering(endless('z'.repeat(65_536), 'HTTP/1.1 200 OK\r\n\r\n'));
	await expect(askUwsgi({host: '127.0.0.1', port}, '/', 'x', 5000)).rejects.toMatchObject({
		why: {need: `the application on 127.0.0.1:${port} answers without end`},
	});
});

test('a handshake of small records without end is none, and is told at once', async () => {
	const port = await answering(endless('\u0016\u0003\u0001\0\u0001\0'.repeat(10_000)));
	const began = performance.now();
	await expect(
		tlsHello({host: '127.0.0.1', port, version: '1.0', ciphers: oldCiphers, timeout: 10_000}),
	).rejects.toMatchObject({why: {because: 'unreadable', need: `127.0.0.1:${port} does not speak TLS`}});
	expect(performance.now() - began).toBeLessThan(8000);
});
