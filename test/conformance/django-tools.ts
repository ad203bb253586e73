/** The fixture application as an installation has it before manage.py, prepared with plain tools. It asks slapd, as Debian installs it, as nobody. */
import {chown, cp, mkdir, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import type {DjangoProject} from '#host/django/now.ts';
import {psql} from './postgres-tools.ts';
import {output, quietly} from './tools.ts';

export const home = '/srv/conform-django';
export const tree = `${home}/_repo/wui`;
export const settings = `${tree}/ipynbsrv/settings.py`;
export const project: DjangoProject = {
	python: '/usr/bin/python3',
	directory: tree,
	settings: 'ipynbsrv.settings',
	user: 'conformdj',
	database: {server: {kind: 'local'}, name: 'conformdj'},
};

const password = 'Pg-Conform-1';

/** The application's user, an empty database and the tree with its settings; nothing of setup's memory but the place for it. */
export const freshProject = async ({migrated = false}: {readonly migrated?: boolean} = {}): Promise<void> => {
	if (!(await readFile('/etc/passwd', 'utf8')).includes('conformdj:'))
		await output('useradd', '--system', '--home-dir', home, '--shell', '/bin/bash', 'conformdj');
	await rm(home, {recursive: true, force: true});
	for (const memory of ['cache', 'stamps']) await rm(`/var/lib/host-setup/${memory}`, {recursive: true, force: true});
	await mkdir('/var/lib/host-setup', {recursive: true, mode: 0o700});
	await mkdir(home, {recursive: true});
	await cp(join(import.meta.dirname, '../../fixtures/apps/ipynbsrv'), `${home}/_repo`, {recursive: true});
	await symlink(tree, `${home}/www`);
	await edit(settings, text =>
		text
			.replaceAll("'NAME': 'ipynbsrv'", "'NAME': 'conformdj'")
			.replaceAll("'USER': 'ipynbsrv'", "'USER': 'conformdj'")
			.replace("'PASSWORD': '123456'", `'PASSWORD': '${password}'`)
			.replace('\'PASSWORD\': "123456"', "'PASSWORD': ''")
			.replace("'USER': 'cn=admin,dc=ipynbsrv,dc=ldap'", "'USER': ''")
			.replace('ldap://ipynbsrv.ldap/', 'ldap://127.0.0.1/')
			.replace('ipynbsrv.postgresql', '127.0.0.1')
			.replace('/srv/ipynbsrv/www/static', `${home}/www/static`)
			.replace('DEBUG = True', 'DEBUG = False'),
	);
	await quietly('chown', '-R', 'conformdj:conformdj', home);
	await database(migrated);
};

export const edit = async (path: string, change: (text: string) => string): Promise<void> =>
	writeFile(path, change(await readFile(path, 'utf8')));

/** A file of the application's user. */
export const put = async (path: string, text: string): Promise<void> => {
	await writeFile(path, text);
	const {stdout} = await execa('id', ['-u', 'conformdj']);
	await chown(path, Number(stdout), Number(stdout));
};

/** manage.py by hand. */
export const manage = async (...words: readonly string[]): Promise<string> =>
	(
		await execa(
			'runuser',
			['-u', 'conformdj', '--', 'env', 'PYTHONDONTWRITEBYTECODE=1', project.python, 'manage.py', ...words],
			{
				cwd: tree,
				stdin: 'ignore',
				all: true,
			},
		)
	).all;

/** Python in the project, with Django up. */
export const inDjango = async (script: string): Promise<string> =>
	(
		await execa(
			'runuser',
			[
				'-u',
				'conformdj',
				'--',
				'env',
				'PYTHONDONTWRITEBYTECODE=1',
				'DJANGO_SETTINGS_MODULE=ipynbsrv.settings',
				project.python,
				'-c',
				`import django; django.setup()\n${script}`,
			],
			{cwd: tree, stdin: 'ignore'},
		)
	).stdout;

const database = async (migrated: boolean): Promise<void> => {
	await psql('DROP DATABASE IF EXISTS conformdj WITH (FORCE)');
	if ((await psql("SELECT 1 FROM pg_roles WHERE rolname = 'conformdj'")) === '')
		await psql(`CREATE ROLE conformdj LOGIN PASSWORD '${password}'`);
	if (!migrated)
		return void (await psql("CREATE DATABASE conformdj OWNER conformdj TEMPLATE template0 ENCODING 'UTF8'"));
	if ((await psql("SELECT 1 FROM pg_database WHERE datname = 'conformdj_ready'")) === '') {
		await psql("CREATE DATABASE conformdj OWNER conformdj TEMPLATE template0 ENCODING 'UTF8'");
		await manage('migrate', '--noinput');
		await psql('ALTER DATABASE conformdj RENAME TO conformdj_ready');
	}
	await psql('CREATE DATABASE conformdj OWNER conformdj TEMPLATE conformdj_ready');
};
