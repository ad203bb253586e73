import {z} from 'zod';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {unit} from '#resources/units/unit.ts';

/** First after the packages, because the application's settings want docker0's address. */
export const docker = defineStep({
	id: 'docker',
	title: 'Docker',
	about:
		'The engine that will run the notebooks, from the distribution, started at boot. Without it the settings take the address that docker0 usually has.',
	guide: 'ipynbsrv: Dedicated Node (setup_docker_host)',
	questions: z
		.discriminatedUnion('engine', [
			z.strictObject({engine: z.literal('none').meta({title: 'No engine now'})}),
			z.strictObject({engine: z.literal('debian').meta({title: "The distribution's docker.io"})}),
		])
		.prefault({engine: 'none'})
		.meta({title: 'Docker engine', help: 'Notebooks need one; the web interface installs without it.', from: 'setup'}),
	resources: answers =>
		answers.engine === 'none'
			? []
			: [
					aptPackages(
						{names: ['docker-engine']},
						{id: 'apt:docker', needs: ['done:requirements', 'done:dpkg-consistent']},
					),
					unit(
						{name: 'docker.service', enabled: true, running: true},
						{needs: ['package:docker-engine'], provides: ['iface:docker0']},
					),
				],
});
