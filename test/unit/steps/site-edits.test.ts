/** The published site file made to work by answers: two directives of one name, and a question to the server's own name. */
import {expect, test} from 'vitest';
import {spliced} from '#edit/editor.ts';
import {nginx} from '#edit/nginx/nginx.ts';
import {settingOf, siteEditsQuestion} from '#steps/sites/site-edits.ts';

const published = `server {
    listen 80;
    resolver 4.4.4.4 8.8.8.8;
    location = /auth {
        internal;
        proxy_pass http://$host/_workspace_auth_check;
    }
    location ~ ^/port/(\\d+) {
        auth_request /auth;
        proxy_pass http://172.17.42.1:$1;
    }
}
`;

test('a directive is changed, added and taken out where it is said to stand, twice as once', () => {
	const edits = siteEditsQuestion().parse([
		{directive: 'proxy_pass', in: 'server > location = /auth', to: ''},
		{directive: 'uwsgi_pass', in: 'server > location = /auth', to: 'unix:/run/ipynbsrv/ipynbsrv.sock'},
		{directive: 'proxy_pass', now: 'http://*:$1', to: 'http://10.0.0.1:$1'},
		{directive: 'resolver', in: 'server', to: '127.0.0.53'},
	]);
	const once = spliced(published, nginx.edit(published, edits.map(settingOf)));
	expect(once).toContain('        uwsgi_pass unix:/run/ipynbsrv/ipynbsrv.sock;\n');
	expect(once).not.toContain('_workspace_auth_check');
	expect(once).toContain('proxy_pass http://10.0.0.1:$1;');
	expect(once).toContain('resolver 127.0.0.53;');
	expect(spliced(once, nginx.edit(once, edits.map(settingOf)))).toBe(once);
});

test('what stands twice without a place, or is to go from nowhere, is told', () => {
	expect(() => nginx.edit(published, [settingOf({directive: 'proxy_pass', to: 'http://x'})])).toThrow('lines 6, 10');
	expect(siteEditsQuestion().safeParse([{directive: 'proxy_pass', to: ''}]).success).toBe(false);
	const second = settingOf({directive: 'proxy_pass', index: 1, to: 'http://10.0.0.1:$1'});
	expect(spliced(published, nginx.edit(published, [second]))).toContain('proxy_pass http://10.0.0.1:$1;');
	expect(siteEditsQuestion().safeParse([{directive: 'a', in: 'server', index: 1, to: 'b'}]).success).toBe(false);
});
