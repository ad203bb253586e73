/** A host with five database servers in use: its copy has all of them, running, on fresh, empty data; its own data are as they were. */
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, expect} from 'vitest';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {mongodb} from './doctor/support/mongodb.ts';
import {buildProgram, checkout, setup} from './support/setup.ts';
import {until} from './support/until.ts';
import {hostTest, type Layer} from './support/with-host.ts';

const packages = [
	...['redis-server', 'mariadb-server', 'postgresql', 'slapd', 'ldap-utils'],
	...['systemd-container', 'iptables', 'iproute2'],
];

const five: Layer = {
	name: 'five-databases',
	key: packages.join(' '),
	on: mongodb,
	async build(host) {
		await host.must(['debconf-set-selections'], {
			stdin: [
				'slapd slapd/domain string example.org',
				'slapd shared/organization string Example',
				'slapd slapd/password1 password admin-of-tests',
				'slapd slapd/password2 password admin-of-tests',
				'',
			].join('\n'),
		});
		await host.must(['apt-get', 'install', '-y', '--no-install-recommends', ...packages], {
			env: {DEBIAN_FRONTEND: 'noninteractive'},
			timeout: 900_000,
		});
	},
};

const code = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(checkout, 'docs/stacks.md'), 'utf8'))?.[1] ?? '';

beforeAll(buildProgram, 300_000);

hostTest(
	'five servers in use: the copy has them on fresh data, and their own stay as they were',
	{
		release: 'bullseye',
		timeout: 600_000,
		layer: five,
		binds: [bring(checkout)],
		plain: ['/var/lib/docker', '/var/lib/containers', '/var/lib/host-setup'],
	},
	async host => {
		await fill(host);
		const before = await held(argv => host.run(argv));
		expect(before).toEqual({postgres: 'ours', mysql: 'ours', slapd: 'ours', redis: 'ours', mongodb: 'ours'});

		const stack = '/etc/host-setup/stacks/bootnote';
		mkdirSync(join(host.root, stack), {recursive: true, mode: 0o755});
		writeFileSync(join(host.root, stack, 'stack.ts'), code, {mode: 0o644});
		writeFileSync(join(host.root, stack, 'GUIDE.md'), '# bootnote\n', {mode: 0o644});
		writeFileSync(join(host.root, 'root/note.yaml'), (await host.run([setup, 'answers', 'init', 'bootnote'])).stdout);
		const ran = await host.run([setup, 'rehearse', '/root/note.yaml', '--yes', '--keep'], {timeout: 300_000});
		expect([ran.code, ran.stderr]).toEqual([0, '']);
		expect(ran.stdout).toContain(
			'PostgreSQL 13/main, MariaDB, slapd, Redis, MongoDB: in the copy on fresh, empty data',
		);
		expect(ran.stdout).not.toContain('stays off');

		const inside = /Enter it with: {2}(.*) bash -l$/m.exec(ran.stdout)?.[1] ?? '';
		const enter = (argv: readonly string[]) => host.run(['sh', '-c', `${inside} "$@"`, 'sh', ...argv]);
		// Each answers, and knows nothing of what is on the host.
		expect(await until(() => answering(enter), {what: 'every server of the copy to answer'})).toEqual({
			postgres: 'none',
			mysql: 'none',
			slapd: 'none',
			redis: 'none',
			mongodb: 'none',
		});
		const [, name = ''] = /setup rehearse --end (\S+)/.exec(ran.stdout) ?? [];
		await host.must([setup, 'rehearse', '--end', name]);
		expect(await held(argv => host.run(argv))).toEqual(before);
	},
);

type Run = (argv: readonly string[]) => Promise<{readonly code: number; readonly stdout: string}>;

const fill = async (host: ThrowAway): Promise<void> => {
	const asPostgres = (...argv: readonly string[]) => host.must(argv, {as: 'postgres'});
	await asPostgres('psql', '-Xqc', 'CREATE SCHEMA kept; CREATE TABLE kept.things AS SELECT 1');
	await host.must(['mariadb', '-e', 'CREATE DATABASE kept; CREATE TABLE kept.things AS SELECT 1']);
	await host.must(['ldapadd', '-x', '-D', 'cn=admin,dc=example,dc=org', '-w', 'admin-of-tests'], {
		stdin: 'dn: ou=ours,dc=example,dc=org\nobjectClass: organizationalUnit\nou: ours\n',
	});
	await host.must(['redis-cli', 'set', 'kept', 'ours']);
	await host.must(['mongo', '--quiet', 'kept', '--eval', "db.things.insert({is: 'ours'})"]);
};

/** What each server holds of ours, `none` where it answers and holds nothing. */
const held = async (run: Run) => ({
	postgres: word(
		await run([
			'runuser',
			'-u',
			'postgres',
			'--',
			'psql',
			'-XAtc',
			`SELECT coalesce(to_regclass('kept.things')::text, 'none')`,
		]),
	),
	mysql: word(
		await run([
			'mariadb',
			'-BNe',
			"SELECT if(count(*) > 0, 'ours', 'none') FROM information_schema.tables WHERE table_schema = 'kept'",
		]),
	),
	slapd: word(await run(['ldapsearch', '-xLLL', '-b', 'dc=example,dc=org', '(|(ou=ours)(dc=example))', 'ou'])),
	redis: word(await run(['redis-cli', 'exists', 'kept'])),
	mongodb: word(await run(['mongo', '--quiet', 'kept', '--eval', "print(db.things.count() > 0 ? 'ours' : 'none')"])),
});

const word = ({code: exit, stdout}: Awaited<ReturnType<Run>>): string =>
	exit !== 0 ? 'silent' : /ours|kept|^1$/m.test(stdout) ? 'ours' : 'none';

const answering = async (run: Run) => {
	const all = await held(run);
	return Object.values(all).includes('silent') ? undefined : all;
};
