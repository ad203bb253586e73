/** A Django application from its repository: a user of its own, its directories, the checkout, and Python with what the application asks for. */
import {dirname} from 'node:path';
import {z} from 'zod';
import type {Resource} from '#model/resource.ts';
import {defineStep} from '#model/step.ts';
import {symlink} from '#resources/files/symlink.ts';
import {isLocal} from '#resources/git/program.ts';
import type {SettledElsewhere} from '#resources/git/settled-elsewhere.ts';
import {gitRef} from './probes/git-ref.ts';
import {interpreterThere} from './probes/interpreter-there.ts';
import {requirementsFit} from './probes/requirements-fit.ts';
import {settingsThere} from './probes/settings-there.ts';
import {siteThere} from './probes/site-there.ts';
import {type CheckoutDefaults, checkout, checkoutQuestions, ownFilesQuestion} from './shared/checkout.ts';
import {applicationHome, homeQuestions} from './shared/home.ts';
import {
	interpreterPackages,
	type PythonDefaults,
	pythonFiles,
	pythonOf,
	pythonQuestion,
	pythonResources,
} from './shared/python-environment.ts';
import {treePath} from './shared/tree-path.ts';
import {siteQuestion} from './sites/site-question.ts';

export type DjangoApplication = {
	/** Default `application`; it is the section of the answers. */
	readonly id?: string;
	readonly about: string;
	readonly guide: string;
	/** Of the unit that serves it (NAME.service), of the repository among the sources that come with setup (NAME.git), and default of the user. */
	readonly name: string;
	/** Default of the home, in which all of the following lies. */
	readonly home: string;
	readonly homeHelp: string;
	/** Directories that hold data, in the home; parents first. */
	readonly data: readonly string[];
	/** A group of people with whom the home is shared; without it the home is the user's. */
	readonly shared?: string;
	/** Names in the home. Defaults `_repo` and `venv`. */
	readonly checkout?: string;
	readonly environment?: string;
	/** A link in the home to the directory of manage.py. */
	readonly link?: string;
	readonly source: CheckoutDefaults;
	/** Where what is published today differs from the sources that come with setup. */
	readonly published?: {readonly ref: string; readonly settings: string};
	/** Defaults: the directory of manage.py from the top of the repository, and the settings module. */
	readonly project: string;
	readonly settings: string;
	readonly python: PythonDefaults;
	/** Globs that the install itself makes or changes in the tree. */
	readonly own: readonly string[];
	/** The site file of the repository, from its top, unless answered otherwise; without one nothing is asked about it. */
	readonly siteFile?: string;
	/** What an earlier setup wrote into the site file where that was a link, and root's copy has now. */
	readonly settledInCopy?: SettledElsewhere;
	/** What further of the tree later steps need. */
	readonly holds?: readonly string[];
};

/** Offers `project`, and `siteFile` where the repository has one. */
export const djangoApplication = (options: DjangoApplication) => {
	const {id = 'application', name, siteFile, holds = []} = options;
	const places = (home: string) => ({
		repository: `${home}/${options.checkout ?? '_repo'}`,
		environment: `${home}/${options.environment ?? 'venv'}`,
	});
	return defineStep({
		id,
		title: 'Application',
		about: options.about,
		guide: options.guide,
		uses: {sources: 'sources?'},
		questions: z.strictObject({
			...homeQuestions({user: name, home: options.home, holds: options.homeHelp}),
			...checkoutQuestions(options.source),
			project: treePath()
				.default(options.project)
				.meta({title: 'Directory of manage.py, in the tree', help: 'From the top of the repository.', from: 'guide'}),
			settings: z
				.string()
				.regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/, {error: `must be a Python module such as ${options.settings}`})
				.default(options.settings)
				.meta({title: 'Settings module', help: 'As Django imports it from the directory of manage.py.', from: 'guide'}),
			...(siteFile === undefined ? noSite : {site: siteQuestion(siteFile)}),
			python: pythonQuestion(options.python),
			own: ownFilesQuestion(options.own),
		}),
		defaults: ({uses: {sources}}) =>
			sources?.demo !== undefined
				? {repository: {value: `${sources.demo}/${name}.git`, from: 'sources'}}
				: Object.fromEntries(
						Object.entries(options.published ?? {}).map(([key, value]) => [key, {value, from: 'as it is published'}]),
					),
		probes: (
			{user, home, repository, ref, project, settings, site, python: {environment, interpreter, requirements}},
			{uses: {sources}},
		) => {
			const demo = isDemo(repository, sources?.demo);
			const decides = [`path:${places(home).repository}`] as const;
			// Read before the checkout only where the repository is on this host.
			const readable = isLocal(repository) && !demo;
			const tree = {directory: places(home).repository, user, from: {url: repository, ref}};
			return [
				// The sources that come with setup are not there yet.
				...(demo ? [] : [gitRef({url: repository, ref, user, decides}, ['repository', 'ref'])]),
				...(readable ? [settingsThere({tree, project, settings, decides}, ['project', 'settings', 'ref'])] : []),
				...(site !== undefined && (readable || site.file.startsWith('/'))
					? [siteThere({tree, file: site.file, decides}, ['site.file'])]
					: []),
				...(readable && environment !== 'system'
					? [
							requirementsFit({tree, requirements, interpreter, decides: ['done:python']}, [
								'python.interpreter',
								'python.requirements',
							]),
						]
					: []),
				...interpreterThere(
					{id: 'interpreter', interpreter, packages: interpreterPackages(interpreter), decides: ['done:python']},
					['python.interpreter'],
				),
			];
		},
		offers: ({user, home, repository: url, ref, project, settings, site, python}) => {
			const {repository, environment} = places(home);
			const directory = `${repository}/${project}`;
			return {
				project: {
					user,
					home,
					repository,
					directory,
					settings,
					settingsFile: `${directory}/${settings.replaceAll('.', '/')}.py`,
					...pythonOf(python, environment),
					service: `${name}.service`,
					source: {url, ref},
				},
				...(siteFile !== undefined && {
					siteFile: {
						from: placeOf(site?.file ?? siteFile, repository),
						link: site?.as === 'link',
						accept: site?.as === 'copy' ? site.accept : [],
					},
				}),
			};
		},
		resources: (answers): readonly Resource[] => {
			const {home, user} = answers;
			const {repository, environment} = places(home);
			const settings = `${answers.project}/${answers.settings.replaceAll('.', '/')}.py`;
			// One of this host's own is in no checkout.
			const site = [answers.site?.file].filter(path => path !== undefined && !path.startsWith('/'));
			return [
				...applicationHome(answers, options.data, options.shared),
				checkout(
					answers,
					{
						directory: repository,
						user,
						runs: {by: 'systemd', name: `${name}.service`},
						settledElsewhere:
							answers.site?.as === 'copy' && options.settledInCopy !== undefined
								? site.map(path => ({...options.settledInCopy!, path}))
								: undefined,
						ours: [settings, ...(answers.site?.as === 'link' ? site : []), ...answers.own],
						holds: [settings, dirname(settings), ...site, ...holds, answers.project, ...pythonFiles(answers.python)],
					},
					{needs: [`path:${home}`]},
				),
				...(options.link === undefined
					? []
					: [
							symlink(
								{path: `${home}/${options.link}`, target: `${repository}/${answers.project}`},
								{needs: [`path:${repository}`]},
							),
						]),
				...pythonResources(answers.python, {id, directory: environment, home, repository, user}),
			];
		},
	});
};

/** Those are made by the install. */
const isDemo = (repository: string, demo: string | undefined): boolean =>
	demo !== undefined && repository.startsWith(`${demo}/`);

const placeOf = (file: string, repository: string): string => (file.startsWith('/') ? file : `${repository}/${file}`);

/** Typed as if it were asked, so that its answer may be looked for; it is not there, so look with `?.`. */
const noSite = {} as {readonly site: ReturnType<typeof siteQuestion>};
