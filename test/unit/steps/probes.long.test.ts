/** Probes against real servers of this machine: on the loopback, opened by the test, some of which never answer. */
import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer as createHttp, type RequestListener} from 'node:http';
import {type AddressInfo, createServer, type Server} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createServer as createTls} from 'node:tls';
import {promisify} from 'node:util';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {createReader} from '#host/reader.ts';
import {Secret} from '#model/secret.ts';
import type {Probe} from '#model/step.ts';
import {Blocked} from '#model/unknown.ts';
import {certificatePair, pathThere, sumListed} from '#steps/probes/files.ts';
import {gitRef} from '#steps/probes/git-ref.ts';
import {inTime, ok} from '#steps/probes/in-time.ts';
import {ldapBind, ldapEntries} from '#steps/probes/ldap.ts';
import {namesResolve} from '#steps/probes/names.ts';
import {portFree} from '#steps/probes/port-free.ts';
import {postgresLogin} from '#steps/probes/postgres.ts';
import {serverAnswers, serverOf} from '#steps/probes/server.ts';
import {urlThere} from '#steps/probes/url.ts';
import {fileReader} from '../support/file-reader.ts';

const run = promisify(execFile);
const ask = (probe: Probe) => probe.run(createReader());

const servers: {readonly server: Server; readonly sockets: Set<{destroy(): void}>}[] = [];
const listen = async (server: Server): Promise<number> => {
	const sockets = new Set<{destroy(): void}>();
	server.on('connection', socket => sockets.add(socket));
	servers.push({server, sockets});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	return (server.address() as AddressInfo).port;
};
const web = async (answer: RequestListener): Promise<string> => `http://127.0.0.1:${await listen(createHttp(answer))}`;
/** Takes connections and says nothing, ever. */
const hung = (): Promise<number> => listen(createServer(() => {}));
const closedPort = async (): Promise<number> => {
	const port = await listen(createServer());
	await new Promise(resolve => servers.pop()!.server.close(resolve));
	return port;
};
afterEach(() => {
	for (const {server, sockets} of servers.splice(0)) {
		server.close();
		for (const socket of sockets) socket.destroy();
	}
});

let directory = '';
const made = (name: string): string => join(directory, name);
beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'probes-'));
	const certificate = async (name: string, days: string): Promise<void> => {
		const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
		await run('openssl', [
			'req',
			'-x509',
			'-newkey',
			'rsa:2048',
			'-nodes',
			'-days',
			days,
			...subject,
			'-keyout',
			made(`${name}.key`),
			'-out',
			made(`${name}.pem`),
		]);
	};
	await Promise.all([certificate('long', '400'), certificate('short', '5')]);
	await writeFile(made('rubbish.pem'), 'c4n4ry');
});
afterAll(() => rm(directory, {recursive: true}));

describe('a server', () => {
	const probe = (port: number, more: Partial<Parameters<typeof serverAnswers>[0]> = {}) =>
		serverAnswers({id: 's', about: [], host: '127.0.0.1', port, ...more});
	const secured = (name: string): Promise<number> =>
		listen(createTls({cert: readFileSync(made(`${name}.pem`)), key: readFileSync(made(`${name}.key`))}));

	test('answers, refuses, is not found', async () => {
		const port = await hung();
		expect(await ask(probe(port))).toEqual({
			state: 'ok',
			line: expect.stringMatching(/^127\.0\.0\.1:\d+ answers in \d+ ms$/),
		});
		expect(await ask(probe(await closedPort()))).toEqual({
			state: 'failed',
			line: expect.stringMatching(/^nothing listens at 127/),
		});
		expect(await ask(probe(1, {host: 'no-such-host.invalid'}))).toEqual({
			state: 'failed',
			line: 'no-such-host.invalid:1 has no address here',
		});
	});

	test('shows a certificate: trusted through its authority, for its name, with time left', async () => {
		const [long, short] = [await secured('long'), await secured('short')];
		const tls = 'at once' as const;
		expect(await ask(probe(long, {tls, ca: made('long.pem')}))).toEqual({
			state: 'ok',
			line: expect.stringMatching(/TLS until 20\d\d-\d\d-\d\d$/),
		});
		expect(await ask(probe(long, {tls, ca: made('long.pem'), host: 'localhost'}))).toMatchObject({state: 'ok'});
		expect(await ask(probe(short, {tls, ca: made('short.pem')}))).toEqual({
			state: 'warn',
			line: expect.stringMatching(/: [45] days left$/),
		});
		expect(await ask(probe(long, {tls}))).toEqual({
			state: 'failed',
			line: expect.stringMatching(/not trusted: it is signed by itself$/),
		});
		expect(await ask(probe(long, {tls, ca: made('none.pem')}))).toEqual({
			state: 'failed',
			line: `${made('none.pem')} is not there`,
		});
	});

	test.each(['at once', 'ldap'] as const)('that closes instead of TLS %s has failed', async tls => {
		const closing = await listen(createServer(socket => socket.end()));
		expect(await ask(probe(closing, {tls}))).toMatchObject({state: 'failed'});
	});

	test('is found in an LDAP URI', () => {
		expect(serverOf('ldaps://ldap.example.org/', false)).toEqual({host: 'ldap.example.org', port: 636, tls: 'at once'});
		expect(serverOf('ldap://[::1]:3890', true)).toEqual({host: '::1', port: 3890, tls: 'ldap'});
		expect(serverOf('ldap://x', false)).toEqual({host: 'x', port: 389});
	});
});

describe('an archive', () => {
	test('is there by HEAD, or by its first byte where HEAD is refused', async () => {
		const seen: string[] = [];
		const head = await web((request, response) => {
			seen.push(request.method ?? '');
			response.writeHead(200, {'content-length': '5200000'}).end();
		});
		expect(await ask(urlThere('a', `${head}/x.tar.gz`, []))).toEqual({
			state: 'ok',
			line: expect.stringMatching(/has it, 5\.2 MB$/),
		});
		expect(seen).toEqual(['HEAD']);
		const ranged = await web((request, response) => {
			if (request.method === 'HEAD') return void response.writeHead(405).end();
			response.writeHead(206, {'content-range': 'bytes 0-0/1234567'}).end('x');
		});
		expect(await ask(urlThere('a', ranged, []))).toEqual({
			state: 'ok',
			line: expect.stringMatching(/has it, 1\.2 MB$/),
		});
	});

	test.each([
		[404, 'failed', /does not have it/],
		[401, 'failed', /answers 401/],
		[503, 'warn', /busy or broken/],
	])('%d is %s', async (status, state, line) => {
		const url = await web((_request, response) => void response.writeHead(status).end());
		expect(await ask(urlThere('a', url, []))).toEqual({state, line: expect.stringMatching(line)});
	});

	test('of a server that is not there, or no URL, is a fault or a failure in words', async () => {
		await expect(ask(urlThere('a', `http://127.0.0.1:${await closedPort()}/`, []))).rejects.toMatchObject({
			code: 'http.refused',
		});
		expect(await ask(urlThere('a', 'nonsense', []))).toMatchObject({state: 'failed'});
	});

	test('has its checksum in the list', async () => {
		const sum = 'a'.repeat(64);
		const reader = (text: string) => ({...fileReader({'/root/list': text}), root: '/'});
		const probe = sumListed('/root/list', 'https://x/y.tar.gz', []);
		expect(await probe.run(reader(`${sum}  y.tar.gz\n${sum}  z.tar.gz\n`))).toMatchObject({state: 'ok'});
		expect(await probe.run(reader(`${sum}\n`))).toMatchObject({state: 'ok'});
		expect(await probe.run(reader(`${sum}  a.tar.gz\n${sum}  z.tar.gz\n`))).toMatchObject({
			state: 'failed',
			line: '/root/list has no SHA-256 for y.tar.gz',
		});
		expect(await sumListed('/root/none', 'y', []).run(reader(''))).toMatchObject({
			state: 'failed',
			line: '/root/none is not there',
		});
	});
});

describe('a repository', () => {
	const git = (...args: string[]) =>
		run('git', ['-C', made('repo'), '-c', 'user.name=x', '-c', 'user.email=x@example.org', ...args]);
	beforeAll(async () => {
		await run('git', ['init', '-q', '-b', 'master', made('repo')]);
		await git('commit', '-q', '--allow-empty', '-m', 'first');
		await git('tag', '-a', 'v1', '-m', 'v1');
	});

	// git is started as another user than ours only by root.
	test.skipIf(process.getuid?.() !== 0)('on this host has the branch, the tag, or not', async () => {
		expect(await ask(gitRef({url: made('repo'), ref: 'master'}, []))).toEqual({
			state: 'ok',
			line: expect.stringMatching(/^branch master is at [0-9a-f]{10}$/),
		});
		expect(await ask(gitRef({url: `file://${made('repo')}`, ref: 'v1'}, []))).toEqual({
			state: 'ok',
			line: expect.stringMatching(/^tag v1 is at/),
		});
		expect(await ask(gitRef({url: made('repo'), ref: 'f'.repeat(40)}, []))).toEqual({
			state: 'failed',
			line: `the repository has no commit ${'f'.repeat(40)}, and no branch or tag of that name`,
		});
		expect(await ask(gitRef({url: made('repo'), ref: 'main'}, []))).toEqual({
			state: 'failed',
			line: 'the repository has no branch or tag main',
		});
		const commit = (await git('rev-parse', 'HEAD')).stdout.trim();
		for (const ref of [commit, commit.slice(0, 7)])
			expect(await ask(gitRef({url: made('repo'), ref}, []))).toEqual({
				state: 'ok',
				line: `commit ${commit.slice(0, 10)} is there`,
			});
		expect(await ask(gitRef({url: made('none'), ref: 'main'}, []))).toMatchObject({state: 'failed'});
	});

	test('cannot be asked where there is no git yet, and that is said in words', async () => {
		const bare = {
			...createReader(),
			query: () => Promise.reject(new Blocked({because: 'no-tool', need: 'the program git'})),
		};
		expect(await gitRef({url: made('repo'), ref: 'v1'}, []).run(bare)).toEqual({
			state: 'warn',
			line: 'there is no git here yet; whether it has v1 shows at the checkout',
		});
	});

	test.skipIf(process.getuid?.() !== 0)('that only root may read is told before anything is installed', async () => {
		await chmod(made('repo'), 0o700);
		await chmod(directory, 0o755);
		try {
			expect(await ask(gitRef({url: made('repo'), ref: 'master', user: 'not-there-yet'}, []))).toMatchObject({
				state: 'failed',
				line: expect.stringMatching(/^a user of its own may not read /),
			});
		} finally {
			await chmod(made('repo'), 0o755);
		}
	});

	test('over HTTP is asked without git', async () => {
		const {stdout} = await run('git', ['upload-pack', '--http-backend-info-refs', made('repo')], {encoding: 'buffer'});
		const smart = await web((request, response) => {
			if (request.url !== '/x.git/info/refs?service=git-upload-pack') return void response.writeHead(404).end();
			response.writeHead(200, {'content-type': 'application/x-git-upload-pack-advertisement'});
			response.end(Buffer.concat([Buffer.from('001e# service=git-upload-pack\n0000'), stdout]));
		});
		expect(await ask(gitRef({url: `${smart}/x.git`, ref: 'master'}, []))).toEqual({
			state: 'ok',
			line: expect.stringMatching(/^branch master is at/),
		});
		expect(await ask(gitRef({url: `${smart}/x.git/`, ref: 'v1'}, []))).toEqual({
			state: 'ok',
			line: expect.stringMatching(/^tag v1 is at/),
		});
		expect(await ask(gitRef({url: `${smart}/x.git`, ref: 'main'}, []))).toMatchObject({state: 'failed'});
		expect(await ask(gitRef({url: `${smart}/y.git`, ref: 'main'}, []))).toEqual({
			state: 'failed',
			line: 'there is no repository at this URL',
		});
		const login = await web((_request, response) => void response.writeHead(401).end());
		expect(await ask(gitRef({url: login, ref: 'main'}, []))).toMatchObject({
			state: 'failed',
			line: expect.stringMatching(/wants a login/),
		});
		const page = await web((_request, response) => void response.end('<html>'));
		expect(await ask(gitRef({url: page, ref: 'main'}, []))).toMatchObject({
			state: 'failed',
			line: expect.stringMatching(/no git repository/),
		});
	});

	test('shows no password that stands in its URL', async () => {
		const probe = gitRef({url: `ssh://me:c4n4ry@127.0.0.1:${await closedPort()}/x.git`, ref: 'main'}, []);
		const said = await ask(probe).then(
			({line}) => line,
			(error: Error) => error.message,
		);
		expect(`${said} ${probe.title}`).not.toContain('c4n4ry');
	});
});

describe('files of this host', () => {
	test('a certificate and its key', async () => {
		const pair = (certificate: string, key: string) =>
			ask(certificatePair({certificate: made(certificate), key: made(key)}, []));
		expect(await pair('long.pem', 'long.key')).toMatchObject({state: 'ok'});
		expect(await pair('short.pem', 'short.key')).toMatchObject({
			state: 'warn',
			line: expect.stringMatching(/days left/),
		});
		expect(await pair('long.pem', 'short.key')).toEqual({
			state: 'failed',
			line: 'the key does not belong to the certificate',
		});
		for (const [certificate, key] of [
			['rubbish.pem', 'long.key'],
			['long.pem', 'rubbish.pem'],
			['none', 'long.key'],
			['long.pem', 'none'],
		] as const) {
			const {state, line} = await pair(certificate, key);
			expect(state).toBe('failed');
			expect(line).not.toContain('c4n4ry');
		}
	});

	test('a path', async () => {
		expect(await ask(pathThere('p', made('long.pem'), []))).toMatchObject({state: 'ok'});
		expect(await ask(pathThere('p', made('none'), []))).toEqual({
			state: 'failed',
			line: `${made('none')} is not there`,
		});
		expect(await ask(pathThere('p', directory, []))).toMatchObject({state: 'failed'});
		expect(await ask(pathThere('p', directory, [], 'directory'))).toMatchObject({state: 'ok'});
		expect(await ask(pathThere('p', made('long.pem'), [], 'directory'))).toMatchObject({state: 'failed'});
	});
});

test('names lead to this host, elsewhere, or nowhere', async () => {
	expect(await ask(namesResolve(['localhost', '127.0.0.1'], []))).toEqual({
		state: 'ok',
		line: '2 names lead to this host',
	});
	expect(await ask(namesResolve(['no-such-host.invalid', '192.0.2.1'], []))).toEqual({
		state: 'warn',
		line: 'no-such-host.invalid has no address here; 192.0.2.1 is 192.0.2.1, which is not this host',
	});
});

test('a port is free, held by somebody else, or ours', async () => {
	const port = await hung();
	const free = await closedPort();
	expect(await ask(portFree(free, {ours: [], about: []}))).toEqual({state: 'ok', line: `port ${free} is free`});
	const name = readFileSync('/proc/self/comm', 'utf8').trim();
	expect(await ask(portFree(port, {ours: ['slapd'], about: []}))).toEqual({
		state: 'failed',
		line: expect.stringContaining(`port ${port} is held by ${name}`),
	});
	expect(await ask(portFree(port, {ours: [name], about: []}))).toMatchObject({state: 'ok'});
});

describe('logins', () => {
	const secret = new Secret('test.password', 'c4n4ry-hunter2');
	const postgres = (port: number, password = secret) =>
		postgresLogin({host: '127.0.0.1', port, user: 'web', database: 'web', password: [password], tls: 'off'}, []);
	const ldap = (port: number, password = secret) => ({
		uri: `ldap://127.0.0.1:${port}`,
		startTls: false,
		base: 'dc=x',
		bindDn: 'cn=x',
		password: [password],
		mayChange: false,
	});

	test('and all others fail in time at a server that never answers', {timeout: 15_000}, async () => {
		const port = await hung();
		const started = performance.now();
		const server = (tls: 'at once' | 'ldap') => serverAnswers({id: 's', about: [], host: '127.0.0.1', port, tls});
		const http = urlThere('a', `http://127.0.0.1:${port}/`, []);
		const overHttp = gitRef({url: `http://127.0.0.1:${port}/`, ref: 'x'}, []);
		const faults = Promise.allSettled([http, overHttp].map(ask));
		const logins = [
			postgres(port),
			ldapBind(ldap(port), []),
			ldapEntries(ldap(port), []),
			server('at once'),
			server('ldap'),
		];
		const all = await Promise.all(
			[...logins, gitRef({url: `git://127.0.0.1:${port}/x`, ref: 'x'}, [])].map(one =>
				ask(one).catch((error: Error) => ({state: 'failed', line: error.message})),
			),
		);
		for (const one of await faults) expect(one).toMatchObject({status: 'rejected', reason: {code: 'http.timeout'}});
		expect(performance.now() - started).toBeLessThan(10_000);
		for (const {state, line} of all) {
			expect(state).toBe('failed');
			expect(line).toMatch(/no answer/);
		}
	});

	test('at a port where nobody listens say so', async () => {
		const port = await closedPort();
		for (const probe of [postgres(port), ldapBind(ldap(port), []), ldapEntries(ldap(port), [])])
			expect(await ask(probe)).toEqual({
				state: 'failed',
				line: expect.stringContaining(`nothing listens at 127.0.0.1:${port}`),
			});
	});

	test('whose password is not known yet cannot be told, nor can any at an offline root', async () => {
		const unknown = new Secret('test.unknown');
		for (const probe of [postgres(1, unknown), ldapBind(ldap(1, unknown), [])])
			await expect(ask(probe)).rejects.toBeInstanceOf(Blocked);
		await expect(postgres(1).run(fileReader({}))).rejects.toBeInstanceOf(Blocked);
	});
});

test('a look that never ends is ended', async () => {
	let told = false;
	const result = await inTime(
		createReader(),
		signal => new Promise(() => signal.addEventListener('abort', () => void (told = true))),
		50,
	);
	expect(result).toMatchObject({state: 'failed', line: expect.stringMatching(/^no answer within/)});
	expect(told).toBe(true);
	expect(await inTime(createReader(), async () => ok('x'), 50)).toEqual({state: 'ok', line: 'x'});
});
