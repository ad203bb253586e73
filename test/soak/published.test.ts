/**
 * The application as it was published, from an answers file alone: what the demo stands for. PUBLISHED_IPYNBSRV names a clone of
 * github.com/ipynbsrv/ipynbsrv on this machine; its front-end components come from the npm registry.
 */
import {execFileSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {Release} from '#rehearse/base.ts';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {putSecret} from '../host/support/answers.ts';
import {seen} from '../host/support/before.ts';
import {answersFile, applyIn, buildProgram, checkout, outcomesOf, planIn, undoIn} from '../host/support/setup.ts';
import {sitDown} from '../host/support/site.ts';
import {until} from '../host/support/until.ts';
import {hostTest, packageLists, withTool} from '../host/support/with-host.ts';

const published = process.env['PUBLISHED_IPYNBSRV'];
const name = 'ipynbsrv.example.org';
const secrets = {
	user: `it's "A\\ $(id) & #%`,
	superuser: `"$'\\ superuser & #`,
	database: `'";\\ $x ${'{}'}`,
	admin: `%s '"\\ #&`,
};

type Choices = {
	readonly release: Release;
	readonly home: string;
	readonly socket: string;
	readonly set: Readonly<Record<string, unknown>>;
};

/** As the guide has it, and as somebody else would: other names, another home, a site file of their own that still speaks of the guide's. */
const choices: readonly Choices[] = [
	{release: 'bullseye', home: '/srv/ipynbsrv', socket: 'ipynbsrv.sock', set: {}},
	{
		release: 'jammy',
		home: '/opt/notebooks',
		socket: 'wui.sock',
		set: {
			'ldap-directory.hostName': 'people.nb.internal',
			'postgres.hostName': 'db.nb.internal',
			'postgres.database': 'nb_store',
			'postgres.role': 'nb_app',
			'application.user': 'notebooks',
			'application.home': '/opt/notebooks',
			'application.site': {as: 'copy', file: '/root/site/notebooks.conf'},
		},
	},
];

const components = ['bootstrap@3.3.7', 'jquery@1.12.4', 'datatables@1.10.18'];

if (published === undefined) test.skip('needs: PUBLISHED_IPYNBSRV, a clone of github.com/ipynbsrv/ipynbsrv', () => {});
else
	for (const {release, home, socket, set: chosen} of choices)
		hostTest(
			`the published ipynbsrv on ${release} in ${home}: installed by answers alone, used, rebooted, nothing left to do, taken back, and nothing of it there`,
			{release, layer: withTool('libatomic1', packageLists), binds: [bring(checkout)], timeout: 3600_000},
			async host => {
				buildProgram();
				const before = await seen(host);
				bringSources(host, published);
				for (const [key, value] of Object.entries(secrets)) putSecret(host, key, value);
				const file = (key: string) => ({file: `/root/secrets/${key}`});
				const set = {
					'postgres.mode': 'local',
					'ldap-directory.firstUser.password': file('user'),
					'ldap-directory.adminPassword': file('admin'),
					'postgres.password': file('database'),
					'superuser.password': file('superuser'),
					...chosen,
				};
				const started = performance.now();
				const applied = await applyIn(host, {set, timeout: 2400_000});
				expect(applied, applied.faults.join('\n')).toMatchObject({code: 0, outcome: 'done'});
				console.log(`setup apply of the published application: ${((performance.now() - started) / 1000).toFixed(0)} s`);
				expect(readFileSync(join(host.root, 'etc/ipynbsrv/uwsgi.ini'), 'utf8')).toMatch(
					/^processes = 5\nharakiri = 30\nmax-requests = 5000$/m,
				);
				expect(readFileSync(join(host.root, 'etc/ipynbsrv/uwsgi.ini'), 'utf8')).toContain(
					`\nsocket = /run/ipynbsrv/${socket}\n`,
				);
				await expectUse(host, home);
				expect((await planIn(host, {set})).notOk).toEqual([]);
				await host.reboot();
				await expectUse(host, home);
				expect(await applyIn(host, {set})).toMatchObject({code: 0, outcome: 'done', changed: 0});

				const undone = await undoIn(host);
				expect(undone, undone.stderr).toMatchObject({code: 0});
				expect(outcomesOf(undone, 'conflict')).toEqual([]);
				expect((await host.run(['systemctl', 'is-active', 'ipynbsrv.service', 'openresty.service'])).code).not.toBe(0);
				const purged = await undoIn(host, '--purge', '--purge-data', 'ipynbsrv');
				expect(purged, purged.stderr).toMatchObject({code: 0});
				expect(outcomesOf(purged, 'kept')).toEqual([]);
				expect(await seen(host)).toEqual(before);
			},
		);

const bringSources = (host: ThrowAway, repository: string): void => {
	const work = mkdtempSync(join(tmpdir(), 'components-'));
	try {
		execFileSync('npm', ['install', '--no-save', '--ignore-scripts', '--silent', '--prefix', work, ...components]);
		cpSync(join(work, 'node_modules'), join(host.root, 'root/bower_components'), {recursive: true});
		// git makes nothing below /proc/PID/root.
		execFileSync('git', ['clone', '-q', '--bare', repository, join(work, 'ipynbsrv.git')]);
		cpSync(join(work, 'ipynbsrv.git'), join(host.root, 'srv/src/ipynbsrv.git'), {recursive: true});
		const site = execFileSync('git', ['-C', repository, 'show', 'a735aab:confs/nginx/ipynbsrv.conf'], {
			encoding: 'utf8',
		});
		mkdirSync(join(host.root, 'root/site'));
		writeFileSync(
			join(host.root, 'root/site/notebooks.conf'),
			site.replace(/^resolver .*$/m, '').replace('/var/run/ipynbsrv/ipynbsrv.sock', '/run/ipynbsrv/wui.sock'),
		);
	} finally {
		rmSync(work, {recursive: true, force: true});
	}
	cpSync(join(checkout, 'fixtures/answers/ipynbsrv-published.yaml'), join(host.root, answersFile));
};

/** Its error views answer 200: only what a page says is proof. */
const expectUse = async (host: ThrowAway, home: string): Promise<void> => {
	const member = sitDown(host.address, name);
	await until(async () => (await member.get('/accounts/login/')).body.includes('csrfmiddlewaretoken'), {
		deadline: 90_000,
		what: 'the login page through OpenResty',
	});
	await until(async () => (await host.run(['getent', 'passwd', 'alice'])).code === 0, {
		deadline: 60_000,
		what: 'getent passwd alice',
	});
	expect(await member.login('alice', secrets.user)).toMatchObject({status: 302});
	expect((await member.get('/')).body).toMatch(/<title>[^<]*Dashboard/);
	for (const path of ['/shares/', '/containers/', '/images/', '/docs/user-guide/', '/static/css/main.css', '/public/'])
		expect([path, (await member.get(path)).status]).toEqual([path, 200]);
	// Nobody's workspace: asked by the server's own name, without a DNS server, it is no error of the server.
	const workspace = await member.get('/workspace/49160/');
	expect([workspace.status, /Error (\d+)/.exec(workspace.body)?.[1]]).toEqual([403, '404']);

	const wrong = sitDown(host.address, name);
	await wrong.login('alice', 'wrong');
	expect((await wrong.get('/')).status).toBe(302);
	const admin = sitDown(host.address, name);
	await admin.login('admin', secrets.superuser, '/admin/login/');
	expect((await admin.get('/admin/')).body).toContain('Site administration');
	expect((await host.run(['stat', '-c', '%U %a', `${home}/data/homes/alice`])).stdout.trim()).toBe('alice 700');
};
