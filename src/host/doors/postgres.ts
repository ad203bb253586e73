/** What PostgreSQL asks of somebody who comes over TCP and has no password: the first word after his name is the answer, and nothing is sent that could be wrong. */
import {connect, type Socket} from 'node:net';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {bounded, soonSecured} from '../bounded-socket.ts';
import {refuseWithoutLoopback} from '../network/loopback.ts';
import {after} from '../system/patience.ts';
import {refuseStrangers} from '../system/who-answers.ts';
import {tryPatience} from './nobody.ts';

export type PostgresAnswer = {
	/** He is in, or would be if there were such a name. */
	readonly letIn: boolean;
	readonly said: string;
};

type Try = {readonly host: string; readonly port: number; readonly user: string; readonly tls: boolean};

/** Undefined where it has no TLS and was asked for it. Throws Blocked. */
export const tryPostgres = async (reader: Reader, to: Try): Promise<PostgresAnswer | undefined> => {
	refuseWithoutLoopback(to.host);
	await refuseStrangers(reader, to, ['postgres']);
	const {default: tls} = await import('node:tls');
	const place = `${to.host}:${to.port}`;
	return new Promise((resolve, reject) => {
		const socket = bounded(connect({host: to.host, port: to.port}), 65_536);
		const done = (answer: PostgresAnswer | undefined): void => {
			over();
			socket.destroy();
			resolve(answer);
		};
		const fail = (because: 'timeout' | 'unreadable', need: string): void => {
			over();
			socket.destroy();
			reject(new Blocked({because, need}));
		};
		const over = after(tryPatience, () => fail('timeout', `${place} gave no answer within ${tryPatience / 1000} s`));
		const greet = (on: Socket): void => {
			let bytes: Buffer = Buffer.alloc(0);
			on.on('data', (part: Buffer) => {
				bytes = Buffer.concat([bytes, part]);
				const answer = firstWord(bytes);
				if (answer !== undefined) done(answer);
			});
			on.write(startup(to.user));
		};
		socket.on('error', () => fail('unreadable', `nobody takes connections on ${place}`));
		socket.on('close', () => fail('unreadable', `${place} closed the connection`));
		socket.on('connect', () => {
			if (!to.tls) return greet(socket);
			socket.once('data', part => {
				if (part.toString('latin1', 0, 1) !== 'S') return done(undefined);
				const secured = soonSecured(tls.connect({socket, rejectUnauthorized: false}), tryPatience);
				secured.on('error', () => fail('unreadable', `${place} offers TLS, and no handshake comes of it`));
				secured.once('secureConnect', () => greet(secured));
			});
			socket.write(sslRequest);
		});
	});
};

/** Length and the number that asks for TLS. */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

const startup = (user: string): Buffer => {
	const words = Buffer.from(`user\0${user}\0database\0postgres\0application_name\0host-setup\0\0`);
	const head = Buffer.alloc(8);
	head.writeInt32BE(words.length + 8, 0);
	head.writeInt32BE(196_608, 4);
	return Buffer.concat([head, words]);
};

/** Of the first message; undefined while it is not all there. */
const firstWord = (bytes: Buffer): PostgresAnswer | undefined => {
	if (bytes.length < 5 || bytes.length < bytes.readInt32BE(1) + 1) return undefined;
	const kind = String.fromCharCode(bytes[0] ?? 0);
	if (kind === 'R' && bytes.length >= 9) {
		const way = bytes.readInt32BE(5);
		return {letIn: way === 0, said: way === 0 ? 'asks for nothing' : `asks for a proof (${ways[way] ?? way})`};
	}
	const fields = new Map(
		bytes
			.toString('utf8', 5, bytes.readInt32BE(1) + 1)
			.split('\0')
			.map(field => [field[0] ?? '', field.slice(1)]),
	);
	const said = (fields.get('M') ?? 'an answer that is none').slice(0, 160);
	// Who has come through, and only then is found not to exist or to have no such database.
	const letIn = kind === 'E' && behindTheDoor.has(fields.get('R') ?? '');
	return {letIn, said};
};

const ways: Readonly<Record<number, string>> = {3: 'password', 5: 'md5', 7: 'gss', 9: 'sspi', 10: 'scram-sha-256'};
/** The places in its code that complain after somebody was let in: of a role that is none or may not log in, of a database. */
const behindTheDoor = new Set(['InitializeSessionUserId', 'InitPostgres', 'CheckMyDatabase']);
