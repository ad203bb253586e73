/** What Apache says, as recorded on booted Debian 11, 12 and 13, beside what our own reading of its files gives. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {parseConfigtest} from '#checks/apache/config.ts';
import {apacheConfig} from '#host/apache/config.ts';
import {linesIn, wordsIn} from '#host/apache/logical-lines.ts';
import {modulesIn} from '#host/apache/now.ts';
import {virtualHosts} from '#host/apache/sites.ts';
import {fileReader} from '../support/file-reader.ts';

const recorded = (release: string, name: string): string =>
	readFileSync(join(import.meta.dirname, '../../../fixtures/recorded', release, `${name}.txt`), 'utf8');

describe.each(['bullseye', 'bookworm', 'trixie'])('%s', release => {
	test('what it has mapped is what -M calls shared', () => {
		const shared = [...recorded(release, 'apache-M').matchAll(/^ (\w+)_module \(shared\)$/gm)].map(([, name]) => name!);
		expect(shared).toEqual(expect.arrayContaining(['ssl', 'wsgi', 'mpm_event']));
		expect(modulesIn(recorded(release, 'apache-maps'))).toEqual(shared.toSorted());
	});

	test('configtest', () => {
		expect(parseConfigtest(recorded(release, 'apache-t'))).toBeUndefined();
		expect(parseConfigtest(recorded(release, 'apache-t-broken'))).toMatchObject({
			text: expect.stringContaining("Invalid command 'Lissen'"),
			where: '/etc/apache2/conf-enabled/bad.conf:1',
		});
		expect(parseConfigtest(recorded(release, 'apache-t-as-user'))).toMatchObject({
			text: expect.stringContaining('SSLCertificateKeyFile'),
		});
	});

	test('-V names the MPM', () => {
		expect(recorded(release, 'apache-V')).toMatch(/Server MPM: +event/);
	});
});

describe('its files', () => {
	const config = (files: Readonly<Record<string, string>>) =>
		fileReader(Object.fromEntries(Object.entries(files).map(([path, text]) => [`/etc/apache2/${path}`, text]))).fact(
			apacheConfig,
		);

	test('conditions count as Apache counts them', async () => {
		const {modules, top} = await config({
			'apache2.conf':
				'IncludeOptional mods-enabled/*.load\n<IfModule mod_ssl.c>\nListen 443\n</IfModule>\n<IfModule !mod_ssl.c>\nListen 80\n</IfModule>\n<IfModule mod_php.c>\nLoadModule x_module y.so\n</IfModule>\nIncludeOptional sites-enabled/*.conf\n',
			'mods-enabled/ssl.load': '# Depends: mime\nLoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so\n',
			'sites-enabled/a.conf':
				'<VirtualHost *:443>\n ServerName "a.example.org"\n ServerAlias b.example.org \\\n  c.example.org\n SSLEngine on\n</VirtualHost>\n<VirtualHost [::1]:8080 10.0.0.1>\n</VirtualHost>\n',
		});
		expect([...modules.keys()]).toEqual(['ssl']);
		expect(top.filter(({name}) => name === 'listen').map(({args}) => args)).toEqual([['443']]);
		const [first, second] = virtualHosts({top, modules, files: [], directories: []});
		expect(first).toMatchObject({
			names: ['a.example.org', 'b.example.org', 'c.example.org'],
			listens: [{address: '0.0.0.0', port: 443, tls: true}],
		});
		expect(second?.listens).toEqual([
			{address: '::1', port: 8080, tls: false},
			{address: '10.0.0.1', port: 80, tls: false},
		]);
	});

	test('variables of envvars and Define', async () => {
		const {top} = await config({
			envvars: 'export APACHE_LOG_DIR=/var/log/apache2$SUFFIX\n',
			'apache2.conf': 'Define name x.example.org\nServerName ${name}\nErrorLog ${APACHE_LOG_DIR}/error.log\n',
		});
		expect(top.map(({args}) => args[0])).toEqual(['name', 'x.example.org', '/var/log/apache2/error.log']);
	});

	test.each(['<VirtualHost *:80>\n', '</VirtualHost>\n', '<VirtualHost *:80>\n</Directory>\n'])(
		'%j is not taken for a good one',
		async text => {
			await expect(config({'apache2.conf': text})).rejects.toMatchObject({why: {because: 'unreadable'}});
		},
	);

	test('lines and words', () => {
		expect(linesIn('a \\\n b\n# c\n\nd\n')).toEqual([
			{text: 'a b', number: 1},
			{text: 'd', number: 5},
		]);
		expect(wordsIn('Header set X "a b" \'c\' d')).toEqual(['Header', 'set', 'X', 'a b', 'c', 'd']);
	});
});
