import {djangoApplication} from '#steps/django-application.ts';

/** The place for the site's files, shared by those who look after it; the checkout and its Python, as the application's own user. */
export const application = djangoApplication({
	about:
		"/srv/www, where those in the group of the web server put files; a user of the application's own, the checkout, a Python environment with the production requirements.",
	guide: 'CoralNet: EC2 Linux instance (/srv/www); Installation page',
	name: 'coralnet',
	home: '/srv/www',
	homeHelp:
		'The checkout, the environment, static files and logs lie in it; the application finds the others beside its checkout.',
	shared: 'www-data',
	data: ['static_serve', 'log', 'tmp', 'spacer_models'],
	checkout: 'coralnet',
	environment: 'virtenv_coralnet',
	source: {
		ref: 'master',
		help: "A URL, or a path on this host that the user can read. Today's branch is main; the guide is for what was there on 2016-11-08, with config.settings.production, Python 2.7 and psycopg2==2.7.7 in python.replaced.",
		example: 'https://github.com/coralnet/coralnet.git',
	},
	published: {ref: 'main', settings: 'config.settings'},
	project: 'project',
	settings: 'config.settings.production',
	python: {
		requirements: ['requirements/production.txt'],
		debian: ['python3-django', 'python3-psycopg2', 'gunicorn'],
	},
	own: [
		'**/__pycache__/**',
		'project/logs/**',
		'project/templates/maintenance_notice.html',
		'project/config/nginx.conf',
	],
	holds: ['project/config/nginx.conf'],
});
