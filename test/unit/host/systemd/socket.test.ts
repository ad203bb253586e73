/** systemd's socket: what of its messages is read, what is refused, and who is asked when it gives no answer. */
import {mkdtempSync, rmSync} from 'node:fs';
import {createServer, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from 'vitest';
import {askSystemd} from '#host/systemd/ask.ts';
import {type Call, callBytes, repliesIn} from '#host/systemd/message.ts';
import {unitPath} from '#host/systemd/systemctl.ts';

const call: Call = {path: '/a', from: 'b.c', member: 'D', given: ['é', ['f', 'gh'], []]};

/** A reply with fields as systemd sends them. */
const reply = (to: number, signature: string, body: Buffer, kind = 2): Buffer => {
	const head = Buffer.alloc(32 + 8 * Math.ceil((signature.length + 7) / 8));
	head.set([0x6c, kind, 1, 1]);
	head.writeUInt32LE(body.length, 4);
	head.writeUInt32LE(1, 8);
	head.set([5, 1, 'u'.charCodeAt(0), 0], 16);
	head.writeUInt32LE(to, 20);
	head.set([8, 1, 'g'.charCodeAt(0), 0, signature.length], 24);
	head.write(`${signature}\0`, 29);
	head.writeUInt32LE(8 + 5 + signature.length + 1, 12);
	return Buffer.concat([head.subarray(0, (16 + 8 + 5 + signature.length + 1 + 7) & ~7), body]);
};

const text = (value: string): Buffer => {
	const head = Buffer.alloc(4);
	head.writeUInt32LE(Buffer.byteLength(value));
	return Buffer.concat([head, Buffer.from(`${value}\0`)]);
};

describe('messages', () => {
	test('what answers no call of ours is passed over', () => {
		const bytes = callBytes(7, call);
		const {replies, taken} = repliesIn(Buffer.concat([bytes, reply(7, 's', text('yes')), reply(8, 's', text('no'))]));
		expect(replies).toEqual([
			{to: 7, values: ['yes']},
			{to: 8, values: ['no']},
		]);
		expect(taken).toBeGreaterThan(bytes.length);
	});

	test('an answer in pieces is waited for, byte by byte', () => {
		const whole = reply(1, 's', text('yes'));
		for (let end = 0; end < whole.length; end++)
			expect(repliesIn(whole.subarray(0, end)).replies, String(end)).toEqual([]);
	});

	test('values within values', () => {
		const body = Buffer.alloc(24);
		body.set([4, ...Buffer.from('a(s)\0')], 0);
		body.writeUInt32LE(7, 8);
		body.set([2, 0, 0, 0, ...Buffer.from('ab\0')], 16);
		expect(repliesIn(reply(1, 'v', body)).replies).toEqual([{to: 1, values: [[['ab']]]}]);
	});

	test.each([
		['a list longer than its message', reply(1, 'as', Buffer.from([0xff, 0xff, 0, 0]))],
		['a text longer than its message', reply(1, 's', Buffer.from([0xff, 0xff, 0, 0]))],
		['a type that nobody asked for', reply(1, 'h', Buffer.alloc(4))],
		['a struct without end', reply(1, '(s', text('a'))],
		['a message of a gigabyte', reply(1, 's', text('a')).fill(0x40, 7, 8)],
		['big-endian', reply(1, 's', text('a')).fill(0x42, 0, 1)],
		['variants without end', reply(1, 'v', Buffer.from('\x01v\0'.repeat(40)))],
	])('%s is no message', (_name, bytes) => expect(() => repliesIn(bytes)).toThrow(RangeError));
});

test.each([
	['ssh.service', 'ssh_2eservice'],
	['postgresql@15-main.service', 'postgresql_4015_2dmain_2eservice'],
	['7.mount', '_37_2emount'],
	['srv-a\\x2db.mount', 'srv_2da_5cx2db_2emount'],
])('the path of %s', (name, path) => expect(unitPath(name)).toBe(`/org/freedesktop/systemd1/unit/${path}`));

describe('a socket that does not do what systemd does', () => {
	const directory = mkdtempSync(join(tmpdir(), 'systemd-'));
	afterAll(() => rmSync(directory, {recursive: true}));
	let number = 0;
	const against = async (behave: (socket: Socket) => void, signal?: AbortSignal): Promise<unknown> => {
		const path = join(directory, String(number++));
		const sockets: Socket[] = [];
		const server = createServer(socket => {
			sockets.push(socket.on('error', () => {}));
			behave(socket);
		});
		await new Promise<void>(done => server.listen(path, done));
		try {
			return await askSystemd([call, call], {socket: path, signal, patience: 500});
		} finally {
			for (const one of sockets) one.destroy();
			server.close();
		}
	};
	const welcoming = (then: (socket: Socket) => void) => (socket: Socket) =>
		void socket.once('data', () => {
			socket.once('data', () => then(socket));
			socket.write('OK 1234\r\n');
		});

	test('the honest one, in another order and in two pieces', async () => {
		const bytes = Buffer.concat([reply(2, 's', text('two')), reply(1, 's', text('one'))]);
		expect(
			await against(
				welcoming(socket => {
					socket.write(bytes.subarray(0, 50));
					setImmediate(() => socket.write(bytes.subarray(50)));
				}),
			),
		).toEqual([
			{to: 1, values: ['one']},
			{to: 2, values: ['two']},
		]);
	});
	test.each([
		['lets nobody in', (socket: Socket) => void socket.write('REJECTED EXTERNAL\r\n')],
		['talks without end before', (socket: Socket) => void socket.write('x'.repeat(1000))],
		['hangs up', (socket: Socket) => void socket.end()],
		['hangs up after one answer', welcoming(socket => socket.end(reply(1, 's', text('one'))))],
		['speaks nonsense', welcoming(socket => socket.write('x'.repeat(100)))],
		['never answers', welcoming(() => {})],
	])('one that %s gives no answer', async (_name, behave) => expect(await against(behave)).toBeUndefined());
	test('one that is not there gives no answer', async () =>
		expect(await askSystemd([call], {socket: join(directory, 'none')})).toBeUndefined());
	test('who asked does not want it any more', async () => {
		const stop = new AbortController();
		setImmediate(() => stop.abort());
		expect(await against(() => {}, stop.signal)).toBeUndefined();
		expect(await askSystemd([call], {socket: join(directory, 'none'), signal: stop.signal})).toBeUndefined();
	});
});
