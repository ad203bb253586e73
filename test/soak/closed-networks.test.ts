/** ipynbsrv's demo where only a proxy is in reach, and where only a medium is: its users log in all the same. */
import {copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect} from 'vitest';
import {bring} from '#rehearse/program.ts';
import {plain, putAnswers, putSecret} from '../host/support/answers.ts';
import {leaksIn} from '../host/support/leaks.ts';
import {expectLogins} from '../host/support/logins.ts';
import {mediumMaker} from '../host/support/medium-maker.ts';
import {onlyProxy, proxyLogin, withProxyProgram} from '../host/support/only-proxy.ts';
import {answersFile, applyIn, buildProgram, checkout, setup} from '../host/support/setup.ts';
import {hostTest, layersOf, packageLists, withHost, withPackages} from '../host/support/with-host.ts';

/** Nothing may come from packages that other tests have fetched. */
const noDebs = (): string => {
	const made = mkdtempSync(join(tmpdir(), 'no-debs-'));
	afterAll(() => rmSync(made, {recursive: true, force: true}));
	return made;
};

const proxied = noDebs();
hostTest(
	'behind a proxy with a login',
	{layer: withProxyProgram, network: 'none', binds: [bring(checkout)], debs: proxied, timeout: 3_600_000},
	async host => {
		buildProgram();
		await using proxy = await onlyProxy(host);
		await host.must(['sh', '-c', 'rm -rf /var/lib/apt/lists/*_*']);
		putSecret(host, 'proxy', proxyLogin.password);
		const login = {by: 'password', user: proxyLogin.user, password: {file: '/root/secrets/proxy'}};
		// Python's packages from their index, through the proxy as well.
		putAnswers(host, plain, {
			fetching: {proxy: {use: 'address', address: proxy.address, login}},
			application: {python: {environment: 'venv', interpreter: '/usr/bin/python3'}},
		});
		const applied = await applyIn(host, {timeout: 3_000_000});
		expect(applied, applied.faults.join('\n')).toMatchObject({code: 0});
		await expectLogins(host, plain);
		const asked = proxy.asked();
		expect(asked.filter(line => line.endsWith('.deb')).length).toBeGreaterThan(250);
		expect(asked.some(line => /^GET .*\/InRelease$/.test(line))).toBe(true);
		expect(asked.some(line => /^CONNECT /.test(line))).toBe(true);
		expect(leaksIn(applied.stdout + applied.stderr, {proxy: proxyLogin.password})).toEqual([]);
	},
);

const carried = noDebs();
hostTest(
	'from a medium, without a network',
	{network: 'none', binds: [bring(checkout)], debs: carried, timeout: 3_600_000},
	async host => {
		buildProgram();
		putAnswers(host, plain);
		await withHost({layer: packageLists, binds: [bring(checkout)]}, async maker => {
			await maker.must(['mkdir', '-m', '0777', '/srv/made']);
			copyFileSync(join(checkout, 'fixtures/answers/ipynbsrv.yaml'), join(maker.root, 'srv/made/answers.yaml'));
			const as = {as: 'nobody', env: {XDG_CACHE_HOME: '/srv/made/cache'}, timeout: 1_800_000};
			const made = await maker.must([setup, 'bundle', '/srv/made/medium', '/srv/made/answers.yaml'], as);
			console.log(made);
			copyFileSync(join(maker.root, 'srv/made/medium'), join(host.root, 'root/medium'));
			await host.must(['chown', 'root:root', '/root/medium']);
		});
		const started = performance.now();
		const applied = await host.run([setup, 'apply', answersFile, '--bundle', '/root/medium', '--format', 'ndjson'], {
			timeout: 3_000_000,
		});
		console.log(`setup apply --bundle: ${((performance.now() - started) / 1000).toFixed(0)} s`);
		expect(applied, applied.stderr + applied.stdout.slice(-3000)).toMatchObject({code: 0});
		await expectLogins(host, plain);
		expect(await host.must(['ls', '/var/lib/apt/lists'])).not.toMatch(/_Packages/);
	},
);

const wheels = noDebs();
hostTest(
	'CoralNet with its Python packages from a medium, without a network',
	{
		layer: withPackages('node', ['libatomic1']),
		network: 'none',
		binds: [bring(checkout)],
		debs: wheels,
		timeout: 3_600_000,
	},
	async host => {
		buildProgram();
		const answers = readFileSync(join(checkout, 'stacks/coralnet/answers.yaml'));
		const [base] = await layersOf('bookworm', undefined);
		await withHost(
			{
				layer: {...packageLists, on: mediumMaker},
				binds: [bring(checkout), {from: base!, to: '/opt/base', readOnly: true}],
				plain: ['/var/lib/host-setup', '/var/cache/host-setup'],
			},
			async maker => {
				writeFileSync(join(maker.root, 'root/answers.yaml'), answers, {mode: 0o600});
				const words = ['/root/medium', '/root/answers.yaml', '--base', '/opt/base'];
				console.log(await maker.must([setup, 'bundle', ...words], {timeout: 2_400_000}));
				copyFileSync(join(maker.root, 'root/medium'), join(host.root, 'root/medium'));
			},
		);
		writeFileSync(join(host.root, answersFile), answers, {mode: 0o600});
		const argv = [setup, 'apply', answersFile, '--bundle', '/root/medium', '--format', 'ndjson'];
		const applied = await host.run(argv, {timeout: 3_000_000});
		expect(applied, applied.stderr + applied.stdout.slice(-3000)).toMatchObject({code: 0});
		expect(await applyIn(host)).toMatchObject({code: 0, changed: 0});
	},
);
