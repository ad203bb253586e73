/** What the running Redis answers, asked once per pass: its settings, what it serves and how it is doing. */

import type {Fact, Reader} from '#model/host.ts';
import {reveal, type Secret, type Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {ifTold} from '../see.ts';
import {refuseStrangers, refuseStrangeSocket} from '../system/who-answers.ts';
import {unitSince} from '../units/units.ts';
import {type RedisUser, userOfLine} from './access-lists.ts';
import {askRedis, placeName, type RedisPlace, type RedisReply, redisError, redisPairs} from './client.ts';
import {type RedisFile, redisFile, redisLine} from './file.ts';
import {secretSettings} from './secrets.ts';

export type RedisNow = {
	/** `127.0.0.1:6379`, or the path of its socket. */
	readonly place: string;
	/** CONFIG GET *, without passwords. */
	readonly settings: ReadonlyMap<string, string>;
	/** Passwords against those of the file, by the name of their setting: only those that the process has or the file has. */
	readonly secrets: ReadonlyMap<string, 'same' | 'other'>;
	/** Does it ask for one? */
	readonly password: boolean;
	/** Of its access lists, without passwords; none where it has no such lists. */
	readonly users: readonly RedisUser[];
	/** INFO's fields. */
	readonly info: ReadonlyMap<string, string>;
	/** When it started, milliseconds. */
	readonly since: number;
};

/** 'absent' where Debian's redis-server is not installed. Throws Blocked where it cannot be asked. */
export const redisNow: Fact<RedisNow | 'absent'> = {
	id: 'redis-now',
	async read(host) {
		if (host.root !== '/')
			throw new Blocked({because: 'offline-root', need: 'Redis must be asked on the running host'});
		// Not everybody may read its file; its usual place is tried all the same.
		const file = await ifTold(() => host.fact(redisFile));
		if (file === 'absent') return 'absent';
		const place = placeOf(file);
		const {asks, answers} = await askAs(
			host,
			place,
			file?.secrets.get('user default') ?? file?.secrets.get('requirepass'),
		);
		const now = nowOf(placeName(place), answers, file, asks);
		return {...now, since: (await unitSince('redis-server.service', host)) ?? now.since};
	},
};

const patience = 2000;

const placeOf = (file: RedisFile | undefined): RedisPlace => {
	if (file === undefined) return {host: '127.0.0.1', port: 6379};
	const socket = redisLine(file, 'unixsocket')?.words[0];
	const port = Number(redisLine(file, 'port')?.words[0] ?? 6379);
	if (port === 0 && socket) return {path: socket};
	if (port === 0)
		throw new Blocked({because: 'unreadable', need: 'Redis listens for TLS only, which is not looked into'});
	const bound = (redisLine(file, 'bind')?.words ?? []).map(word => word.replace(/^-/, ''));
	return {
		host: bound.find(one => /^127\./.test(one)) ?? bound.find(one => !/[*:]|^0\.0\.0\.0$/.test(one)) ?? '127.0.0.1',
		port,
	};
};

const questions: readonly (readonly Text[])[] = [
	[['PING']],
	[['CONFIG'], ['GET'], ['*']],
	[['INFO'], ['server']],
	[['INFO'], ['memory']],
	[['INFO'], ['persistence']],
	[['ACL'], ['LIST']],
];

type Answered = {
	/** Was a question without a password refused? */
	readonly asks: boolean;
	readonly answers: readonly RedisReply[];
};

/** With the file's password, then with none: it may have been changed since Redis started. */
const askAs = async (host: Reader, place: RedisPlace, password: Secret | undefined): Promise<Answered> => {
	if ('port' in place) await refuseStrangers(host, place, ['redis']);
	else await refuseStrangeSocket(host, place.path, ['redis']);
	const plain = async (): Promise<Answered> => {
		const answers = await askRedis(place, questions, patience);
		return {asks: refusesStrangers(answers[0]), answers};
	};
	if (password === undefined) return plain();
	const [first, allowed, ...answers] = await askRedis(
		place,
		[[['PING']], [['AUTH'], [password]], ...questions],
		patience,
	);
	return redisError(allowed) === undefined || redisError(answers[0]) === undefined
		? {asks: refusesStrangers(first), answers}
		: plain();
};

const refusesStrangers = (ping: RedisReply | undefined): boolean => /^NOAUTH/.test(redisError(ping) ?? '');

const nowOf = (
	place: string,
	[ping, config, ...others]: readonly RedisReply[],
	file: RedisFile | undefined,
	asks: boolean,
): RedisNow => {
	const refused = redisError(ping) ?? redisError(config);
	if (refused !== undefined && /^(NOAUTH|WRONGPASS|NOPERM)/.test(refused))
		throw new Blocked(
			file === undefined
				? {
						because: 'needs-root',
						need: `Redis on ${place} wants a password, which stands in a file that only root may read`,
					}
				: {
						because: 'unreadable',
						need: `Redis on ${place} wants another password than its file has: it was changed and not taken up, or access lists are in use`,
					},
		);
	if (refused !== undefined)
		throw new Blocked({
			because: 'unreadable',
			need: `Redis on ${place} answers CONFIG GET with ${refused.split(/[\r\n]/)[0]}`,
		});
	const all = redisPairs(config);
	const fields = new Map(others.flatMap(infoFields));
	const lists = others.at(-1);
	return {
		place,
		settings: new Map([...all].filter(([name]) => !secretSettings.test(name))),
		secrets: new Map(
			['requirepass', 'masterauth'].flatMap(name => {
				const [now, then] = [all.get(name) ?? '', file?.secrets.get(name)];
				if (file === undefined || (now === '' && then === undefined)) return [];
				return [[name, then !== undefined && reveal(then) === now ? ('same' as const) : ('other' as const)] as const];
			}),
		),
		password: asks,
		users: Array.isArray(lists) ? (lists as readonly RedisReply[]).flatMap(line => userOfLine(String(line)) ?? []) : [],
		info: fields,
		since: Date.now() - Number(fields.get('uptime_in_seconds') ?? 0) * 1000,
	};
};

/** INFO is lines of `name:value` between headings. */
export const infoFields = (reply: RedisReply | undefined): readonly (readonly [string, string])[] =>
	(typeof reply === 'string' ? reply : '')
		.split(/\r?\n/)
		.flatMap(line =>
			/^\w+:/.test(line) ? [[line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as const] : [],
		);
