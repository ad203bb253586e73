/** Locations that give more than they name, and the look-alikes that do not. */
import {describe, expect, it} from 'vitest';
import {check} from '#checks/nginx/paths.ts';
import {installedPackages, look} from '../support/look.ts';

const kinds = async (server: string): Promise<readonly string[]> => {
	const rows = await look(check, {
		...installedPackages('nginx=1.22.1-9'),
		'/usr/sbin/nginx': '',
		'/etc/nginx/nginx.conf': `events {}\nhttp { server { server_name a.example; listen 80; ${server} } }\n`,
	});
	return rows.map(row => row.is ?? row.state);
};

describe('wide', () => {
	it.each([
		['location /s { alias /srv/s/; }', 'above'],
		['location ^~ /s { alias /srv/s/; }', 'above'],
		['location / { location /s { alias /srv/s/; } }', 'above'],
		['return 301 https://$host$uri;', 'split'],
		['return https://$host$document_uri;', 'split'],
		['location /a { rewrite ^/a(.*)$ https://b.example$uri; }', 'split'],
		['rewrite ^ https://$host${uri}?a permanent;', 'split'],
		['add_header X-Path $uri;', 'split'],
		['location / { proxy_pass http://127.0.0.1:9000$uri; }', 'split'],
		['location ~ ^/o/([^/]+)$ { return 301 /n/$1; }', 'split'],
		['location ~ ^/s(.*)$ { alias /srv/s/$1; }', 'above'],
		['location ~ ^/s(?<rest>.*)$ { alias /srv/s/$rest; }', 'above'],
		['autoindex on;', 'listed'],
		['autoindex on; location / { autoindex off; } location /f/ { root /srv; }', 'listed'],
		['location /f/ { root /srv; autoindex on; }', 'listed'],
	])('%s', async (text, is) => expect(await kinds(text)).toEqual([is]));
});

describe('as it should be', () => {
	it.each([
		'location /s/ { alias /srv/s/; }',
		'location /s { alias /srv/s; }',
		'location = /s { alias /srv/s/; }',
		'location ~ ^/s(.*)$ { alias /srv/s/; }',
		'return 301 https://$host$request_uri;',
		'return 200 $uri;',
		'location / { try_files $uri =404; }',
		'rewrite ^/a(.*)$ /b$uri;',
		'auth_basic x; autoindex on;',
		'location /f/ { autoindex on; allow 10.0.0.1; deny all; }',
		'autoindex off;',
		'autoindex on; location / { autoindex off; }',
		'location /s { internal; alias /srv/s/; }',
		'location /s { deny all; alias /srv/s/; }',
		'location /s { return 404; alias /srv/s/; }',
		'location ~ ^/s/(.*)$ { alias /srv/s/$1; }',
		'location ~ ^/s([a-z]+)$ { alias /srv/s/$1; }',
		'location ~ ^/o/(.*)$ { return 301 /n/$1; }',
		'location ~ ^/o/([a-z]+)$ { return 301 /n/$1; }',
		'location / { proxy_pass http://127.0.0.1:9000$request_uri; }',
	])('%s', async text => expect(await kinds(text)).toEqual(['ok']));
});
