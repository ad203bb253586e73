/** Where a server of nginx hands on to, as far as its file alone says it, and what is left alone. */
import {describe, expect, it} from 'vitest';
import {nameOfPlace} from '#host/network/local-pass.ts';
import {passesOf} from '#host/nginx/passes.ts';
import {allServers, nginxSites} from '#host/nginx/sites.ts';
import {fileReader} from '../../support/file-reader.ts';
import {installedPackages} from '../../support/look.ts';

const placesOf = async (server: string, http = ''): Promise<readonly string[]> => {
	const reader = fileReader({
		...installedPackages('nginx=1.22.1-9'),
		'/usr/sbin/nginx': '',
		'/etc/nginx/nginx.conf': `events {}\nhttp { ${http} server { listen 80; ${server} } }\n`,
	});
	return allServers(await reader.fact(nginxSites))
		.flatMap(passesOf)
		.map(({name, places}) => [name, ...places.map(nameOfPlace).filter(one => one !== name)].join(' '));
};

describe('judged', () => {
	it.each([
		['location / { proxy_pass http://127.0.0.1:8001; }', '127.0.0.1:8001'],
		['location / { proxy_pass http://127.0.0.1; }', '127.0.0.1:80'],
		['location / { proxy_pass https://localhost/app/; }', 'localhost:443'],
		['location / { proxy_pass http://[::1]:9000/$request_uri; }', '[::1]:9000'],
		['location / { proxy_pass http://unix:/run/a.sock:/uri/; }', '/run/a.sock'],
		['location / { if ($x) { proxy_pass http://127.0.0.1:1; } }', '127.0.0.1:1'],
		['location / { fastcgi_pass unix:/run/php/php8.2-fpm.sock; }', '/run/php/php8.2-fpm.sock'],
		['location / { uwsgi_pass unix:///run/wui.sock; }', '/run/wui.sock'],
		['location / { uwsgi_pass suwsgi://127.0.0.1:3031; }', '127.0.0.1:3031'],
		['location / { scgi_pass localhost:4000; }', 'localhost:4000'],
		['location / { grpc_pass grpc://127.0.0.1:50051; }', '127.0.0.1:50051'],
		[
			'location / { error_page 502 @down; proxy_pass http://127.0.0.1:1; } location @down { root /srv; }',
			'127.0.0.1:1',
		],
	])('%s', async (server, place) => expect(await placesOf(server)).toEqual([place]));
});

describe('left alone', () => {
	it.each([
		'location / { proxy_pass http://$host; }',
		'location / { proxy_pass http://127.0.0.1:$1; }',
		'location / { proxy_pass http://127.0.0.1:9000$uri; }',
		'location / { proxy_pass http://unix:/run/$name.sock; }',
		'location / { proxy_pass http://10.0.0.5:8001; }',
		'location / { proxy_pass http://172.17.0.1:8001; }',
		'location / { proxy_pass http://app.example:8001; }',
		'location / { fastcgi_pass app:9000; }',
		'location / { return 503; proxy_pass http://127.0.0.1:1; }',
		'return 301 https://$host$request_uri; location / { proxy_pass http://127.0.0.1:1; }',
		'location / { error_page 502 = @other; proxy_pass http://127.0.0.1:1; } location @other { proxy_pass http://10.0.0.1; }',
	])('%s', async server => expect(await placesOf(server)).toEqual([]));
});

describe('through an upstream', () => {
	const through = (servers: string) =>
		placesOf('location / { proxy_pass http://Shop/a; }', `upstream shop { ${servers} }`);
	it.each([
		['server 127.0.0.1:1; server unix:/run/a.sock;', ['upstream shop 127.0.0.1:1 /run/a.sock']],
		['server 127.0.0.1;', ['upstream shop 127.0.0.1:80']],
		['server 127.0.0.1:1; server 127.0.0.1:2 down;', ['upstream shop 127.0.0.1:1']],
		['server 127.0.0.1:1; server 127.0.0.1:2 backup;', ['upstream shop 127.0.0.1:1 127.0.0.1:2']],
		['server 127.0.0.1:1; server 10.0.0.1:2 backup;', []],
		['server 127.0.0.1:1; server app.example;', []],
		['server 127.0.0.1:1 down;', []],
		['server 0.0.0.1; balancer_by_lua_block { }', []],
	])('%s', async (servers, wanted) => expect(await through(servers)).toEqual(wanted));
});
