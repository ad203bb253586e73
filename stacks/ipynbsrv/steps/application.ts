import {z} from 'zod';
import {absolutePath, oneLine, unixName} from '#answers/questions/questions.ts';
import {defineStep} from '#model/step.ts';
import {user} from '#resources/accounts/user.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {directory} from '#resources/files/directory.ts';
import {symlink} from '#resources/files/symlink.ts';
import {gitCheckout} from '#resources/git/checkout.ts';
import {pythonHeaders} from '#resources/python/headers.ts';
import {venv} from '#resources/python/venv.ts';
import {pathThere} from '#steps/probes/files.ts';
import {gitRef} from '#steps/probes/git-ref.ts';
import {siteQuestion} from '#steps/shared/site-question.ts';
import {treePath} from '#steps/shared/tree-path.ts';
import {siteFile} from './site-file.ts';

const packageNames = z.array(oneLine({max: 200})).default([]);

/** Where pip installs, whatever made the environment. */
const forPip = {
	requirements: z
		.array(treePath())
		.default(['wui/requirements.txt'])
		.meta({title: 'Requirements files, in the tree', help: 'pip installs what they name.', from: 'guide'}),
	constraints: z.array(treePath()).default([]).meta({
		title: 'Constraints files, in the tree',
		help: 'Versions that pip keeps to, without installing anything for them.',
		from: 'setup',
	}),
	packages: packageNames.meta({
		title: 'Further packages for pip',
		help: 'Names, with versions where they matter: what the requirements forget.',
		from: 'setup',
	}),
};

const python = z.discriminatedUnion('environment', [
	z.strictObject({
		environment: z.literal('venv').meta({title: 'A virtual environment'}),
		interpreter: absolutePath().default('/usr/bin/python3').meta({
			title: 'Interpreter',
			help: 'The Python that the environment is made with, or that runs the application.',
			from: 'release',
		}),
		...forPip,
		systemPackages: z.boolean().default(false).meta({
			title: "See the system's packages as well",
			help: 'Then Debian packages of Python modules count, and need not be built again.',
			from: 'setup',
		}),
	}),
	z.strictObject({
		environment: z.literal('virtualenv').meta({
			title: 'An environment by virtualenv',
			help: 'For interpreters that venv does not serve, such as Python 2.7.',
		}),
		interpreter: absolutePath().meta({
			title: 'Interpreter',
			help: 'The Python that the environment is made with, or that runs the application.',
			example: '/usr/bin/python2.7',
		}),
		virtualenv: oneLine({max: 30})
			.default('20.21.1')
			.meta({title: 'Version of virtualenv', help: 'The last that makes environments for Python 2.7.', from: 'setup'}),
		...forPip,
	}),
	z.strictObject({
		environment: z.literal('system').meta({title: "The system's packages", help: 'Nothing comes from PyPI.'}),
		interpreter: absolutePath().default('/usr/bin/python3').meta({
			title: 'Interpreter',
			help: 'The Python that the environment is made with, or that runs the application.',
			from: 'release',
		}),
		requirements: z.array(treePath()).default(['wui/requirements.txt']).meta({
			title: 'Requirements that the packages must meet',
			help: 'Nothing is installed from them; they are compared with what the packages bring.',
			from: 'guide',
		}),
		debian: z
			.array(oneLine({max: 100}))
			.default(['python3-django', 'python3-django-auth-ldap', 'python3-psycopg2'])
			.meta({
				title: 'Debian packages',
				help: 'The Python modules of the application, as Debian names them.',
				from: 'setup',
			}),
	}),
]);

/** The application's own user, its data directories, the checkout and its Python environment. */
export const application = defineStep({
	id: 'application',
	title: 'Application',
	about:
		'A system user with its home, the data directories, a checkout of the source, the link www, and a Python environment with what requirements.txt asks for.',
	guide: 'ipynbsrv: Django/Application',
	uses: {sources: 'sources'},
	questions: z.strictObject({
		user: unixName().default('ipynbsrv').meta({
			title: 'User of the application',
			help: 'Made if it is not there; the checkout and the server process are its.',
			from: 'guide',
		}),
		home: absolutePath()
			.default('/srv/ipynbsrv')
			.meta({title: 'Home', help: 'The data, the checkout and the link www lie in it.', from: 'guide'}),
		repository: oneLine().meta({
			reads: 'path',
			title: 'Git repository',
			help: "A URL, or a path on this host that the user can read. The guide's own server is gone.",
			example: 'https://github.com/ipynbsrv/ipynbsrv.git',
		}),
		ref: oneLine({max: 255}).default('master').meta({
			title: 'Branch, tag or commit',
			help: 'What is checked out. The commit that it means is kept, so that a re-run deploys nothing else.',
			from: 'guide',
		}),
		update: z.boolean().default(false).meta({
			title: 'Follow the branch',
			help: 'Without it a re-run deploys nothing: the commit that was installed stays.',
			from: 'setup',
		}),
		project: treePath()
			.default('wui')
			.meta({title: 'Directory of manage.py, in the tree', help: 'From the top of the repository.', from: 'guide'}),
		settings: z
			.string()
			.regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/, {error: 'must be a Python module such as ipynbsrv.settings'})
			.default('ipynbsrv.settings')
			.meta({title: 'Settings module', help: 'As Django imports it from the directory of manage.py.', from: 'guide'}),
		site: siteQuestion(),
		python: python.prefault({environment: 'venv'}).meta({
			title: 'Python environment',
			help: "Where the application's Python packages live, apart from the system's or not.",
			from: 'guide',
		}),
		own: z
			.array(oneLine())
			.default([
				'**/migrations/*.py',
				'**/__pycache__/**',
				'wui/ipynbsrv/wui/static/**',
				'wui/static/**',
				'docs/user-guide/site/**',
			])
			.meta({
				title: 'Files in the tree that the install itself makes or changes',
				help: 'Globs. Any other local change is foreign, and is never overwritten.',
				from: 'setup',
			}),
	}),
	defaults: ({uses}) =>
		uses.sources.demo === undefined ? {} : {repository: {value: `${uses.sources.demo}/ipynbsrv.git`, from: 'sources'}},
	probes: ({repository, ref, python: {environment, interpreter}}, {uses}) => [
		...(uses.sources.demo !== undefined ? [] : [gitRef(repository, ref, ['repository', 'ref'])]),
		// The distribution's own comes with the packages.
		...(environment === 'virtualenv' || interpreter !== '/usr/bin/python3'
			? [pathThere('interpreter', interpreter, ['python.interpreter'])]
			: []),
	],
	offers: ({user, home, project, settings, site, python: {environment, interpreter}}) => {
		const repository = `${home}/_repo`;
		const directory = `${repository}/${project}`;
		const venv = environment === 'system' ? undefined : `${home}/venv`;
		return {
			project: {
				user,
				home,
				repository,
				directory,
				settings,
				settingsFile: `${directory}/${settings.replaceAll('.', '/')}.py`,
				python: venv === undefined ? interpreter : `${venv}/bin/python`,
				language: environment === 'virtualenv' && /python2/.test(interpreter) ? 2 : 3,
				...(venv !== undefined && {environment: venv}),
				service: 'ipynbsrv.service',
			},
			siteFile: {
				from: `${repository}/${siteFile}`,
				link: site.as === 'link',
				accept: site.as === 'copy' ? site.accept : [],
			},
		};
	},
	resources: answers => {
		const {home, python: chosen} = answers;
		const repository = `${home}/_repo`;
		const owner = `${answers.user}:${answers.user}`;
		const inTree = (path: string): string => `${repository}/${path}`;
		const settings = `${answers.project}/${answers.settings.replaceAll('.', '/')}.py`;
		const requirements = chosen.requirements.map(inTree);
		const things = [
			settings,
			siteFile,
			'docs/user-guide',
			answers.project,
			...chosen.requirements,
			...(chosen.environment === 'system' ? [] : chosen.constraints),
		];
		return [
			user({name: answers.user, home, system: true, shell: '/usr/sbin/nologin'}),
			directory({path: home, mode: 0o755, owner}, {holdsData: true}),
			directory({path: `${home}/data`, mode: 0o755, owner}, {holdsData: true}),
			...['homes', 'public', 'shares'].map(name =>
				directory({path: `${home}/data/${name}`, mode: 0o755, owner}, {holdsData: true}),
			),
			gitCheckout(
				{
					url: answers.repository,
					ref: answers.ref,
					directory: repository,
					user: answers.user,
					update: answers.update,
					ours: [settings, ...(answers.site.as === 'link' ? [siteFile] : []), ...answers.own],
				},
				{
					needs: ['package:git', `path:${home}`],
					provides: [...new Set(things)].map(path => `path:${inTree(path)}` as const),
				},
			),
			symlink({path: `${home}/www`, target: inTree(answers.project)}, {needs: [`path:${repository}`]}),
			...(chosen.environment === 'system'
				? [
						aptPackages(
							{names: chosen.debian},
							{
								id: 'apt:application',
								needs: ['done:requirements', 'done:dpkg-consistent'],
								provides: ['done:python-packages'],
							},
						),
					]
				: [
						pythonHeaders(
							{requirements, packages: chosen.packages},
							{needs: ['done:requirements', 'done:dpkg-consistent']},
						),
					]),
			venv(
				{
					directory: chosen.environment === 'system' ? home : `${home}/venv`,
					python: chosen.interpreter,
					kind:
						chosen.environment === 'venv'
							? {tool: 'venv', systemPackages: chosen.systemPackages}
							: chosen.environment === 'virtualenv'
								? {tool: 'virtualenv', version: chosen.virtualenv}
								: {tool: 'system'},
					requirements,
					...(chosen.environment !== 'system' && {
						constraints: chosen.constraints.map(inTree),
						packages: chosen.packages,
					}),
					user: answers.user,
				},
				{
					needs:
						chosen.environment === 'system'
							? ['done:python-packages']
							: ['package:python-virtualenv', 'package:python-dev', 'done:python-headers'],
					provides: ['done:python'],
				},
			),
		];
	},
});
