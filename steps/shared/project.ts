/** The Django project as every manage.py resource wants it, from the answers of the steps before. */
import type {z} from 'zod';
import type {DjangoProject} from '#host/django/now.ts';
import type {application} from '../application.ts';
import type {postgres} from '../postgres.ts';

export type ApplicationAnswers = z.output<typeof application.questions>;
export type PostgresAnswers = z.output<typeof postgres.questions>;

/** Interpreter, directory and settings; with a local database the clean path asks SQL instead of starting Django. */
export const projectOf = (app: ApplicationAnswers, database: PostgresAnswers, superuser?: string): DjangoProject => ({
	python: interpreterOf(app),
	directory: `${app.home}/_repo/${app.project}`,
	settings: app.settings,
	user: app.user,
	...(database.mode === 'local' && {database: {server: {kind: 'local' as const}, name: database.database}}),
	...(superuser !== undefined && {superuser}),
});

/** The interpreter that runs the application. */
const interpreterOf = (app: ApplicationAnswers): string =>
	app.python.environment === 'system' ? app.python.interpreter : `${app.home}/venv/bin/python`;

/** The settings file in the checkout. */
export const settingsFileOf = (app: ApplicationAnswers): string =>
	`${app.home}/_repo/${app.project}/${app.settings.replaceAll('.', '/')}.py`;
