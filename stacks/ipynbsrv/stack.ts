import {defineStack} from '#model/step.ts';
import {djangoSuperuser} from '#steps/django-superuser.ts';
import {djangoTables} from '#steps/django-tables.ts';
import {docker} from '#steps/docker.ts';
import {fetching} from '#steps/fetching.ts';
import {firewall} from '#steps/firewall.ts';
import {postgres} from '#steps/postgres.ts';
import {tls} from '#steps/tls.ts';
import type {} from './offers.ts';
import {appServer} from './steps/app-server.ts';
import {appSettings} from './steps/app-settings.ts';
import {application} from './steps/application.ts';
import {assets} from './steps/assets.ts';
import {ldapClient} from './steps/ldap-client.ts';
import {ldapDirectory} from './steps/ldap-directory.ts';
import {openresty} from './steps/openresty.ts';
import {packages} from './steps/packages.ts';
import {sources} from './steps/sources.ts';

/** The multi-user IPython notebook server of the guide. */
export const stack = defineStack({
	id: 'ipynbsrv',
	title: 'ipynbsrv: multi-user IPython notebook server',
	about: 'LDAP accounts, PostgreSQL, OpenResty from source, the Django web interface under uwsgi.',
	guide: 'ipynbsrv.md',
	needs: {
		memoryMiB: [2048, 4096],
		diskMiB: 4096,
		ports: [
			{port: 80, ours: ['nginx']},
			{port: 389, ours: ['slapd']},
			{port: 5432, ours: ['postgres']},
		],
		installed: '/etc/systemd/system/openresty.service',
		accept: 'packages.accept',
	},
	preflight: ['host.packages', 'host.failed-units', 'host.time'],
	// With the sources that come with setup and all packages downloaded already. Steps overlap: each from its first start to its last end.
	measured: {
		on: 'Debian 12, 2 cores',
		seconds: 133,
		diskMiB: 1290,
		downloadMiB: 244,
		steps: {
			packages: 72,
			sources: 4,
			'ldap-directory': 42,
			'ldap-client': 94,
			postgres: 43,
			openresty: 130,
			application: 72,
			'app-settings': 1,
			'database-tables': 6,
			assets: 6,
			superuser: 2,
			'app-server': 117,
		},
	},
	opens: inputs => {
		const section = (step: string): Readonly<Record<string, unknown>> =>
			(inputs[step] ?? {}) as Readonly<Record<string, unknown>>;
		const names = section('app-settings')['allowedHosts'];
		const host = Array.isArray(names)
			? names.find(name => typeof name === 'string' && name !== '*' && !name.startsWith('.'))
			: undefined;
		const admin = section('superuser')['name'];
		return {
			...(typeof host === 'string' && {
				address: `${section('tls')['by'] === undefined || section('tls')['by'] === 'none' ? 'http' : 'https'}://${host}/`,
			}),
			...(typeof admin === 'string' && {admin, adminSecret: 'superuser.password'}),
		};
	},
	steps: [
		fetching,
		packages,
		sources,
		// Before the application, whose settings want docker0's address.
		docker({
			about:
				'The engine that will run the notebooks, from the distribution, started at boot. Without it the settings take the address that docker0 usually has.',
			guide: 'ipynbsrv: Dedicated Node (setup_docker_host)',
			help: 'Notebooks need one; the web interface installs without it.',
		}),
		ldapDirectory,
		ldapClient,
		postgres({name: 'ipynbsrv', hostName: 'ipynbsrv.postgresql', guide: 'ipynbsrv: Postgres Container'}),
		openresty,
		application,
		appSettings,
		djangoTables({guide: 'ipynbsrv: manage.py (makemigrations, migrate)'}),
		assets,
		tls({name: 'ipynbsrv', by: 'none', guide: 'ipynbsrv: Nginx/OpenResty (the guide has port 80 alone)'}),
		djangoSuperuser({guide: 'ipynbsrv: manage.py (createsuperuser)'}),
		appServer,
		firewall({guide: 'ipynbsrv: Dedicated Node', ports: [80, 443], by: 'none'}),
	],
});
