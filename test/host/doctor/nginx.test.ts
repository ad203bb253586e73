/** The checks of nginx: each thing broken for real on Debian's own, and mended. */
import {join} from 'node:path';
import {execa} from 'execa';
import {describe, expect} from 'vitest';
import type {Report} from '#doctor/types.ts';
import {buildProgram, checkout} from '../support/setup.ts';
import {hostTest} from '../support/with-host.ts';
import {doctorIn, recipes, shown, withProgram} from './support/recipes.ts';
import {listenAs, prepareWeb, put, reloaded, sh, site, standIn, web} from './support/web.ts';

const name = 'openslides.example.com';
const want = {layer: web, network: 'none', timeout: 900_000} as const;

/** Edits the site and waits for workers that have read it. */
const change = (expression: string) => async (host: Parameters<typeof sh>[0]) => {
	await sh(host, `sed -i ${JSON.stringify(expression)} ${site}`);
	await reloaded(host);
};

const doorFile = '/etc/nginx/conf.d/door.conf';
const doorText = (more: string): string =>
	`server { listen 8090; server_name door.example; location /door/ { auth_basic "x"; ${more} empty_gif; } }\n`;

const door = async (host: Parameters<typeof sh>[0], more: string): Promise<void> => {
	await put(host, doorFile, doorText(more));
	await reloaded(host);
};

/** Some addresses need no password, everybody else does: as it should be. */
const closed = (host: Parameters<typeof sh>[0]): Promise<void> =>
	door(host, 'auth_basic_user_file conf.d/htpasswd; satisfy any; allow 10.0.0.1; deny all;');

const wide =
	(text: string) =>
	async (host: Parameters<typeof put>[0]): Promise<void> =>
		void (await put(host, '/etc/nginx/conf.d/wide.conf', text));

recipes(
	'nginx is looked at in its files, its processes and its answers',
	want,
	[
		{
			name: 'it does not run',
			check: 'nginx.running',
			is: 'down',
			item: 'nginx',
			break: async host => void (await sh(host, 'systemctl stop nginx')),
			verdict: 'fail',
			says: /nginx does not run/,
			layers: {file: 'enabled', runtime: 'inactive'},
		},
		{
			name: 'the directory of its logs is gone',
			check: 'services.files',
			is: 'gone',
			item: '/var/log/nginx',
			break: async host => void (await sh(host, 'mv /var/log/nginx /var/log/nginx.old')),
			verdict: 'fail',
			says: /nginx does not start without it/,
			mend: async host => void (await sh(host, 'mv /var/log/nginx.old /var/log/nginx')),
		},
		{
			name: 'it will not start at the next boot',
			check: 'nginx.running',
			is: 'notAtBoot',
			item: 'nginx',
			break: async host => void (await sh(host, 'systemctl disable nginx')),
			verdict: 'warn',
			says: /will not start at the next boot/,
			layers: {file: 'disabled'},
			mend: 'remedy',
		},
		{
			name: 'frozen: systemd calls it active',
			check: 'nginx.running',
			is: 'stilled',
			item: 'nginx',
			break: async host => void (await sh(host, 'systemctl freeze nginx')),
			verdict: 'fail',
			says: /frozen \(systemctl freeze\): it answers nobody/,
			layers: {runtime: 'frozen'},
			mend: 'remedy',
		},
		{
			name: 'edited and given an old time, as cp -p and rsync do',
			check: 'nginx.current',
			item: 'nginx',
			async break(host) {
				await sh(host, `touch ${site}; chmod 640 ${site}; chmod 644 ${site}`);
				const touched = await doctorIn(host, 'nginx.current');
				expect(shown(touched.report.rows.filter(({state}) => state !== 'ok'))).toBe('');
				await sh(host, `printf '# more\\n' >> ${site}; touch -d '2020-01-01' ${site}`);
			},
			verdict: 'warn',
			says: /changed in the file, not in the process: /,
			mend: change('/^# more/d'),
		},
		{
			name: 'it was reloaded with a broken file',
			check: 'nginx.config',
			is: 'broken',
			item: 'nginx',
			async break(host) {
				await put(host, '/etc/nginx/conf.d/broken.conf', '# a slip\nserver { listen 81 brokn; }\n');
				await host.run(['systemctl', 'reload', 'nginx']);
			},
			verdict: 'fail',
			says: /does not pass: invalid parameter "brokn"; the process goes on with what it read at .*, and its next start will fail/,
			layers: {file: 'invalid parameter "brokn"', runtime: 'runs with an older configuration'},
			mend: async host => void (await sh(host, 'rm /etc/nginx/conf.d/broken.conf')),
		},
		{
			name: 'it lacks a module that a site uses',
			check: 'nginx.modules',
			is: 'lacking',
			item: 'nginx',
			break: async host =>
				void (await put(
					host,
					'/etc/nginx/conf.d/image.conf',
					'server { listen 82; location / { image_filter test; } }\n',
				)),
			verdict: 'fail',
			says: /built without http_image_filter_module, which \/etc\/nginx\/conf\.d\/image\.conf:1 needs/,
			mend: async host => void (await sh(host, 'rm /etc/nginx/conf.d/image.conf')),
		},
		{
			name: 'a file was edited and not loaded',
			check: 'nginx.current',
			is: 'stale',
			item: 'nginx',
			before: ['warn'],
			break: async host => void (await sh(host, `echo '# edited' >> ${site}`)),
			verdict: 'warn',
			says: /changed in the file, not in the process: \/etc\/nginx\/sites-(enabled|available)\/openslides/,
		},
		{
			name: 'a certificate was renewed and not loaded',
			check: 'nginx.current',
			is: 'stale',
			item: 'nginx',
			break: async host => void (await sh(host, 'echo >> /etc/ssl/site/chain.pem')),
			verdict: 'warn',
			says: /\/etc\/ssl\/site\/chain\.pem/,
			mend: 'remedy',
		},
		{
			name: 'the workers run as another user',
			check: 'nginx.settings',
			is: 'user',
			item: 'nginx user',
			async break(host) {
				await sh(host, "sed -i 's/^user .*/user daemon;/' /etc/nginx/nginx.conf");
				await reloaded(host);
			},
			verdict: 'warn',
			says: /the workers run as daemon/,
			layers: {file: 'daemon', runtime: 'daemon'},
		},
		{
			name: 'the user was changed in the file only',
			check: 'nginx.settings',
			is: 'user',
			item: 'nginx user',
			break: async host => void (await sh(host, "sed -i 's/^user .*/user daemon;/' /etc/nginx/nginx.conf")),
			verdict: 'warn',
			layers: {file: 'daemon', runtime: 'www-data'},
		},
		{
			name: 'one worker for all cores',
			check: 'nginx.settings',
			is: 'workers',
			item: 'nginx workers',
			async break(host) {
				await sh(host, "sed -i 's/^worker_processes .*/worker_processes 1;/' /etc/nginx/nginx.conf");
				await reloaded(host);
			},
			verdict: 'warn',
			layers: {file: '1', runtime: 1},
		},
		{
			name: 'the stock site is back',
			check: 'nginx.default-site',
			is: 'there',
			item: 'nginx',
			break: async host =>
				void (await sh(
					host,
					'ln -s /etc/nginx/sites-available/default /etc/nginx/sites-enabled/default && systemctl reload nginx',
				)),
			verdict: 'warn',
			says: /still there, in \/etc\/nginx\/sites-enabled\/default/,
		},
		{
			name: 'the stock site is back, and goes by hand',
			check: 'nginx.default-site',
			is: 'there',
			item: 'nginx',
			break: async host =>
				void (await sh(
					host,
					'ln -s /etc/nginx/sites-available/default /etc/nginx/sites-enabled/default && systemctl reload nginx',
				)),
			verdict: 'warn',
			mend: 'remedy',
		},
		{
			name: 'TLS 1.0 and 1.1 are really taken',
			check: 'nginx.tls',
			is: 'takes',
			item: name,
			async break(host) {
				await sh(
					host,
					`sed -i 's/ssl_protocols .*/ssl_protocols TLSv1 TLSv1.1 TLSv1.2;/; s/ssl_prefer_server_ciphers/ssl_ciphers ALL:@SECLEVEL=0; ssl_prefer_server_ciphers/' /etc/nginx/nginx.conf`,
				);
				await reloaded(host);
			},
			verdict: 'fail',
			says: /it takes TLS 1\.0, TLS 1\.1/,
		},
		{
			name: 'the guide’s old protocols stand in the file, and OpenSSL still refuses them',
			check: 'nginx.tls',
			is: 'allowsOnly',
			item: name,
			async break(host) {
				await sh(host, "sed -i 's/ssl_protocols .*/ssl_protocols TLSv1.2 TLSv1.1 TLSv1;/' /etc/nginx/nginx.conf");
				await reloaded(host);
			},
			verdict: 'warn',
			says: /its file allows TLS 1\.1 and TLS 1\.0, which only the defaults of OpenSSL still refuse/,
		},
		{
			name: 'a cipher that encrypts nothing is taken',
			check: 'nginx.tls',
			is: 'takes',
			item: name,
			break: change('s/ssl_certificate_key.*/&\\nssl_ciphers ALL:eNULL:@SECLEVEL=0;/'),
			verdict: 'fail',
			says: /NULL|anonymous/,
		},
		{
			name: 'mended in the file, not in the process',
			check: 'nginx.tls',
			is: 'takesStill',
			item: name,
			async break(host) {
				await change('s/ssl_ciphers.*/ssl_ciphers ALL:@SECLEVEL=0; ssl_protocols TLSv1 TLSv1.2;/')(host);
				await sh(host, `sed -i 's/ssl_ciphers.*/ssl_ciphers HIGH;/' ${site}`);
			},
			verdict: 'fail',
			says: /takes TLS 1\.0.*changed in the file, not in the process/,
			mend: reloaded,
		},
		{
			name: 'no HSTS',
			check: 'nginx.hsts',
			is: 'none',
			item: name,
			break: change('/Strict-Transport-Security/d'),
			verdict: 'warn',
			says: /sends no Strict-Transport-Security/,
			layers: {file: 'none', runtime: 'none (status 401)'},
		},
		{
			name: 'HSTS for five minutes',
			check: 'nginx.hsts',
			is: 'short',
			item: name,
			break: change('s/max-age=[0-9]*/max-age=300/'),
			verdict: 'warn',
			says: /holds for 300 seconds only/,
			mend: change('s/max-age=[0-9]*/max-age=31536000/'),
		},
		{
			name: 'HSTS in the file, not in the process',
			check: 'nginx.hsts',
			is: 'lost',
			item: name,
			async break(host) {
				await sh(host, `cp ${site} /root/with-hsts`);
				await change('/Strict-Transport-Security/d')(host);
				await sh(host, `cat /root/with-hsts > ${site}`);
			},
			verdict: 'warn',
			says: /the answer has none/,
		},
		{
			name: 'a location loses HSTS by a header of its own',
			check: 'nginx.hsts',
			is: 'shadowed',
			item: name,
			break: change('s/proxy_pass http:..localhost:5000;/& add_header X-Frame-Options DENY;/'),
			verdict: 'warn',
			says: /location \/api\/ adds headers of its own, and loses it/,
			mend: change('s/ add_header X-Frame-Options DENY;//'),
		},
		{
			name: 'the management interface is open',
			check: 'nginx.auth',
			is: 'open',
			item: `${name} /api/`,
			break: change('0,/auth_basic \\"closed site\\";/s//auth_basic off;/'),
			verdict: 'fail',
			says: /nothing in its file asks for a password/,
			layers: {file: 'open', runtime: 'answers 502'},
		},
		{
			name: 'a password asked for in the file, not in the process',
			check: 'nginx.auth',
			is: 'notAsked',
			item: `${name} /api/`,
			async break(host) {
				await sh(host, `cp ${site} /root/with-auth`);
				await change('0,/auth_basic \\"closed site\\";/s//auth_basic off;/')(host);
				await sh(host, `cat /root/with-auth > ${site}`);
			},
			verdict: 'fail',
			says: /without a password, though its file asks for one/,
		},
		{
			name: 'a password or an address, and every address will do',
			check: 'nginx.protected',
			is: 'anybody',
			item: 'door.example /door/',
			break: async host => door(host, 'auth_basic_user_file conf.d/htpasswd; satisfy any; allow 10.0.0.1; allow all;'),
			verdict: 'fail',
			says: /satisfy any is content with an address, and every address is allowed/,
			mend: closed,
		},
		{
			name: 'a realm without a file of accounts',
			check: 'nginx.protected',
			is: 'noFile',
			item: 'door.example /door/',
			break: async host => door(host, ''),
			verdict: 'fail',
			says: /nginx asks nobody/,
			mend: closed,
		},
		{
			name: 'a location closed in the file, not in the process',
			check: 'nginx.protected',
			is: 'notAsked',
			item: 'door.example /door/',
			async break(host) {
				await put(host, doorFile, doorText('').replace('auth_basic "x";', ''));
				await reloaded(host);
				await put(host, doorFile, doorText('auth_basic_user_file conf.d/htpasswd;'));
			},
			verdict: 'fail',
			says: /answers 200 without a password/,
			mend: 'remedy',
		},
		{
			name: 'a pattern that takes names before the location with the password',
			check: 'nginx.protected',
			is: 'besides',
			item: 'door.example /door/',
			async break(host) {
				const text = doorText('auth_basic_user_file conf.d/htpasswd;').replace(/}\n$/, 'location ~ \\.gif$ { } }\n');
				await put(host, doorFile, text);
				await reloaded(host);
			},
			verdict: 'fail',
			says: /\/door\/setup-asks-for-nothing\.gif: location ~ \\\.gif\$ takes that before it \(404/,
			mend: closed,
		},
		{
			name: 'an alias that lets everybody out of its directory',
			check: 'nginx.paths',
			is: 'above',
			break: wide('server { listen 8092; server_name wide.example; location /static { alias /srv/wide/static/; } }\n'),
			verdict: 'fail',
			says: /\/static\.\.\/ leads above \/srv\/wide\/static\//,
			mend: async host => void (await sh(host, 'rm /etc/nginx/conf.d/wide.conf')),
		},
		{
			name: 'a redirection with a decoded address',
			check: 'nginx.paths',
			is: 'split',
			break: wide('server { listen 8092; server_name wide.example; return 301 https://$host$uri; }\n'),
			verdict: 'warn',
			says: /\$uri is decoded/,
			mend: async host => void (await sh(host, 'rm /etc/nginx/conf.d/wide.conf')),
		},
		{
			name: 'a directory that everybody may list',
			check: 'nginx.paths',
			is: 'listed',
			break: wide('server { listen 8092; server_name wide.example; location /files/ { root /srv; autoindex on; } }\n'),
			verdict: 'warn',
			says: /everybody may list what lies at wide\.example \/files\//,
			mend: async host => void (await sh(host, 'rm /etc/nginx/conf.d/wide.conf')),
		},
		{
			name: 'a dump that lies where nginx gives it away; a repository that a rule keeps back is none',
			check: 'nginx.leaks',
			is: 'served',
			item: '/srv/files/old/dump.sql',
			before: ['na'],
			async break(host) {
				await put(
					host,
					'/etc/nginx/conf.d/files.conf',
					'server { listen 8091; server_name files.example; root /srv/files; location ~ /\\.git { deny all; } }\n',
				);
				await sh(host, 'mkdir -p /srv/files/.git /srv/files/old; echo ref: refs/heads/main > /srv/files/.git/HEAD');
				await reloaded(host);
				const {report} = await doctorIn(host, 'nginx.leaks');
				expect(shown(report.rows.filter(({state}) => state !== 'ok'))).toBe('');
				await sh(host, 'echo INSERT INTO people > /srv/files/old/dump.sql');
			},
			verdict: 'fail',
			says: /to everybody who asks for http:\/\/files\.example\/old\/dump\.sql/,
			async mend(host) {
				await sh(host, 'rm -r /srv/files /etc/nginx/conf.d/files.conf');
				await reloaded(host);
			},
		},
		{
			name: 'the application behind it is gone',
			check: 'nginx.upstreams',
			is: 'nobody',
			item: `${name} localhost:5000`,
			break: async host => void (await sh(host, 'systemctl stop stand-in')),
			verdict: 'fail',
			says: /requests to openslides\.example\.com get 502: nobody listens on localhost:5000/,
			layers: {file: 'localhost:5000', kernel: 'nobody'},
			mend: async host => void (await standIn(host)),
		},
		{
			name: 'the socket has another name since an upgrade',
			check: 'nginx.upstreams',
			is: 'missing',
			item: 'php.example /run/php/php8.1-fpm.sock',
			async break(host) {
				await put(
					host,
					'/etc/nginx/conf.d/php.conf',
					'server { listen 8092; server_name php.example; location / { fastcgi_pass unix:/run/php/php8.1-fpm.sock; } }\n',
				);
				await reloaded(host);
			},
			verdict: 'fail',
			says: /nobody listens on \/run\/php\/php8\.1-fpm\.sock, which is not there/,
			async mend(host) {
				await sh(host, 'rm /etc/nginx/conf.d/php.conf');
				await reloaded(host);
			},
		},
		{
			name: 'a socket that the workers may not write to',
			check: 'nginx.upstreams',
			is: 'unreachable',
			item: 'shop.example upstream shop',
			async break(host) {
				await listenAs(
					host,
					'shop',
					'my $s = IO::Socket::UNIX->new(Local => "/run/shop.sock", Listen => 5); close $c while $c = $s->accept',
				);
				await put(
					host,
					'/etc/nginx/conf.d/shop.conf',
					'upstream shop { server unix:/run/shop.sock; }\nserver { listen 8093; server_name shop.example; location / { proxy_pass http://shop/; } }\n',
				);
				await reloaded(host);
				await sh(host, 'until [ -S /run/shop.sock ]; do sleep 0.1; done');
			},
			verdict: 'fail',
			says: /the workers, as www-data, may not write to \/run\/shop\.sock/,
			mend: async host => void (await sh(host, 'chgrp www-data /run/shop.sock; chmod 660 /run/shop.sock')),
		},
		...(['MD5 (apr1):m', 'SHA-1 without salt:s', 'DES:d', 'plain text:p'] as const).map(word => {
			const [kind = '', flag = ''] = word.split(':');
			return {
				name: `a password by htpasswd -${flag}`,
				check: 'nginx.htpasswd',
				is: 'weak',
				item: '/etc/nginx/conf.d/htpasswd',
				break: async (host: Parameters<typeof sh>[0]) =>
					void (await sh(host, `htpasswd -b${flag} /etc/nginx/conf.d/htpasswd weak other12`)),
				verdict: 'fail' as const,
				says: /^line \d+ holds? /,
				layers: {file: kind},
				mend: async (host: Parameters<typeof sh>[0]) =>
					void (await sh(host, 'htpasswd -bB /etc/nginx/conf.d/htpasswd weak other12')),
			};
		}),
	],
	{prepare: prepareWeb},
);

describe('nginx that gives no answer', () => {
	hostTest('is never taken for a good one, nor for a bad one', withProgram(want), async host => {
		buildProgram();
		await prepareWeb(host);
		const states = async (...words: readonly string[]) => {
			const {report} = await doctorIn(host, ...words);
			return Object.fromEntries(report.rows.filter(row => row.subject === 'nginx').map(row => [row.key, row.state]));
		};

		// A broken file is told once: what depends on it is blocked by it.
		await put(host, '/etc/nginx/conf.d/broken.conf', 'nonsense;\n');
		const broken = (await doctorIn(host, 'nginx')).report;
		expect(
			broken.rows.filter(row => row.state === 'fail').map(row => row.key),
			shown(broken.rows),
		).toEqual(['nginx.config[nginx]']);
		expect(broken.rows.find(row => row.check === 'nginx.current')).toMatchObject({
			state: 'blocked',
			by: 'nginx.config',
		});
		await sh(host, 'rm /etc/nginx/conf.d/broken.conf');
		await reloaded(host);

		// Hung: the kernel still takes the connection, and nobody answers.
		await sh(host, 'pkill -STOP nginx');
		const started = performance.now();
		const hung = await doctorIn(host, 'nginx');
		expect(performance.now() - started).toBeLessThan(12_000);
		expect(
			hung.report.rows.filter(row => ['fail', 'warn', 'crash'].includes(row.state)).map(({key, is}) => `${key} ${is}`),
			shown(hung.report.rows),
		).toEqual(['nginx.running[nginx] stilled']);
		for (const check of ['nginx.tls', 'nginx.hsts', 'nginx.auth'])
			for (const row of hung.report.rows.filter(one => one.check === check))
				expect(row, shown([row])).toMatchObject({state: 'blocked', by: 'nginx.running'});
		await sh(host, 'pkill -CONT nginx');

		// Down: one cause.
		await sh(host, 'systemctl stop nginx');
		const down = (await doctorIn(host, 'nginx')).report;
		expect(
			down.rows.filter(row => row.state === 'fail').map(row => row.key),
			shown(down.rows),
		).toEqual(['nginx.running[nginx]']);
		expect(down.causes.find(({by}) => by === 'nginx.running')?.checks.length).toBeGreaterThanOrEqual(4);
		await sh(host, 'systemctl start nginx');

		// Something else answers on the port, and it is garbage.
		await sh(
			host,
			'systemctl stop nginx; systemd-run --unit=garbage perl -MIO::Socket::INET -e \'for $p (80,443) { next if fork; $s=IO::Socket::INET->new(Listen=>5,LocalPort=>$p,ReuseAddr=>1); while($c=$s->accept){print $c "\\x00garbage\\n"; close $c} } sleep 600\'',
		);
		const garbage = (await doctorIn(host, 'nginx')).report;
		expect(
			garbage.rows.filter(row => row.state === 'crash'),
			shown(garbage.rows),
		).toEqual([]);
		expect(
			garbage.rows.filter(
				row => row.state === 'ok' && ['nginx.running', 'nginx.tls', 'nginx.auth', 'nginx.hsts'].includes(row.check),
			),
		).toEqual([]);
		await sh(host, 'systemctl stop garbage; systemctl start nginx');

		// As nobody, and with no tool to be found: unknown at most.
		const ordinary = await host.run(['/opt/host-setup/setup', 'doctor', 'nginx', '--format', 'json'], {as: 'nobody'});
		const rows = (JSON.parse(ordinary.stdout) as {rows: {key: string; check: string; state: string}[]}).rows;
		expect(rows.filter(row => ['fail', 'crash', 'warn'].includes(row.state))).toEqual([]);
		expect(rows.find(row => row.check === 'nginx.config')).toMatchObject({state: 'unknown'});
		await sh(host, 'mv /usr/bin/systemctl /usr/bin/systemctl.away');
		expect((await states('nginx.running'))['nginx.running']).toBe('unknown');
		await sh(host, 'mv /usr/bin/systemctl.away /usr/bin/systemctl');
		expect(Object.values(await states('nginx')).filter(state => !['ok', 'na'].includes(state))).toEqual([]);

		// Off, and looked at from outside: its files answer, and what only a running host can tell is told as such.
		await host.stop();
		const cli = [join(checkout, 'src/cli.ts'), 'doctor', 'nginx', 'tls', 'apache', 'appserver', 'django', 'docker'];
		const offline = await execa(
			process.execPath,
			['--disable-warning=ExperimentalWarning', ...cli, '--root', host.root, '--format', 'json'],
			{
				reject: false,
				stdin: 'ignore',
			},
		);
		const away = (JSON.parse(offline.stdout) as Report).rows;
		expect(
			away.filter(row => ['fail', 'warn', 'crash'].includes(row.state)),
			shown(away),
		).toEqual([]);
		for (const check of ['nginx.running', 'nginx.config', 'nginx.current', 'nginx.tls', 'nginx.settings', 'nginx.auth'])
			for (const row of away.filter(one => one.check === check))
				expect(row, shown([row])).toMatchObject({state: 'unknown'});
		for (const check of ['nginx.htpasswd', 'tls.expiry', 'tls.key'])
			expect(
				away.find(row => row.check === check),
				shown(away),
			).toMatchObject({state: 'ok'});
	});
});
