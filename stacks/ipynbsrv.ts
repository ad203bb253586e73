import {defineStack} from '#model/step.ts';
import {appServer} from '#steps/app-server.ts';
import {appSettings} from '#steps/app-settings.ts';
import {application} from '#steps/application.ts';
import {assets} from '#steps/assets.ts';
import {databaseTables} from '#steps/database-tables.ts';
import {docker} from '#steps/docker.ts';
import {ldapClient} from '#steps/ldap-client.ts';
import {ldapDirectory} from '#steps/ldap-directory.ts';
import {openresty} from '#steps/openresty.ts';
import {packages} from '#steps/packages.ts';
import {postgres} from '#steps/postgres.ts';
import {sources} from '#steps/sources.ts';
import {superuser} from '#steps/superuser.ts';

/** The multi-user IPython notebook server of the guide. */
export const ipynbsrv = defineStack({
	id: 'ipynbsrv',
	title: 'ipynbsrv: multi-user IPython notebook server',
	about: 'LDAP accounts, PostgreSQL, OpenResty from source, the Django web interface under uwsgi.',
	guide: 'ipynbsrv.md',
	preflight: ['host.release', 'host.memory', 'host.disk', 'host.packages', 'host.failed-units', 'host.time'],
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
		return {...(typeof host === 'string' && {address: `http://${host}/`}), ...(typeof admin === 'string' && {admin})};
	},
	steps: [
		packages,
		sources,
		docker,
		ldapDirectory,
		ldapClient,
		postgres,
		openresty,
		application,
		appSettings,
		databaseTables,
		assets,
		superuser,
		appServer,
	],
});
