/** Asks a MongoDB a command or two without logging in, over its own protocol: what it tells strangers is what is to be known. */
import {connect} from 'node:net';
import {Blocked} from '#model/unknown.ts';
import {refuseWithoutLoopback} from '../network/loopback.ts';
import {after} from '../system/patience.ts';
import {type Bson, readBson, writeBson} from './bson.ts';

export type MongoPlace = {readonly host: string; readonly port: number};
export type MongoCommand = Bson;

/** The answers in order. Throws Blocked (timeout, until its unit, unreadable for what is no MongoDB or wants TLS). */
export const askMongo = (
	place: MongoPlace,
	commands: readonly MongoCommand[],
	options: {readonly timeout: number; readonly unit: string},
): Promise<readonly Bson[]> =>
	new Promise((resolve, reject) => {
		refuseWithoutLoopback(place.host);
		const name = `${place.host}:${place.port}`;
		const socket = connect(place);
		const answers: Bson[] = [];
		let bytes: Buffer = Buffer.alloc(0);
		let modern = false;
		const end = (act: () => void): void => {
			over();
			socket.destroy();
			act();
		};
		const fail = (why: Blocked['why']): void => end(() => reject(new Blocked(why)));
		const over = after(options.timeout, () =>
			fail({because: 'timeout', need: `MongoDB on ${name} gave no answer within ${options.timeout / 1000} s`}),
		);
		// Every release answers this one in the old form; what it says of itself tells how to ask on.
		socket.on('connect', () => socket.write(oldQuery({isMaster: 1}, 1)));
		socket.on('data', (chunk: Buffer) => {
			bytes = Buffer.concat([bytes, chunk]);
			try {
				const message = readMessage(bytes);
				if (message === 'more') return;
				bytes = bytes.subarray(message.end);
				if (message.id === 1) modern = Number(message.body['maxWireVersion'] ?? 0) >= 6;
				else answers.push(message.body);
				const next = commands[answers.length];
				if (next === undefined) end(() => resolve(answers));
				else socket.write(modern ? newQuery(next, answers.length + 2) : oldQuery(next, answers.length + 2));
			} catch {
				fail({because: 'unreadable', need: `what answers on ${name} does not speak as MongoDB does`});
			}
		});
		socket.on('error', (error: NodeJS.ErrnoException) =>
			fail(
				error.code === 'ECONNREFUSED'
					? {because: 'until', thing: `unit:${options.unit}`}
					: {because: 'unreadable', need: `${name}: ${error.message}`},
			),
		);
		socket.on('close', () =>
			fail({because: 'unreadable', need: `${name} closed the connection before it had answered: it may want TLS`}),
		);
	});

const opQuery = 2004;
const opReply = 1;
const opMsg = 2013;
const largest = 8 * 1024 * 1024;

/** OP_QUERY on `admin.$cmd`: all there was until 3.6, and still the way to say hello. */
const oldQuery = (command: MongoCommand, id: number): Buffer =>
	message(id, opQuery, Buffer.concat([ints(0), Buffer.from('admin.$cmd\0'), ints(0, -1), writeBson(command)]));

const newQuery = (command: MongoCommand, id: number): Buffer => newMessage(id, {...command, $db: 'admin'});

/** OP_MSG: from 3.6 on. */
export const newMessage = (id: number, command: Bson): Buffer =>
	message(id, opMsg, Buffer.concat([ints(0), Buffer.of(0), writeBson(command)]));

const message = (id: number, code: number, body: Buffer): Buffer =>
	Buffer.concat([ints(body.length + 16, id, 0, code), body]);

const ints = (...values: readonly number[]): Buffer => {
	const bytes = Buffer.alloc(values.length * 4);
	for (const [at, value] of values.entries()) bytes.writeInt32LE(value, at * 4);
	return bytes;
};

type Message = {readonly id: number; readonly body: Bson; readonly end: number};

/** The first whole message; `id` is that of the question. Throws for what is none. */
export const readMessage = (bytes: Buffer): Message | 'more' => {
	if (bytes.length < 16) return 'more';
	const [end, id, code] = [bytes.readInt32LE(0), bytes.readInt32LE(8), bytes.readInt32LE(12)];
	if ((code !== opReply && code !== opMsg) || end < 21 || end > largest) throw new TypeError('no answer of MongoDB');
	if (bytes.length < end) return 'more';
	return {id, body: readBson(bytes.subarray(0, end), code === opReply ? 36 : 21), end};
};
