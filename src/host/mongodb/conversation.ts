/** A conversation with MongoDB by somebody who logs in (SCRAM-SHA-1, which every release since 3.0 takes), or by nobody. Passwords leave no process. */
import {createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual} from 'node:crypto';
import {connect, type Socket} from 'node:net';
import {Fault} from '#model/fault.ts';
import {reveal, type Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {refuseWithoutLoopback} from '../network/loopback.ts';
import type {Bson} from './bson.ts';
import {type MongoPlace, newMessage, readMessage} from './client.ts';

/** `database` is where the account was made. */
export type MongoLogin = {readonly user: string; readonly password: Text; readonly database: string};

export type MongoSession = {
	/** Throws Fault 'mongodb.refused' with the server's words and `code` where it does not say ok. */
	run(database: string, command: Bson, options?: {/** Goes along as `pwd`. */ readonly password?: Text}): Promise<Bson>;
};

/** Opens, logs in, hands over, closes. Throws Blocked where nobody answers, Fault 'mongodb.login' where the login fails. */
export const withMongo = async <T>(
	place: MongoPlace,
	login: MongoLogin | undefined,
	use: (session: MongoSession) => Promise<T>,
	timeout = 10_000,
): Promise<T> => {
	const name = `${place.host}:${place.port}`;
	refuseWithoutLoopback(place.host);
	const socket = connect(place);
	socket.setTimeout(timeout, () => socket.destroy(new Error(`no answer within ${timeout / 1000} s`)));
	try {
		await opened(socket);
		const ask = asking(socket);
		const session: MongoSession = {
			async run(database, command, {password} = {}) {
				const answer = await ask({...command, ...(password && {pwd: reveal(password)}), $db: database});
				if (answer['ok'] === 1) return answer;
				throw refused(name, answer);
			},
		};
		if (login) await logIn(session, login, name);
		return await use(session);
	} catch (error) {
		if (error instanceof Fault || error instanceof Blocked) throw error;
		throw new Blocked({because: 'unreadable', need: `MongoDB on ${name}: ${(error as Error).message}`});
	} finally {
		socket.destroy();
	}
};

/** Of a Fault 'mongodb.refused': the server's number for it; 11 is "no such user", 13 "not authorized". */
export const mongoCode = (error: unknown): number | undefined =>
	error instanceof Fault && error.code === 'mongodb.refused' ? Number(error.details[0]) : undefined;

const refused = (name: string, answer: Bson): Fault =>
	new Fault(
		'mongodb.refused',
		`MongoDB on ${name} says: ${String(answer['errmsg'] ?? 'no reason').slice(0, 300)}`,
		'See the log of the server, /var/log/mongodb.',
		{details: [String(answer['code'] ?? 0)]},
	);

const opened = (socket: Socket): Promise<void> =>
	new Promise((done, failed) => void socket.once('connect', done).once('error', failed));

/** One question after the other. */
const asking = (socket: Socket): ((command: Bson) => Promise<Bson>) => {
	let bytes: Buffer = Buffer.alloc(0);
	let id = 0;
	return command =>
		new Promise((done, failed) => {
			const end = (act: () => void): void => {
				socket.removeAllListeners('data').removeAllListeners('error').removeAllListeners('close');
				act();
			};
			socket
				.on('data', (chunk: Buffer) => {
					bytes = Buffer.concat([bytes, chunk]);
					try {
						const message = readMessage(bytes);
						if (message === 'more') return;
						bytes = bytes.subarray(message.end);
						end(() => done(message.body));
					} catch {
						end(() => failed(new Error('what answers does not speak as MongoDB does')));
					}
				})
				.on('error', error => end(() => failed(error)))
				.on('close', () => end(() => failed(new Error('the connection was closed'))));
			socket.write(newMessage(++id, command));
		});
};

/** RFC 5802 with MongoDB's own idea of what the password is. */
const logIn = async (session: MongoSession, {user, password, database}: MongoLogin, name: string): Promise<void> => {
	const escaped = user.replaceAll('=', '=3D').replaceAll(',', '=2C');
	const mine = randomBytes(18).toString('base64');
	const bare = `n=${escaped},r=${mine}`;
	try {
		const first = await session.run(database, {
			saslStart: 1,
			mechanism: 'SCRAM-SHA-1',
			payload: Buffer.from(`n,,${bare}`),
		});
		const said = textOf(first['payload']);
		const part = (key: string): string => new RegExp(`(?:^|,)${key}=([^,]*)`).exec(said)?.[1] ?? '';
		const [nonce, salt, rounds] = [part('r'), Buffer.from(part('s'), 'base64'), Number(part('i'))];
		// A server that asks for few rounds would learn the password cheaply.
		if (!nonce.startsWith(mine) || !(rounds >= 4096 && rounds <= 1_000_000))
			throw new Fault(
				'mongodb.login',
				`what answers on ${name} is no MongoDB that can be believed`,
				'See what listens there (ss -tlnp).',
			);
		const digest = createHash('md5')
			.update(`${user}:mongo:${reveal(password)}`)
			.digest('hex');
		const salted = pbkdf2Sync(digest, salt, rounds, 20, 'sha1');
		const client = hmac(salted, 'Client Key');
		const last = `c=biws,r=${nonce}`;
		const all = `${bare},${said},${last}`;
		const signature = hmac(createHash('sha1').update(client).digest(), all);
		const proof = Buffer.from(client.map((byte, at) => byte ^ (signature[at] ?? 0))).toString('base64');
		let answer = await session.run(database, {
			saslContinue: 1,
			conversationId: Number(first['conversationId']),
			payload: Buffer.from(`${last},p=${proof}`),
		});
		const theirs = Buffer.from(/v=([^,]*)/.exec(textOf(answer['payload']))?.[1] ?? '', 'base64');
		const wanted = hmac(hmac(salted, 'Server Key'), all);
		if (theirs.length !== wanted.length || !timingSafeEqual(theirs, wanted))
			throw new Fault(
				'mongodb.login',
				`what answers on ${name} does not know the password of ${user} itself`,
				'See what listens there (ss -tlnp).',
			);
		while (answer['done'] !== true)
			answer = await session.run(database, {
				saslContinue: 1,
				conversationId: Number(first['conversationId']),
				payload: Buffer.alloc(0),
			});
	} catch (error) {
		if (mongoCode(error) === undefined) throw error;
		throw new Fault(
			'mongodb.login',
			`${user} cannot log in to ${database} on MongoDB at ${name}`,
			'Its password there is another, or there is no such account.',
		);
	}
};

const hmac = (key: Uint8Array, text: string): Buffer => createHmac('sha1', key).update(text).digest();

const textOf = (payload: Bson[string] | undefined): string =>
	payload instanceof Uint8Array ? Buffer.from(payload).toString('utf8') : '';
