import {djangoAnswer} from '#host/django/asked-django.ts';
import {pendingOf} from '#host/django/django-answers.ts';
import type {DjangoProject} from '#host/django/project.ts';
import {djangoSites} from '#host/django/sites.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf} from '#model/finding.ts';
import {djangoMigrate} from '#resources/django/migrate-and-collect.ts';
import {noDjango, ofEachSite} from '../shared/django-verdict.ts';
import {listed, seen} from '../shared/seeing.ts';

const kinds = defineKinds({
	pending: {
		state: 'fail',
		example: {
			names: ['app.0002_more'] as readonly string[],
			project: {
				python: '/srv/app/venv/bin/python',
				directory: '/srv/app',
				settings: 'app.settings',
				user: 'app',
			} as DjangoProject,
			unit: 'app.service' as string | undefined,
		},
		says: ({names}) =>
			`not applied: ${listed(names.slice(0, 5))}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`,
		remedy: {
			sentence:
				'Take a dump of the database first; then apply them as the user of the application (manage.py migrate), and restart the application server.',
		},
		fix: ({project, unit}) => [djangoMigrate({project}, {owes: unit === undefined ? [] : [{unit, do: 'restart'}]})],
	},
});

/** New code on old tables works until somebody opens the one page that needs the new column. */
export const check = defineCheck({
	id: 'django.migrations',
	title: 'No migration waits to be applied',
	why: 'After an update the code expects tables and columns that only a migration makes. Pages that do not need them work, the others fail.',
	reads: [
		'the migrations of all installed apps on disk',
		'the rows of django_migrations, with the login of the settings where it is a PostgreSQL of this host; the rest from a cache with digests as long as nothing moved, else one Python process as the user of the application',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	requires: ['django.starts'],
	source: 'ipynbsrv: manage.py (makemigrations, migrate)',
	verify: 'manage.py showmigrations --plan | grep -v "\\[X\\]"',
	deadline: 30_000,
	facts: {sites: djangoSites},
	kinds,
	appliesTo: ({facts}) => facts.sites.length > 0 || noDjango,
	inspect: ({host, facts}) =>
		ofEachSite(facts.sites, async (site): Promise<FoundOf<typeof kinds>> => {
			const [migrations, rows] = [await djangoAnswer(site, host, 'migrations'), await djangoAnswer(site, host, 'rows')];
			const pending = pendingOf(migrations, rows);
			const sight = {
				item: site.server.item,
				expected: 'all applied',
				layers: {
					file: seen(`${migrations.disk.length} migrations`, site.project.directory),
					runtime: seen(
						pending.length === 0 ? 'all applied' : `${pending.length} not applied`,
						'SELECT app, name FROM django_migrations',
					),
				},
			};
			return pending.length === 0
				? {...sight, is: 'ok', says: `all ${migrations.disk.length} are applied`}
				: {...sight, is: 'pending', data: {names: pending, project: site.project, unit: site.server.unit}};
		}),
});
