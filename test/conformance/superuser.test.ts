// soak: yes
// packages: postgresql python3-django python3-django-auth-ldap python3-psycopg2 libjs-jquery libjs-jquery-ui slapd
// releases: bookworm trixie
import {describe, expect, it} from 'vitest';
import {createReader} from '#host/reader.ts';
import {Secret} from '#model/secret.ts';
import {djangoMigrate} from '#resources/django/migrate-and-collect.ts';
import {djangoSuperuser} from '#resources/django/superuser.ts';
import {createBench} from './bench.ts';
import {edit, freshProject, home, inDjango, project, settings} from './django-tools.ts';
import {noisy, psql} from './postgres-tools.ts';
import {conformance} from './suite.ts';

const canary = 'Kanarie-"7f3a\\ é';
const rows = async (): Promise<string> =>
	psql(
		'SELECT json_agg(u ORDER BY id) FROM (SELECT username AS id, password, is_superuser, is_staff, is_active, email FROM auth_user) u',
		'conformdj',
	);
const wanted = () =>
	djangoSuperuser({project, username: 'admin', email: 'admin@Example.org', password: [new Secret('admin', canary)]});

conformance('django-superuser', [
	{
		name: 'a new account',
		prepare: () => freshProject({migrated: true}),
		resource: wanted,
		breakIt: async () =>
			void (await psql("UPDATE auth_user SET is_superuser = false WHERE username = 'admin'", 'conformdj')),
		touches: [home],
		rows,
		noisy,
		canaries: [canary],
	},
	{
		name: 'an account that is there, with another password',
		async prepare() {
			await freshProject({migrated: true});
			await inDjango(
				"from django.contrib.auth.models import User\nUser.objects.create_user('admin', 'old@example.org', 'an-old-password')",
			);
		},
		resource: wanted,
		breakIt: async () =>
			void (await inDjango(
				"from django.contrib.auth.models import User\nu = User.objects.get(username='admin')\nu.set_password('moved')\nu.save()",
			)),
		touches: [home],
		rows,
		noisy,
		canaries: [canary],
	},
]);

describe('django-superuser, beyond the suite', () => {
	const bench = createBench('/var/tmp/conformance-superuser');
	const {database: _database, ...withoutSql} = project;
	const look = () => wanted().look(createReader());

	it('keeps an account on which rows of others hang, until told to give up data', async () => {
		await freshProject({migrated: true});
		const done = await bench.converge(wanted());
		await inDjango(
			"from django.contrib.auth.models import User\nfrom ipynbsrv.wui.models import Share\nfrom django.db import connection\nu = User.objects.get(username='admin')\nwith connection.cursor() as c: c.execute(\"INSERT INTO wui_share (name, owner_id, created) VALUES ('s', %s, now())\", [u.pk])",
		);
		expect(await bench.undo(done, {})).toEqual([{outcome: 'kept', why: 'the account admin is in use: 1 in wui_share'}]);
		expect(await bench.undo(done, {purgeData: true})).toEqual([{outcome: 'undone'}]);
		expect(await rows()).toBe('');
	}, 120_000);

	it('gives no old password back over one that somebody set since', async () => {
		await freshProject({migrated: true});
		await inDjango(
			"from django.contrib.auth.models import User\nUser.objects.create_user('admin', 'old@example.org', 'an-old-password')",
		);
		const done = await bench.converge(wanted());
		await inDjango(
			"from django.contrib.auth.models import User\nu = User.objects.get(username='admin')\nu.set_password('moved')\nu.save()",
		);
		expect(await bench.undo(done, {})).toEqual([
			{outcome: 'conflict', why: 'somebody changed the password of admin since'},
		]);
	}, 120_000);

	it('leaves a hash that only the application understands to the application', async () => {
		await freshProject({migrated: true});
		await edit(settings, text => `${text}\nPASSWORD_HASHERS = ['django.contrib.auth.hashers.MD5PasswordHasher']\n`);
		await bench.converge(wanted());
		expect(await rows()).toContain('"md5$');
		expect((await look()).state).toBe('ok');
		await inDjango(
			"from django.contrib.auth.models import User\nu = User.objects.get(username='admin')\nu.set_password('moved')\nu.save()",
		);
		expect(await look()).toMatchObject({state: 'change', changes: [{what: 'password'}]});
	}, 120_000);

	it('does without SQL where the database is none of ours', async () => {
		await freshProject();
		const account = () =>
			djangoSuperuser({
				project: withoutSql,
				username: 'admin',
				email: 'admin@Example.org',
				password: [new Secret('admin', canary)],
			});
		await bench.converge(djangoMigrate({project: withoutSql}));
		const done = await bench.converge(account());
		expect(await bench.converge(account())).toEqual([]);
		expect((await look()).state).toBe('ok');
		await psql(
			"UPDATE auth_user SET is_superuser = false, email = 'other@example.org' WHERE username = 'admin'",
			'conformdj',
		);
		const moved = await account().look(createReader());
		expect(moved).toMatchObject({
			state: 'change',
			changes: [
				{what: 'is_superuser', from: false},
				{what: 'email', from: 'other@example.org'},
			],
		});
		expect(await look()).toMatchObject({
			state: 'change',
			changes: [
				{what: 'is_superuser', from: false},
				{what: 'email', from: 'other@example.org'},
			],
		});
		expect(await bench.undo(done, {})).toEqual([{outcome: 'undone'}]);
	}, 120_000);

	it('tells what the directory said when it is down', async () => {
		await freshProject({migrated: true});
		await edit(settings, text => text.replace("'ldap://127.0.0.1/'", "'ldap://127.0.0.1:1/'"));
		await expect(bench.converge(wanted())).rejects.toMatchObject({
			code: 'django.superuser',
			sentence: expect.stringContaining('SERVER_DOWN'),
			hint: expect.stringContaining('slapd'),
		});
	}, 120_000);
});
