import {describe, expect, test} from 'vitest';
import {shippedOptions} from '#steps/shared/shipped-ini.ts';
import {socketOf} from '#steps/sites/site-socket.ts';

const answers = {socket: 'app-server.socket', edits: 'app-settings.siteEdits'};
const site = (...sockets: readonly string[]): string =>
	`server { ${sockets.map((one, at) => `location /${at} { uwsgi_pass ${one}; }`).join(' ')} }`;

describe('the socket of a site file', () => {
	test.each<readonly [string, string, string | undefined, string]>([
		['is read', site('unix:/var/run/app/x.sock'), undefined, 'x.sock'],
		['in two places', site('unix:/run/app/x.sock', 'unix:/var/run/app/x.sock'), undefined, 'x.sock'],
		['is one of several, as answered', site('unix:/run/app/x.sock', 'unix:/run/app/y.sock'), 'y.sock', 'y.sock'],
		['may be beside those of others', site('unix:/run/app/x.sock', 'unix:/run/other/y.sock'), undefined, 'x.sock'],
	])('%s', (_, text, answered, expected) => expect(socketOf(text, answered, 'app', answers)).toBe(expected));

	test('without a site file it has the name of the application', () =>
		expect(socketOf(undefined, undefined, 'app', answers)).toBe('app.sock'));

	test.each<readonly [string, string, string | undefined]>([
		['another one than answered', site('unix:/run/app/x.sock'), 'y.sock'],
		['several, and no answer', site('unix:/run/app/x.sock', 'unix:/run/app/y.sock'), undefined],
		['none of the application', site('unix:/run/other/x.sock'), undefined],
		['none at all', 'server { listen 80; }', undefined],
	])('%s is refused', (_, text, answered) =>
		expect(() => socketOf(text, answered, 'app', answers)).toThrow(expect.objectContaining({code: 'site.socket'})),
	);
});

describe('the ini that a repository ships', () => {
	test('says how to serve, never who serves, where, or what is loaded', () => {
		expect(
			shippedOptions(`[uwsgi]
uid=root
gid = root
chdir=/srv/app
env=A=b
master=True
max-requests=5000
workers = 5
harakiri=30
buffer_size = 16384
exec-asap = touch /root/x
attach-daemon = /bin/sh
uwsgi-socket=/run/x.sock
lazy-apps = true
[other]
threads = 9
`),
		).toEqual({processes: '5', harakiri: '30', 'max-requests': '5000', 'buffer-size': '16384', 'lazy-apps': 'true'});
	});

	test.each([
		'harakiri = 30; exec-asap = x',
		'harakiri = @(/etc/shadow)',
		'harakiri = $(X)',
		'harakiri =',
		'; harakiri = 3',
	])('%s is left', line => expect(shippedOptions(`[uwsgi]\n${line}\n`)).toEqual({}));
});
