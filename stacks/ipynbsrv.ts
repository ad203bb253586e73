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
	steps: [packages, sources, docker, ldapDirectory, ldapClient, postgres, openresty, application, appSettings, databaseTables, assets, superuser, appServer],
});
