/** What nginx says, as recorded on booted Debian 11, 12 and 13, and as its documentation shows it for Ubuntu. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {parseTest} from '#checks/nginx/config.ts';
import {hashKind} from '#checks/shared/password-hash.ts';
import {weakIn} from '#checks/shared/tls-weakness.ts';
import {everywhere, nginxConfig} from '#host/nginx/config.ts';
import {parseBuild} from '#host/nginx/now.ts';
import {nginxSites, tlsServers} from '#host/nginx/sites.ts';
import {parseProcess} from '#host/system/process-table.ts';
import {fileReader} from '../support/file-reader.ts';

const recorded = (release: string, name: string): string =>
	readFileSync(join(import.meta.dirname, '../../../fixtures/recorded', release, `${name}.txt`), 'utf8');
const releases = ['bullseye', 'bookworm', 'trixie'] as const;

/** The texts that `nginx -T` prints, by file. */
const parseDump = (text: string): ReadonlyMap<string, string> => {
	const parts = text.split(/^# configuration file (.+):\n/m);
	return new Map(parts.flatMap((part, at) => (at % 2 === 1 ? [[part, parts[at + 1] ?? ''] as const] : [])));
};

describe.each(releases)('%s', release => {
	test('-V', () => {
		const build = parseBuild(recorded(release, 'nginx-V'));
		expect(build?.version).toBe({bullseye: '1.18.0', bookworm: '1.22.1', trixie: '1.26.3'}[release]);
		expect(build?.openssl).toMatch(/^OpenSSL (1\.1\.1|3\.)/);
		expect(build?.arguments).toEqual(
			expect.arrayContaining([
				'--with-http_ssl_module',
				'--with-http_auth_request_module',
				'--conf-path=/etc/nginx/nginx.conf',
			]),
		);
		expect(build?.arguments.every(word => word.startsWith('--'))).toBe(true);
	});

	test('-T prints the files that we read, in our order', async () => {
		const dump = parseDump(recorded(release, 'nginx-T'));
		const config = await fileReader({
			...Object.fromEntries(dump),
			'/etc/nginx/sites-enabled/.hidden': 'nonsense {',
		}).fact(nginxConfig('/etc/nginx/nginx.conf'));
		expect(config.files).toEqual([...dump.keys()]);
		expect(config.directories).toEqual(expect.arrayContaining(['/etc/nginx/sites-enabled', '/etc/nginx/conf.d']));
		const [protocols] = everywhere(config.top, 'ssl_protocols');
		expect(protocols?.args).toEqual(
			release === 'trixie' ? ['TLSv1.2', 'TLSv1.3'] : ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'],
		);
		expect(dump.get('/etc/nginx/nginx.conf')?.split('\n')[Number(protocols?.where.split(':')[1]) - 1]).toContain(
			'ssl_protocols',
		);
	});

	test('-t', () => {
		expect(parseTest(recorded(release, 'nginx-t'))).toEqual({warnings: []});
		expect(parseTest(recorded(release, 'nginx-t-broken')).error).toEqual({
			text: 'invalid parameter "broken"',
			where: '/etc/nginx/sites-enabled/bad:1',
		});
		const ordinary = parseTest(recorded(release, 'nginx-t-as-user'));
		expect(ordinary).toMatchObject({error: {text: expect.stringContaining('Permission denied')}, warnings: []});
	});

	test('/proc', () => {
		const blocks = recorded(release, 'proc-nginx')
			.split(/^== /m)
			.filter(block => block !== '');
		const all = blocks.map(block => {
			const [pid = '', title = '', stat = '', ...status] = block.split('\n');
			return parseProcess(
				Number(pid),
				stat,
				status.join('\n'),
				title.replace(/ *$/, '\0'),
				'0::/system.slice/nginx.service',
				0,
			);
		});
		const master = all.find(one => one.argv[0]?.startsWith('nginx: master process /usr/sbin/nginx'));
		const workers = all.filter(one => one.argv[0] === 'nginx: worker process');
		expect(master).toMatchObject({name: 'nginx', parent: 1, uid: 0, state: 'S'});
		expect(workers.length).toBeGreaterThan(0);
		for (const worker of workers) expect(worker).toMatchObject({parent: master?.pid, uid: 33, gid: 33});
		expect(workers[0]!.startedAt).toBeGreaterThanOrEqual(master!.startedAt);
	});
});

describe('as documentation has it', () => {
	test('OpenResty, from its own manual', () => {
		const build = parseBuild(
			"nginx version: openresty/1.27.1.2\nbuilt with OpenSSL 3.0.13 30 Jan 2024\nconfigure arguments: --prefix=/usr/local/openresty/nginx --with-cc-opt='-O2 -g' --user=www-data --with-http_auth_request_module\n",
		);
		expect(build).toMatchObject({
			version: '1.27.1.2',
			arguments: expect.arrayContaining(["--with-cc-opt='-O2 -g'", '--user=www-data']),
		});
	});

	test('Ubuntu 24.04 says its name behind the version', () => {
		const build = parseBuild(
			'nginx version: nginx/1.24.0 (Ubuntu)\nbuilt with OpenSSL 3.0.13 30 Jan 2024\nTLS SNI support enabled\nconfigure arguments: --with-http_ssl_module --with-stream=dynamic\n',
		);
		expect(build).toMatchObject({version: '1.24.0', arguments: ['--with-http_ssl_module', '--with-stream=dynamic']});
	});

	test.each(['', 'garbage', 'nginx version: x', '\0\0'])('%j is no build', text =>
		expect(parseBuild(text)).toBeUndefined(),
	);
});

describe('servers', () => {
	const read = async (text: string) => {
		const reader = fileReader({'/usr/sbin/nginx': '', '/etc/nginx/nginx.conf': `http { ${text} }`});
		return reader.fact(nginxSites);
	};

	test.each([
		['listen 8080;', [{address: '0.0.0.0', port: 8080, tls: false}]],
		['listen 127.0.0.1;', [{address: '127.0.0.1', port: 80, tls: false}]],
		['listen [::]:443 ssl;', [{address: '::', port: 443, tls: true}]],
		['listen *:443 ssl default_server;', [{address: '0.0.0.0', port: 443, tls: true}]],
		['listen 10.0.0.1:8443 ssl http2;', [{address: '10.0.0.1', port: 8443, tls: true}]],
		['listen unix:/run/x.sock; listen 443 quic;', []],
		['listen 443; ssl on;', [{address: '0.0.0.0', port: 443, tls: true}]],
		['server_name x;', [{address: '0.0.0.0', port: 80, tls: false}]],
	])('%s', async (text, listens) =>
		expect((await read(`server { ${text} }`))[0]?.servers[0]?.listens).toEqual(listens),
	);

	test('a configuration that does not parse is not taken for one without servers', async () => {
		const sites = await read('server { listen 80;');
		expect(sites[0]?.config).toMatchObject({
			because: 'unreadable',
			need: expect.stringContaining('/etc/nginx/nginx.conf'),
		});
		expect(() => tlsServers(sites)).toThrow(/nginx\.conf/);
	});
});

test.each([
	['HIGH:!aNULL:!MD5', []],
	['ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384', []],
	['EECDH+AESGCM:EDH+AESGCM:EECDH:EDH:!MD5:!RC4:!LOW:!MEDIUM:!CAMELLIA:!ECDSA:!DES:!DSS:!3DES:!NULL', []],
	['ECDHE-RSA-RC4-SHA:HIGH', ['RC4']],
	['HIGH:DES-CBC3-SHA', ['3DES']],
	['ALL:!aNULL:RC4+RSA', ['RC4']],
	['RC4:!RC4', []],
	['ALL:eNULL:@SECLEVEL=0', ['no encryption (NULL)', 'ciphers that OpenSSL itself holds too weak (@SECLEVEL=0)']],
	['EXPORT:LOW', ['DES', 'an export cipher']],
])('weak ciphers in %s', (list, weak) => expect(weakIn(list)).toEqual(weak));

test.each([
	['$2y$05$vPWuYIcg8kZsZTjVIuSrJO', 'bcrypt'],
	['$6$abc$def', 'SHA-512'],
	['$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/', 'MD5 (apr1)'],
	['{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE=', 'SHA-1 without salt'],
	['rqXexS6ZhobKA', 'DES'],
	['myPassword', 'plain text'],
	['', 'plain text'],
])('%s is %s', (hash, kind) => expect(hashKind(hash).kind).toBe(kind));
