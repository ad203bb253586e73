/**
 * A user guide by mkdocs: the distribution's, one of a given version in an environment of its own (an old mkdocs.yml is refused by every newer
 * one), or its finished pages from elsewhere. What it reads and where it puts the pages is said by the project's mkdocs.yml.
 */
import {z} from 'zod';
import {absolutePath} from '#answers/questions/questions.ts';
import type {Offers} from '#model/offers.ts';
import type {Resource} from '#model/resource.ts';
import type {Probe} from '#model/step.ts';
import type {Thing} from '#model/thing.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {lateAssetBuild} from '#resources/assets/build.ts';
import {mkdocsPlaces} from '#resources/assets/mkdocs-yml.ts';
import {lateCopyTree} from '#resources/files/copy-tree.ts';
import {venv} from '#resources/python/venv.ts';
import {pathThere} from '#steps/probes/files.ts';
import {interpreterThere} from '#steps/probes/interpreter-there.ts';
import {treeOf} from './project.ts';
import {interpreterPackages, requirementLines} from './python-environment.ts';

export const mkdocsQuestion = () =>
	z
		.discriminatedUnion('from', [
			z.strictObject({from: z.literal('debian').meta({title: "The distribution's mkdocs"})}),
			z.strictObject({
				from: z.literal('pip').meta({
					title: 'A given version from PyPI, in an environment of its own',
					help: 'mkdocs.yml files from before 2016 (pages: with brackets) want 0.11.1, and that wants Python 2.7.',
				}),
				version: z
					.string()
					.regex(/^\d+(\.\d+){1,2}$/, {error: 'must be a version such as 0.11.1'})
					.meta({title: 'Version of mkdocs', help: 'As PyPI has it.', example: '0.11.1'}),
				interpreter: absolutePath().default('/usr/bin/python3').meta({
					title: 'Interpreter',
					help: 'The Python that its environment is made with; the application may have another.',
					from: 'release',
				}),
				pins: requirementLines().meta({
					title: 'Versions that pip keeps to for it',
					help: 'Lines of a constraints file, for what it needs itself.',
					example: ['Markdown<3'],
					from: 'setup',
				}),
			}),
			z.strictObject({
				from: z.literal('files').meta({title: 'Finished pages from this host'}),
				path: absolutePath().meta({
					reads: 'path',
					title: 'Directory with the pages',
					help: 'Its files are copied to where mkdocs would have put them; no mkdocs runs.',
					example: '/root/user-guide',
				}),
			}),
		])
		.prefault({from: 'debian'})
		.meta({title: 'Where the user guide comes from', help: 'An old mkdocs.yml wants an old mkdocs.', from: 'guide'});

export type MkdocsAnswer = z.output<ReturnType<typeof mkdocsQuestion>>;

export const mkdocsProbes = (chosen: MkdocsAnswer): readonly Probe[] => {
	if (chosen.from === 'files') return [pathThere('guide', chosen.path, ['mkdocs.path'], 'directory', ['done:guide'])];
	if (chosen.from !== 'pip') return [];
	const {interpreter} = chosen;
	return interpreterThere(
		{id: 'guide-interpreter', interpreter, packages: interpreterPackages(interpreter), decides: ['done:mkdocs']},
		['mkdocs.interpreter'],
	);
};

export type GuidePlace = {
	readonly app: Offers['project'];
	/** That of mkdocs.yml, from the top of the checkout. */
	readonly directory: string;
	/** Another step brings the distribution's. */
	readonly installed: boolean;
};

/** Provides `done:guide`. */
export const userGuide = (chosen: MkdocsAnswer, {app, directory, installed}: GuidePlace): readonly Resource[] => {
	const {user, repository} = app;
	const needs = [`path:${repository}`] as const;
	const edges = {provides: ['done:guide'], locks: ['done:guide']} as const;
	if (chosen.from === 'files') {
		const spec = (site: string) => ({name: 'guide', from: chosen.path, to: `${repository}/${site}`, as: user});
		return [
			lateCopyTree(
				'guide',
				async host => spec((await mkdocsPlaces(host, treeOf(app), directory)).site),
				{...edges, needs: [...needs, `path:${chosen.path}`, `user:${user}`]},
				spec(`${directory}/site`),
			),
		];
	}
	const {tool, resources, program} = toolFor(chosen, app, installed);
	const build = ({docs, site}: {readonly docs: string; readonly site: string}) => ({
		name: 'guide',
		argv: [program, 'build', '--clean'] as const,
		cwd: `${repository}/${directory}`,
		base: repository,
		as: user,
		inputs: [`${directory}/mkdocs.yml`, `${docs}/`],
		outputs: [`${site}/`],
		tool,
	});
	return [
		...resources,
		lateAssetBuild(
			{name: 'guide', as: user},
			async host => build(await mkdocsPlaces(host, treeOf(app), directory)),
			{...edges, needs: [...needs, 'done:mkdocs']},
			build({docs: `${directory}/docs`, site: `${directory}/site`}),
		),
	];
};

const ready: readonly Thing[] = ['done:requirements', 'done:dpkg-consistent'];

/** Each brings `done:mkdocs`. */
const toolFor = (
	chosen: Exclude<MkdocsAnswer, {from: 'files'}>,
	{user, home}: GuidePlace['app'],
	installed: boolean,
): {readonly tool: string; readonly program: string; readonly resources: readonly Resource[]} => {
	if (chosen.from === 'debian')
		return {
			tool: 'debian',
			program: '/usr/bin/mkdocs',
			resources: [
				aptPackages(
					{names: ['mkdocs']},
					{
						id: 'apt:mkdocs',
						needs: [...ready, ...(installed ? ['package:mkdocs' as const] : [])],
						provides: ['done:mkdocs'],
					},
				),
			],
		};
	const directory = `${home}/mkdocs`;
	const packages = interpreterPackages(chosen.interpreter);
	return {
		tool: chosen.version,
		program: `${directory}/bin/mkdocs`,
		resources: [
			...(packages.length === 0
				? []
				: [aptPackages({names: packages, recommends: false}, {id: 'apt:mkdocs-interpreter', needs: ready})]),
			venv(
				{
					directory,
					python: chosen.interpreter,
					kind: /python2/.test(chosen.interpreter) ? {tool: 'virtualenv', version: '20.21.1'} : {tool: 'venv'},
					packages: [`mkdocs==${chosen.version}`],
					pins: chosen.pins,
					user,
				},
				{
					needs: [
						'package:python-virtualenv',
						'package:build-essential',
						...packages.map(name => `package:${name}` as const),
					],
					provides: ['done:mkdocs'],
				},
			),
		],
	};
};
