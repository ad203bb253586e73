import {z} from 'zod';
import {absolutePath, hostName, oneLine} from '#answers/questions/questions.ts';
import {hostNames} from '#host/system/host-names.ts';
import {defineStep} from '#model/step.ts';
import {imageId} from '#resources/containers/image.ts';
import {directory} from '#resources/files/directory.ts';
import {gitCheckout} from '#resources/git/checkout.ts';
import {jsonList, lateJsonList} from '#resources/json/json-list.ts';
import {venv} from '#resources/python/venv.ts';
import {gitRef} from '#steps/probes/git-ref.ts';
import {checkout, checkoutQuestions, ownFilesQuestion} from '#steps/shared/checkout.ts';
import {applicationHome, homeQuestions} from '#steps/shared/home.ts';
import {requirementLines} from '#steps/shared/python-environment.ts';

/** The backend's user, its code, the library that no registry has, its environment, and the lists that it reads at every request. */
export const application = defineStep({
	id: 'application',
	title: 'Backend of OpenSlides',
	about:
		'A user of its own, the code at its last tag (the default branch is empty since 2019), py-jsonapi at the commit that the requirements name, an environment that sees the Debian package python3-gi, and the lists of versions and domains. What newer Pythons took away is mended outside of both checkouts.',
	guide:
		'OpenSlides: Create user and clone repository; Install Pip dependencies; Configure OpenSlides backend directories and configuration files',
	uses: {sources: 'openslidesSources', instances: 'openslidesInstances?'},
	facts: {hostNames},
	questions: z.strictObject({
		site: hostName().meta({
			title: 'Name of the site',
			help: 'Of the management interface, as browsers and programs ask for it.',
			example: 'openslides.example.org',
		}),
		...homeQuestions({
			user: 'openslides',
			home: '/srv/openslides',
			holds: 'The checkouts, the environment, the lists and the instances lie in it.',
		}),
		...checkoutQuestions({
			ref: '1.0',
			help: 'A URL, or a path on this host that the user can read.',
			example: 'https://github.com/OpenSlides/openslides-multiinstance-backend.git',
		}),
		library: oneLine().meta({
			reads: 'path',
			title: 'Git repository of py-jsonapi',
			help: 'No registry has it. A URL, or a path on this host that the user can read.',
			example: 'https://github.com/boehlke/py-jsonapi.git',
		}),
		libraryRef: oneLine({max: 255}).default('8d9c61df753cdbb0a8ba5da7dd97468365f593a1').meta({
			title: 'Its commit',
			help: 'The one that requirements.txt of the backend names.',
			from: 'guide',
		}),
		packages: requirementLines().default(['flask', 'pydbus', 'cached_property']).meta({
			title: 'Packages for pip',
			help: 'The lines of requirements.txt that a registry has.',
			from: 'guide',
		}),
		uploads: absolutePath().default('/var/lib/openslides/uploads').meta({
			title: 'Directory of uploads',
			help: 'Logos wait there for their instance. Not /tmp, where the backend itself would put them.',
			from: 'setup',
		}),
		version: oneLine({max: 100}).default('2.1-master').meta({
			title: 'Name of the version',
			help: 'As people choose it for an instance.',
			from: 'guide',
		}),
		image: oneLine({max: 300}).default('docker.io/openslides/openslides:master').meta({
			title: 'Image of an instance',
			help: 'As the list names it while there are no instances; with them it is the one that they are made of, by its id.',
			from: 'guide',
		}),
		domains: z
			.array(hostName())
			.default([])
			.meta({
				title: 'Domains for instances',
				help: 'An instance is NAME.DOMAIN. Without one the name of the site is the only one.',
				example: ['meetings.example.org'],
				from: 'guide',
			}),
		own: ownFilesQuestion(['**/__pycache__/**']),
	}),
	defaults: ({facts, uses}) => {
		const name = facts.hostNames.find(one => one.includes('.'));
		const {demo} = uses.sources;
		return {
			...(name !== undefined && {site: {value: name, from: 'this host'}}),
			...(demo !== undefined && {
				repository: {value: `${demo}/backend.git`, from: 'sources'},
				library: {value: `${demo}/py-jsonapi.git`, from: 'sources'},
				libraryRef: {value: 'master', from: 'sources'},
			}),
		};
	},
	probes: ({repository, ref, library, libraryRef, user, home}, {uses}) =>
		uses.sources.demo === undefined
			? [
					gitRef({url: repository, ref, user, decides: [`path:${home}/openslides-multiinstance-backend`]}, [
						'repository',
						'ref',
					]),
					{
						...gitRef({url: library, ref: libraryRef, user, decides: [`path:${home}/py-jsonapi`]}, [
							'library',
							'libraryRef',
						]),
						id: 'library',
					},
				]
			: [],
	offers: (answers, {uses}) => {
		const {home} = answers;
		return {
			site: {host: answers.site},
			openslidesBackend: {
				user: answers.user,
				home,
				repository: `${home}/openslides-multiinstance-backend`,
				library: `${home}/py-jsonapi`,
				environment: `${home}/venv`,
				versions: `${home}/versions`,
				instances: uses.instances === undefined ? `${home}/instances` : instancesOfRoot,
				metadata: `${home}/metadata`,
				uploads: answers.uploads,
				version: answers.version,
				image: answers.image,
				domains: domainsOf(answers),
				installed: 'done:python',
			},
		};
	},
	resources: (answers, {uses: {sources, instances}}) => {
		const {user, home, uploads} = answers;
		const owner = `${user}:${user}`;
		const python = `${home}/openslides-multiinstance-backend/python`;
		const list = (name: string, entries: readonly {readonly [key: string]: string}[]) =>
			jsonList({path: `${home}/versions/${name}.json`, by: 'id', entries, mode: 0o644, owner});
		const versions = `${home}/versions/openslides_versions.json`;
		const version = (image: string) => ({
			path: versions,
			by: 'id',
			entries: [{id: '1', name: answers.version, image}],
			mode: 0o644,
			owner,
		});
		return [
			...applicationHome({user, home}, instances === undefined ? ['versions', 'instances'] : ['versions']),
			// All passwords of all instances stand in files of its own, which their program leaves open to everybody.
			directory({path: `${home}/metadata`, mode: 0o700, owner}, {holdsData: true}),
			...new Set([parentOf(uploads), ...(instances === undefined ? [] : [parentOf(instancesOfRoot)])])
				.values()
				.map(path => directory({path, mode: 0o755, owner: 'root:root'})),
			directory({path: uploads, mode: 0o750, owner}, {holdsData: true}),
			checkout(
				answers,
				{
					directory: `${home}/openslides-multiinstance-backend`,
					user,
					ours: answers.own,
					holds: ['python', 'roles'],
				},
				{needs: [...(sources.demo === undefined ? [] : [`path:${sources.demo}/backend.git` as const])]},
			),
			gitCheckout(
				{
					url: answers.library,
					ref: answers.libraryRef,
					directory: `${home}/py-jsonapi`,
					user,
					update: false,
					ours: answers.own,
				},
				{
					needs: [
						'package:git',
						...(sources.demo === undefined ? [] : [`path:${sources.demo}/py-jsonapi.git` as const]),
					],
					provides: [`path:${home}/py-jsonapi/jsonapi`],
				},
			),
			venv(
				{
					directory: `${home}/venv`,
					python: '/usr/bin/python3',
					kind: {tool: 'venv', systemPackages: true},
					requirements: [],
					packages: answers.packages,
					user,
				},
				{needs: ['package:python-virtualenv', 'package:python3-gi', `path:${python}`], provides: ['done:python']},
			),
			instances === undefined
				? jsonList(version(answers.image))
				: lateJsonList(
						{path: versions, owner},
						async host => version(await imageId({engine: 'podman', reference: instances.image}, host)),
						{needs: [instances.imageThere]},
						version('the id of the image'),
					),
			list(
				'domains',
				domainsOf(answers).map((domain, at) => ({id: String(at + 1), domain})),
			),
		];
	},
});

/** Root's, and all above it: who owns a directory can put a link in the place of what root is to write. */
const instancesOfRoot = '/var/lib/openslides/instances';

const domainsOf = ({domains, site}: {readonly domains: readonly string[]; readonly site: string}): readonly string[] =>
	domains.length === 0 ? [site] : domains;

const parentOf = (path: string): string => path.replace(/\/[^/]+$/, '') || '/';
