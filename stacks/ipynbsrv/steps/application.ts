import {djangoApplication} from '#steps/django-application.ts';
import {settledInCopy, siteFile} from './site-file.ts';

/** The application's own user, its data directories, the checkout and its Python environment. */
export const application = djangoApplication({
	about:
		'A system user with its home, the data directories, a checkout of the source, the link www, and a Python environment with what requirements.txt asks for.',
	guide: 'ipynbsrv: Django/Application',
	name: 'ipynbsrv',
	home: '/srv/ipynbsrv',
	homeHelp: 'The data, the checkout and the link www lie in it.',
	data: ['data', 'data/homes', 'data/public', 'data/shares'],
	link: 'www',
	source: {
		ref: 'master',
		help: "A URL, or a path on this host that the user can read. The guide's own server is gone.",
		example: 'https://github.com/ipynbsrv/ipynbsrv.git',
	},
	project: 'wui',
	settings: 'ipynbsrv.settings',
	siteFile,
	settledInCopy,
	python: {
		requirements: ['wui/requirements.txt'],
		debian: ['python3-django', 'python3-django-auth-ldap', 'python3-psycopg2'],
	},
	own: [
		'**/migrations/*.py',
		'**/__pycache__/**',
		'wui/ipynbsrv/wui/static/**',
		'wui/static/**',
		'docs/user-guide/site/**',
	],
	holds: ['docs/user-guide'],
});
