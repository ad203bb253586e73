import {join} from 'node:path';
import {z} from 'zod';
import {absolutePath, oneLine, secret} from '#answers/questions/questions.ts';
import {programRoot} from '#host/files/own-program.ts';
import {defineStep} from '#model/step.ts';
import {containerImage} from '#resources/containers/image.ts';
import {pathThere} from '#steps/probes/files.ts';

const parts = ['opt/config.json', 'opt/echo.py', 'opt/container_worker/__main__.py'];

/** The image that every start of CC-Server pulls: built here, and pushed into this host's registry. */
export const image = defineStep({
	id: 'image',
	title: 'Data image',
	about:
		'The image of data containers, built on this host and pushed into its registry. A pull that fails makes the node dead until the next start.',
	guide: 'CC-Server: defaults',
	uses: {registry: 'registry', site: 'ccSite', engine: 'engine'},
	questions: z
		.discriminatedUnion('from', [
			z.strictObject({
				from: z.literal('small').meta({
					title: 'The small one that comes with setup',
					help: "This host's own Python with a container worker of ours, and the certificate of the site in it.",
				}),
			}),
			z.strictObject({
				from: z.literal('context').meta({title: 'A directory of yours with a Dockerfile'}),
				context: absolutePath().meta({
					reads: 'path',
					title: 'Directory',
					help: 'Its image must have the container worker in /opt/container_worker, and trust the certificate of the site.',
					example: '/srv/cc-image',
				}),
			}),
			z.strictObject({
				from: z.literal('registry').meta({
					title: 'One that a registry has',
					help: 'CC-Server pulls it itself, on every engine. It must have the container worker in /opt/container_worker, and trust the certificate of the site.',
				}),
				reference: z
					.string()
					.regex(/^[a-z0-9][\w.:/-]{0,199}(@sha256:[0-9a-f]{64})?$/, {
						error: 'must be the name of an image, such as images.example.org/cc/data:1',
					})
					.meta({
						title: 'Name with the registry',
						help: 'With @sha256:… it is that image and no other.',
						example: 'images.example.org/cc/data:1',
					}),
				login: z
					.discriminatedUnion('as', [
						z.strictObject({as: z.literal('nobody').meta({title: 'Nobody: it is public'})}),
						z.strictObject({
							as: z.literal('user').meta({title: 'An account of that registry'}),
							user: oneLine({max: 200}).meta({title: 'Account', help: 'May pull it.', example: 'cc'}),
							password: secret({generate: 'never'}).meta({
								title: 'Its password',
								help: 'Written into config.toml.',
							}),
						}),
					])
					.prefault({as: 'nobody'})
					.meta({title: 'Who pulls', help: 'Of the image of data containers.', from: 'setup'}),
			}),
		])
		.prefault({from: 'small'})
		.meta({title: 'Data image', help: 'What data containers are made of.', from: 'setup'}),
	probes: answers =>
		answers.from === 'context' ? [pathThere('context', answers.context, ['context'], 'directory')] : [],
	offers: (answers, {uses: {registry, engine}}) => {
		if (answers.from === 'registry') {
			const {reference, login} = answers;
			return {
				ccImage: {
					reference,
					made: engine.ready,
					runsTasks: false,
					login: login.as === 'user' ? {user: login.user, password: login.password} : undefined,
				},
			};
		}
		const reference = `${registry.server}/cc/data:1`;
		return {
			ccImage: {
				reference,
				made: `done:image:${reference}`,
				runsTasks: answers.from === 'small',
				login: {user: registry.user, password: registry.password},
			},
		};
	},
	resources: (answers, {uses: {registry, site, engine}}) => {
		if (answers.from === 'registry') return [];
		const apps = join(programRoot(), 'fixtures/apps');
		const fixtures = join(apps, 'cc-image');
		return [
			containerImage(
				{
					engine: 'docker',
					reference: `${registry.server}/cc/data:1`,
					from:
						answers.from === 'context'
							? {context: answers.context}
							: {
									script: join(fixtures, 'make.py'),
									arguments: [site.certificate],
									files: [site.certificate, join(apps, 'python_image.py'), ...parts.map(part => join(fixtures, part))],
								},
					registry: {user: registry.user, password: [registry.password]},
				},
				{
					needs: [engine.ready, 'done:registry', 'done:certificate'],
					owes: [{unit: 'apache2.service', do: 'restart'}],
				},
			),
		];
	},
});
