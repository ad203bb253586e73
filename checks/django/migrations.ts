import {pendingOf} from '#host/django/answers.ts';
import {djangoAnswer} from '#host/django/questions.ts';
import {djangoSites} from '#host/django/sites.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import {djangoMigrate} from '#resources/django/migrate-and-collect.ts';
import {siteFor} from '../shared/django-verdict.ts';
import {listed, seen} from '../shared/seeing.ts';

/** New code on old tables works until somebody opens the one page that needs the new column. */
export const check = defineCheck({
	id: 'django.migrations',
	title: 'No migration waits to be applied',
	why: 'After an update the code expects tables and columns that only a migration makes. Pages that do not need them work, the others fail.',
	reads: [
		'the migrations of all installed apps on disk',
		'the rows of django_migrations; from a cache with digests as long as nothing moved, else one Python process as the user of the application',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source: 'ipynbsrv: manage.py (makemigrations, migrate)',
	verify: 'manage.py showmigrations --plan | grep -v "\\[X\\]"',
	deadline: 30_000,
	facts: {sites: djangoSites},
	appliesTo: ({facts}) => facts.sites.length > 0 || 'no application server of this host runs Django',
	async inspect({host, facts}) {
		return findings(
			await Promise.all(
				facts.sites.map(async (site): Promise<Finding> => {
					const [migrations, rows] = [
						await djangoAnswer(site, host, 'migrations'),
						await djangoAnswer(site, host, 'rows'),
					];
					const pending = pendingOf(migrations, rows);
					return {
						item: site.server.item,
						state: pending.length > 0 ? 'fail' : 'ok',
						says:
							pending.length > 0
								? `not applied: ${listed(pending.slice(0, 5))}${pending.length > 5 ? ` and ${pending.length - 5} more` : ''}`
								: `all ${migrations.disk.length} are applied`,
						expected: 'all applied',
						layers: {
							file: seen(`${migrations.disk.length} migrations`, site.project.directory),
							runtime: seen(
								pending.length === 0 ? 'all applied' : `${pending.length} not applied`,
								'SELECT app, name FROM django_migrations',
							),
						},
					};
				}),
			),
		);
	},
	remedy: () => ({
		sentence:
			'Take a dump of the database first; then apply them as the user of the application (manage.py migrate), and restart the application server.',
	}),
	fix: (finding, {facts}) => {
		const site = siteFor(facts.sites, finding);
		return site === undefined
			? []
			: [
					djangoMigrate(
						{project: site.project},
						{owes: site.server.unit === undefined ? [] : [{unit: site.server.unit, do: 'restart'}]},
					),
				];
	},
});
