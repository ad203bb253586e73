/** The Django project as every manage.py resource wants it, from what earlier steps offer. */
import type {DjangoProject} from '#host/django/now.ts';
import {tlsEnvironment} from '#host/postgres/tls-environment.ts';
import type {Offers} from '#model/offers.ts';
import type {SourceTree} from '#resources/git/tree-text.ts';
import type {OwnDatabase} from '#resources/postgres/own-dump.ts';

/** The application's source, as it can be read before and after the checkout. */
export const treeOf = ({repository, user, source}: Offers['project']): SourceTree => ({
	directory: repository,
	user,
	from: source,
});

/** The database as the application logs in; what an update copies before tables change. Only of PostgreSQL. */
export const ownDatabaseOf = ({
	kind,
	host,
	port,
	name,
	role,
	password,
	tls,
	ca,
}: Offers['database']): OwnDatabase | undefined =>
	kind === 'postgres'
		? {host, port, name, role, password: [password], ...(tls && {tls}), ...(ca !== undefined && {ca})}
		: undefined;

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
	...(database.local &&
		database.kind === 'postgres' && {
			database: {server: {kind: 'local' as const}, name: database.name, role: database.role},
		}),
	...(superuser !== undefined && {superuser}),
	...(database.kind === 'postgres' &&
		database.tls !== undefined &&
		database.tls !== 'off' && {env: tlsEnvironment(database)}),
});
