/**
 * Asks a TLS server whether it takes an old version or a weak cipher, by a hello of our own: every library of today refuses to offer them, and
 * then its own refusal would be taken for the server's. Nothing is encrypted and nothing is sent behind the hello.
 */
import {randomBytes} from 'node:crypto';
import {connect} from 'node:net';
import {Blocked} from '#model/unknown.ts';
import {refuseWithoutLoopback} from '../network/loopback.ts';
import {after} from '../system/patience.ts';

export type Hello = {
	readonly host: string;
	readonly port: number;
	readonly version: '1.0' | '1.1' | '1.2';
	readonly ciphers: readonly number[];
	readonly serverName?: string;
	/** Milliseconds; default 2 s. */
	readonly timeout?: number;
};

/** `cipher` is what the server chose. */
export type HelloAnswer = {readonly taken: true; readonly cipher: number} | {readonly taken: false};

/** Weak ones by number: no encryption, no authentication, export, RC4, DES, 3DES. */
export const weakCiphers: ReadonlyMap<number, string> = new Map([
	...[0x01, 0x02, 0x3b, 0xc006, 0xc010].map(number => [number, 'no encryption (NULL)'] as const),
	...[0x03, 0x06, 0x08, 0x0b, 0x0e, 0x11, 0x14].map(number => [number, 'an export cipher'] as const),
	...[0x04, 0x05, 0xc007, 0xc011].map(number => [number, 'RC4'] as const),
	...[0x09, 0x0c, 0x0f, 0x12, 0x15].map(number => [number, 'DES'] as const),
	...[0x0a, 0x0d, 0x10, 0x13, 0x16, 0xc008, 0xc012].map(number => [number, '3DES'] as const),
	...[0x18, 0x1b, 0x34, 0x3a, 0x6c, 0x6d, 0xa6, 0xa7, 0xc016, 0xc017, 0xc018, 0xc019].map(
		number => [number, 'no authentication (anonymous)'] as const,
	),
]);

/** What a browser of the time of TLS 1.0 and 1.1 offered. */
export const oldCiphers: readonly number[] = [
	0xc014, 0xc013, 0xc00a, 0xc009, 0x39, 0x33, 0x35, 0x2f, 0xc012, 0x0a, 0x05,
];

/** Of a handshake up to its "hello done": certificates of some kilobytes each. */
const largest = 256 * 1024;

/** Does the server go on with it? Throws Blocked: no answer in time, or nothing that is TLS. */
export const tlsHello = (hello: Hello): Promise<HelloAnswer> =>
	new Promise((resolve, reject) => {
		const {host, port, timeout = 2000} = hello;
		refuseWithoutLoopback(host);
		const place = `${host}:${port}`;
		const socket = connect({host, port});
		let got = Buffer.alloc(0);
		const end = (settle: () => void): void => {
			over();
			socket.destroy();
			settle();
		};
		const over = after(timeout, () =>
			end(() =>
				reject(
					new Blocked({
						because: 'timeout',
						need: `${place} gave no answer to a TLS hello within ${timeout / 1000} s`,
					}),
				),
			),
		);
		const settle = (closed: boolean): void => {
			const read = readAnswer(got);
			if (read === 'other' || (read === undefined && got.length > largest))
				end(() => reject(new Blocked({because: 'unreadable', need: `${place} does not speak TLS`})));
			else if (read !== undefined) end(() => resolve(read));
			else if (closed) end(() => resolve({taken: false}));
		};
		socket
			.on('connect', () => socket.write(helloBytes(hello)))
			.on('data', part => {
				got = Buffer.concat([got, part as Buffer]);
				settle(false);
			})
			.on('close', () => settle(true))
			.on('error', error =>
				(error as NodeJS.ErrnoException).code === 'ECONNRESET'
					? settle(true)
					: end(() => reject(new Blocked({because: 'unreadable', need: `nobody takes connections on ${place}`}))),
			);
	});

/** The bytes of the hello record. */
export const helloBytes = ({version, ciphers, serverName}: Hello): Buffer => {
	const code = {'1.0': 0x0301, '1.1': 0x0302, '1.2': 0x0303}[version];
	const body = Buffer.concat([
		word(code),
		randomBytes(32),
		Buffer.of(0),
		sized(2, Buffer.concat(ciphers.map(word))),
		Buffer.of(1, 0),
		sized(2, Buffer.concat(extensions(serverName))),
	]);
	return Buffer.concat([Buffer.of(0x16, 3, 1), sized(2, Buffer.concat([Buffer.of(1), sized(3, body)]))]);
};

/** A server that takes the hello says so up to its "hello done"; only then is it a yes, because it may still find that it cannot. */
export const readAnswer = (bytes: Buffer): HelloAnswer | 'other' | undefined => {
	const handshake: Buffer[] = [];
	let refused = false;
	for (let at = 0; at + 5 <= bytes.length; ) {
		const [type, length] = [bytes[at]!, bytes.readUInt16BE(at + 3)];
		if (bytes[at + 1] !== 3 || (type !== 0x15 && type !== 0x16)) return 'other';
		if (at + 5 + length > bytes.length) break;
		if (type === 0x15 && bytes[at + 5] === 2) refused = true;
		if (type === 0x16) handshake.push(bytes.subarray(at + 5, at + 5 + length));
		at += 5 + length;
	}
	const messages = messagesOf(Buffer.concat(handshake));
	const chosen = messages.find(one => one.type === 2)?.body;
	if (chosen && messages.some(one => one.type === 14))
		return {taken: true, cipher: chosen.readUInt16BE(35 + chosen[34]!)};
	return refused ? {taken: false} : undefined;
};

const messagesOf = (handshake: Buffer): readonly {readonly type: number; readonly body: Buffer}[] => {
	const found: {type: number; body: Buffer}[] = [];
	for (let at = 0; at + 4 <= handshake.length; ) {
		const length = handshake.readUIntBE(at + 1, 3);
		if (at + 4 + length > handshake.length) break;
		found.push({type: handshake[at]!, body: handshake.subarray(at + 4, at + 4 + length)});
		at += 4 + length;
	}
	return found;
};

const extensions = (serverName: string | undefined): readonly Buffer[] => [
	...(serverName === undefined
		? []
		: [extension(0, sized(2, Buffer.concat([Buffer.of(0), sized(2, Buffer.from(serverName))])))]),
	extension(10, sized(2, Buffer.concat([0x1d, 0x17, 0x18, 0x19].map(word)))),
	extension(11, Buffer.of(1, 0)),
	extension(
		13,
		sized(
			2,
			Buffer.concat([0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201].map(word)),
		),
	),
	extension(0xff01, Buffer.of(0)),
];

const extension = (type: number, body: Buffer): Buffer => Buffer.concat([word(type), sized(2, body)]);

const word = (number: number): Buffer => Buffer.of(number >> 8, number & 0xff);

const sized = (width: number, body: Buffer): Buffer => {
	const length = Buffer.alloc(width);
	length.writeUIntBE(body.length, 0, width);
	return Buffer.concat([length, body]);
};
