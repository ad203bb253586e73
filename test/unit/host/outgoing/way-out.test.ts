/** Which way is taken, and who is told of a password. */
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, expect, test, vi} from 'vitest';
import {daemonVariables} from '#host/outgoing/daemon-variables.ts';
import {hostProxy} from '#host/outgoing/host-proxy.ts';
import {fetchVariables, goOutBy, insteadOf, proxyOf, withoutLogins} from '#host/outgoing/way-out.ts';
import {runProgram} from '#host/programs/run-program.ts';
import {createReader} from '#host/reader.ts';
import {redact} from '#host/secrets/redact.ts';
import {reveal, Secret, showText} from '#model/secret.ts';

const names = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'];
afterEach(() => {
	goOutBy({proxy: 'as it is', instead: []});
	vi.unstubAllEnvs();
});
const noneInEnvironment = (): void => {
	for (const name of names) vi.stubEnv(name, undefined);
};

test('what begins with an address is fetched at its mirror, the longest one first', () => {
	goOutBy({
		proxy: 'as it is',
		instead: [
			{of: 'https://a.example/', by: 'https://m.example/a/'},
			{of: 'https://a.example/deep/', by: '/media/deep/'},
		],
	});
	expect(insteadOf('https://a.example/x.tgz')).toBe('https://m.example/a/x.tgz');
	expect(insteadOf('https://a.example/deep/x.tgz')).toBe('/media/deep/x.tgz');
	expect(insteadOf('https://b.example/x.tgz')).toBe('https://b.example/x.tgz');
});

test('a login is written so that it reads back, and is left out while its password is not known', () => {
	const login = (value?: string) => ({user: 'host 12', password: new Secret('proxy', value)});
	const proxy = {address: 'http://p.example:3128', except: ['.example.org']};
	goOutBy({proxy: {...proxy, login: login("a:b/c@d%e'é")}, instead: []});
	const url = new URL(fetchVariables()['https_proxy']!);
	expect([url.host, decodeURIComponent(url.username), decodeURIComponent(url.password)]).toEqual([
		'p.example:3128',
		'host 12',
		"a:b/c@d%e'é",
	]);
	expect(fetchVariables()['no_proxy']).toBe('localhost,127.0.0.1,::1,.example.org');
	goOutBy({proxy: {...proxy, login: login()}, instead: []});
	expect(fetchVariables()['http_proxy']).toBe('http://p.example:3128');
});

test('only a program that fetches sees the login, and no line shows it', async () => {
	vi.stubEnv('https_proxy', 'http://u:Canary-of-the-proxy@p.example:3128');
	vi.stubEnv('http_proxy', 'http://plain.example:3128');
	const seen = async (fetches: boolean): Promise<string> => (await runProgram(['env'], {fetches})).stdout;
	expect(await seen(true)).toContain('Canary-of-the-proxy');
	expect(await seen(false)).not.toContain('https_proxy');
	expect(await seen(false)).toContain('http_proxy=http://plain.example:3128');
	expect(redact('at http://u:Canary-of-the-proxy@p.example')).not.toContain('Canary');
	goOutBy({proxy: 'none', instead: []});
	expect(await seen(true)).toMatch(/^https_proxy=$/m);
	expect(withoutLogins({https_proxy: 'no address', PATH: '/bin'})).toEqual({https_proxy: 'no address', PATH: '/bin'});
});

test.each([
	[
		'etc/apt/apt.conf.d/80proxy',
		'Acquire::http::Proxy "http://u:p%40ss@p.example:3128/";\n',
		'/etc/apt/apt.conf.d/80proxy:1',
	],
	['etc/pip.conf', '[global]\ncert = /x\nproxy = p.example:3128\n', '/etc/pip.conf:3'],
])('%s names the proxy', async (path, text, from) => {
	noneInEnvironment();
	const root = mkdtempSync(join(tmpdir(), 'outgoing-'));
	try {
		mkdirSync(join(root, path, '..'), {recursive: true});
		writeFileSync(join(root, path), text);
		expect(await createReader(root).fact(hostProxy)).toMatchObject({
			from,
			inEnvironment: false,
			proxy: {address: 'http://p.example:3128'},
		});
	} finally {
		rmSync(root, {recursive: true});
	}
});

test('nothing, DIRECT and nonsense name none; the environment goes before files', async () => {
	noneInEnvironment();
	const root = mkdtempSync(join(tmpdir(), 'outgoing-'));
	try {
		mkdirSync(join(root, 'etc/apt/apt.conf.d'), {recursive: true});
		writeFileSync(join(root, 'etc/apt/apt.conf.d/1'), 'Acquire::http::Proxy "DIRECT";');
		expect(await createReader(root).fact(hostProxy)).toBeUndefined();
		vi.stubEnv('http_proxy', 'http://p.example:3128');
		expect(await createReader(root).fact(hostProxy)).toMatchObject({from: 'http_proxy', inEnvironment: true});
	} finally {
		rmSync(root, {recursive: true});
	}
	expect(proxyOf('http://')).toBeUndefined();
});

test('a service that fetches by itself gets the same way in a file, its password in a box', async () => {
	noneInEnvironment();
	const login = {user: 'host 12', password: new Secret('the password of the proxy', 'Kanarie@1')};
	goOutBy({proxy: {address: 'http://p.example:3128', login, except: ['.example.org']}, instead: []});
	const text = (await daemonVariables(createReader()))!;
	expect(showText(text)).not.toContain('Kanarie');
	expect(reveal(text)).toMatch(/^https_proxy=http:\/\/host%2012:Kanarie%401@p\.example:3128$/m);
	expect(reveal(text)).toMatch(/^NO_PROXY=localhost,127\.0\.0\.1,::1,\.example\.org$/m);
	goOutBy({proxy: 'none', instead: []});
	expect(await daemonVariables(createReader())).toBeUndefined();
	goOutBy({proxy: 'as it is', instead: []});
	vi.stubEnv('https_proxy', 'http://env.example:8080');
	vi.stubEnv('no_proxy', 'inside.example');
	const own = reveal((await daemonVariables(createReader()))!);
	expect(own).toMatch(/^HTTPS_PROXY=http:\/\/env\.example:8080$/m);
	expect(own).toMatch(/^no_proxy=.*,inside\.example$/m);
});
