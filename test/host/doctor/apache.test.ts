/** The checks of Apache: each thing broken for real on Debian's own, and mended. */
import {expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {buildProgram} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest, withPackages} from '../support/with-host.ts';
import {doctorIn, recipes, shown, withProgram} from './support/recipes.ts';
import {authority, issue, listenAs, put, sh} from './support/web.ts';

const layer = withPackages('apache', [
	'libatomic1',
	'apache2',
	'libapache2-mod-wsgi-py3',
	'ssl-cert',
	'openssl',
	'curl',
	'procps',
]);
const want = {layer, network: 'none', timeout: 900_000} as const;
const name = 'weblab.example.org';
const site = '/etc/apache2/sites-available/weblab.conf';

/** The guides' site, with what today's Apache takes of it. */
const siteText = `<VirtualHost *:80>
    ServerName ${name}
    RedirectMatch permanent ^/weblab/(.*)$ https://${name}/weblab/$1
</VirtualHost>

<IfModule mod_ssl.c>
<VirtualHost *:443>
    ServerName ${name}
    SSLEngine On
    SSLCertificateFile /etc/ssl/site/chain.pem
    SSLCertificateKeyFile /etc/ssl/site/key.pem
    WSGIDaemonProcess weblab user=www-data processes=2 threads=4
    WSGIScriptAlias /weblab /srv/wsgi.py process-group=weblab
    <Directory /srv>
        Require all granted
    </Directory>
</VirtualHost>
</IfModule>
`;

const prepare = async (host: ThrowAway): Promise<void> => {
	await sh(host, authority);
	await sh(host, issue([name], 90));
	await put(host, site, siteText);
	await put(
		host,
		'/srv/wsgi.py',
		"def application(environ, start):\n    start('200 OK', [('Content-Type', 'text/plain')])\n    return [b'weblab']\n",
	);
	await sh(host, 'a2enmod -q ssl; a2dissite -q 000-default; a2ensite -q weblab; systemctl restart apache2');
	await answers(host);
};

/** apachectl comes back before the server is ready. */
const answers = (host: ThrowAway): Promise<true> =>
	until(async () => (await host.run(['curl', '-sk', '-o', '/dev/null', 'http://127.0.0.1/'])).code === 0, {
		what: 'an answer of Apache',
	});

/** What a visitor gets, by TLS where the site has it. */
const codeOf = (host: ThrowAway, site: string, path: string, code: number): Promise<true> =>
	until(
		async () => {
			const to = site === name ? ['-k', '--resolve', `${name}:443:127.0.0.1`, `https://${name}${path}`] : [];
			const plain = ['-H', `Host: ${site}`, `http://127.0.0.1${path}`];
			const {stdout} = await host.run([
				'curl',
				'-s',
				'-o',
				'/dev/null',
				'-w',
				'%{http_code}',
				...(to.length > 0 ? to : plain),
			]);
			return stdout === String(code);
		},
		{what: `${code} of ${site}`},
	);

const restart = async (host: ThrowAway): Promise<void> => {
	await sh(host, 'systemctl reset-failed apache2; systemctl restart apache2');
	await answers(host);
};

recipes(
	'Apache is looked at in its files, its processes and its answers',
	want,
	[
		{
			name: 'it does not run',
			check: 'apache.running',
			is: 'down',
			break: async host => void (await sh(host, 'systemctl stop apache2')),
			verdict: 'fail',
			says: /Apache does not run/,
			layers: {file: 'enabled', runtime: 'inactive'},
		},
		{
			name: 'the application that it hands requests on to is gone',
			check: 'apache.upstreams',
			is: 'nobody',
			item: 'shop.example 127.0.0.1:8099',
			async break(host) {
				await sh(host, 'a2enmod -q proxy proxy_http');
				await put(
					host,
					'/etc/apache2/sites-enabled/shop.conf',
					'<VirtualHost *:80>\nServerName shop.example\nProxyPass / http://127.0.0.1:8099/\n</VirtualHost>\n',
				);
				await restart(host);
				await codeOf(host, 'shop.example', '/', 503);
			},
			verdict: 'fail',
			says: /requests to shop\.example get 503: nobody listens on 127\.0\.0\.1:8099/,
			layers: {file: '127.0.0.1:8099', kernel: 'nobody'},
			async mend(host) {
				await listenAs(
					host,
					'shop',
					'my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1", LocalPort => 8099, ReuseAddr => 1); close $c while $c = $s->accept',
				);
				await sh(host, 'until ss -ltn 2>/dev/null | grep -q 8099 || grep -q :1FA3 /proc/net/tcp; do sleep 0.1; done');
			},
		},
		{
			name: 'the socket has another name since an upgrade',
			check: 'apache.upstreams',
			is: 'missing',
			item: 'every site /run/php/php8.1-fpm.sock',
			async break(host) {
				await put(
					host,
					'/etc/apache2/conf-enabled/php.conf',
					'<FilesMatch "[.]php$">\nSetHandler "proxy:unix:/run/php/php8.1-fpm.sock|fcgi://localhost"\n</FilesMatch>\n',
				);
				await restart(host);
			},
			verdict: 'fail',
			says: /nobody listens on \/run\/php\/php8\.1-fpm\.sock, which is not there/,
			async mend(host) {
				await sh(host, 'rm /etc/apache2/conf-enabled/php.conf');
				await restart(host);
			},
		},
		{
			name: 'the socket of a daemon of mod_wsgi is gone',
			check: 'apache.upstreams',
			is: 'noSocket',
			item: `${name} WSGI daemon weblab`,
			async break(host) {
				await sh(host, 'rm /run/apache2/wsgi.*.sock');
				await codeOf(host, name, '/weblab/', 503);
			},
			verdict: 'fail',
			says: /the socket of its daemon is gone \(\/var\/run\/apache2\/wsgi\.\d+\.0\.1\.sock\)/,
		},
		{
			name: 'a directory that lets the workers not through to it',
			check: 'apache.upstreams',
			is: 'unreachable',
			item: `${name} WSGI daemon weblab`,
			async break(host) {
				await sh(host, 'chmod 700 /run/apache2');
				await codeOf(host, name, '/weblab/', 503);
			},
			verdict: 'fail',
			says: /the workers, as www-data, may not write to \/var\/run\/apache2\/wsgi/,
			mend: async host => void (await sh(host, 'chmod 755 /run/apache2')),
		},
		{
			name: 'a site in a daemon that nobody defines',
			check: 'apache.upstreams',
			is: 'noGroup',
			item: `${name} WSGI daemon weblap`,
			async break(host) {
				await sh(host, `sed -i s/process-group=weblab/process-group=weblap/ ${site}`);
				await restart(host);
				await codeOf(host, name, '/weblab/', 500);
			},
			verdict: 'fail',
			says: /get 500: no WSGIDaemonProcess is called weblap/,
			async mend(host) {
				await sh(host, `sed -i s/process-group=weblap/process-group=weblab/ ${site}`);
				await restart(host);
			},
		},
		{
			name: 'it will not start at the next boot',
			check: 'apache.running',
			is: 'notAtBoot',
			break: async host => void (await sh(host, 'systemctl disable apache2')),
			verdict: 'warn',
			layers: {file: 'disabled'},
			mend: 'remedy',
		},
		{
			name: 'the guide’s second Listen 443',
			check: 'apache.config',
			is: 'broken',
			break: async host =>
				void (await put(host, '/etc/apache2/sites-enabled/cc-server.conf', '# from the guide\nListn 443\n')),
			verdict: 'fail',
			says: /does not pass: Invalid command 'Listn'.*its next start will fail/,
			mend: async host => void (await sh(host, 'rm /etc/apache2/sites-enabled/cc-server.conf')),
		},
		{
			name: 'a file was edited and not loaded',
			check: 'apache.current',
			is: 'stale',
			before: ['warn', 'unknown'],
			break: async host => void (await sh(host, `echo '# edited' >> ${site}`)),
			verdict: 'warn',
			says: /changed in the file, not in the process: .*weblab\.conf/,
		},
		{
			name: 'a certificate was renewed and not loaded',
			check: 'apache.current',
			is: 'stale',
			break: async host => void (await sh(host, issue([name], 80))),
			verdict: 'warn',
			says: /\/etc\/ssl\/site\//,
			mend: 'remedy',
		},
		{
			name: 'a process for each visitor',
			check: 'apache.mpm',
			is: 'prefork',
			async break(host) {
				await sh(host, 'a2dismod -q -f mpm_event; a2enmod -q mpm_prefork');
				await restart(host);
			},
			verdict: 'warn',
			says: /the MPM prefork, which no module here needs/,
			layers: {file: 'prefork', runtime: 'prefork'},
		},
		{
			name: 'prefork is enabled, and event still runs',
			check: 'apache.mpm',
			is: 'prefork',
			break: async host => void (await sh(host, 'a2dismod -q -f mpm_event; a2enmod -q mpm_prefork')),
			verdict: 'warn',
			says: /changed in the file, not in the process: prefork is enabled, event runs/,
			layers: {file: 'prefork', runtime: 'event'},
			mend: 'remedy',
		},
		{
			name: 'mod_ssl is off',
			check: 'apache.modules',
			is: 'off',
			item: 'ssl',
			async break(host) {
				await sh(host, 'a2dismod -q -f ssl');
				await restart(host);
			},
			verdict: 'warn',
			says: /mod_ssl is not enabled/,
			layers: {file: 'not enabled', runtime: 'not loaded'},
		},
		{
			name: 'mod_wsgi is enabled, and the process has not loaded it',
			check: 'apache.modules',
			is: 'notLoaded',
			item: 'wsgi',
			async break(host) {
				await sh(host, "sed -i 's/^ *WSGI/#&/' /etc/apache2/sites-available/weblab.conf; a2dismod -q -f wsgi");
				await restart(host);
				await sh(host, 'a2enmod -q wsgi');
			},
			verdict: 'warn',
			says: /changed in the file, not in the process: mod_wsgi/,
			layers: {file: 'enabled', runtime: 'not loaded'},
			async mend(host) {
				await sh(host, "sed -i 's/^# *WSGI/WSGI/' /etc/apache2/sites-available/weblab.conf");
				await restart(host);
			},
		},
		{
			name: 'nothing sends http on',
			check: 'apache.redirect',
			is: 'none',
			item: name,
			async break(host) {
				await sh(host, `sed -i 's/^ *RedirectMatch/#&/' ${site}`);
				await restart(host);
			},
			verdict: 'warn',
			says: /nothing sends http on to https/,
			async mend(host) {
				await sh(host, `sed -i 's/^# *RedirectMatch.*/Redirect permanent \\/ https:\\/\\/${name}\\//' ${site}`);
				await restart(host);
			},
		},
		{
			name: 'the redirection is in the file only',
			check: 'apache.redirect',
			is: 'notLoaded',
			item: name,
			async break(host) {
				await sh(host, `sed -i 's/^ *Redirect/#&/' ${site}`);
				await restart(host);
				await sh(host, `sed -i 's/^# *Redirect/Redirect/' ${site}`);
			},
			verdict: 'warn',
			says: /changed in the file, not in the process/,
			mend: restart,
		},
		{
			name: 'its certificate is for another name',
			check: 'tls.certificate',
			is: 'wrong',
			async break(host) {
				await sh(host, issue(['other.example.com'], 90));
				await restart(host);
			},
			verdict: 'fail',
			says: /is not for weblab\.example\.org/,
			async mend(host) {
				await sh(host, issue([name], 90));
				await restart(host);
			},
		},
	],
	{prepare},
);

hostTest(
	'Apache that gives no answer is never taken for a good one, nor for a bad one',
	withProgram(want),
	async host => {
		buildProgram();
		await prepare(host);
		const bad = async (...words: readonly string[]) => (await doctorIn(host, ...words)).report;

		const healthy = await bad('apache', 'tls');
		expect(
			healthy.rows.filter(row => ['fail', 'crash', 'warn'].includes(row.state)),
			shown(healthy.rows),
		).toEqual([]);

		await sh(host, 'pkill -STOP apache2');
		const started = performance.now();
		const hung = await bad('apache');
		expect(performance.now() - started).toBeLessThan(12_000);
		expect(
			hung.rows.filter(row => ['fail', 'warn', 'crash'].includes(row.state)).map(({key, is}) => `${key} ${is}`),
			shown(hung.rows),
		).toEqual(['apache.running stilled']);
		expect(
			hung.rows.find(row => row.check === 'apache.redirect'),
			shown(hung.rows),
		).toMatchObject({state: 'blocked', by: 'apache.running'});
		await sh(host, 'pkill -CONT apache2');

		await sh(host, 'systemctl stop apache2');
		const down = await bad('apache');
		expect(
			down.rows.filter(row => ['fail', 'crash'].includes(row.state)).map(row => row.key),
			shown(down.rows),
		).toEqual(['apache.running']);
		expect(down.rows.find(row => row.check === 'apache.redirect')).toMatchObject({
			state: 'blocked',
			by: 'apache.running',
		});
		await restart(host);

		const ordinary = await host.run(
			['/opt/host-setup/setup', 'doctor', 'apache', 'apache.modules', '--format', 'json'],
			{
				as: 'nobody',
			},
		);
		const rows = (JSON.parse(ordinary.stdout) as {rows: {check: string; state: string}[]}).rows;
		expect(rows.filter(row => ['fail', 'crash', 'warn'].includes(row.state))).toEqual([]);
		expect(rows.filter(row => row.check === 'apache.modules').map(row => row.state)).toEqual(['unknown', 'unknown']);

		await sh(host, 'mv /usr/sbin/apache2ctl /usr/sbin/apache2ctl.away');
		expect((await bad('apache.config')).rows.find(row => row.check === 'apache.config')).toMatchObject({
			state: 'unknown',
		});
		await sh(host, 'mv /usr/sbin/apache2ctl.away /usr/sbin/apache2ctl');
	},
);
