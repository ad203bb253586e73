/** Where Apache hands on to, as far as its files alone say it, and what is left alone. */
import {describe, expect, it} from 'vitest';
import {apacheConfig} from '#host/apache/config.ts';
import {passesOf} from '#host/apache/hands-on.ts';
import {newest, wsgiGroups} from '#host/apache/wsgi-groups.ts';
import {nameOfPlace} from '#host/network/local-pass.ts';
import {fileReader} from '../../support/file-reader.ts';

const configOf = (text: string, outside = '') =>
	fileReader({
		'/etc/apache2/apache2.conf': `${outside}\n<VirtualHost *:80>\nServerName a.example\n${text}\n</VirtualHost>\n`,
	}).fact(apacheConfig);
const placesOf = async (text: string, outside = ''): Promise<readonly string[]> =>
	passesOf(await configOf(text, outside)).map(({site, pass: {name, places}}) =>
		[site, name, ...places.map(nameOfPlace).filter(one => one !== name)].join(' '),
	);

describe('judged', () => {
	it.each([
		['ProxyPass / http://127.0.0.1:8001/', '127.0.0.1:8001'],
		['ProxyPass "/app" "http://localhost/app" nocanon retry=0', 'localhost:80'],
		['<Location /ws>\nProxyPass ws://[::1]:9000/\n</Location>', '[::1]:9000'],
		['ProxyPassMatch ^/(.*)$ fcgi://127.0.0.1:9000/srv/$1', '127.0.0.1:9000'],
		['ProxyPass / unix:/run/a.sock|http://a.example/', '/run/a.sock'],
		['ProxyPass / unix:/run/u.sock|uwsgi://u/', '/run/u.sock'],
		['RewriteRule ^/api/(.*) http://127.0.0.1:5000/$1 [P,L]', '127.0.0.1:5000'],
		['<FilesMatch x>\nSetHandler "proxy:unix:/run/php/fpm.sock|fcgi://localhost"\n</FilesMatch>', '/run/php/fpm.sock'],
	])('%s', async (text, place) => expect(await placesOf(text)).toEqual([`a.example ${place}`]));

	it('what stands outside counts for all, a balancer while none of its members answers', async () => {
		expect(
			await placesOf(
				'ProxyPass / balancer://shop/',
				'<Proxy balancer://shop>\nBalancerMember http://127.0.0.1:1\nBalancerMember http://127.0.0.1:2 status=+H\nBalancerMember http://127.0.0.1:3 status=+D\n</Proxy>\nProxyPass /x http://127.0.0.1:4/',
			),
		).toEqual(['a.example balancer://shop 127.0.0.1:1 127.0.0.1:2', 'every site 127.0.0.1:4']);
	});
});

describe('left alone', () => {
	it.each([
		'ProxyPass /static !',
		'ProxyPass / http://app.example.org/',
		'ProxyPass / http://$' + '{BACKEND}/',
		'RewriteRule ^/(\\d+)/ http://127.0.0.1:$1/ [P]',
		'RewriteRule ^/x http://127.0.0.1:5000/ [R,L]',
		'ProxyPass / balancer://elsewhere/',
		'SetHandler server-status',
		'<Proxy balancer://s>\nBalancerMember http://10.0.0.1\nBalancerMember http://127.0.0.1:2\n</Proxy>\nProxyPass / balancer://s/',
	])('%s', async text => expect(await placesOf(text)).toEqual([]));
});

it('knows the daemons of mod_wsgi, who runs in them, and their newest sockets', async () => {
	const groups = wsgiGroups(
		await configOf(
			'WSGIDaemonProcess two\nWSGIScriptAlias / /srv/a.wsgi process-group=two\nWSGIProcessGroup %{GLOBAL}\nWSGIScriptAlias /b /srv/b.wsgi',
			'WSGIDaemonProcess one\nWSGIProcessGroup one',
		),
	);
	expect(groups.defined).toEqual(['one', 'two']);
	expect(groups.used.map(({site, group}) => `${site} ${group}`)).toEqual(['a.example two', 'every site one']);
	expect([
		...newest(
			['/run/wsgi.7.0.1.sock', '/run/wsgi.7.1.1.sock', '/run/wsgi.7.1.2.sock', '/run/wsgi.9.5.1.sock', '/run/x.sock'],
			7,
		),
	]).toEqual([
		[1, '/run/wsgi.7.1.1.sock'],
		[2, '/run/wsgi.7.1.2.sock'],
	]);
});
