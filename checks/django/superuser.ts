import {djangoAnswer} from '#host/django/asked-django.ts';
import {djangoSites} from '#host/django/sites.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf} from '#model/finding.ts';
import {noDjango, ofEachSite} from '../shared/django-verdict.ts';
import {listed, seen} from '../shared/seeing.ts';

const kinds = defineKinds({
	none: {
		state: 'warn',
		says: 'there is no superuser',
		remedy: {
			sentence: 'Make one as the user of the application: manage.py createsuperuser asks for a name and a password.',
		},
	},
	inactive: {
		state: 'warn',
		says: 'no superuser is active',
		remedy: {
			sentence:
				'Make one as the user of the application: manage.py createsuperuser asks for a name and a password; or let is_active of one that is there be true again.',
		},
	},
});

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
	requires: ['django.starts'],
	source: 'ipynbsrv: manage.py (createsuperuser)',
	verify:
		'manage.py shell -c "from django.contrib.auth import get_user_model as m; print(m().objects.filter(is_superuser=True, is_active=True).count())"',
	deadline: 30_000,
	facts: {sites: djangoSites},
	kinds,
	appliesTo: ({facts}) => facts.sites.length > 0 || noDjango,
	inspect: ({host, facts}) =>
		ofEachSite(facts.sites, async (site): Promise<FoundOf<typeof kinds>> => {
			const [model, rows] = [await djangoAnswer(site, host, 'model'), await djangoAnswer(site, host, 'rows')];
			const column = (name: string): string => model.columns[name] ?? name;
			const yes = (value: unknown): boolean => value === true || value === 't' || value === 'true' || value === '1';
			const all = rows.accounts.filter(row => yes(row[column('is_superuser')]));
			const able = all.filter(row => row[column('is_active')] === undefined || yes(row[column('is_active')]));
			const names = able.map(row => String(row[model.username]));
			const sight = {
				item: site.server.item,
				expected: 'at least one, active',
				layers: {runtime: seen(names.length === 0 ? 'none' : `${names.length} active`, model.table)},
			};
			if (names.length > 0) return {...sight, is: 'ok', says: listed(names.slice(0, 5))};
			return {...sight, is: all.length > 0 ? 'inactive' : 'none'};
		}),
});
