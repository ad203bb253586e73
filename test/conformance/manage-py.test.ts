// soak: yes
// packages: postgresql python3-django python3-django-auth-ldap python3-psycopg2 libjs-jquery libjs-jquery-ui slapd
// releases: bookworm trixie
import {appendFile, readdir, readFile, rm, utimes, writeFile} from 'node:fs/promises';
import {describe, expect, it} from 'vitest';
import {createReader} from '#host/reader.ts';
import {Secret} from '#model/secret.ts';
import {djangoMakeMigrations} from '#resources/django/make-migrations.ts';
import {djangoCollectstatic, djangoMigrate} from '#resources/django/migrate-and-collect.ts';
import {djangoSuperuser} from '#resources/django/superuser.ts';
import {createBench} from './bench.ts';
import {edit, freshProject, home, project, put, settings, tree} from './django-tools.ts';
import {noisy, psql} from './postgres-tools.ts';
import {conformance} from './suite.ts';

conformance('django-migrate', [
	{
		name: 'an empty database',
		prepare: () => freshProject(),
		resource: () => djangoMigrate({project}),
		breakIt: async () =>
			void (await psql("DELETE FROM django_migrations WHERE app = 'sessions'; DROP TABLE django_session", 'conformdj')),
		touches: [home],
		undoes: false,
		noisy,
	},
]);

conformance('django-collectstatic', [
	{
		name: 'nothing collected yet',
		prepare: () => freshProject(),
		resource: () => djangoCollectstatic({project}),
		breakIt: () => appendFile(`${home}/www/static/admin/css/base.css`, 'damaged'),
		touches: [home],
		noisy,
	},
	{
		name: 'some are there, and one of somebody else',
		async prepare() {
			await freshProject();
			const {manage} = await import('./django-tools.ts');
			await manage('collectstatic', '--noinput');
			await writeFile(`${home}/www/static/favicon.ico`, 'mine');
			await rm(`${home}/www/static/admin/css`, {recursive: true});
		},
		resource: () => djangoCollectstatic({project}),
		breakIt: () => rm(`${home}/www/static/js/main.js`),
		touches: [home],
		noisy,
	},
]);

describe('manage.py, beyond the suite', () => {
	const bench = createBench('/var/tmp/conformance-manage');
	const all = (of = project) => [
		djangoMakeMigrations({project: of}),
		djangoMigrate({project: of}),
		djangoCollectstatic({project: of}),
		djangoSuperuser({
			project: of,
			username: 'admin',
			email: 'a@example.org',
			password: [new Secret('admin', 'long-enough-1')],
		}),
	];
	/** Looks at everything in one pass, and counts the programs that it started. */
	const pass = async (
		of = project,
	): Promise<{readonly states: readonly string[]; readonly programs: readonly string[]; readonly ms: number}> => {
		const reader = createReader();
		const programs: string[] = [];
		const probe = reader.probe.bind(reader);
		reader.probe = (argv, options) => {
			programs.push(argv[0]!.replace(/.*\//, ''));
			return probe(argv, options);
		};
		const start = performance.now();
		const states = (await Promise.all(all(of).map(one => one.look(reader)))).map(look => look.state);
		return {states, programs, ms: performance.now() - start};
	};
	const installed = async (change: (text: string) => string = text => text): Promise<void> => {
		await freshProject();
		await edit(settings, change);
		for (const one of all()) await bench.converge(one);
	};

	it('costs one psql when nothing moved, one Python when something did, and leaves no byte code', async () => {
		await installed();
		const clean = await pass();
		expect(clean).toMatchObject({states: ['ok', 'ok', 'ok', 'ok'], programs: ['psql']});
		await utimes(`${tree}/ipynbsrv/wui/models.py`, new Date(), new Date());
		expect(await pass()).toMatchObject({states: ['ok', 'ok', 'ok', 'ok'], programs: ['psql']});
		await appendFile(`${tree}/ipynbsrv/wui/models.py`, '\n# a remark\n');
		expect(await pass()).toMatchObject({states: ['ok', 'ok', 'ok', 'ok'], programs: ['psql', 'python3']});
		expect((await pass()).programs).toEqual(['psql']);
		await edit(`${tree}/ipynbsrv/wui/models.py`, text => text.replace('max_length=200', 'max_length=300'));
		expect((await pass()).states).toEqual(['change', 'ok', 'ok', 'ok']);
		await put(`${tree}/ipynbsrv/wui/static/js/new.js`, 'new\n');
		expect((await pass()).states).toEqual(['change', 'ok', 'change', 'ok']);
		expect((await readdir(tree, {recursive: true})).filter(name => /\.pyc$|__pycache__/.test(name))).toEqual([]);
		expect(await psql('SELECT count(*) FROM django_session', 'conformdj')).toBe('0');
	}, 120_000);

	it('sees a collected file that was damaged with its size and date kept', async () => {
		await installed();
		const path = `${home}/www/static/js/main.js`;
		const [bytes, {mtime}] = [await readFile(path), await import('node:fs/promises').then(fs => fs.stat(path))];
		bytes[0] = bytes[0]! ^ 1;
		await writeFile(path, bytes);
		await utimes(path, mtime, mtime);
		const {states, programs} = await pass();
		expect({states, programs}).toEqual({states: ['ok', 'ok', 'change', 'ok'], programs: ['psql']});
		await bench.converge(djangoCollectstatic({project}));
		expect((await pass()).states).toEqual(['ok', 'ok', 'ok', 'ok']);
	}, 120_000);

	it('understands hashed names', async () => {
		await installed(
			text =>
				`${text}\nSTATICFILES_STORAGE = 'django.contrib.staticfiles.storage.ManifestStaticFilesStorage'\nSTORAGES = {'staticfiles': {'BACKEND': STATICFILES_STORAGE}, 'default': {'BACKEND': 'django.core.files.storage.FileSystemStorage'}}\nimport django\nif django.VERSION >= (4, 2):\n    del STATICFILES_STORAGE\nelse:\n    del STORAGES\n`,
		);
		expect((await pass()).states).toEqual(['ok', 'ok', 'ok', 'ok']);
		const hashed = (await readdir(`${home}/www/static/js`)).find(name => /^main\.[0-9a-f]{12}\.js$/.test(name))!;
		await appendFile(`${home}/www/static/js/${hashed}`, 'damaged');
		expect((await pass()).states).toEqual(['ok', 'ok', 'change', 'ok']);
		await bench.converge(djangoCollectstatic({project}));
		expect((await pass()).states).toEqual(['ok', 'ok', 'ok', 'ok']);
		await rm(`${home}/www/static/staticfiles.json`);
		expect((await pass()).states).toEqual(['ok', 'ok', 'change', 'ok']);
		await bench.converge(djangoCollectstatic({project}));
	}, 200_000);

	it('plans on a host that has nothing yet', async () => {
		await freshProject();
		const nowhere = ['/usr/bin/python9', '/usr/bin/python3'].flatMap(python => [
			{...project, python, user: 'nobody-yet'},
			{...project, python, directory: '/srv/nothing-here'},
			{...project, python, database: {server: {kind: 'local' as const}, name: 'none-yet'}},
		]);
		for (const one of nowhere)
			expect((await pass(one)).states.slice(1), JSON.stringify(one)).toEqual(['change', 'change', 'change']);
		await edit(settings, text => `import nothing_like_this\n${text}`);
		expect((await pass()).states).toEqual(['change', 'change', 'change', 'change']);
		await expect(bench.converge(djangoMigrate({project}))).rejects.toMatchObject({
			code: 'django.migrate',
			sentence: expect.stringContaining('nothing_like_this'),
			hint: expect.stringContaining('module is missing'),
		});
	}, 120_000);

	it('reads no view, no foreign type and no other schema as the superuser of the database', async () => {
		await freshProject();
		await psql(
			"CREATE TABLE secret (app text, name text); INSERT INTO secret VALUES ('a', 'b'); SET ROLE conformdj; CREATE FUNCTION bomb() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ran'; END $$; CREATE VIEW django_migrations AS SELECT bomb() AS app, bomb() AS name",
			'conformdj',
		).catch(() =>
			psql(
				"GRANT CREATE ON SCHEMA public TO conformdj; CREATE FUNCTION bomb() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ran'; END $$; CREATE VIEW django_migrations AS SELECT bomb() AS app, bomb() AS name",
				'conformdj',
			),
		);
		expect((await pass()).states[1]).toBe('change');
	}, 60_000);
});
