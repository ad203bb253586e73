/** The doctor itself on a booted host full of services: what it never says, what it never changes, and that a repair can be taken back. */
import {existsSync, readFileSync} from 'node:fs';
import {availableParallelism, loadavg} from 'node:os';
import {describe, expect} from 'vitest';
import type {Report, Row} from '#doctor/types.ts';
import {type Digest, digestDiff, digestTree} from '#rehearse/digest.ts';
import {programDir} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {buildProgram, setup} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest, type Want, withPackages} from '../support/with-host.ts';
import {bringDemo, demo, node} from './support/demo.ts';
import {doctorIn, recipes, shown, withProgram} from './support/recipes.ts';
import {services} from './support/services.ts';
import {type Service, troubles} from './support/trouble.ts';
import {web} from './support/web.ts';

const plain: Want = withProgram({layer: withPackages('node', ['libatomic1']), network: 'none'});
const full: Want = withProgram({layer: services, network: 'none', timeout: 900_000});

const state = '/var/lib/host-setup';

const servicesIn = [
	{unit: 'redis-server.service', subject: 'redis', places: ['6379']},
	{unit: 'mariadb.service', subject: 'mysql', places: ['3306', '/run/mysqld/mysqld.sock']},
	{unit: 'postgresql@15-main.service', subject: 'postgres', places: ['5432', '/run/postgresql/.s.PGSQL.5432']},
	{unit: 'supervisor.service', subject: 'supervisor', places: ['/run/supervisor.sock']},
	{unit: 'slapd.service', subject: 'ldap', places: ['389', '/run/slapd/ldapi']},
	{unit: 'nslcd.service', subject: 'ldap', places: ['/run/nslcd/socket']},
] as const;

const webServices = [
	{unit: 'nginx.service', subject: 'nginx', places: ['80']},
	{unit: 'postfix@-.service', subject: 'postfix', places: ['0.0.0.0:25']},
] as const;

const kinds = [
	{name: 'databases and directory', layer: services, list: servicesIn},
	{name: 'web and mail', layer: web, list: webServices},
];

describe('looking changes nothing but its own memory; an ordinary user, an image and a host without tools get no false word', () => {
	for (const {name, layer, list} of kinds)
		hostTest(name, {...full, layer}, async host => {
			buildProgram();
			await settled(host);
			await host.must(['mkdir', '-m', '700', state]);
			const [before, processes] = [digestOf(host), await mainPids(host, list)];
			const {report: healthy} = await doctorIn(host);
			expect(shown(healthy.rows.filter(row => row.state === 'crash'))).toBe('');
			const [user, image, bare] = [await asUser(host), await asImage(host), await withoutTools(host)];
			expect(digestDiff(before, digestOf(host))).toEqual([]);
			expect(await mainPids(host, list)).toEqual(processes);
			expect(existsSync(`${host.root}${state}/doctor/found.json`)).toBe(true);

			for (const [who, report] of Object.entries({
				'an ordinary user': user,
				'an offline root': image,
				'a host without tools': bare,
			})) {
				expect(report.rows.length, who).toBeGreaterThan(10);
				expect(falseWords(healthy, report), who).toEqual([]);
				expect(report.seconds, who).toBeLessThan(20);
			}
			expect(user.rows.find(row => row.check === 'doctor.state')).toMatchObject({
				state: 'unknown',
				why: {because: 'needs-root'},
			});
			expect(user.isRoot).toBe(false);
		});
});

describe('a service in trouble is never a crash, a false ok or a false failure, and costs no more than its deadline', () => {
	for (const {name, layer, list} of kinds)
		hostTest(name, {...full, layer}, async host => {
			buildProgram();
			await settled(host);
			const subjects = [...new Set(list.map(({subject}) => subject))];
			const {report: healthy} = await doctorIn(host, ...subjects);
			const wrong: string[] = [];
			for (const trouble of troubles) {
				await Promise.all(list.map(one => trouble.begin(host, one)));
				const started = performance.now();
				const {report} = await doctorIn(host, ...subjects);
				const took = Math.round((performance.now() - started) / 1000);
				if (took > 25 * crowd()) wrong.push(`${trouble.name}: took ${took} s`);
				wrong.push(
					...[...troubledWords(healthy, report), ...answeredWords(report)].map(words => `${trouble.name}: ${words}`),
				);
				await Promise.all(list.map(one => trouble.end(host, one)));
			}
			expect(wrong.join('\n')).toBe('');
			expect(await childrenLeft(host)).toBe('');
		});
});

/** How many want each core: a deadline counts the time in which this machine could have answered. */
const crowd = (): number => Math.max(1, loadavg()[0]! / availableParallelism());

describe('mending', () => {
	hostTest('shows, does, takes back by itself what costs a neighbour, and is undone', plain, async host => {
		await bringDemo(host);
		await host.must(['mkdir', '-p', '/etc/demo']);
		for (const name of ['helps', 'costs', 'fails']) await host.must(['tee', `/etc/demo/${name}`], {stdin: 'bad\n'});
		const text = (name: string): string => readFileSync(`${host.root}/etc/demo/${name}`, 'utf8');

		const shownOnly = await demo(host, ['fix', 'demo.helps', '--plan']);
		expect(shownOnly).toMatchObject({code: 0, stdout: expect.stringMatching(/-bad\n.*\+good/s)});
		expect(await demo(host, ['fix', 'demo.helps'])).toMatchObject({
			code: 64,
			stderr: expect.stringMatching(/usage\.needs-yes/),
		});
		expect([text('helps'), existsSync(`${host.root}${state}/journal.jsonl`)]).toEqual(['bad\n', false]);

		expect(await demo(host, ['fix', 'demo.helps', '--yes'])).toMatchObject({
			code: 0,
			stdout: expect.stringMatching(/1 mended, 0 left/),
		});
		expect(text('helps')).toBe('good\n');
		expect(await demo(host, ['fix', 'demo.helps', '--yes'])).toMatchObject({
			code: 0,
			stdout: expect.stringMatching(/Nothing to mend/),
		});

		const costly = await demo(host, ['fix', 'demo.costs', '--yes']);
		expect(costly).toMatchObject({
			code: 1,
			stdout: expect.stringMatching(
				/worse than before: demo\.neighbour: the neighbour died of it.*Taken back: everything is as it was/s,
			),
		});
		expect([text('costs'), text('helps')]).toEqual(['bad\n', 'good\n']);

		const failing = await demo(host, ['fix', 'demo.fails', '--yes']);
		expect(failing).toMatchObject({code: 1, stdout: expect.stringMatching(/It failed, so it is taken back/)});
		expect(text('fails')).toBe('bad\n');

		buildProgram();
		expect(await host.run([setup, 'undo', '--plan'])).toMatchObject({
			code: 0,
			stdout: expect.stringMatching(/file:\/etc\/demo\/helps/),
		});
		expect(await host.run([setup, 'undo'])).toMatchObject({code: 0});
		expect(text('helps')).toBe('bad\n');
	});

	hostTest(
		'remembers, waives and opens again; when interrupted it takes with it what it started',
		plain,
		async host => {
			await bringDemo(host);
			await host.must(['mkdir', '-p', '/etc/demo']);
			await host.must(['touch', '/etc/demo/hangs']);
			const running = async (pattern: string): Promise<readonly string[]> =>
				(await host.run(['grep', '-lz', pattern, '-r', '--include=cmdline', '/proc'])).stdout
					.split('\n')
					.flatMap(line => /^\/proc\/(\d+)\/cmdline$/.exec(line)?.[1] ?? []);
			const looking = demo(host, ['demo.hangs']);
			await until(async () => (await running('424[2]')).length > 0, {deadline: 60_000, every: 200, what: 'what hangs'});
			const [looks = ''] = await running('demo.hang[s]');
			await host.must(['sh', '-c', 'kill -s INT "$0"', looks]);
			expect(await looking).toMatchObject({
				code: 130,
				stdout: expect.stringMatching(/gave no answer before the\s+operator stopped it/),
			});
			expect((await host.run(['grep', '-lz', '424[2]', '-r', '--include=cmdline', '/proc'])).stdout).toBe('');
			expect(existsSync(`${host.root}${state}/doctor`)).toBe(false);
			await host.must(['rm', '/etc/demo/hangs']);
			await host.must(['tee', '/etc/demo/helps'], {stdin: 'bad\n'});
			const look = async (
				...argv: readonly string[]
			): Promise<{readonly code: number; readonly row: Row; readonly report: Report}> => {
				const {code, stdout, stderr} = await demo(host, ['demo.helps', '--format', 'json', ...argv]);
				expect(stderr).toBe('');
				const report = JSON.parse(stdout) as Report;
				return {code, report, row: report.rows.find(row => row.check === 'demo.helps')!};
			};
			expect(await look('--fail-on', 'new')).toMatchObject({code: 1, row: {change: 'new'}});
			expect(await look('--fail-on', 'new')).toMatchObject({
				code: 0,
				row: {change: 'still', since: expect.stringMatching(/^\d{4}-/)},
			});
			expect(await look()).toMatchObject({code: 1});

			expect(await demo(host, ['waive', 'demo.helps'])).toMatchObject({
				code: 64,
				stderr: expect.stringMatching(/usage\.no-reason/),
			});
			expect(await demo(host, ['waive', 'demo.neighbour', '--reason', 'x'])).toMatchObject({
				code: 64,
				stderr: expect.stringMatching(/nothing to waive/),
			});
			expect(await demo(host, ['waive', 'demo.helps', '--reason', 'known', '--until', '2099-01-01'])).toMatchObject({
				code: 0,
			});
			expect(await look()).toMatchObject({
				code: 0,
				row: {waived: {reason: 'known', until: '2099-01-01'}},
				report: {counts: {waived: 1, fail: 0}},
			});
			const later = await look('--at', '2099-06-01', '--fail-on', 'warn');
			expect(later).toMatchObject({code: 1, row: {state: 'fail'}});
			expect(later.report.rows.find(row => row.check === 'doctor.waivers')).toMatchObject({
				state: 'warn',
				says: 'expired on 2099-01-01: known',
			});
			await host.must(['tee', '/etc/demo/helps'], {stdin: 'worse\n'});
			expect(await look()).toMatchObject({
				code: 1,
				row: {says: 'helps is not good (waived when it was: helps is not good)'},
			});
			await host.must(['tee', '/etc/demo/helps'], {stdin: 'good\n'});
			const mended = await look('--fail-on', 'warn');
			expect(mended).toMatchObject({code: 1, report: {fixed: [{key: 'demo.helps', was: 'fail'}]}});
			expect(mended.report.rows.find(row => row.check === 'doctor.waivers')).toMatchObject({
				state: 'warn',
				says: expect.stringMatching(/^matches nothing any more/),
			});
			expect(await demo(host, ['waivers'])).toMatchObject({
				code: 0,
				stdout: expect.stringMatching(/demo\.helps.*until 2099-01-01, by root/),
			});
			expect(await demo(host, ['unwaive', 'demo.helps'])).toMatchObject({code: 0});
			expect(await look('--fail-on', 'warn')).toMatchObject({code: 0});
			expect(readFileSync(`${host.root}${state}/doctor/found.json`, 'utf8')).toContain('"demo.helps":{}');
		},
	);
});

recipes(
	'a unit that failed is found, and its remedy mends it',
	{layer: withPackages('node', ['libatomic1']), network: 'none'},
	[
		{
			name: 'a service whose program ends with 1',
			check: 'host.failed-units',
			is: 'failed',
			item: 'broken.service',
			async break(host) {
				await host.must(['tee', '/etc/systemd/system/broken.service'], {
					stdin: "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'test -e /run/mended'\n",
				});
				await host.run(['systemctl', 'start', 'broken.service']);
				await host.must(['touch', '/run/mended']);
			},
			verdict: 'fail',
			says: /broken\.service has failed/,
			layers: {runtime: 'failed'},
			mend: 'remedy',
		},
	],
);

/** Everything that boots has booted: what is still starting would be another host a moment later. */
const settled = async (host: ThrowAway): Promise<void> => {
	await until(
		async () => ['running', 'degraded'].includes((await host.run(['systemctl', 'is-system-running'])).stdout.trim()),
		{
			what: 'the end of the boot',
			deadline: 60_000,
		},
	);
};

const asUser = async (host: ThrowAway): Promise<Report> =>
	JSON.parse(
		(
			await host.run([node, `${programDir}/dist/cli.js`, 'doctor', '--format', 'json'], {
				as: 'www-data',
				timeout: 60_000,
			})
		).stdout,
	) as Report;

const asImage = async (host: ThrowAway): Promise<Report> => {
	const script = `mkdir -p /run/image && mount --bind / /run/image && exec ${node} ${programDir}/dist/cli.js doctor --root /run/image --format json`;
	return JSON.parse((await host.run(['unshare', '-m', 'sh', '-c', script], {timeout: 60_000})).stdout) as Report;
};

const withoutTools = async (host: ThrowAway): Promise<Report> => {
	// As closed as what they cover: a directory that everybody may write would be a true finding.
	const hide = ['/usr/local/bin', '/usr/local/sbin', '/usr/sbin', '/usr/bin']
		.map(path => `mount -t tmpfs -o mode=755 none ${path}`)
		.join(' && ');
	return JSON.parse(
		(
			await host.run(
				['unshare', '-m', 'sh', '-c', `${hide} && exec ${node} ${programDir}/dist/cli.js doctor --format json`],
				{timeout: 60_000},
			)
		).stdout,
	) as Report;
};

/** Said by somebody who sees less: what root on the live host does not say. Not to know is always allowed. */
const falseWords = (healthy: Report, seen: Report): readonly string[] =>
	seen.rows
		.filter(row => !['unknown', 'blocked'].includes(row.state) && !row.check.startsWith('doctor.'))
		.filter(row => row.state !== healthy.rows.find(one => one.key === row.key)?.state)
		.map(row => shown([row]));

/** Of a subject in trouble: as when healthy, or not known; a failure only by the check whose business it is whether it runs. */
const troubledWords = (healthy: Report, seen: Report): readonly string[] =>
	seen.rows
		.filter(row => !['unknown', 'blocked'].includes(row.state))
		.filter(row => row.state !== healthy.rows.find(one => one.key === row.key)?.state)
		.filter(
			row =>
				!(row.state === 'fail' && /\.(running|reachable|server|nslcd|daemon|round-trip|programs)$/.test(row.check)),
		)
		.map(row => shown([row]));

/** No service could answer: whatever is said to come from a running one is made up. systemd, the kernel and a program's own -V do answer. */
const answeredWords = (seen: Report): readonly string[] =>
	seen.rows
		.filter(
			({state, layers: {runtime}}) =>
				state === 'ok' &&
				runtime !== undefined &&
				'value' in runtime &&
				!/^systemctl |^\/proc\/|\bof process \d+$| -V$/.test(runtime.where),
		)
		.map(row => `answered by nobody: ${shown([row])}`);

const mainPids = async (host: ThrowAway, list: readonly Service[]): Promise<string> =>
	host.must([
		'systemctl',
		'show',
		'--property=Id,MainPID,ExecMainStartTimestampMonotonic',
		...list.map(({unit}) => unit),
	]);

/** No program of a check may be there any more. */
const childrenLeft = async (host: ThrowAway): Promise<string> =>
	(await host.run(['pgrep', '-f', 'redis-cli|psql|mariadb -|ldapsearch|supervisorctl'])).stdout;

/** What an operator would call the host: its configuration, its packages, its data's places. */
const digestOf = (host: ThrowAway): Digest =>
	digestTree(
		host.root,
		path =>
			skipped.test(path) ||
			!/^\/(etc|root|srv|home|usr\/local|var\/lib\/(dpkg|apt|host-setup)|var\/spool|var)(\/|$)/.test(path) ||
			ignored.test(path),
	);

// Postfix notes there that it was asked for its certificate.
const skipped =
	/^\/etc\/(resolv\.conf|\.updated|ld\.so\.cache|mtab)$|^\/var\/lib\/host-setup\/(doctor|cache)$|^\/var\/spool\/postfix\/pid$/;
/** Services write there all day. */
const ignored = /^\/var\/(?!lib$|lib\/(dpkg|apt|host-setup)(\/|$)|spool(\/|$))/;
