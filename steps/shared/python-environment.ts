/**
 * Where an application's Python packages live: an environment by venv, one by virtualenv for old interpreters, or the system's own packages.
 * The question and what is made of its answer stand side by side, so that a step which asks it does all of it.
 */
import {z} from 'zod';
import {absolutePath, oneLine} from '#answers/questions/questions.ts';
import type {Edges, Resource} from '#model/resource.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {pythonHeaders} from '#resources/python/headers.ts';
import {venv} from '#resources/python/venv.ts';
import type {VenvKind} from '#resources/python/venv-spec.ts';
import {anyPath, treePath} from './tree-path.ts';

export type PythonDefaults = {
	/** Requirements files, from the top of the checkout. */
	readonly requirements: readonly string[];
	/** The Python modules of the application, as Debian names them. */
	readonly debian: readonly string[];
};

/** A union by `environment`: venv unless another is answered. */
export const pythonQuestion = (defaults: PythonDefaults) =>
	z
		.discriminatedUnion('environment', [
			z.strictObject({
				environment: z.literal('venv').meta({title: 'A virtual environment'}),
				interpreter: absolutePath()
					.default('/usr/bin/python3')
					.meta({...interpreter, from: 'release'}),
				...forPip(defaults),
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
				interpreter: absolutePath().meta({...interpreter, example: '/usr/bin/python2.7'}),
				virtualenv: oneLine({max: 30}).default('20.21.1').meta({
					title: 'Version of virtualenv',
					help: 'The last that makes environments for Python 2.7.',
					from: 'setup',
				}),
				...forPip(defaults),
			}),
			z.strictObject({
				environment: z.literal('system').meta({title: "The system's packages", help: 'Nothing comes from PyPI.'}),
				interpreter: absolutePath()
					.default('/usr/bin/python3')
					.meta({...interpreter, from: 'release'}),
				requirements: z
					.array(treePath())
					.default([...defaults.requirements])
					.meta({
						title: 'Requirements that the packages must meet',
						help: 'Nothing is installed from them; they are compared with what the packages bring.',
						from: 'guide',
					}),
				debian: z
					.array(oneLine({max: 100}))
					.default([...defaults.debian])
					.meta({
						title: 'Debian packages',
						help: 'The Python modules of the application, as Debian names them.',
						from: 'setup',
					}),
			}),
		])
		.prefault({environment: 'venv'})
		.meta({
			title: 'Python environment',
			help: "Where the application's Python packages live, apart from the system's or not.",
			from: 'guide',
		});

const interpreter = {
	title: 'Interpreter',
	help: 'The Python that the environment is made with, or that runs the application.',
};

/** Where pip installs, whatever made the environment. */
const forPip = ({requirements}: PythonDefaults) => ({
	requirements: z
		.array(anyPath())
		.default([...requirements])
		.meta({
			title: 'Requirements files',
			help: 'pip installs what they name. In the checkout, or with a leading slash from anywhere on this host.',
			from: 'guide',
		}),
	constraints: z.array(anyPath()).default([]).meta({
		title: 'Constraints files',
		help: 'Versions that pip keeps to, without installing anything for them. In the checkout, or with a leading slash from anywhere on this host.',
		from: 'setup',
	}),
	packages: requirementLines().meta({
		title: 'Further packages for pip',
		help: 'Lines of a requirements file: what the others forget. For a name that they have as well it is a limit.',
		example: ['psycopg2==2.8.6'],
		from: 'setup',
	}),
	replaced: requirementLines().meta({
		title: 'Lines in the place of others',
		help: 'Of the requirements files, by name: an exact version that cannot be installed any more, or a repository that is elsewhere. The files stay as they are; pip gets a copy.',
		example: ['psycopg2==2.7.7'],
		from: 'setup',
	}),
	pins: requirementLines().meta({
		title: 'Versions that pip keeps to',
		help: 'Lines of a constraints file, such as django-auth-ldap<1.3: nothing is installed for them.',
		example: ['django-auth-ldap<1.3'],
		from: 'setup',
	}),
});

/** Lines of a requirements file, without options. */
export const requirementLines = () =>
	z
		.array(
			oneLine({max: 200}).refine(line => !line.trim().startsWith('-'), {
				error: 'must be a requirement such as Django<5, without options',
			}),
		)
		.default([]);

export type PythonAnswer = z.output<ReturnType<typeof pythonQuestion>>;

export type PythonPlace = {
	/** Of the step: `apt:ID` are its Debian packages. */
	readonly id: string;
	/** Where the environment goes. */
	readonly directory: string;
	/** Of the application: where the system's packages serve there is no other directory to speak of. */
	readonly home: string;
	/** The top of the checkout, in which the answered files lie. */
	readonly repository: string;
	readonly user: string;
};

/** The program to run, and the directory of the environment; none where the system's packages serve. */
export const pythonOf = (
	{environment, interpreter}: PythonAnswer,
	directory: string,
): {readonly python: string; readonly language: 2 | 3; readonly environment?: string} => ({
	python: environment === 'system' ? interpreter : `${directory}/bin/python`,
	language: environment === 'virtualenv' && /python2/.test(interpreter) ? 2 : 3,
	...(environment !== 'system' && {environment: directory}),
});

/** Files of the checkout that the answers name. */
export const pythonFiles = (chosen: PythonAnswer): readonly string[] =>
	[...chosen.requirements, ...(chosen.environment === 'system' ? [] : chosen.constraints)].filter(
		path => !path.startsWith('/'),
	);

/** The Debian packages of an interpreter other than the distribution's own: itself, and what pip needs to compile for it. */
export const interpreterPackages = (interpreter: string): readonly string[] => {
	const [, version] = /^\/usr\/bin\/python([23](?:\.\d+)?)$/.exec(interpreter) ?? [];
	if (version === undefined || version === '3') return [];
	const name = version.startsWith('2') ? 'python2' : `python${version}`;
	return [name, `${name}-dev`, ...(version.startsWith('2') ? [] : [`${name}-venv`])];
};

/** Provides `done:python`. */
export const pythonResources = (chosen: PythonAnswer, place: PythonPlace): readonly Resource[] => {
	const inTree = (path: string): string => (path.startsWith('/') ? path : `${place.repository}/${path}`);
	const requirements = chosen.requirements.map(inTree);
	const {user} = place;
	const provides = ['done:python'] as const;
	if (chosen.environment === 'system')
		return [
			aptPackages(
				{names: chosen.debian},
				{
					id: `apt:${place.id}`,
					needs: aptReady,
					provides: ['done:python-packages'],
				},
			),
			venv(
				{directory: place.home, python: chosen.interpreter, kind: {tool: 'system'}, requirements, user},
				{needs: ['done:python-packages'], provides},
			),
		];
	const kind: VenvKind =
		chosen.environment === 'venv'
			? {tool: 'venv', systemPackages: chosen.systemPackages}
			: {tool: 'virtualenv', version: chosen.virtualenv};
	const packages = interpreterPackages(chosen.interpreter);
	return [
		...(packages.length === 0
			? []
			: [aptPackages({names: packages, recommends: false}, {id: `apt:${place.id}-interpreter`, needs: aptReady})]),
		pythonHeaders({requirements, packages: [...chosen.packages, ...chosen.replaced]}, {needs: aptReady}),
		venv(
			{
				directory: place.directory,
				python: chosen.interpreter,
				kind,
				requirements,
				constraints: chosen.constraints.map(inTree),
				packages: chosen.packages,
				pins: chosen.pins,
				replaced: chosen.replaced,
				user,
			},
			{
				needs: [
					'package:python-virtualenv',
					'package:python-dev',
					'done:python-headers',
					...packages.map(name => `package:${name}` as const),
				],
				provides,
			},
		),
	];
};

const aptReady: NonNullable<Edges['needs']> = ['done:requirements', 'done:dpkg-consistent'];
