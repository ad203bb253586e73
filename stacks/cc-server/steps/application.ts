import {z} from 'zod';
import {defineStep} from '#model/step.ts';
import {user as account} from '#resources/accounts/user.ts';
import {directory} from '#resources/files/directory.ts';
import {venv} from '#resources/python/venv.ts';
import {gitRef} from '#steps/probes/git-ref.ts';
import {checkout, checkoutQuestions, ownFilesQuestion} from '#steps/shared/checkout.ts';
import {homeQuestions} from '#steps/shared/home.ts';
import {requirementLines} from '#steps/shared/python-environment.ts';

/** The guide's list belongs to a later release: 0.10 dies without stance, and newer versions of the others do not fit it or each other. */
const packages = [
	'stance',
	'pymongo<4',
	'docker-py',
	'requests<2.32',
	'urllib3<2',
	'flask',
	'cryptography',
	'toml',
	'jsonschema',
	// distutils, which docker-py imports and Python 3.12 has no more.
	'setuptools<81',
];

/** CC-Server's own user, the checkout at its tag, and the environment it runs in. */
export const application = defineStep({
	id: 'application',
	title: 'CC-Server',
	about:
		'A user of its own in the group docker, which is as good as root; a checkout at the tag of the guide, for the default branch is another program; an environment with the versions that fit each other.',
	guide: 'CC-Server: Python 3 Packages; Get the Code',
	uses: {sources: 'ccSources', engine: 'engine'},
	questions: z.strictObject({
		...homeQuestions({
			user: 'ccuser',
			home: '/srv/cc-server',
			holds:
				'The checkout, the environment and the log lie in it, and Apache must be let through: a home below /home is closed to it.',
		}),
		...checkoutQuestions({
			ref: '0.10',
			help: 'A URL, or a path on this host that the user can read.',
			example: 'https://github.com/curious-containers/cc-server.git',
		}),
		packages: requirementLines().default(packages).meta({
			title: 'Python packages',
			help: 'Lines of a requirements file; the repository has none. Never docker beside docker-py: it is the same module.',
			from: 'setup',
		}),
		own: ownFilesQuestion(['config.toml', '**/*.pyc']),
	}),
	defaults: ({uses}) =>
		uses.sources.demo === undefined
			? {}
			: {
					repository: {value: `${uses.sources.demo}/cc-server.git`, from: 'sources'},
					ref: {value: 'master', from: 'sources'},
				},
	probes: ({repository, ref, user, home}, {uses}) =>
		uses.sources.demo === undefined
			? [gitRef({url: repository, ref, user, decides: [`path:${home}/cc-server`]}, ['repository', 'ref'])]
			: [],
	offers: ({user, home}) => ({
		ccServer: {
			user,
			home,
			repository: `${home}/cc-server`,
			environment: `${home}/venv`,
			python: `${home}/venv/bin/python`,
		},
	}),
	resources: answers => {
		const {user, home} = answers;
		const owner = `${user}:${user}`;
		const repository = `${home}/cc-server`;
		return [
			account({name: user, home, system: true, groups: ['docker']}),
			directory({path: home, mode: 0o755, owner}, {holdsData: true}),
			directory({path: `${home}/log`, mode: 0o750, owner}, {holdsData: true}),
			checkout(
				answers,
				{directory: repository, user, ours: answers.own, holds: ['wsgi.py', 'scripts/create_user']},
				{needs: [`path:${home}`]},
			),
			venv(
				{
					directory: `${home}/venv`,
					python: '/usr/bin/python3',
					kind: {tool: 'venv'},
					packages: answers.packages,
					user,
				},
				{needs: ['package:python3-venv'], provides: ['done:python']},
			),
		];
	},
});
