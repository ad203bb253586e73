/** Who renews certificates: any name of a timer, of a line of cron or of a script, and nobody is never said where nobody is known. */
import {expect, it} from 'vitest';
import {check} from '#checks/tls/renewal.ts';
import {renewals} from '#host/certificates/renewers.ts';
import type {Reader} from '#model/host.ts';
import {field} from '../support/field.ts';
import {fileReader} from '../support/file-reader.ts';
import {look} from '../support/look.ts';

const kept = {'/etc/letsencrypt/live/a.example/cert.pem': ''};
const script = field('cron-daily/cron.daily-certbot-renew');

const executable = (files: Readonly<Record<string, string>>): Reader => {
	const reader = fileReader(files);
	const own: Reader = {
		...reader,
		fact: fact => fact.read(own),
		stat: async path => {
			const stat = await reader.stat(path);
			return stat === undefined ? undefined : {...stat, mode: 0o755};
		},
	};
	return own;
};
const byCron = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> =>
	(await executable(files).fact(renewals)).flatMap(({client, renewers}) =>
		renewers.map(one => `${client.name} ${'where' in one ? one.where : one.name}`),
	);

it.each([
	['the field case', {...kept, '/etc/cron.daily/certbot-renew': script}, ['certbot /etc/cron.daily/certbot-renew']],
	['a name that run-parts passes over', {...kept, '/etc/cron.daily/certbot.sh': script}, []],
	['a comment', {...kept, '/etc/crontab': '# 0 3 * * * root certbot renew\n'}, []],
	[
		"a user's own line",
		{...kept, '/var/spool/cron/crontabs/web': '0 3 * * * certbot renew -q\n'},
		['certbot /var/spool/cron/crontabs/web:1'],
	],
	[
		'a script behind a line',
		{...kept, '/etc/cron.d/certs': '\n0 3 * * * root /opt/certs.sh\n', '/opt/certs.sh': script},
		['certbot /etc/cron.d/certs:2'],
	],
	[
		'a script that only talks of it',
		{...kept, '/etc/cron.d/x': '0 3 * * * root /opt/x\n', '/opt/x': '#!/bin/sh\n# certbot renew\nexit 0\n'},
		[],
	],
	[
		"Debian's own line, where systemd runs",
		{
			...kept,
			'/etc/cron.d/certbot':
				'0 */12 * * * root test -x /usr/bin/certbot -a \\! -d /run/systemd/system && certbot -q renew\n',
		},
		[],
	],
	[
		'acme.sh',
		{
			'/root/.acme.sh/a.example/a.example.cer': '',
			'/var/spool/cron/crontabs/root': '9 0 * * * "/root/.acme.sh"/acme.sh --cron --home "/root/.acme.sh"\n',
		},
		['acme.sh /var/spool/cron/crontabs/root:1'],
	],
	[
		'lego',
		{
			'/var/lib/lego/certificates/a.crt': '',
			'/etc/cron.d/lego': '0 3 * * * root /usr/local/bin/lego --path /var/lib/lego renew\n',
		},
		['lego /etc/cron.d/lego:1'],
	],
	[
		'dehydrated',
		{
			'/var/lib/dehydrated/certs/a.example/c.pem': '',
			'/etc/cron.weekly/dehydrated': '#!/bin/sh\n/usr/bin/dehydrated -c\n',
		},
		['dehydrated /etc/cron.weekly/dehydrated'],
	],
])('%s', async (_name, files, wanted) => expect(await byCron(files as Record<string, string>)).toEqual(wanted));

it('where none is found it is unknown who renews, not that nobody does', async () => {
	const [row] = await look(check, kept);
	expect(row).toMatchObject({state: 'unknown', item: 'certbot'});
	expect(row?.says).toMatch(/who renews/);
});
