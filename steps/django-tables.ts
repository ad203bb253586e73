import {z} from 'zod';
import {defineStep} from '#model/step.ts';
import {djangoMakeMigrations} from '#resources/django/make-migrations.ts';
import {djangoMigrate} from '#resources/django/migrate-and-collect.ts';
import {ownDatabaseOf, projectOf} from './shared/project.ts';

/** makemigrations and migrate, as the application's user. */
export const djangoTables = ({guide}: {readonly guide: string}) =>
	defineStep({
		id: 'database-tables',
		title: 'Database tables',
		about:
			'Makes the migrations that the models still lack, and applies what is not applied. Known beforehand from SQL and digests, without starting Django.',
		guide,
		uses: {app: 'project', database: 'database'},
		questions: z
			.strictObject({
				makeMigrations: z.boolean().default(true).meta({
					title: 'Make missing migrations',
					help: 'What the models have and no migration makes yet: the published code needs it.',
					from: 'guide',
				}),
			})
			.meta({title: 'Tables'}),
		resources: (answers, {uses: {app, database}}) => {
			const project = projectOf(app, database);
			const own = ownDatabaseOf(database);
			const ready = ['done:app-settings', 'done:python', 'done:database'] as const;
			return [
				...(answers.makeMigrations
					? [djangoMakeMigrations({project}, {needs: ready, provides: ['done:migrations-made']})]
					: []),
				djangoMigrate(
					{project, ...(own && {own})},
					{
						needs: [...ready, ...(answers.makeMigrations ? ['done:migrations-made' as const] : [])],
						provides: ['done:tables'],
						owes: [{unit: app.service, do: 'restart'}],
					},
				),
			];
		},
	});
