/** Redis: the words of its file, the bytes of its protocol, and where the two differ; as recorded on booted Debian 11, 12 and 13. */
import {describe, expect, it, test} from 'vitest';
import {check as accountsCheck} from '#checks/redis/accounts.ts';
import {check as bind} from '#checks/redis/bind.ts';
import {check as persistence} from '#checks/redis/persistence.ts';
import {check as protection} from '#checks/redis/protection.ts';
import {check as pending} from '#checks/redis/restart-pending.ts';
import {redisWords} from '#edit/line-formats/word-lines.ts';
import type {Line} from '#edit/lines.ts';
import {readReplies, redisPairs} from '#host/redis/client.ts';
import {parseRedisConf, redisFile, redisLine, savesOf} from '#host/redis/file.ts';
import {rulesText} from '#host/redis/may-connect.ts';
import {redisDrift} from '#host/redis/not-taken-up.ts';
import {infoFields, type RedisNow} from '#host/redis/now.ts';
import {fileReader} from '../support/file-reader.ts';
import {installedPackages, look, recorded, recordedReleases} from '../support/look.ts';

const versions = {bullseye: 6, bookworm: 7, trixie: 8} as const;

const nowOf = (settings: ReadonlyMap<string, string>): RedisNow => ({
	place: 'x',
	settings,
	secrets: new Map(),
	password: false,
	users: [],
	info: new Map(),
	since: 0,
});

describe.each(recordedReleases)('recorded on %s', release => {
	const file = {
		...parseRedisConf(recorded(release, 'redis-conf'), '/etc/redis/redis.conf'),
		path: '/etc/redis/redis.conf',
		changedAt: 0,
		version: versions[release],
	};
	const settings = redisPairs(
		(readReplies(Buffer.from(recorded(release, 'redis-config-get')), 2) as readonly never[])[0],
	);

	test('every setting of its own file is the one that runs', () => {
		expect(file.broken).toEqual([]);
		expect(file.lines.length).toBeGreaterThan(40);
		expect(redisDrift(file, nowOf(settings), ['daemonize', 'supervised'])).toEqual([]);
	});

	test('it takes snapshots, by lines of the file or by its own default', () => {
		expect(savesOf(file).value).toBe(settings.get('save'));
		expect(savesOf(file).value).toBe(release === 'bullseye' ? '900 1 300 10 60 10000' : '3600 1 300 100 60 10000');
	});

	test('INFO', () => {
		const [reply] = readReplies(Buffer.from(recorded(release, 'redis-info')), 2) as readonly string[];
		expect(new Map(infoFields(reply)).get('redis_version')).toMatch(new RegExp(`^${versions[release]}\\.`));
	});
});

/** As redis.io documents the file that Ubuntu 22.04 and 24.04 ship; not recorded there. */
test('a sample of Ubuntu, from documentation: bind with an optional IPv6 address', () => {
	const {lines} = parseRedisConf(
		'bind 127.0.0.1 -::1\nprotected-mode yes\nport 6379\n# save 3600 1 300 100 60 10000\ndir /var/lib/redis\n',
		'x',
	);
	expect(redisLine({lines}, 'bind')?.words).toEqual(['127.0.0.1', '-::1']);
	expect(savesOf({lines, version: 7}).value).toBe('3600 1 300 100 60 10000');
});

const lineOf = (text: string): Line => ({start: 0, end: text.length, next: text.length, text});

describe('words', () => {
	it.each([
		['save ""', ['save', '']],
		["requirepass 'a b'", ['requirepass', 'a b']],
		[String.raw`user "\x61\"b" on`, ['user', 'a"b', 'on']],
		['save 900 1', ['save', '900', '1']],
	])('%s', (line, words) => expect(redisWords.split(line, lineOf(line)).map(({value}) => value)).toEqual(words));
	it.each(['save "', 'a "b"c', "a 'b"])('%s would stop Redis', line =>
		expect(parseRedisConf(line, 'f').broken).toEqual(['f:1']),
	);
});

describe('protocol', () => {
	it('waits for what is still on its way', () => {
		const whole = Buffer.from('+PONG\r\n*2\r\n$4\r\nsave\r\n$0\r\n\r\n');
		for (let length = 0; length < whole.length; length++)
			expect(readReplies(whole.subarray(0, length), 2)).toBe('more');
		expect(readReplies(whole, 2)).toEqual(['PONG', ['save', '']]);
	});
	it.each(['HTTP/1.1 400 Bad Request\r\n', '\0\0\0', '*x\r\n', '$1.5\r\n'])('%j is garbage', text =>
		expect(readReplies(Buffer.from(text), 1)).toBe('garbage'),
	);
	it('an error is a reply', () =>
		expect(readReplies(Buffer.from('-NOAUTH Authentication required.\r\n'), 1)).toEqual([
			{error: 'NOAUTH Authentication required.'},
		]));
});

describe('drift', () => {
	const drift = (text: string, settings: Readonly<Record<string, string>>, version = 7) =>
		redisDrift(
			{...parseRedisConf(text, 'f'), path: 'f', changedAt: 0, version},
			nowOf(new Map(Object.entries(settings))),
		).map(({name}) => name);
	it.each([
		['maxmemory 100mb', {maxmemory: '104857600'}],
		['maxmemory 1k', {maxmemory: '1000'}],
		['save ""', {save: ''}],
		['save 900 1\nsave 300 10', {save: '900 1 300 10'}],
		['save ""\nsave 900 1', {save: '900 1'}],
		['unixsocketperm 0770\nsave ""', {unixsocketperm: '770', save: ''}],
		[
			'client-output-buffer-limit replica 256mb 64mb 60\nsave ""',
			{'client-output-buffer-limit': 'normal 0 0 0 slave 268435456 67108864 60', save: ''},
		],
		['rename-command CONFIG ""\nsave ""', {save: ''}],
	])('%j is as it runs', (text, settings) => expect(drift(text, settings)).toEqual([]));
	it.each([
		['maxmemory 100mb\nsave ""', {maxmemory: '0', save: ''}, ['maxmemory']],
		['# save 900 1', {save: ''}, ['save']],
		['save ""', {save: '3600 1'}, ['save']],
		[
			'client-output-buffer-limit pubsub 1mb 1mb 1\nclient-output-buffer-limit pubsub 2mb 1mb 1\nsave ""',
			{'client-output-buffer-limit': 'pubsub 1048576 1048576 1', save: ''},
			['client-output-buffer-limit'],
		],
	])('%j differs', (text, settings, names) => expect(drift(text, settings)).toEqual(names));
	it('Redis 6 without a save line writes nothing', () =>
		expect(drift('port 6379', {save: '', port: '6379'}, 6)).toEqual([]));
});

describe('in an offline root', () => {
	const packages = installedPackages('redis-server=5:7.0.15-1~deb12u1');
	const conf = (text: string): Readonly<Record<string, string>> => ({...packages, '/etc/redis/redis.conf': text});

	it('the file says what is wrong', async () => {
		expect(await look(persistence, conf('save 60 1\nappendonly yes\n'))).toMatchObject([
			{
				item: 'append-only-file',
				state: 'warn',
				layers: {file: {value: 'yes', where: '/etc/redis/redis.conf:2'}, runtime: {because: 'offline-root'}},
			},
			{item: 'snapshots', state: 'warn', layers: {file: {value: '60 1'}}},
		]);
		expect(await look(bind, conf('bind 0.0.0.0\n'))).toMatchObject([
			{state: 'fail', layers: {file: {value: '0.0.0.0'}, kernel: {because: 'offline-root'}}},
		]);
		expect(await look(bind, conf('port 6379\n'))).toMatchObject([{state: 'fail', layers: {file: {value: '*'}}}]);
		expect(await look(protection, conf('protected-mode no\n'))).toMatchObject([{state: 'fail'}]);
		expect(await look(pending, conf('requirepass "open\n'))).toMatchObject([
			{state: 'fail', says: expect.stringContaining('/etc/redis/redis.conf:1')},
		]);
	});
	it('and what is right there is not yet ok', async () => {
		for (const check of [persistence, bind, protection, pending])
			for (const row of await look(check, conf('save ""\nbind 127.0.0.1 -::1\nprotected-mode yes\n')))
				expect(row.state).toBe('unknown');
	});
	it('which accounts may connect is asked where a stack names them, and its file is told from that of others', async () => {
		const rules = (...lines: readonly string[]) => ({
			...conf(''),
			'/etc/passwd': 'root:x:0:0::/root:/bin/sh\ncoralnet:x:998:998::/srv/www:/usr/sbin/nologin\n',
			'/etc/redis-accounts.nft': rulesText(new Map(lines.map(line => [line, [line]])), [998]),
		});
		const stack = (...names: readonly string[]) => [
			{stack: 'coralnet', answers: {}, expects: {'redis.accounts': names.map(name => [name])}},
		];
		const ofFile = async (files: Readonly<Record<string, string>>, ...names: readonly string[]) =>
			(await look(accountsCheck, files, stack(...names))).find(({item}) => item === 'file')?.says;
		expect(await look(accountsCheck, rules('coralnet'))).toMatchObject([{state: 'na'}]);
		expect(await ofFile(rules('coralnet'), 'coralnet')).not.toMatch(/connect|refused/);
		expect(await ofFile(rules('coralnet', 'mallory'), 'coralnet')).toMatch(/mallory may connect, and no installed/);
		expect(await ofFile(rules('coralnet'), 'coralnet', 'weblab')).toMatch(/weblab needs Redis and is refused/);
		expect(await ofFile(conf(''), 'coralnet')).toMatch(/is not there or not ours/);
	});
	it('nothing is said of a host without Redis', async () =>
		expect(await look(bind, installedPackages('dpkg'))).toMatchObject([{state: 'na'}]));
	it('follows includes, patterns too; passwords stay in their boxes', async () => {
		const file = await redisFile.read(
			fileReader({
				...conf('save 1 1\ninclude /etc/redis/more/*.conf\n'),
				'/etc/redis/more/a.conf': 'save ""\nrequirepass hidden\n',
				'/etc/redis/more/b.txt': 'save 2 2\n',
			}),
		);
		if (file === 'absent') throw new Error('absent');
		expect(savesOf(file)).toMatchObject({value: '', where: '/etc/redis/more/a.conf:1'});
		expect(file.secrets.has('requirepass')).toBe(true);
		expect(JSON.stringify(file.lines.map(({secret: _secret, ...line}) => line))).not.toContain('hidden');
	});
});
