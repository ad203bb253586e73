import {z} from 'zod';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {unit} from '#resources/units/unit.ts';

/** A container engine from the distribution, or none now. `help` says what it is for. */
export const docker = ({about, guide, help}: {readonly about: string; readonly guide: string; readonly help: string}) =>
	defineStep({
		id: 'docker',
		title: 'Docker',
		about,
		guide,
		questions: z
			.discriminatedUnion('engine', [
				z.strictObject({engine: z.literal('none').meta({title: 'No engine now'})}),
				z.strictObject({engine: z.literal('debian').meta({title: "The distribution's docker.io"})}),
			])
			.prefault({engine: 'none'})
			.meta({title: 'Docker engine', help, from: 'setup'}),
		offers: ({engine}) => (engine === 'none' ? {} : {engine: {bridge: 'docker0', ready: 'iface:docker0'}}),
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
