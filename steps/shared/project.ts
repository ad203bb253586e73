/** The Django project as every manage.py resource wants it, from what earlier steps offer. */
import type {DjangoProject} from '#host/django/now.ts';
import type {Offers} from '#model/offers.ts';

/** With a local database the clean path asks SQL instead of starting Django. */
export const projectOf = (
	{python, directory, settings, user}: Offers['project'],
	database: Offers['database'],
	superuser?: string,
): DjangoProject => ({
	python,
	directory,
	settings,
	user,
	...(database.local && {database: {server: {kind: 'local' as const}, name: database.name}}),
	...(superuser !== undefined && {superuser}),
});
