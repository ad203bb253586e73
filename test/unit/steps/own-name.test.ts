import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {spliced} from '#edit/editor.ts';
import {nginx} from '#edit/nginx/nginx.ts';
import {settledInCopy} from '#stacks/ipynbsrv/steps/site-file.ts';
import {ownNameSettings} from '#steps/shared/own-name.ts';

const after = (source: string): string => spliced(source, nginx.edit(source, ownNameSettings(source)));

describe('a subrequest to the server’s own name', () => {
	test('is asked on this host, with the name as a header; the other proxy_pass and every other byte stay', () => {
		const source = `map $http_upgrade $connection_upgrade { default upgrade; }
resolver 4.4.4.4 8.8.8.8;

server {
    listen  80;

    location ~* /workspace/(\\d+)/(.*) {
        auth_request  /auth;
        proxy_set_header  Host  $host;
        proxy_pass  http://172.17.42.1:$1;
    }

    location = /auth {
        internal;

        proxy_set_header  X-Original-URI  $request_uri;

        proxy_pass_request_body  off;
        proxy_pass  http://$host/_workspace_auth_check;
    }
}
`;
		const made = after(source);
		expect(made).toContain('proxy_pass  http://127.0.0.1/_workspace_auth_check;');
		expect(made).toContain('proxy_pass  http://172.17.42.1:$1;');
		const auth = made.slice(made.indexOf('location = /auth'));
		expect(auth).toMatch(/proxy_set_header\s+Host\s+\$host;/);
		expect(made.replace(/^.*proxy_set_header Host \$host;\n/m, '').replace('127.0.0.1/_w', '$host/_w')).toBe(source);
		expect(ownNameSettings(made)).toEqual([]);
	});

	test.each([
		['listen 8080; location /a { proxy_pass http://$http_host:8080/b; }', 'http://127.0.0.1:8080/b'],
		['listen 192.0.2.7:80; location /a { proxy_pass http://$server_name; }', 'http://192.0.2.7'],
		['listen [::]:80; location /a { proxy_pass http://$host/x$request_uri; }', 'http://[::1]/x$request_uri'],
		['listen 443 ssl; location /a { proxy_pass https://${host}/c; }', 'https://127.0.0.1/c'],
	])('%s', (inside, url) => {
		expect(after(`server {\n\t${inside}\n}\n`)).toContain(`proxy_pass ${url};`);
	});

	test('each of several servers is changed for itself', () => {
		const one = 'server { listen 80; location /a { proxy_pass http://$host/a; } }\n';
		expect(after(`${one}${one}`).match(/127\.0\.0\.1/g)).toHaveLength(2);
	});

	test('that was written into a checkout differs from what is committed by settings alone', () => {
		const committed = readFileSync(
			join(import.meta.dirname, '../../../fixtures/apps/ipynbsrv/confs/nginx/ipynbsrv.conf'),
			'utf8',
		);
		const now = after(committed);
		expect(now).not.toBe(committed);
		const settled = (text: string): string => spliced(text, nginx.edit(text, settledInCopy.settings));
		expect(settled(now)).toBe(settled(committed));
	});

	test.each(['http://127.0.0.1:8000', 'http://$backend', 'http://10.0.0.1:$1/$host', 'http://unix:/run/a.sock'])(
		'%s is nobody’s own name',
		url => expect(ownNameSettings(`server { location / { proxy_pass ${url}; } }`)).toEqual([]),
	);
});
