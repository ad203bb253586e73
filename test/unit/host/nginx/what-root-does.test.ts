/** What is told of a site file that somebody else wrote, against directories of root and of others on this machine. */
import {chmodSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {deedsOfRoot} from '#host/nginx/what-root-does.ts';
import {createReader} from '#host/reader.ts';

let open = '';
beforeAll(() => {
	open = mkdtempSync(join(tmpdir(), 'site-'));
	chmodSync(open, 0o777);
});
afterAll(() => rmSync(open, {recursive: true}));

const deeds = (text: string, accepted: readonly string[] = []) =>
	deedsOfRoot({text: text.replaceAll('OPEN', open), conf: '/etc', accepted}, createReader());

describe('a site file', () => {
	test('of the repository only answers requests', async () => {
		const file = join(import.meta.dirname, '../../../../fixtures/apps/ipynbsrv/confs/nginx/ipynbsrv.conf');
		expect(await deeds(readFileSync(file, 'utf8'))).toEqual([]);
	});

	test.each([
		'server { listen 443 ssl; ssl_certificate_key "engine:OPEN/x.so:y"; }',
		'include OPEN/*.conf;',
		"include 'OPEN/a';",
		'error_log OPEN/log;',
		'server { location / { access_log OPEN/log combined; } }',
		'proxy_cache_path OPEN/cache keys_zone=a:1m;',
		'client_body_temp_path OPEN/t;',
		'server { listen unix:OPEN/s; }',
		'auth_basic_user_file OPEN/users;',
		'server { proxy_ssl_certificate_key engine:x:y; }',
		'map $a $b { include OPEN/map; }',
		'init_by_lua_block { os.execute("id") }',
		'lua_package_path "OPEN/?.lua;;";',
		'js_import OPEN/x.js;',
		'geoip_country OPEN/GeoIP.dat;',
		'grpc_ssl_conf_command Engine x;',
		'something_new on;',
	])('names what root would do for %s', async text => {
		expect(await deeds(text)).toMatchObject([{line: 1, why: expect.stringMatching(/root's nginx would/)}]);
	});

	test.each([
		'include mime.types;',
		'error_log /var/log/site.log;',
		'access_log off;',
		'error_log syslog:server=unix:/dev/log;',
		'map $http_upgrade $connection_upgrade { default upgrade; include close; }',
		'upstream a { server unix:OPEN/s; keepalive 8; }',
		'server { proxy_set_header Host $host; proxy_read_timeout 60s; add_header X-Frame-Options DENY always; }',
	])('has nothing to say of %s', async text => {
		expect(await deeds(text)).toEqual([]);
	});

	test('may do what is accepted by name', async () => {
		expect(await deeds('js_import OPEN/x.js;\nperl_modules OPEN;', ['js_import'])).toMatchObject([
			{line: 2, directive: 'perl_modules'},
		]);
	});
});
