/** Alarms on a booted host with a real Postfix and a real HTTPS server: one mail and one POST a change, lost while neither took it, told after. */
import {beforeAll, expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {node} from '../support/light.ts';
import {buildProgram, setup} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest, withPackages} from '../support/with-host.ts';
import {put, sh} from './support/inside.ts';
import {withProgram} from './support/recipes.ts';

const layer = withPackages('alarm', ['libatomic1', 'postfix', 'openssl', 'ca-certificates']);
const hook = '/root/hook';
const path = '/services/T0PSECRET';

beforeAll(buildProgram, 300_000);

/** Writes each body to a file, and answers what /srv/status says. */
const server = `import {appendFileSync, readFileSync} from 'node:fs';
import {createServer} from 'node:https';
createServer({key: readFileSync('/srv/key.pem'), cert: readFileSync('/srv/cert.pem')}, (request, answer) => {
	let body = '';
	request.on('data', part => { body += part; }).on('end', () => {
		const status = Number(readFileSync('/srv/status', 'utf8'));
		if (status === 200) appendFileSync('/srv/bodies', request.method + ' ' + request.url + ' ' + body + '\\n');
		answer.writeHead(status, {location: 'https://elsewhere.example/'}).end('ok');
	});
}).listen(8443);
`;

const furnish = async (host: ThrowAway): Promise<void> => {
	await sh(
		host,
		'cd /srv; openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=hooks.example -addext subjectAltName=DNS:hooks.example -keyout key.pem -out cert.pem 2>/dev/null; echo 200 > status; : > bodies; echo 127.0.0.1 hooks.example >> /etc/hosts',
	);
	await put(host, '/srv/hook.mjs', server);
	await put(host, '/etc/systemd/system/hook.service', `[Service]\nExecStart=${node} /srv/hook.mjs\n`);
	await put(host, hook, `https://hooks.example:8443${path}\n`);
	await sh(
		host,
		`chmod 600 ${hook}; systemctl daemon-reload; systemctl start hook; postconf -e 'myhostname = h1.example' 'mydestination = h1.example, localhost' 'inet_interfaces = loopback-only'; rm -f /etc/aliases; newaliases || true; systemctl restart postfix`,
	);
};

const alarm = (host: ThrowAway, ...more: readonly string[]) =>
	host.run([setup, 'doctor', 'host.failed-units', '--mail', 'root@localhost', '--webhook', hook, ...more], {
		timeout: 120_000,
	});
const mails = async (host: ThrowAway): Promise<readonly string[]> => {
	const {stdout} = await host.run(['sh', '-c', 'cat /var/mail/* 2>/dev/null']);
	return stdout.split(/^From /m).slice(1);
};
const bodies = async (host: ThrowAway): Promise<readonly string[]> =>
	(await host.must(['cat', '/srv/bodies'])).split('\n').slice(0, -1);
const arrive = (host: ThrowAway, count: number): Promise<unknown> =>
	until(async () => (await mails(host)).length === count && (await bodies(host)).length === count, {
		deadline: 60_000,
		what: `${count} mails and posts`,
	});

hostTest(
	'an alarm for each change, by mail and by webhook',
	withProgram({layer, network: 'none', timeout: 400_000}),
	async host => {
		await furnish(host);
		// Nobody vouches for the server: nothing is told, and the address stands nowhere.
		const distrusted = await alarm(host, '--test-alarm');
		expect([distrusted.code, distrusted.stderr]).toEqual([
			74,
			expect.stringMatching(/\[alarm\.webhook\].*hooks\.example.*certificate/) as string,
		]);
		expect(distrusted.stdout + distrusted.stderr).not.toContain('T0PSECRET');
		await sh(
			host,
			'cp /srv/cert.pem /usr/local/share/ca-certificates/hooks.crt; update-ca-certificates >/dev/null 2>&1',
		);
		expect(await alarm(host, '--test-alarm')).toMatchObject({
			code: 0,
			stdout: expect.stringMatching(/Sent to root@localhost\.\nSent to the webhook/) as string,
		});
		await until(async () => (await mails(host)).length === 2 && (await bodies(host)).length === 1, {
			deadline: 60_000,
			what: 'the tests',
		});
		expect((await mails(host))[1]).toMatch(/^Subject: setup doctor: .*a test of the alarm$/m);
		await sh(host, 'rm -f /var/mail/*; : > /srv/bodies');

		await sh(
			host,
			'printf "[Service]\\nExecStart=/bin/false\\n" > /etc/systemd/system/broken.service; systemctl daemon-reload; systemctl start broken || true; until systemctl is-failed -q broken; do :; done',
		);
		expect((await alarm(host)).code).toBe(1);
		await arrive(host, 1);
		expect((await mails(host))[0]).toMatch(
			/^Subject: setup doctor: .*: 1 worse$[\s\S]*^fail: host\.failed-units\[broken\.service\]: broken\.service has failed$/m,
		);
		expect((await bodies(host))[0]).toMatch(
			new RegExp(
				`^POST ${path} \\{"host":.*"worse":\\[\\{"key":"host\\.failed-units\\[broken\\.service\\]","state":"fail"`,
			),
		);

		// Told once. What the webhook does not take is told when it does; a redirect is not followed.
		await alarm(host);
		await sh(host, 'echo 302 > /srv/status; systemctl reset-failed broken');
		expect((await alarm(host)).code).toBe(74);
		expect(await bodies(host)).toHaveLength(1);
		await sh(host, 'echo 200 > /srv/status');
		expect((await alarm(host)).code).toBe(0);
		await arrive(host, 2);
		expect((await mails(host))[1]).toMatch(
			/^mended: host\.failed-units\[broken\.service\], was: broken\.service has failed$/m,
		);
		expect((await bodies(host))[1]).toMatch(/"worse":\[\],"mended":\[\{"key":"host\.failed-units\[broken\.service\]"/);

		// The timer takes both words along, and an operator who looks in between takes no news from it.
		expect(
			(
				await host.run([setup, 'doctor', '--install-timer', '--yes', '--mail', 'root@localhost', '--webhook', hook], {
					timeout: 120_000,
				})
			).code,
		).toBe(0);
		await sh(host, 'systemctl start broken || true; until systemctl is-failed -q broken; do :; done');
		await host.run([setup, 'doctor', 'host.failed-units']);
		await host.must(['systemctl', 'start', 'host-setup-doctor.service']);
		await arrive(host, 3);
		expect((await bodies(host))[2]).toContain('host.failed-units[broken.service]');
		expect(
			await host.run(['grep', '-rl', 'T0PSECRET', '/etc/systemd', '/var/lib/host-setup', '/var/log']),
		).toMatchObject({stdout: ''});
	},
);
