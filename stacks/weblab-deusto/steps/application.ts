import {z} from 'zod';
import {oneLine} from '#answers/questions/questions.ts';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {directory} from '#resources/files/directory.ts';
import {setupPy} from '#resources/python/setup-py.ts';
import {venv} from '#resources/python/venv.ts';
import {gitRef} from '#steps/probes/git-ref.ts';
import {checkout, checkoutQuestions, ownFilesQuestion} from '#steps/shared/checkout.ts';
import {applicationHome, homeQuestions} from '#steps/shared/home.ts';
import {treePath} from '#steps/shared/tree-path.ts';

/** Native libraries, and what each wants of Debian. `mysql-python`, which the guide's file names, compiles no more: mysqlclient brings the same module. */
const native = {
	mysql: {packages: ['mysqlclient==1.3.14'], debian: ['libmariadb-dev', 'libmariadb-dev-compat']},
	redis: {packages: ['hiredis<0.2'], debian: []},
	ldap: {packages: ['python-ldap<2.5'], debian: ['libldap2-dev', 'libsasl2-dev']},
	numpy: {packages: ['numpy<1.7'], debian: []},
} as const;

/** What `setup.py` writes beside the tracked files; git ignores all of it. */
const leaves = ['build', 'dist', 'weblabdeusto.egg-info', 'weblabdeusto_data', 'weblab/version.json'].map(
	name => `server/src/${name}`,
);

/** WebLab-Deusto's own user, the checkout, and the environment in which it is installed. */
export const application = defineStep({
	id: 'application',
	title: 'WebLab-Deusto',
	about:
		'A user of its own, a checkout, an environment of Python 2.7 with the requirements by pip and the native libraries, and setup.py. easy_install, which setup.py would use for the requirements, takes versions for Python 3 and fails: pip comes first, and setup.py finds all that it wants.',
	guide: 'WebLab-Deusto: Installing native libraries; Step 2: prepare WebLab for being used as a service',
	uses: {sources: 'weblabSources', python: 'python2'},
	questions: z.strictObject({
		...homeQuestions({
			user: 'weblab',
			home: '/srv/weblab',
			holds:
				'The environment, the checkout and the deployments lie in it, and Apache must be let through: a home below /home is closed to it.',
		}),
		...checkoutQuestions({
			ref: 'master',
			help: 'A URL, or a path on this host that the user can read.',
			example: 'https://github.com/weblabdeusto/weblabdeusto.git',
		}),
		requirements: z
			.array(treePath())
			.default(['server/src/requirements.txt', 'server/src/requirements_recommended.txt'])
			.meta({title: 'Requirements files, in the tree', help: 'pip installs what they name.', from: 'guide'}),
		libraries: z
			.array(z.enum(['mysql', 'redis', 'ldap', 'numpy']))
			.default(['mysql', 'redis'])
			.meta({
				title: 'Native libraries',
				help: 'Compiled, and faster than their pure twins. ldap is for logins by LDAP, numpy for the load-test bot.',
				from: 'guide',
			}),
		virtualenv: oneLine({max: 30})
			.default('20.21.1')
			.meta({title: 'Version of virtualenv', help: 'The last that makes environments for Python 2.7.', from: 'setup'}),
		own: ownFilesQuestion(['server/src/weblab/version.json', '**/*.pyc']),
	}),
	defaults: ({uses}) =>
		uses.sources.demo === undefined
			? {}
			: {repository: {value: `${uses.sources.demo}/weblabdeusto.git`, from: 'sources'}},
	probes: ({repository, ref, user, home}, {uses}) =>
		uses.sources.demo === undefined
			? [gitRef({url: repository, ref, user, decides: [`path:${home}/weblabdeusto`]}, ['repository', 'ref'])]
			: [],
	offers: ({user, home}) => ({
		weblab: {
			user,
			home,
			repository: `${home}/weblabdeusto`,
			environment: `${home}/.virtualenvs/weblab`,
			installed: 'done:setup-py:weblabdeusto',
		},
	}),
	resources: (answers, {uses: {python}}) => {
		const {user, home} = answers;
		const repository = `${home}/weblabdeusto`;
		const environment = `${home}/.virtualenvs/weblab`;
		const libraries = answers.libraries.map(name => native[name]);
		return [
			...applicationHome({user, home}, []),
			directory({path: `${home}/.virtualenvs`, mode: 0o755, owner: `${user}:${user}`}),
			checkout(
				answers,
				{
					directory: repository,
					user,
					ours: [...answers.own, ...leaves.map(path => `${path}/**`)],
					holds: answers.requirements,
				},
				{needs: [`path:${home}`]},
			),
			aptPackages(
				{names: ['build-essential', ...libraries.flatMap(({debian}) => debian)], recommends: false},
				{
					id: 'apt:native-libraries',
					needs: ['done:requirements', 'done:dpkg-consistent'],
					provides: ['done:native-headers'],
				},
			),
			venv(
				{
					directory: environment,
					python: python.interpreter,
					kind: {tool: 'virtualenv', version: answers.virtualenv},
					requirements: answers.requirements.map(path => `${repository}/${path}`),
					packages: libraries.flatMap(({packages}) => packages),
					user,
					conflicts: 'report',
				},
				{needs: [python.ready, 'package:python3-venv', 'done:native-headers'], provides: ['done:python']},
			),
			setupPy(
				{
					name: 'weblabdeusto',
					checkout: repository,
					environment,
					user,
					program: 'weblab-admin',
					leaves,
				},
				{needs: ['done:python']},
			),
		];
	},
});
