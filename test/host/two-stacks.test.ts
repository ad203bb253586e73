/** Two stacks on one host whose steps and things have the same names: neither loses anything to the other, and what both have goes with the last. */
import {existsSync, readdirSync, readFileSync, renameSync, rmdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {lightHost} from './support/light.ts';
import {answersOf, ownStack} from './support/own-stacks.ts';
import {applyIn, buildProgram, outcomesOf, planIn, setup, undoIn} from './support/setup.ts';
import {hostTest, packageLists, withTool} from './support/with-host.ts';

beforeAll(buildProgram, 300_000);

/** A stack that is `id` in its own places and the same as any other in the shared ones. */
const light = (id: string): string => `[step({
	id: 'base', title: 'Base', about: 'All of it.', guide: 'none', questions: z.strictObject({}),
	resources: () => [
		makers.group({name: 'together'}),
		makers.directory({path: '/srv/together', mode: 0o755, owner: 'root:root'}),
		makers.file({path: '/srv/together/note', text: 'of both\\n'}),
		makers.directory({path: '/srv/${id}', mode: 0o755, owner: 'root:root'}),
		makers.file({path: '/srv/${id}/own', text: '${id}\\n'}, {id: 'file:own'}),
		makers.copyTree({name: 'site', from: '/usr/share/base-files', to: '/srv/${id}/site', as: 'root'}, {id: 'copy:site', needs: ['path:/srv/${id}']}),
		makers.edit({path: '/etc/together.conf', format: 'shell', create: '# of nobody\\n', settings: [{key: 'BOTH', value: ['yes']}, {key: 'OF_${id.toUpperCase()}', value: ['1']}]}, {id: 'edit:together'}),
		makers.hostsNames({address: '127.0.0.9', names: ['both.example', '${id}.example']}, {id: 'hosts'}),
	],
})]`;

const accountOf: Readonly<Record<string, string>> = {one: 'games', two: 'news'};

const server = (id: string): string => `[step({
	id: 'server', title: 'Server', about: 'What all of them need.', guide: 'none', questions: z.strictObject({}),
	resources: () => [
		makers.dpkgConsistent(),
		makers.aptPackages({names: ['postgresql', 'redis-server', 'nginx-light', 'nftables', 'tree'], recommends: false}, {
			id: 'apt:server', needs: ['done:dpkg-consistent'],
			provides: ['path:/etc/redis/redis.conf', 'path:/etc/nginx/nginx.conf', 'path:/etc/nginx/conf.d'],
		}),
		...['postgresql', 'redis-server', 'nginx'].map(name =>
			makers.unit({name: name + '.service', enabled: true, running: true}, {needs: ['package:postgresql']})),
		makers.unit({name: 'both.service', enabled: true, running: true}),
		makers.edit({path: '/etc/redis/redis.conf', format: 'redis.conf', settings: [{key: 'maxmemory', value: ['64mb']}]}, {owes: [{unit: 'redis-server.service', do: 'restart'}]}),
		makers.redisAccounts({names: ['${accountOf[id]}']}, {needs: ['done:dpkg-consistent']}),
		makers.edit({path: '/etc/nginx/nginx.conf', format: 'nginx', settings: [{block: ['http'], directive: 'server_tokens', args: [['off']]}]}, {owes: [{unit: 'nginx.service', do: 'reload'}]}),
		makers.file({path: '/etc/nginx/conf.d/${id}.conf', text: 'server { listen 127.0.0.1:${id === 'one' ? 8001 : 8002}; return 200 "${id}"; }\\n'}, {id: 'file:site', owes: [{unit: 'nginx.service', do: 'reload'}]}),
	],
}), step({
	id: 'data', title: 'Data', about: 'A database.', guide: 'none', questions: z.strictObject({password: questions.secret().meta({title: 'Password', help: 'Of the role.'})}),
	resources: ({password}) => [
		makers.postgresRole({name: '${id}', password: [password]}, {id: 'role'}),
		makers.postgresDatabase({name: '${id}', owner: '${id}'}, {id: 'database'}),
	],
})]`;

const read = (host: ThrowAway, path: string): string => readFileSync(join(host.root, path), 'utf8');
const there = (host: ThrowAway, path: string): boolean => existsSync(join(host.root, path));

const stampsOf = (host: ThrowAway, stack: string): Readonly<Record<string, string>> => {
	const at = `/var/lib/host-setup/stamps/${stack}`;
	return Object.fromEntries(readdirSync(join(host.root, at)).map(name => [name, read(host, `${at}/${name}`)]));
};

const applied = async (host: ThrowAway, file: string, changed: number | undefined): Promise<void> => {
	const ran = await applyIn(host, {file});
	expect([ran.outcome, ran.faults], file).toEqual(['done', []]);
	if (changed !== undefined) expect([ran.changed, ran.changes], file).toEqual([changed, []]);
};

/** As d9e1fb4 wrote it: no version and no holds, intents without a stack, and the stamps of all in one directory. */
const intoFirstFormat = (host: ThrowAway, stack: string): void => {
	const [journal, stamps] = ['/var/lib/host-setup/journal.jsonl', '/var/lib/host-setup/stamps'].map(path =>
		join(host.root, path),
	) as [string, string];
	const lines = readFileSync(journal, 'utf8')
		.split('\n')
		.slice(0, -1)
		.map(line => JSON.parse(line) as {readonly t: string; readonly stack?: string; readonly holds?: unknown})
		.filter(({t}) => !['journal', 'holds', 'gone'].includes(t))
		.map(({stack: of, holds: _, ...entry}) => JSON.stringify(entry.t === 'run' ? {...entry, stack: of} : entry));
	writeFileSync(journal, `${lines.join('\n')}\n`);
	for (const name of readdirSync(join(stamps, stack))) renameSync(join(stamps, stack, name), join(stamps, name));
	rmdirSync(join(stamps, stack));
};

describe('two stacks', () => {
	hostTest('with the same steps and names: each takes back its own, the last what both have', lightHost, async host => {
		const hostsBefore = '127.0.0.1 localhost\n';
		writeFileSync(join(host.root, '/etc/hosts'), hostsBefore);
		const files: Record<string, string> = {};
		for (const id of ['one', 'two']) {
			ownStack(host, id, light(id));
			files[id] = answersOf(host, id, {base: {}});
			await applied(host, files[id], undefined);
		}
		for (const id of ['one', 'two']) await applied(host, files[id]!, 0);

		const unnamed = await host.run([setup, 'undo']);
		expect([unnamed.code, unnamed.stderr]).toEqual([
			64,
			expect.stringMatching(/several stacks here: one, two.*setup undo two/s),
		]);
		expect((await host.run([setup, 'undo', '--step', 'base'])).stderr).toMatch(/--step one\/base, or --step two\/base/);
		const step = await host.run([setup, 'undo', '--step', 'two/base', '--plan']);
		expect(step.stdout).toMatch(/undone +\[two\/base\] file:own/);
		expect(step.stdout).not.toContain('[one/');

		const stamps = stampsOf(host, 'two');
		expect(Object.keys(stamps)).toHaveLength(1);
		const undone = await undoIn(host, '--purge-data', 'one');
		expect(undone, undone.stderr).toMatchObject({code: 0});
		expect(outcomesOf(undone, 'kept').toSorted()).toEqual([
			'directory:/srv/together: /srv/together also belongs to stack two',
			'edit:together: /etc/together.conf, /etc/together.conf BOTH also belong to stack two',
			'file:/srv/together/note: /srv/together/note also belongs to stack two',
			'group:together: together also belongs to stack two',
			expect.stringMatching(/^hosts: .*both\.example.* also belong/),
		]);
		expect(there(host, '/srv/one')).toBe(false);
		expect([read(host, '/srv/two/own'), read(host, '/srv/together/note')]).toEqual(['two\n', 'of both\n']);
		expect(read(host, '/etc/together.conf')).toBe('# of nobody\nBOTH="yes"\nOF_TWO="1"\n');
		expect(read(host, '/etc/hosts')).toMatch(/both\.example/);
		expect(read(host, '/etc/hosts')).not.toMatch(/one\.example/);
		expect(stampsOf(host, 'two')).toEqual(stamps);
		expect(await planIn(host, {file: files['two']!})).toMatchObject({code: 0, notOk: []});
		await applied(host, files['two']!, 0);

		const status = JSON.parse((await host.run([setup, 'status', '--format', 'json'])).stdout) as {
			readonly stacks: readonly {readonly id: string}[];
			readonly installed: Readonly<Record<string, unknown>>;
		};
		expect([status.stacks.map(one => one.id), Object.keys(status.installed)]).toEqual([['two'], ['two']]);

		const last = await undoIn(host);
		expect(last, last.stderr).toMatchObject({code: 0});
		expect(outcomesOf(last, 'kept')).toEqual([]);
		for (const path of ['/srv/two', '/srv/together', '/etc/together.conf']) expect(there(host, path), path).toBe(false);
		expect(read(host, '/etc/hosts')).toBe(hostsBefore);
		expect((await host.run(['getent', 'group', 'together'])).code).toBe(2);
	});

	hostTest('the state of a host from before there was one per stack is taken over', lightHost, async host => {
		ownStack(host, 'one', light('one'));
		const file = answersOf(host, 'one', {base: {}});
		writeFileSync(join(host.root, '/etc/hosts'), '127.0.0.1 localhost\n');
		await applied(host, file, undefined);
		intoFirstFormat(host, 'one');
		expect(await planIn(host, {file})).toMatchObject({code: 0, notOk: []});
		await applied(host, file, 0);
		expect(await planIn(host, {file})).toMatchObject({code: 0, notOk: []});

		ownStack(host, 'two', light('two'));
		await applied(host, answersOf(host, 'two', {base: {}}), undefined);
		expect(outcomesOf(await undoIn(host, '--purge-data', 'one'), 'kept')).toHaveLength(5);
		expect((await undoIn(host, 'two')).code).toBe(0);
		for (const path of ['/srv/one', '/srv/two', '/srv/together', '/etc/together.conf'])
			expect(there(host, path), path).toBe(false);
		expect(read(host, '/etc/hosts')).toBe('127.0.0.1 localhost\n');
	});

	hostTest(
		'that share PostgreSQL, Redis, nginx and a package: the other goes on, with its data',
		{layer: withTool('libatomic1', packageLists), binds: lightHost.binds ?? [], timeout: 1_800_000},
		async host => {
			const files: Record<string, string> = {};
			writeFileSync(
				join(host.root, '/etc/systemd/system/both.service'),
				'[Service]\nType=exec\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n',
			);
			for (const id of ['one', 'two']) {
				ownStack(host, id, server(id));
				files[id] = answersOf(host, id, {server: {}, data: {password: {secret: 'generate'}}});
				await applied(host, files[id], undefined);
			}
			for (const id of ['one', 'two']) await applied(host, files[id]!, 0);
			const psql = (database: string, sql: string): Promise<string> =>
				host.must(['runuser', '-u', 'postgres', '--', 'psql', '-XAtq', '-d', database, '-c', sql]);
			for (const id of ['one', 'two']) await psql(id, `CREATE TABLE t (v text); INSERT INTO t VALUES ('of ${id}')`);
			await host.must(['redis-cli', 'set', 'kept', 'yes']);
			const mayCome = async (): Promise<readonly string[]> => {
				const asked = ['games', 'news', 'www-data'].map(async name => {
					const ran = await host.run(['runuser', '-u', name, '--', 'redis-cli', 'ping']);
					return ran.stdout === 'PONG\n' ? [name] : [];
				});
				return (await Promise.all(asked)).flat();
			};
			expect(await mayCome()).toEqual(['games', 'news']);

			const undone = await undoIn(host, '--purge', '--purge-data', 'one');
			expect(undone, undone.stderr).toMatchObject({code: 0});
			const kept = outcomesOf(undone, 'kept').join('\n');
			for (const name of [
				'postgresql',
				'redis-server',
				'nginx-light',
				'tree',
				'both.service',
				'server_tokens',
				'maxmemory',
			])
				expect(kept).toMatch(new RegExp(`${name.replace('.', '\\.')}.* belongs? to stack two`));
			expect(await psql('postgres', "select datname from pg_database where datname in ('one', 'two')")).toBe('two\n');
			expect(await psql('two', 'select v from t')).toBe('of two\n');
			expect(await host.must(['redis-cli', 'config', 'get', 'maxmemory'])).toMatch(/67108864/);
			expect(await host.must(['redis-cli', 'get', 'kept'])).toBe('yes\n');
			expect(await mayCome()).toEqual(['news']);
			for (const unit of ['postgresql', 'redis-server', 'nginx', 'both'])
				expect(await host.must(['systemctl', 'is-active', unit])).toBe('active\n');
			expect(there(host, '/etc/nginx/conf.d/one.conf')).toBe(false);
			expect(
				await host.must([
					'bash',
					'-c',
					'exec 3<>/dev/tcp/127.0.0.1/8002; printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3; cat <&3',
				]),
			).toMatch(/\r\n\r\ntwo$/);
			expect(await planIn(host, {file: files['two']!})).toMatchObject({code: 0, notOk: []});
			await applied(host, files['two']!, 0);

			const last = await undoIn(host, '--purge', '--purge-data', 'two');
			expect(last, last.stderr).toMatchObject({code: 0});
			expect((await host.run(['systemctl', 'is-active', 'both.service'])).stdout).toBe('inactive\n');
			expect(there(host, '/etc/redis-accounts.nft')).toBe(false);
			for (const name of ['postgresql', 'redis-server', 'nginx-light', 'nftables', 'tree'])
				expect((await host.run(['dpkg-query', '-W', '-f', '${db:Status-Abbrev}', name])).stdout, name).not.toMatch(
					/^[ih]i/,
				);
		},
	);
});
