import {appendFile, rm, writeFile} from 'node:fs/promises';
import {djangoCollectstatic, djangoMigrate} from '#resources/manage-py.ts';
import {freshProject, home, project} from './django-tools.ts';
import {noisy, psql} from './postgres-tools.ts';
import {conformance} from './suite.ts';

conformance('django-migrate', [
	{
		name: 'an empty database',
		prepare: () => freshProject(),
		resource: () => djangoMigrate({project}),
		breakIt: async () => void (await psql("DELETE FROM django_migrations WHERE app = 'sessions'; DROP TABLE django_session", 'conformdj')),
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
