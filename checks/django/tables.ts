/** The rows of django_migrations say what was made once; whether the tables are still there, and let the application write, is another question. */
import {djangoAnswer} from '#host/django/asked-django.ts';
import {djangoSites} from '#host/django/sites.ts';
import {unusableTables} from '#host/django/tables.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf} from '#model/finding.ts';
import {noDjango, ofEachSite} from '../shared/django-verdict.ts';
import {listed, seen} from '../shared/seeing.ts';

const names = ['app_thing'] as readonly string[];

const kinds = defineKinds({
	readOnly: {
		state: 'fail',
		example: {why: 'transaction_read_only is on'},
		says: ({why}) => `the application can write nothing: ${why}`,
		remedy: {
			sentence:
				'See where it was switched on: \\drds in psql (for the database or the role), postgresql.conf, or a standby that the settings name; in MariaDB SELECT @@global.read_only.',
		},
	},
	missing: {
		state: 'fail',
		example: {names},
		says: ({names}) => `not in the database: ${some(names)}`,
		remedy: {
			sentence:
				'Bring them back from a dump: migrate makes nothing that django_migrations says is made. See first whether the settings name the right database.',
		},
	},
	hidden: {
		state: 'fail',
		example: {names},
		says: ({names}) => `not found by the login of the settings: ${some(names)}`,
		remedy: {
			sentence:
				'They are in the schema public, and the search_path of the role or the database leads elsewhere (\\drds in psql): ALTER ROLE … RESET search_path.',
		},
	},
	barred: {
		state: 'fail',
		example: {names, owners: ['postgres'] as readonly string[]},
		says: ({names, owners}) =>
			`the login of the settings may not read and write ${some(names)} (of ${listed(owners.slice(0, 3))})`,
		remedy: {
			sentence:
				'Give them to the role of the application (REASSIGN OWNED, or ALTER TABLE … OWNER TO): a dump that was restored as another user leaves them to that one.',
		},
	},
});

const some = (names: readonly string[]): string =>
	`${listed(names.slice(0, 4))}${names.length > 4 ? ` and ${names.length - 4} more` : ''}`;

export const check = defineCheck({
	id: 'django.tables',
	title: 'The tables of the models are there, and can be written',
	why: 'A table that somebody dropped, a dump restored as another user, or a database set to read only leave pages that work until they store something.',
	reads: [
		'the tables that the models name',
		'pg_class, has_table_privilege, transaction_read_only, with the login of the settings where it is a PostgreSQL of this host; else one Python process as the user of the application',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	requires: ['django.migrations'],
	source: 'ipynbsrv: manage.py (makemigrations, migrate)',
	verify: 'manage.py inspectdb, and SELECT has_table_privilege(…) as the role of the application',
	deadline: 30_000,
	facts: {sites: djangoSites},
	kinds,
	appliesTo: ({facts}) => facts.sites.length > 0 || noDjango,
	inspect: ({host, facts}) =>
		ofEachSite(facts.sites, async (site): Promise<FoundOf<typeof kinds>> => {
			const {wanted} = await djangoAnswer(site, host, 'migrations');
			const wrong = unusableTables(wanted, await djangoAnswer(site, host, 'rows'));
			const sight = {
				item: site.server.item,
				expected: 'all there',
				layers: {
					file: seen(`${wanted.length} tables`, `models of ${site.project.directory}`),
					runtime: seen(wrong === undefined ? 'all there' : wrong.is, 'pg_class, has_table_privilege'),
				},
			};
			return wrong === undefined ? {...sight, is: 'ok', says: `all ${wanted.length} are there`} : {...sight, ...wrong};
		}),
});
