// soak: yes
// packages: postgresql python3-django python3-django-auth-ldap python3-psycopg2 libjs-jquery libjs-jquery-ui
// releases: bookworm trixie
import {appendFile, mkdir, rm} from 'node:fs/promises';
import {djangoMakeMigrations} from '#resources/django/make-migrations.ts';
import {edit, freshProject, home, project, put, tree} from './django-tools.ts';
import {noisy} from './postgres-tools.ts';
import {conformance} from './suite.ts';

conformance('django-makemigrations', [
	{
		name: 'a field that no migration knows',
		prepare: () => freshProject(),
		resource: () => djangoMakeMigrations({project}),
		breakIt: () => rm(`${tree}/ipynbsrv/wui/migrations/0002_share_description.py`),
		touches: [home],
		noisy,
	},
	{
		name: 'an app without migrations, by name',
		async prepare() {
			await freshProject();
			await mkdir(`${tree}/extra`);
			await put(`${tree}/extra/__init__.py`, '');
			await put(
				`${tree}/extra/models.py`,
				'from django.db import models\n\n\nclass Thing(models.Model):\n    name = models.CharField(max_length=9)\n',
			);
			await edit(`${tree}/ipynbsrv/settings.py`, text =>
				text.replace("    'ipynbsrv.wui',\n", "    'ipynbsrv.wui',\n    'extra',\n"),
			);
			await import('./tools.ts').then(({quietly}) => quietly('chown', '-R', 'conformdj:', tree));
		},
		resource: () => djangoMakeMigrations({project, apps: ['extra', 'wui']}),
		breakIt: () => appendFile(`${tree}/extra/models.py`, '    more = models.IntegerField(default=0)\n'),
		touches: [home],
		noisy,
	},
]);
