/** `setup apply --update` of the CoralNet stack: a good update with new tables, and bad ones that go back with commit, environment and data. */
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {onCoralnet, origin} from '../host/support/coralnet.ts';
import {answersFile, applyIn, buildProgram, planIn, setup} from '../host/support/setup.ts';
import {hostTest} from '../host/support/with-host.ts';

beforeAll(buildProgram, 300_000);

const repository = '/srv/www/coralnet';

describe('an update of coralnet', () => {
	hostTest('brings commits, requirements and tables, and keeps the rows', onCoralnet(), async host => {
		await seed(host);
		const first = await head(host);
		expect((await applyIn(host, {})).changes).toEqual([]);
		await commit(host, 'Sources have a depth', {
			'requirements/base.txt': `${read(host, 'requirements/base.txt')}${await wheel(host, 'seabed', '1.0')}\n`,
			'project/sources/migrations/0002_depth.py': addDepth,
			'project/sources/models.py': `${read(host, 'project/sources/models.py')}    depth = models.IntegerField(default=7)\n`,
		});

		// A plan tells what would come, and changes nothing.
		const plan = await host.run([setup, 'plan', answersFile, '--update'], {timeout: 120_000});
		expect(plan.stdout).toMatch(/commit [0-9a-f]{7,}: nothing -> Reef: Sources have a depth/);
		expect(plan.stdout).toContain('migration: nothing -> project/sources/migrations/0002_depth.py');
		expect(await head(host)).toBe(first);
		expect((await planIn(host)).notOk).toEqual([]);

		const updated = await update(host);
		expect(updated.code, updated.stderr + updated.stdout.slice(-3000)).toBe(0);
		expect(updated.stdout).toMatch(/Reef: Sources have a depth/);
		expect(updated.stdout).toContain('Updated: the new code was seen to work.');
		expect(await head(host)).not.toBe(first);
		expect(await sql(host, 'select name, depth from sources_source')).toBe('Reef 1|7');
		expect(await installed(host, 'seabed')).toBe('1.0');
		expect((await planIn(host)).notOk).toEqual([]);
		expect(leftovers(host)).toEqual([]);
		// Once more there is nothing to do.
		const again = await update(host);
		expect([again.code, again.stdout.includes('Nothing new')]).toEqual([0, true]);
	});

	hostTest('that fails its proof goes back with its data', onCoralnet(), async host => {
		await seed(host);
		const first = await head(host);
		await commit(host, 'Rows go, and so do the pages', {
			'requirements/base.txt': `${read(host, 'requirements/base.txt')}${await wheel(host, 'seabed', '2.0')}\n`,
			'project/sources/migrations/0002_gone.py': loseRows,
			'project/templates/registration/login.html': '{% this is no tag %}\n',
		});
		const updated = await update(host);
		expect(updated.code).toBe(1);
		expect(updated.stdout).toContain('proof.page');
		expect(updated.stdout).toContain('All is as it was before the update, and was seen to work.');
		await asBefore(host, first);
		expect(await installed(host, 'seabed')).toBe('');
	});

	hostTest('whose migration fails half-way goes back with its data', onCoralnet(), async host => {
		await seed(host);
		const first = await head(host);
		await commit(host, 'Half of it', {
			'project/sources/migrations/0002_gone.py': loseRows,
			'project/sources/migrations/0003_stuck.py': loseRows
				.replace("'0001_initial'", "'0002_gone'")
				.replace('.delete()', '.nonsense()'),
		});
		const updated = await update(host);
		expect(updated.code).toBe(1);
		expect(updated.stdout).toContain('django.migrate');
		expect(updated.stdout).toContain('All is as it was before the update, and was seen to work.');
		await asBefore(host, first);
	});

	hostTest('of a branch that was rewritten stops before anything', onCoralnet(), async host => {
		await seed(host);
		const first = await head(host);
		await commit(host, 'Another history', {}, ['commit', '--quiet', '--amend', '--no-edit', '--reset-author']);
		const updated = await update(host);
		expect(updated.code).toBe(1);
		expect(updated.stderr).toContain('does not come after');
		await asBefore(host, first);
	});
});

const asBefore = async (host: ThrowAway, first: string): Promise<void> => {
	expect(await head(host)).toBe(first);
	expect(await sql(host, 'select name from sources_source')).toBe('Reef 1');
	expect(await sql(host, "select count(*) from django_migrations where app = 'sources'")).toBe('1');
	expect((await host.must(['systemctl', 'is-active', 'coralnet.service'])).trim()).toBe('active');
	const later = await planIn(host);
	expect([later.code, later.notOk]).toEqual([0, []]);
	expect(leftovers(host)).toEqual([]);
};

const update = (host: ThrowAway) =>
	host.run([setup, 'apply', answersFile, '--update', '--format', 'ndjson'], {timeout: 600_000});

const sql = async (host: ThrowAway, query: string): Promise<string> =>
	(await host.must(['runuser', '-u', 'postgres', '--', 'psql', '-XAtc', query, 'coralnet'])).trim();

/** A row that an update must not lose. */
const seed = async (host: ThrowAway): Promise<void> => {
	await host.must(['systemctl', 'is-active', '--wait', 'postgresql.service']);
	await sql(host, "insert into sources_source (name, maker_id) select 'Reef 1', id from auth_user limit 1");
};

const head = async (host: ThrowAway): Promise<string> =>
	(await host.must(['git', '-c', 'safe.directory=*', '-C', repository, 'rev-parse', 'HEAD'])).trim();

const read = (host: ThrowAway, path: string): string => readFileSync(join(host.root, repository, path), 'utf8');

const work = '/root/work';

/** On the branch that the checkout is of. */
const commit = async (
	host: ThrowAway,
	message: string,
	files: Readonly<Record<string, string>>,
	words: readonly string[] = ['commit', '--quiet', '-m', message],
): Promise<void> => {
	const git = (...argv: readonly string[]): Promise<string> =>
		host.must(['git', '-c', 'safe.directory=*', '-c', 'user.name=Reef', '-c', 'user.email=reef@example.org', ...argv]);
	await git('clone', '--quiet', origin, work);
	for (const [path, text] of Object.entries(files)) writeFileSync(join(host.root, work, path), text);
	await git('-C', work, 'add', '--all');
	await git('-C', work, ...words);
	await git('-C', work, 'push', '--quiet', '--force', 'origin', 'HEAD:master');
};

/** A package that pip takes from the disk. Gives its line of a requirements file. */
const wheel = async (host: ThrowAway, name: string, version: string): Promise<string> => {
	const path = `/srv/${name}-${version}-py3-none-any.whl`;
	await host.must(['python3', '-c', makeWheel, path, name, version]);
	return `${name} @ file://${path}`;
};

const makeWheel = `
import sys, zipfile
path, name, version = sys.argv[1:]
info = f'{name}-{version}.dist-info'
files = {
    f'{name}.py': f'version = "{version}"\\n',
    f'{info}/METADATA': f'Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n',
    f'{info}/WHEEL': 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n',
}
files[f'{info}/RECORD'] = ''.join(f'{one},,\\n' for one in [*files, f'{info}/RECORD'])
with zipfile.ZipFile(path, 'w') as out:
    for one, text in files.items():
        out.writestr(one, text)
`;

const installed = async (host: ThrowAway, name: string): Promise<string> =>
	/^Version: (.*)$/m.exec(
		(await host.run(['/srv/www/virtenv_coralnet/bin/python', '-m', 'pip', 'show', name])).stdout,
	)?.[1] ?? '';

const leftovers = (host: ThrowAway): readonly string[] => [
	...readdirSync(join(host.root, 'srv/www')).filter(name => name.endsWith('~')),
	...(existsSync(join(host.root, 'var/lib/host-setup/update.json')) ? ['update.json'] : []),
	...readdirSync(join(host.root, 'var/tmp')).filter(name => name.startsWith('host-setup-news')),
];

const migration = (operation: string): string => `from django.db import migrations, models


def work(apps, editor):
    apps.get_model('sources', 'Source').objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [('sources', '0001_initial')]
    operations = [${operation}]
`;
const addDepth = migration("migrations.AddField('Source', 'depth', models.IntegerField(default=7))");
const loseRows = migration('migrations.RunPython(work)');
