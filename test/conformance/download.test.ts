// packages: gnupg openssl
import {execFile} from 'node:child_process';
import {createHash, randomBytes} from 'node:crypto';
import {appendFile, mkdir, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {createServer, type Server} from 'node:http';
import {createServer as createTlsServer, type Server as TlsServer} from 'node:https';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createReader} from '#host/reader.ts';
import {type DownloadCheck, download} from '#resources/download/download.ts';
import {createBench} from './bench.ts';
import {conformance} from './suite.ts';

const run = promisify(execFile);
const directory = '/srv/conformance-download';
const to = `${directory}/tree.tar.gz`;
const from = '/var/tmp/conformance-download';
const bytes = randomBytes(300_000);
const hash = (name: 'sha256' | 'sha512'): string => createHash(name).update(bytes).digest('hex');

const port = 18_418;
const url = `http://127.0.0.1:${port}`;
let busy = 0;
const server: Server = createServer((request, response) => {
	const path = request.url ?? '';
	if (path === '/moved') response.writeHead(302, {location: '/file'}).end();
	else if (path === '/short')
		response.writeHead(200, {'content-length': bytes.length}).write(bytes.subarray(0, 1000), () => response.destroy());
	else if (path === '/endless') {
		response.writeHead(200);
		const more = (): void => void (response.write(bytes) ? setImmediate(more) : response.once('drain', more));
		more();
	} else if (path === '/busy' && (busy += 1) % 2 === 1) response.writeHead(503).end();
	else if (path === '/file' || path === '/busy') response.writeHead(200, {'content-length': bytes.length}).end(bytes);
	else response.writeHead(404).end('<html>nothing here</html>');
});

let tls: TlsServer;
let fingerprint = '';
let other = '';
const gpg = async (...args: readonly string[]): Promise<string> =>
	(
		await run('gpg', [
			'--homedir',
			`${from}/keys`,
			'--batch',
			'--pinentry-mode',
			'loopback',
			'--passphrase',
			'',
			...args,
		])
	).stdout;

beforeAll(async () => {
	await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
	await rm(from, {recursive: true, force: true});
	await mkdir(`${from}/keys`, {recursive: true, mode: 0o700});
	await writeFile(`${from}/file`, bytes);
	await run('openssl', [
		'req',
		'-x509',
		'-newkey',
		'ed25519',
		'-nodes',
		'-days',
		'2',
		'-subj',
		'/CN=127.0.0.1',
		'-addext',
		'subjectAltName=IP:127.0.0.1',
		'-keyout',
		`${from}/tls.key`,
		'-out',
		`${from}/tls.crt`,
	]);
	tls = createTlsServer(
		{key: await readFile(`${from}/tls.key`), cert: await readFile(`${from}/tls.crt`)},
		(_request, response) => void response.end(bytes),
	);
	await new Promise<void>(resolve => tls.listen(port + 1, '127.0.0.1', resolve));
	for (const name of ['one', 'two'])
		await gpg('--quick-generate-key', `${name}@example.org`, 'ed25519', 'sign', 'never');
	const found = [...(await gpg('--list-keys', '--with-colons')).matchAll(/^fpr:+([0-9A-F]+):/gm)].map(
		match => match[1]!,
	);
	[fingerprint, other] = [found[0]!, found[1]!];
	// A signing subkey: what signs is not what the operator compares.
	await gpg('--quick-add-key', fingerprint, 'ed25519', 'sign', 'never');
	await writeFile(`${from}/key`, await gpg('--armor', '--export', fingerprint));
	await gpg(
		'--local-user',
		'one@example.org',
		'--armor',
		'--output',
		`${from}/file.asc`,
		'--detach-sign',
		`${from}/file`,
	);
	await gpg(
		'--local-user',
		'two@example.org',
		'--armor',
		'--output',
		`${from}/other.asc`,
		'--detach-sign',
		`${from}/file`,
	);
}, 60_000);
afterAll(async () => {
	server.closeAllConnections();
	for (const one of [server, tls]) await new Promise<void>(resolve => one.close(() => resolve()));
	await run('gpgconf', ['--homedir', `${from}/keys`, '--kill', 'all']).catch(() => undefined);
	await rm(from, {recursive: true, force: true});
});

const fresh = async (): Promise<void> => {
	for (const path of [directory, '/var/lib/host-setup/stamps']) await rm(path, {recursive: true, force: true});
	await mkdir(directory);
};
const older = async (): Promise<void> => {
	await fresh();
	await writeFile(to, 'what was\n', {mode: 0o600});
};
const damaged = (): Promise<void> => appendFile(to, 'x');
const signed = (): DownloadCheck => ({
	signature: `${from}/file.asc`,
	key: `${from}/key`,
	fingerprint: fingerprint.replace(/(.{4})/g, '$1 '),
});

conformance('download', [
	{
		name: 'by sha256, redirected',
		prepare: fresh,
		resource: () => download({from: `${url}/moved`, to, check: {sha256: hash('sha256').toUpperCase()}}),
		breakIt: damaged,
		touches: [directory],
	},
	{
		name: 'by sha512, over another file',
		prepare: older,
		resource: () =>
			download({from: `${from}/file`, to, check: {sha512: hash('sha512')}, owner: 'games:adm', mode: 0o640}),
		breakIt: damaged,
		touches: [directory],
	},
	{
		name: 'by signature',
		prepare: fresh,
		resource: () => download({from: `${url}/file`, to, check: signed()}),
		breakIt: damaged,
		touches: [directory],
	},
	{
		name: 'only the owner differs',
		async prepare() {
			await fresh();
			await writeFile(to, bytes, {mode: 0o600});
		},
		resource: () => download({from: `${url}/file`, to, check: {sha256: hash('sha256')}}),
		touches: [directory],
	},
]);

describe('download, beyond the suite', () => {
	const bench = createBench('/var/tmp/conformance-download-state');
	const refused = async (
		source: string,
		code: string,
		check: DownloadCheck = {sha256: hash('sha256')},
		more: {readonly limit?: number} = {},
	): Promise<string> => {
		const left = await fresh().then(() => readdir(directory));
		const fault = await bench.converge(download({from: source, to, check, ...more})).then(
			() => undefined,
			error => error,
		);
		expect(fault).toMatchObject({code});
		expect(await readdir(directory)).toEqual(left);
		return fault.message;
	};

	it('leaves nothing behind, and says why', async () => {
		expect(await refused(`${url}/nothing`, 'download.status')).toContain('404');
		expect(await refused(`${url}/file`, 'download.checksum', {sha256: '0'.repeat(64)})).toMatch(
			new RegExp(`${hash('sha256')}, not 0{64}`),
		);
		await refused(`${url}/endless`, 'download.too-large', undefined, {limit: 1_000_000});
		await refused(`${url}/short`, 'http.broken');
		await refused('http://127.0.0.1:9/', 'http.refused');
		await refused('https://nowhere.invalid/', 'http.dns');
		await refused(`https://127.0.0.1:${port + 1}/file`, 'http.tls');
		await refused('/var/tmp/not-there', 'download.local');
		await refused(`${from}/file`, 'download.signature', {...signed(), fingerprint: other} as DownloadCheck);
		await refused(`${from}/file`, 'download.signature', {...signed(), signature: `${from}/other.asc`} as DownloadCheck);
		await refused(`${from}/key`, 'download.signature', signed());
	}, 60_000);

	it('tries again when the other side is busy', async () => {
		await fresh();
		await bench.converge(download({from: `${url}/busy`, to, check: {sha256: hash('sha256')}}));
	});

	it('says that the disk is full, and goes on once it is not', async () => {
		await fresh();
		await run('mount', ['-t', 'tmpfs', '-o', 'size=100k', 'tmpfs', directory]);
		try {
			const wanted = () => download({from: `${url}/file`, to, check: {sha256: hash('sha256')}});
			await expect(bench.converge(wanted())).rejects.toMatchObject({code: 'file.no-space'});
			expect(await readdir(directory)).toEqual([]);
			await run('mount', ['-o', 'remount,size=2m', directory]);
			await bench.converge(wanted());
			expect((await stat(to)).size).toBe(bytes.length);
		} finally {
			await run('umount', [directory]);
		}
	});

	it('reads the bytes only once', async () => {
		await fresh();
		await bench.converge(download({from: `${from}/file`, to, check: {sha256: hash('sha256')}}));
		const before = process.cpuUsage();
		for (let times = 0; times < 20; times += 1)
			expect(
				(await download({from: `${from}/file`, to, check: {sha256: hash('sha256')}}).look(createReader())).state,
			).toBe('ok');
		const {user, system} = process.cpuUsage(before);
		expect((user + system) / 20_000, 'ms of CPU for a look').toBeLessThan(30);
	});
});
