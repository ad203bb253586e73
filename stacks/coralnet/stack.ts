import {defineStack} from '#model/step.ts';
import {djangoSuperuser} from '#steps/django-superuser.ts';
import {djangoTables} from '#steps/django-tables.ts';
import {fetching} from '#steps/fetching.ts';
import {firewall} from '#steps/firewall.ts';
import {gunicorn} from '#steps/gunicorn.ts';
import {nginx} from '#steps/nginx.ts';
import {nginxSite} from '#steps/nginx-site.ts';
import {postgres} from '#steps/postgres.ts';
import {tls} from '#steps/tls.ts';
import {siteSettings} from './site-settings.ts';
import {appSettings} from './steps/app-settings.ts';
import {application} from './steps/application.ts';
import {aws} from './steps/aws.ts';
import {packages} from './steps/packages.ts';
import {people} from './steps/people.ts';
import {proofs} from './steps/proofs.ts';
import {sources} from './steps/sources.ts';
import {staticFiles} from './steps/static-files.ts';
import {tasks} from './steps/tasks.ts';

/** The annotation site for coral reef images of the guide. */
export const stack = defineStack({
	id: 'coralnet',
	title: 'CoralNet: annotation of coral reef images',
	about: 'People with keys, PostgreSQL here or on RDS, a Django site under gunicorn, nginx with TLS.',
	guide: 'coralnet.rst',
	needs: {
		memoryMiB: [1024, 4096],
		diskMiB: 4096,
		ports: [
			{port: 80, ours: ['nginx']},
			{port: 443, ours: ['nginx']},
		],
		installed: '/etc/systemd/system/coralnet.service',
		accept: 'packages.accept',
	},
	preflight: ['host.packages', 'host.failed-units', 'host.time', 'host.restart-pending'],
	opens: inputs => {
		const of = (step: string, key: string): unknown =>
			(inputs[step] as Readonly<Record<string, unknown>> | undefined)?.[key];
		const [host, admin] = [of('app-settings', 'site'), of('superuser', 'name')];
		const scheme = of('tls', 'by') === 'none' ? 'http' : 'https';
		return {
			...(typeof host === 'string' && {address: `${scheme}://${host}/`}),
			...(typeof admin === 'string' && {admin}),
		};
	},
	defaults: {
		// The repository has all of its own.
		'database-tables.makeMigrations': false,
	},
	steps: [
		fetching,
		packages,
		sources,
		people,
		postgres({name: 'coralnet', role: 'django', hostName: 'coralnet.postgresql', guide: 'CoralNet: RDS instance'}),
		application,
		appSettings,
		djangoTables({guide: 'CoralNet: Installation page (migrate)'}),
		staticFiles,
		djangoSuperuser({guide: 'CoralNet: Installation page (createsuperuser)'}),
		gunicorn({
			name: 'CoralNet',
			about:
				"gunicorn from the application's own environment, on 127.0.0.1:8001, with the guide's long timeout, as a closed unit: uploads of many images take their time.",
			guide: 'CoralNet: Web server (gunicorn, Running)',
			module: 'config.wsgi:application',
			port: 8001,
			timeout: 604_810,
			writes: app => [`${app.home}/log`, `${app.home}/tmp`],
			reads: app => [`${app.home}/static_serve`],
			after: ['postgresql.service'],
			needs: ['done:app-settings', 'done:python', 'done:tables', 'done:static-files'],
			notifies: true,
		}),
		tasks,
		nginx({guide: 'CoralNet: nginx'}),
		tls({name: 'coralnet', by: 'self-signed', guide: 'CoralNet: Web server'}),
		nginxSite({
			name: 'coralnet',
			about:
				"nginx in front: it serves the static files, and passes all else to gunicorn with the name that was asked for and the scheme, without which Django refuses forms. It gives up a little earlier than gunicorn, as the guide's file does.",
			guide: 'CoralNet: nginx',
			statics: app => [{at: '/static', directory: `${app.home}/static_serve`}],
			body: 40,
			timeout: server => (server === undefined ? 60 : Math.max(1, server - 10)),
			settings: siteSettings,
			acceptedBy: 'app-settings.into.siteFile.accept',
		}),
		firewall({guide: 'CoralNet: Amazon EC2 (Security Group)', ports: [80, 443], by: 'none'}),
		aws,
		proofs,
	],
});
