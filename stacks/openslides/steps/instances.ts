import {createHash} from 'node:crypto';
import {join} from 'node:path';
import {z} from 'zod';
import {absolutePath, timeZone} from '#answers/questions/questions.ts';
import {programRoot} from '#host/files/own-program.ts';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {containerImage} from '#resources/containers/image.ts';
import type {ImageSource} from '#resources/containers/obtain.ts';
import {directory} from '#resources/files/directory.ts';
import {file} from '#resources/files/file.ts';
import {certificatePair, pathThere} from '#steps/probes/files.ts';

const networks = '/etc/containers/networks';
const networkName = 'openslides';
const smallImage = 'localhost/openslides:small';

const imageName = () =>
	z.string().regex(/^[a-z0-9][\w.:/-]{0,199}(@sha256:[0-9a-f]{64})?$/, {
		error: 'must be the name of an image, such as registry.example.org/openslides:2.3',
	});

const named = () =>
	imageName().default('localhost/openslides:2').meta({
		title: 'Its name',
		help: 'Under which podman keeps it.',
		from: 'setup',
	});

const image = z
	.discriminatedUnion('from', [
		z.strictObject({
			from: z.literal('registry').meta({title: 'A registry'}),
			reference: imageName().meta({
				title: 'Name with the registry',
				help: 'With @sha256:… it is that image and no other; a tag is pulled once and not followed.',
				example: 'registry.example.org/openslides:2.3',
			}),
		}),
		z.strictObject({
			from: z.literal('archive').meta({title: 'An archive on this host, written by podman save or docker save'}),
			archive: absolutePath().meta({
				reads: 'path',
				title: 'Archive',
				help: 'A tar file.',
				example: '/srv/openslides.tar',
			}),
			name: named(),
		}),
		z.strictObject({
			from: z.literal('context').meta({title: 'A directory of yours with a Dockerfile'}),
			context: absolutePath().meta({
				reads: 'path',
				title: 'Directory',
				help: 'Its image must have /app/manage.py, python, supervisord and /usr/local/bin/daphne.',
				example: '/srv/openslides-image',
			}),
			name: named(),
		}),
		z.strictObject({from: z.literal('local').meta({title: 'One that podman has already'}), name: named()}),
		z.strictObject({
			from: z.literal('small').meta({
				title: 'The small one that comes with setup',
				help: "This host's own Python with a stand-in of ours, for trying setup out.",
			}),
		}),
	])
	.prefault({from: 'small'})
	.meta({title: 'Image of an instance', help: 'What instances are made of.', from: 'setup'});

const certificate = z
	.discriminatedUnion('by', [
		z.strictObject({
			by: z.literal('files').meta({title: 'Files of yours'}),
			certificate: absolutePath().meta({
				reads: 'path',
				title: 'Certificate',
				help: 'PEM, for every name below the domains of instances (*.DOMAIN).',
				example: '/etc/ssl/certs/instances.pem',
			}),
			key: absolutePath().meta({
				reads: 'path',
				title: 'Its private key',
				help: 'PEM, without a passphrase; only root may read it.',
				example: '/etc/ssl/private/instances.key',
			}),
		}),
		z.strictObject({by: z.literal('self-signed').meta({title: 'One that signs itself'})}),
	])
	.prefault({by: 'self-signed'})
	.meta({title: 'Certificate of the instances', help: 'One for all of them.', from: 'setup'});

/** The two honest ends: the API alone, or instances that are made, answer and go. */
export const instances = defineStep({
	id: 'instances',
	title: 'Instances',
	about:
		"How far the installation goes. The API alone lists versions and domains, and refuses what would make an instance. With instances podman stands in for rkt, which is dead, and programs of setup for roles that need an ansible of 2017; they lie outside the checkout and are root's. Every instance runs in a container as the backend's user without any privilege, and one is made, asked and removed as the proof.",
	guide: 'OpenSlides: Install Rocket; Retrieve Docker images',
	uses: {network: 'containerNetwork'},
	questions: z
		.discriminatedUnion('reach', [
			z.strictObject({
				reach: z.literal('api-only').meta({
					title: 'API only',
					help: 'The backend answers; no instance can be made.',
				}),
			}),
			z.strictObject({
				reach: z.literal('instances').meta({
					title: 'Instances',
					help: 'Takes an image of OpenSlides 2, DNS for the names below the domains, and some minutes for each instance.',
				}),
				image,
				furtherImages: z.array(imageName()).default([]).meta({
					title: 'Further images',
					help: 'That versions of your own in openslides_versions.json may name. No other image is ever started.',
					from: 'setup',
				}),
				certificate,
				timeZone: timeZone().default('Europe/Berlin').meta({
					title: 'Time zone of instances',
					help: 'Of all of them.',
					from: 'guide',
				}),
			}),
		])
		.prefault({reach: 'api-only'})
		.meta({title: 'How far', help: 'Instances, or the API alone.', from: 'setup'}),
	probes: answers => {
		if (answers.reach === 'api-only') return [];
		const {image: from, certificate: pair} = answers;
		return [
			...(from.from === 'context' ? [pathThere('context', from.context, ['image.context'], 'directory')] : []),
			...(from.from === 'archive' ? [pathThere('archive', from.archive, ['image.archive'], 'file')] : []),
			...(pair.by === 'files' ? [certificatePair(pair, ['certificate.certificate', 'certificate.key'])] : []),
		];
	},
	offers: answers => {
		if (answers.reach === 'api-only') return {};
		const reference = referenceOf(answers.image);
		return {
			openslidesInstances: {
				image: reference,
				images: [reference, ...answers.furtherImages],
				imageThere: `done:image:${reference}`,
				network: networkName,
				networkThere: `path:${networks}/${networkName}.json`,
				timeZone: answers.timeZone,
				certificate:
					answers.certificate.by === 'files'
						? {certificate: answers.certificate.certificate, key: answers.certificate.key}
						: undefined,
			},
		};
	},
	resources: (answers, {uses: {network}}) => {
		if (answers.reach === 'api-only') return [];
		const reference = referenceOf(answers.image);
		return [
			aptPackages(
				// Named, for without recommended packages podman has no network.
				{names: ['podman', 'netavark', 'iptables', 'sudo'], recommends: false},
				{
					id: 'apt:podman',
					needs: ['done:requirements', 'done:dpkg-consistent'],
					provides: ['path:/etc/containers', 'path:/etc/sudoers.d'],
				},
			),
			directory({path: networks, mode: 0o755, owner: 'root:root'}, {needs: ['package:podman']}),
			file(
				{
					path: `${networks}/${networkName}.json`,
					text: networkText(network.bridge, network.subnet, network.address),
					mode: 0o644,
					owner: 'root:root',
				},
				{needs: [network.ready]},
			),
			containerImage(
				{engine: 'podman', reference, from: sourceOf(answers.image)},
				{needs: ['package:podman', 'package:python-psycopg2']},
			),
		];
	},
});

type Image = z.output<typeof image>;

const referenceOf = (from: Image): string =>
	from.from === 'registry' ? from.reference : from.from === 'small' ? smallImage : from.name;

const sourceOf = (from: Image): ImageSource => {
	if (from.from === 'registry') return {pull: true};
	if (from.from === 'archive') return {archive: from.archive};
	if (from.from === 'context') return {context: from.context};
	if (from.from === 'local') return {local: true};
	const apps = join(programRoot(), 'fixtures/apps');
	const root = [
		'app/manage.py',
		'app/openslides/__init__.py',
		'app/openslides/commands.py',
		'app/openslides/global_settings.py',
	];
	return {
		script: join(apps, 'openslides-image/make.py'),
		arguments: [],
		files: [
			join(apps, 'python_image.py'),
			...[...root, 'usr/local/bin/daphne', 'usr/local/bin/supervisord'].map(name =>
				join(apps, 'openslides-image/root', name),
			),
		],
	};
};

/** As podman writes it itself: `network create` refuses a network that is on the host already, and has no word for the interface before 5. */
const networkText = (bridge: string, subnet: string, gateway: string): string =>
	`${JSON.stringify(
		{
			name: networkName,
			id: createHash('sha256').update(networkName).digest('hex'),
			driver: 'bridge',
			network_interface: bridge,
			created: '2026-01-01T00:00:00Z',
			subnets: [{subnet, gateway}],
			ipv6_enabled: false,
			internal: false,
			dns_enabled: false,
			ipam_options: {driver: 'host-local'},
		},
		undefined,
		'\t',
	)}\n`;
