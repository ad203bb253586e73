/** A certificate of an ACME authority on a booted host: asked for, shown, renewed, and what is said where the authority does not get through. The authority is pebble. */
import {connect} from 'node:tls';
import {expect} from 'vitest';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {answersOf, ownStack} from './support/own-stacks.ts';
import {pebble, startPebble} from './support/pebble.ts';
import {applyIn, buildProgram, checkout, planIn, setup, undoIn} from './support/setup.ts';
import {until} from './support/until.ts';
import {hostTest, packageLists} from './support/with-host.ts';

const name = 'page.example.org';
const address = '10.99.99.99';

/** Behind nginx something that answers. */
const steps = `[
	step({
		id: 'page', title: 'Page', about: 'Of a test.', guide: 'none', questions: z.strictObject({}),
		offers: () => ({
			site: {host: '${name}'},
			project: {user: 'root', home: '/srv/page', repository: '/srv/page', directory: '/srv/page', settings: 'x', settingsFile: '/srv/page/x', python: '/usr/bin/python3', language: 3, service: 'page.service'},
			service: {unit: 'page.service', address: '127.0.0.1', port: 8001},
		}),
		resources: () => [
			makers.file({path: '/etc/systemd/system/page.service', text: '[Service]\\nExecStart=/usr/bin/python3 -m http.server --bind 127.0.0.1 8001\\nWorkingDirectory=/usr/share/doc/adduser\\nDynamicUser=yes\\n', mode: 0o644, owner: 'root:root'}),
			makers.unit({name: 'page.service', running: true}, {needs: ['path:/etc/systemd/system/page.service', 'package:certbot']}),
		],
	}),
	steps.nginx({guide: 'none'}),
	steps.tls({guide: 'none', name: 'page'}),
	steps.nginxSite({name: 'page', about: 'Of a test.', guide: 'none', statics: () => [], body: 1}),
]`;

hostTest(
	'is not given where the authority does not get through, in its words; then it is given, shown, renewed, and goes with all else',
	{layer: packageLists, binds: [bring(checkout)], timeout: 600_000},
	async host => {
		buildProgram();
		await startPebble(host);
		ownStack(host, 'page', steps);
		const file = answersOf(host, 'page', {tls: {by: 'certbot', ...pebble}});
		// The authority remembers for seconds what a name is, so it is the way that is missing first.
		await host.must(['sh', '-c', `echo ${address} ${name} >>/etc/hosts`]);
		await host.must(['ip', 'route', 'add', 'unreachable', address]);

		const refused = await applyIn(host, {file});
		expect(refused.faults.join('\n')).toMatch(
			/certbot:page: \[certificate\.not-issued\].*Type: +connection \| *Detail: .*page\.example\.org/,
		);
		await host.must(['ip', 'route', 'del', 'unreachable', address]);
		await host.must(['ip', 'address', 'add', `${address}/32`, 'dev', 'lo']);
		const applied = await applyIn(host, {file});
		expect(applied.faults).toEqual([]);
		const first = await shown(host);
		expect(first).toMatchObject({names: `DNS:${name}`, issuer: expect.stringMatching(/^Pebble Intermediate/)});
		expect((await planIn(host, {file})).notOk).toEqual([]);
		expect((await host.must(['systemctl', 'is-enabled', 'certbot.timer'])).trim()).toBe('enabled');

		// A browser would not take it, so none is told to stay; once this host trusts who gave it, all are.
		expect(await header(host)).toBeUndefined();
		await host.must([
			...['python3', '-c'],
			"import ssl, urllib.request as u; open('/usr/local/share/ca-certificates/root.crt', 'w').write(u.urlopen('https://127.0.0.1:15000/roots/0', context=ssl._create_unverified_context()).read().decode())",
		]);
		await host.must(['update-ca-certificates']);
		expect((await planIn(host, {file})).notOk).toEqual([
			'hsts:/etc/nginx/page-hsts.conf change: Strict-Transport-Security',
		]);
		expect((await applyIn(host, {file})).faults).toEqual([]);
		expect(await header(host)).toBe('max-age=15811200');

		// As the timer would: the unit has who vouches for the authority, and its hook makes nginx show the new one.
		await host.must([
			'sed',
			'-i',
			's/^# renew_before_expiry.*/renew_before_expiry = 9000 days/',
			'/etc/letsencrypt/renewal/page.conf',
		]);
		const renewed = await host.run(['systemctl', 'start', 'certbot.service'], {timeout: 120_000});
		expect(renewed.code, await host.must(['journalctl', '-u', 'certbot.service', '-n', '40'])).toBe(0);
		const second = await until(async () => {
			const now = await shown(host);
			return now.serial !== first.serial && now;
		});
		expect(second.names).toBe(first.names);
		expect((await planIn(host, {file})).notOk).toEqual([]);
		const doctor = await host.run([setup, 'doctor', 'tls', '--format', 'json'], {timeout: 120_000});
		const {rows} = JSON.parse(doctor.stdout) as {rows: readonly {readonly key: string; readonly says: string}[]};
		expect(rows.find(({key}) => key.startsWith('tls.renewal'))?.says).toMatch(/certbot.timer/);

		await undoIn(host, '--yes', '--purge', 'page');
		expect(
			(await host.run(['ls', '/etc/letsencrypt/live/page', '/etc/nginx/sites-enabled/page-http.conf'])).stdout,
		).toBe('');
	},
);

/** What browsers are told. */
const header = async (host: ThrowAway): Promise<string | undefined> => {
	const {stdout} = await host.run(['openssl', 's_client', '-quiet', '-servername', name, '-connect', '127.0.0.1:443'], {
		stdin: `HEAD / HTTP/1.0\r\nHost: ${name}\r\n\r\n`,
		timeout: 20_000,
	});
	return /^strict-transport-security: (.*?)\r?$/im.exec(stdout)?.[1];
};

/** What a visitor from elsewhere is shown. */
const shown = (host: ThrowAway) =>
	new Promise<{names: string | undefined; issuer: string; serial: string}>((done, failed) => {
		const socket = connect(
			{host: host.address, port: 443, servername: name, rejectUnauthorized: false, timeout: 10_000},
			() => {
				const {subjectaltname, issuer, serialNumber} = socket.getPeerCertificate();
				socket.destroy();
				done({names: subjectaltname, issuer: String(issuer.CN), serial: serialNumber});
			},
		);
		socket.on('error', failed).on('timeout', () => socket.destroy(new Error('no answer')));
	});
