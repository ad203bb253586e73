/** A host before an install and after its undo, compared by what an administrator sees first: who listens, what starts at boot, which accounts there are. Once per release. */
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import type {Release} from '#rehearse/base.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {lightHost} from './light.ts';
import {answersOf, ownStack} from './own-stacks.ts';
import {applyIn, outcomesOf, setup, undoIn} from './setup.ts';
import {hostTest, packageLists, withTool} from './with-host.ts';

const servers = `[step({
	id: 'servers', title: 'Servers', about: 'Of Debian, as its packages start them.', guide: 'none', questions: z.strictObject({}),
	resources: () => [
		makers.dpkgConsistent(),
		makers.debconf({package: 'slapd', answers: [
			{question: 'slapd/domain', type: 'string', value: ['example.org']},
			{question: 'shared/organization', type: 'string', value: ['example']},
			{question: 'slapd/no_configuration', type: 'boolean', value: ['false']},
		]}, {provides: ['done:slapd-debconf']}),
		makers.aptPackages({names: ['slapd', 'ldap-utils', 'postgresql', 'redis-server', 'nginx-light']}, {
			id: 'apt:servers', needs: ['done:dpkg-consistent', 'done:slapd-debconf'],
			provides: ['path:/etc/default/slapd', 'path:/etc/nginx/conf.d'],
		}),
		makers.edit({path: '/etc/default/slapd', format: 'shell', settings: [{key: 'SLAPD_SERVICES', value: ['ldap://127.0.0.1:389/ ldapi:///']}]}, {
			needs: ['package:slapd'], closes: 'package:slapd', owes: [{unit: 'slapd.service', do: 'restart'}],
		}),
		makers.unit({name: 'slapd.service', enabled: true, running: true, files: ['/etc/default/slapd']}, {needs: ['package:slapd', 'path:/etc/default/slapd']}),
		...['postgresql', 'redis-server', 'nginx'].map(name => makers.unit({name: name + '.service', enabled: true, running: true}, {needs: ['package:postgresql']})),
		makers.file({path: '/etc/nginx/conf.d/one.conf', text: 'server { listen 0.0.0.0:8001; return 200 "one"; }\\n'}, {owes: [{unit: 'nginx.service', do: 'reload'}]}),
	],
}), step({
	id: 'data', title: 'Data', about: 'A database.', guide: 'none', questions: z.strictObject({password: questions.secret().meta({title: 'Password', help: 'Of the role.'})}),
	resources: ({password}) => [
		makers.postgresRole({name: 'one', password: [password]}, {id: 'role'}),
		makers.postgresDatabase({name: 'one', owner: 'one'}, {id: 'database'}),
	],
})]`;

/** Ports with their addresses, what starts at boot (also by init scripts), accounts. */
export const seen = async (host: ThrowAway) => {
	const lines = async (...argv: string[]): Promise<readonly string[]> =>
		(await host.must(argv))
			.split('\n')
			.filter(line => line !== '')
			.toSorted();
	return {
		listens: (await lines('ss', '-Hltun')).map(line => line.replace(/\s+/g, ' ').split(' ').slice(0, 5).join(' ')),
		boot: [
			...(await lines('systemctl', 'list-unit-files', '--state=enabled', '--no-legend', '--no-pager')).map(
				line => line.split(' ')[0]!,
			),
			...readdirSync(join(host.root, 'etc/rc3.d')).filter(name => name.startsWith('S')),
		],
		accounts: readFileSync(join(host.root, 'etc/passwd'), 'utf8')
			.split('\n')
			.map(line => line.split(':')[0]!)
			.filter(name => name !== '')
			.toSorted(),
		packages: await lines('sh', '-c', "dpkg-query -W -f '${db:Status-Abbrev} ${Package}\\n' | grep '^ii'"),
	};
};

/** What the doctor finds, but for what newer versions of the base system bring, which no undo takes back. */
const accused = async (host: ThrowAway): Promise<readonly string[]> => {
	const {stdout} = await host.run([setup, 'doctor', '--format', 'json'], {timeout: 300_000});
	const {rows} = JSON.parse(stdout) as {readonly rows: readonly {readonly key: string; readonly state: string}[]};
	return rows
		.filter(({key, state}) => state !== 'ok' && state !== 'na' && !/^host\.(updates|restart-pending)/.test(key))
		.map(({key}) => key);
};

const psql = (host: ThrowAway, database: string, sql: string): Promise<string> =>
	host.must(['runuser', '-u', 'postgres', '--', 'psql', '-XAtq', '-d', database, '-c', sql]);

/** The test of one release. */
export const undoGoesToBefore = (release: Release): void =>
	hostTest(
		`undo goes to the state before on ${release}: nothing listens, starts or is accused that was not there; data is named, saved, and goes when that is said`,
		{release, layer: withTool('libatomic1', packageLists), binds: lightHost.binds ?? [], timeout: 1_800_000},
		async host => {
			const [before, accusedBefore] = [await seen(host), await accused(host)];
			ownStack(host, 'one', servers);
			const file = answersOf(host, 'one', {servers: {}, data: {password: {secret: 'generate'}}});
			const applied = await applyIn(host, {file});
			expect([applied.outcome, applied.faults]).toEqual(['done', []]);
			expect((await seen(host)).listens.length).toBeGreaterThan(before.listens.length + 3);
			await psql(host, 'one', "CREATE TABLE t (v text); INSERT INTO t VALUES ('of one')");

			const planned = await undoIn(host, '--plan');
			const undone = await undoIn(host);
			expect(undone, undone.stderr).toMatchObject({code: 0});
			expect(planned.results).toEqual(undone.results);
			const after = await seen(host);
			expect(after.listens).toEqual(before.listens);
			expect(after.boot).toEqual(before.boot);
			expect(await accused(host)).toEqual(accusedBefore);
			const kept = (await host.run([setup, 'status'])).stdout;
			expect(kept).toMatch(/apt:servers: packages stay without --purge: slapd.*stopped.*slapd\.service/);
			expect(kept).toMatch(/database: the database one has rows/);
			// Who starts it by hand opens it to nobody else.
			await host.must(['systemctl', 'start', 'slapd']);
			expect(await host.must(['ss', '-Hltn'])).not.toMatch(/(0\.0\.0\.0|\*|\[::\]):389/);

			const purged = await undoIn(host, '--purge');
			expect(outcomesOf(purged, 'kept').join('\n')).toMatch(
				/PostgreSQL stays, for it holds the database one; --purge-data/,
			);
			expect((await host.run(['dpkg-query', '-W', '-f', '${db:Status-Abbrev}', 'nginx-light'])).stdout).not.toMatch(
				/^ii/,
			);
			expect((await seen(host)).listens).toEqual(before.listens);

			const data = await undoIn(host, '--purge', '--purge-data', 'one');
			expect(data, data.stderr).toMatchObject({code: 0});
			expect(outcomesOf(data, 'kept')).toEqual([]);
			const last = await seen(host);
			expect(last.listens).toEqual(before.listens);
			expect(last.boot).toEqual(before.boot);
			expect(last.packages.filter(line => /slapd|nginx|redis/.test(line))).toEqual([]);
			expect(last.accounts.filter(name => !before.accounts.includes(name))).toEqual([]);
			expect((await host.run(['ls', '/var/lib/ldap', '/var/lib/postgresql'])).stdout).toBe('');
			expect(readdirSync(join(host.root, 'var/lib/host-setup/dumps')).join(' ')).toMatch(/one\.dump/);
			expect((await host.run([setup, 'status'])).stdout).toMatch(/standing +nothing/);
		},
	);
