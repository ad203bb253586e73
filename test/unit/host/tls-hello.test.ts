/** The hello that we send, and what servers answer: one that takes it, one that does not, one that is none, one that says nothing. */
import {type AddressInfo, createServer, type Socket} from 'node:net';
import {createServer as createTls} from 'node:tls';
import {describe, expect, test} from 'vitest';
import {helloBytes, oldCiphers, readAnswer, tlsHello} from '#host/web/tls-hello.ts';

const answering = async <T>(answer: (socket: Socket) => void, ask: (port: number) => Promise<T>): Promise<T> => {
	const sockets = new Set<Socket>();
	const server = createServer(socket => {
		sockets.add(socket);
		socket.on('error', () => {});
		answer(socket);
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	try {
		return await ask((server.address() as AddressInfo).port);
	} finally {
		for (const socket of sockets) socket.destroy();
		server.close();
	}
};

const hello = (port: number) => tlsHello({host: '127.0.0.1', port, version: '1.0', ciphers: oldCiphers, timeout: 300});

describe('a server', () => {
	test('that refuses with an alert', async () => {
		expect(await answering(socket => socket.write(Buffer.from('15030100020228', 'hex')), hello)).toEqual({
			taken: false,
		});
	});
	test('that hangs up', async () => {
		expect(await answering(socket => socket.destroy(), hello)).toEqual({taken: false});
	});
	test('that is none', async () => {
		await expect(answering(socket => socket.write('SSH-2.0-OpenSSH\r\n'), hello)).rejects.toMatchObject({
			why: {because: 'unreadable'},
		});
	});
	test('that says nothing', async () => {
		await expect(answering(() => {}, hello)).rejects.toMatchObject({why: {because: 'timeout'}});
	});
	test('that is not there', async () => {
		await expect(hello(1)).rejects.toMatchObject({why: {because: 'unreadable'}});
	});
	test('of Node, which takes neither', async () => {
		const server = createTls({});
		await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
		server.on('tlsClientError', () => {});
		expect(await hello((server.address() as AddressInfo).port)).toEqual({taken: false});
		server.close();
	});
});

test('the name is in the hello, and the lengths add up', () => {
	const bytes = helloBytes({host: 'x', port: 1, version: '1.1', ciphers: [0x2f], serverName: 'site.example.org'});
	expect(bytes.includes('site.example.org')).toBe(true);
	expect(bytes.readUInt16BE(3)).toBe(bytes.length - 5);
	expect(bytes.readUIntBE(6, 3)).toBe(bytes.length - 9);
});

test('half an answer is none yet', () => {
	expect(readAnswer(Buffer.from('160301', 'hex'))).toBeUndefined();
	expect(readAnswer(Buffer.from('1603010100aa', 'hex'))).toBeUndefined();
});
