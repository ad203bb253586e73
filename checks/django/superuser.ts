import {djangoAnswer} from '#host/django/questions.ts';
import {djangoSites} from '#host/django/sites.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import {listed, seen} from '../shared/seeing.ts';

/** An application without an administrator cannot be given one from its own pages. */
export const check = defineCheck({
	id: 'django.superuser',
	title: 'There is an administrator who can log in',
	why: 'The guide makes a local superuser as its last step. Without an active one nobody can give rights to anybody, and that is noticed when it is urgent.',
	reads: [
		'the accounts that are superusers, and whether they are active, by one question to the database as the application or as PostgreSQL’s own superuser',
	],
	severity: 'warn',
	layers: ['runtime'],
	source: 'ipynbsrv: manage.py (createsuperuser)',
	verify:
		'manage.py shell -c "from django.contrib.auth import get_user_model as m; print(m().objects.filter(is_superuser=True, is_active=True).count())"',
	deadline: 30_000,
	facts: {sites: djangoSites},
	appliesTo: ({facts}) => facts.sites.length > 0 || 'no application server of this host runs Django',
	async inspect({host, facts}) {
		return findings(
			await Promise.all(
				facts.sites.map(async (site): Promise<Finding> => {
					const [model, rows] = [await djangoAnswer(site, host, 'model'), await djangoAnswer(site, host, 'rows')];
					const column = (name: string): string => model.columns[name] ?? name;
					const yes = (value: unknown): boolean => value === true || value === 't' || value === 'true' || value === '1';
					const all = rows.accounts.filter(row => yes(row[column('is_superuser')]));
					const able = all.filter(row => row[column('is_active')] === undefined || yes(row[column('is_active')]));
					const names = able.map(row => String(row[model.username]));
					return {
						item: site.server.item,
						state: names.length > 0 ? 'ok' : 'warn',
						says:
							names.length > 0
								? listed(names.slice(0, 5))
								: all.length > 0
									? 'no superuser is active'
									: 'there is no superuser',
						expected: 'at least one, active',
						layers: {runtime: seen(names.length === 0 ? 'none' : `${names.length} active`, model.table)},
					};
				}),
			),
		);
	},
	remedy: () => ({
		sentence: 'Make one as the user of the application: manage.py createsuperuser asks for a name and a password.',
	}),
});
