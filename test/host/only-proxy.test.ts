/** A host that reaches nothing but a proxy with a login: what apt, pip, npm and setup itself fetch comes through it, and its password goes nowhere else. */
// minutes: 2
import {createHash} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, expect} from 'vitest';
import {bring} from '#rehearse/program.ts';
import {putSecret} from './support/answers.ts';
import {watchCommandLines} from './support/command-lines.ts';
import {leaksIn} from './support/leaks.ts';
import {onlyProxy, proxyLogin, withProxyProgram} from './support/only-proxy.ts';
import {answersOf, ownStack} from './support/own-stacks.ts';
import {applyIn, buildProgram, checkout, setup} from './support/setup.ts';
import {hostTest} from './support/with-host.ts';

beforeAll(buildProgram, 300_000);

const secrets = {proxy: proxyLogin.password};

hostTest(
	'everything is fetched through it, and its password is nowhere to be read',
	{layer: withProxyProgram, network: 'none', binds: [bring(checkout)], timeout: 600_000},
	async host => {
		await using proxy = await onlyProxy(host);
		const source = /^deb (\S+) (\S+)/m.exec(await host.must(['cat', '/etc/apt/sources.list']))!;
		const file = `${source[1]}/dists/${source[2]}/Release`;
		const sum = createHash('sha256')
			.update(Buffer.from(await (await fetch(file)).arrayBuffer()))
			.digest('hex');
		ownStack(
			host,
			'far',
			`[steps.fetching, step({
	id: 'things', title: 'Things', about: 'Of a test.', guide: 'none', questions: z.strictObject({}),
	resources: () => [
		makers.aptPackages({names: ['python3-venv'], recommends: false}, {id: 'apt:venv', needs: ['done:dpkg-consistent']}),
		makers.user({name: 'far', home: '/srv/far', system: true, shell: '/usr/sbin/nologin'}),
		makers.directory({path: '/srv/far', mode: 0o755, owner: 'far:far'}),
		makers.venv({directory: '/srv/far/env', python: '/usr/bin/python3', kind: {tool: 'venv'}, packages: ['six'], user: 'far'}, {needs: ['package:python3-venv', 'path:/srv/far']}),
		makers.download({from: '${file}', to: '/srv/far.file', check: {sha256: '${sum}'}}),
	],
})]`,
		);
		const way = {use: 'address', address: proxy.address};
		putSecret(host, 'proxy', proxyLogin.password);
		const answers = (login: object): string => answersOf(host, 'far', {fetching: {proxy: {...way, login}}});
		const login = {by: 'password', user: proxyLogin.user, password: {file: '/root/secrets/proxy'}};

		// Lists are fetched as on a new host, and without its login the proxy lets nobody through.
		await host.must(['sh', '-c', 'rm -rf /var/lib/apt/lists/*_*']);
		const refused = await applyIn(host, {file: answers({by: 'none'})});
		expect(refused.faults.join('\n')).toContain('[apt.proxy-login]');

		const watching = await watchCommandLines(host);
		const applied = await applyIn(host, {file: answers(login)});
		const {seen} = await watching.end();
		expect(applied, applied.faults.join('\n')).toMatchObject({code: 0});
		expect((await host.must(['/srv/far/env/bin/pip', 'list'])).toLowerCase()).toContain('six');
		// For services that fetch by themselves: root's alone.
		expect(await host.must(['stat', '--format', '%a %U', '/etc/systemd/host-setup-proxy.env'])).toBe('600 root\n');
		expect(await host.must(['cat', '/etc/systemd/host-setup-proxy.env'])).toContain(`@${proxy.address.slice(7)}\n`);
		const asked = proxy.asked();
		expect(
			asked.some(line => line === `GET ${file}`),
			asked.join('\n'),
		).toBe(true);
		expect(asked.some(line => /^CONNECT .*:443/.test(line))).toBe(true);
		expect(asked.some(line => /^GET .*\/InRelease$/.test(line))).toBe(true);

		expect(seen.length).toBeGreaterThan(20);
		expect(seen.filter(line => leaksIn(line, secrets).length > 0)).toEqual([]);
		expect(leaksIn(applied.stdout + applied.stderr, secrets)).toEqual([]);
		expect(leaksIn(await host.must(['journalctl', '--no-pager', '--all', '--output', 'export']), secrets)).toEqual([]);
		expect(
			leaksIn(await host.must(['sh', '-c', 'cat /var/lib/host-setup/events/* /var/lib/host-setup/*.jsonl']), secrets),
		).toEqual([]);

		// What apt is set up with serves the others as well, and where it comes from is said.
		writeFileSync(
			join(host.root, 'etc/apt/apt.conf.d/80proxy'),
			`Acquire::http::Proxy "http://${encodeURIComponent(proxyLogin.user)}:${encodeURIComponent(proxyLogin.password)}@${proxy.address.slice(7)}";\n`,
			{mode: 0o600},
		);
		await host.must(['rm', '-rf', '/srv/far/env', '/srv/far.file']);
		const before = proxy.asked().length;
		const again = await applyIn(host, {file: answersOf(host, 'far', {})});
		expect(again, again.faults.join('\n')).toMatchObject({code: 0});
		expect(
			proxy
				.asked()
				.slice(before)
				.filter(line => line.startsWith('CONNECT')).length,
		).toBeGreaterThan(0);
		expect(leaksIn(again.stdout + again.stderr, secrets)).toEqual([]);
		expect(await host.must([setup, 'answers', 'init', 'far'])).toContain('/etc/apt/apt.conf.d/80proxy:1');
	},
);
