/** Engines elsewhere, asked with the certificates that config.toml names: one that answers, one whose certificate ended, one of another name or authority. */
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type Server} from 'node:https';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {askEngine} from '#host/cc-server/ask-engine.ts';
import {parseCcConfig} from '#host/cc-server/config.ts';
import {enginesIn} from '#host/cc-server/further-engines.ts';

const directory = mkdtempSync(join(tmpdir(), 'engines-'));
const at = (name: string): string => join(directory, name);
const read = (name: string): Buffer => readFileSync(at(name));
const openssl = (...argv: readonly string[]): void =>
	void execFileSync('openssl', argv, {stdio: ['ignore', 'ignore', 'ignore']});
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const authority = (name: string): void =>
	openssl(
		'req',
		'-x509',
		...newKey,
		'-keyout',
		at(`${name}.key`),
		'-out',
		at(`${name}.pem`),
		'-days',
		'99',
		'-subj',
		`/CN=${name}`,
	);
const signed = (name: string, ext: string, ...dates: readonly string[]): void => {
	writeFileSync(at('ext'), ext);
	openssl('req', '-new', ...newKey, '-keyout', at(`${name}.key`), '-out', at('csr'), '-subj', `/CN=${name}`);
	openssl(
		'x509',
		'-req',
		'-in',
		at('csr'),
		'-CA',
		at('ca.pem'),
		'-CAkey',
		at('ca.key'),
		'-CAcreateserial',
		...dates,
		'-extfile',
		at('ext'),
		'-out',
		at(`${name}.pem`),
	);
};

const servers: Server[] = [];
const engine = async (name: string): Promise<number> => {
	const server = createServer(
		{
			key: read(`${name}.key`),
			cert: read(`${name}.pem`),
			ca: read('ca.pem'),
			requestCert: true,
			rejectUnauthorized: true,
		},
		(_request, answer) => answer.end('OK'),
	);
	servers.push(server);
	await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
	return (server.address() as AddressInfo).port;
};
const ask = (port: number, ca = 'ca', checkName = true) =>
	askEngine({
		host: '127.0.0.1',
		port,
		ca: read(`${ca}.pem`),
		certificate: read('client.pem'),
		key: read('client.key'),
		checkName,
	});

beforeAll(() => {
	for (const name of ['ca', 'other']) authority(name);
	const here = 'extendedKeyUsage=serverAuth\nsubjectAltName=IP:127.0.0.1\n';
	signed('good', here, '-days', '9');
	signed('ended', here, '-days', '-1');
	signed('elsewhere', 'extendedKeyUsage=serverAuth\nsubjectAltName=DNS:node.example.org\n', '-days', '9');
	signed('client', 'extendedKeyUsage=clientAuth\n', '-days', '9');
});
afterAll(() => {
	for (const one of servers) one.close();
	rmSync(directory, {recursive: true, force: true});
});

test('one that answers tells when its certificate ends', async () => {
	const {why, ends} = await ask(await engine('good'));
	expect(why).toBeUndefined();
	expect(Math.round(((ends ?? 0) - Date.now()) / 86_400_000)).toBe(9);
});

test('one whose certificate has ended, is for another name, or of another authority is told so', async () => {
	const ended = await ask(await engine('ended'));
	expect(ended.why).toBe('its certificate has ended');
	expect(ended.ends).toBeLessThan(Date.now());
	const port = await engine('elsewhere');
	expect((await ask(port)).why).toBe('its certificate is for another name');
	expect((await ask(port, 'ca', false)).why).toBeUndefined();
	expect((await ask(await engine('good'), 'other')).why).toBe('its certificate is of another authority');
});

test('one that nobody is, and one that does not know our certificate', async () => {
	const port = await engine('good');
	servers.at(-1)!.close();
	expect((await ask(port)).why).toBe('nobody takes connections there');
	writeFileSync(at('kept'), read('client.pem'));
	openssl('req', '-x509', '-key', at('client.key'), '-out', at('client.pem'), '-days', '9', '-subj', '/CN=stranger');
	expect((await ask(await engine('good'))).why).toMatch(/certificate/);
	writeFileSync(at('client.pem'), read('kept'));
});

test('finds every engine of a config.toml, in either form of its address', async () => {
	const config = await parseCcConfig(
		"[docker.nodes.local]\nbase_url = 'unix://var/run/docker.sock'\n[docker.nodes.one]\nbase_url = 'tcp://10.0.0.2:2376'\n[docker.nodes.one.tls]\nverify = '/ca'\nclient_cert = ['/cert', '/key']\nassert_hostname = false\n",
		'/c',
	);
	if ('broken' in config) throw new Error(config.broken);
	expect(enginesIn(config)).toEqual([
		{name: 'local', url: 'unix://var/run/docker.sock', where: '/c:2', tls: undefined},
		{
			name: 'one',
			url: 'tcp://10.0.0.2:2376',
			where: '/c:4',
			tls: {ca: '/ca', certificate: '/cert', key: '/key', checkName: false},
		},
	]);
});
