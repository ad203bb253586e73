import {Secret} from '#model/secret.ts';
import {djangoSuperuser} from '#resources/superuser.ts';
import {freshProject, home, inDjango, project} from './django-tools.ts';
import {noisy, psql} from './postgres-tools.ts';
import {conformance} from './suite.ts';

const canary = 'Kanarie-"7f3a\\ é';
const rows = async (): Promise<string> =>
	psql('SELECT json_agg(u ORDER BY id) FROM (SELECT username AS id, password, is_superuser, is_staff, is_active, email FROM auth_user) u', 'conformdj');
const wanted = () => djangoSuperuser({project, username: 'admin', email: 'admin@Example.org', password: [new Secret('admin', canary)]});

conformance('django-superuser', [
	{
		name: 'a new account',
		prepare: () => freshProject({migrated: true}),
		resource: wanted,
		breakIt: async () => void (await psql("UPDATE auth_user SET is_superuser = false WHERE username = 'admin'", 'conformdj')),
		touches: [home],
		rows,
		noisy,
		canaries: [canary],
	},
	{
		name: 'an account that is there, with another password',
		async prepare() {
			await freshProject({migrated: true});
			await inDjango("from django.contrib.auth.models import User\nUser.objects.create_user('admin', 'old@example.org', 'an-old-password')");
		},
		resource: wanted,
		breakIt: async () =>
			void (await inDjango("from django.contrib.auth.models import User\nu = User.objects.get(username='admin')\nu.set_password('moved')\nu.save()")),
		touches: [home],
		rows,
		noisy,
		canaries: [canary],
	},
]);
