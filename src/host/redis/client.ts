/** Redis' own protocol (RESP 2) for a handful of questions: loading a whole client would cost more than asking (50 ms against 3). */
import {connect} from 'node:net';
import {reveal, type Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {refuseWithoutLoopback} from '../network/loopback.ts';
import {after} from '../system/patience.ts';

export type RedisPlace = {readonly path: string} | {readonly host: string; readonly port: number};
export type RedisReply = string | number | null | {readonly error: string} | readonly RedisReply[];

/** Asks all of it over one connection and gives the replies in order. Throws Blocked (timeout, until its unit, unreadable for what is no Redis). */
export const askRedis = (
	place: RedisPlace,
	commands: readonly (readonly Text[])[],
	timeout: number,
): Promise<readonly RedisReply[]> =>
	new Promise((resolve, reject) => {
		if ('host' in place) refuseWithoutLoopback(place.host);
		const name = placeName(place);
		const socket = connect(place);
		const chunks: Buffer[] = [];
		const end = (act: () => void): void => {
			over();
			socket.destroy();
			act();
		};
		const fail = (why: Blocked['why']): void => end(() => reject(new Blocked(why)));
		const over = after(timeout, () =>
			fail({because: 'timeout', need: `Redis on ${name} gave no answer within ${timeout / 1000} s`}),
		);
		socket.on('connect', () => socket.write(commands.map(commandBytes).join('')));
		socket.on('data', (chunk: Buffer) => {
			chunks.push(chunk);
			const bytes = Buffer.concat(chunks);
			const read = readReplies(bytes, commands.length);
			if (read === 'garbage' || bytes.length > largest)
				fail({because: 'unreadable', need: `what answers on ${name} does not speak as Redis does`});
			else if (read !== 'more') end(() => resolve(read));
		});
		socket.on('error', error => fail(refusal(error, name)));
		socket.on('close', () =>
			fail({because: 'unreadable', need: `${name} closed the connection before it had answered`}),
		);
	});

/** `127.0.0.1:6379`, or the path of a socket. */
export const placeName = (place: RedisPlace): string => ('path' in place ? place.path : `${place.host}:${place.port}`);

/** The pairs of a CONFIG GET. */
export const redisPairs = (reply: RedisReply | undefined): ReadonlyMap<string, string> => {
	const flat = Array.isArray(reply) ? (reply as readonly RedisReply[]) : [];
	return new Map(
		flat.flatMap((word, at) => (at % 2 === 0 ? [[String(word), String(flat[at + 1] ?? '')] as const] : [])),
	);
};

/** What a Redis error says; undefined for any other reply. */
export const redisError = (reply: RedisReply | undefined): string | undefined =>
	typeof reply === 'object' && reply !== null && 'error' in reply ? reply.error : undefined;

/** So many whole replies; 'more' while some are still on their way. */
export const readReplies = (bytes: Buffer, count: number): readonly RedisReply[] | 'more' | 'garbage' => {
	const replies: RedisReply[] = [];
	let at = 0;
	try {
		while (replies.length < count) {
			const one = readOne(bytes, at);
			if (one === undefined) return 'more';
			replies.push(one.reply);
			at = one.end;
		}
		return replies;
	} catch {
		return 'garbage';
	}
};

/** A whole CONFIG and INFO is some kilobytes. */
const largest = 4 * 1024 * 1024;

const commandBytes = (words: readonly Text[]): string =>
	`*${words.length}\r\n${words
		.map(reveal)
		.map(word => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
		.join('')}`;

const readOne = (
	bytes: Buffer,
	start: number,
	depth = 0,
): {readonly reply: RedisReply; readonly end: number} | undefined => {
	if (depth > 16) throw new TypeError('no RESP');
	if (start >= bytes.length) return undefined;
	const kind = String.fromCharCode(bytes[start]!);
	if (!'+-:$*'.includes(kind)) throw new TypeError('no RESP');
	const lineEnd = bytes.indexOf('\r\n', start);
	if (lineEnd < 0) return undefined;
	const line = bytes.toString('utf8', start + 1, lineEnd);
	const after = lineEnd + 2;
	if (kind === '+') return {reply: line, end: after};
	if (kind === '-') return {reply: {error: line}, end: after};
	const number = Number(line);
	if (!Number.isInteger(number)) throw new TypeError('no RESP');
	if (kind === ':') return {reply: number, end: after};
	if (number < 0) return {reply: null, end: after};
	if (kind === '$')
		return bytes.length < after + number + 2
			? undefined
			: {reply: bytes.toString('utf8', after, after + number), end: after + number + 2};
	const items: RedisReply[] = [];
	let at = after;
	while (items.length < number) {
		const one = readOne(bytes, at, depth + 1);
		if (one === undefined) return undefined;
		items.push(one.reply);
		at = one.end;
	}
	return {reply: items, end: at};
};

const refusal = (error: NodeJS.ErrnoException, name: string): Blocked['why'] => {
	if (error.code === 'EACCES' && name.startsWith('/'))
		return {because: 'needs-root', need: `${name} may only be opened by root`};
	// As the rules of may-connect.ts refuse an account.
	if (error.code === 'EHOSTUNREACH' || error.code === 'EACCES')
		return {because: 'needs-root', need: `rules of the kernel keep this account from Redis on ${name}`};
	if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT')
		return {because: 'until', thing: 'unit:redis-server.service'};
	return {because: 'unreadable', need: `${name}: ${error.message}`};
};
