import {z} from 'zod';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {unit} from '#resources/units/unit.ts';
import {proxyReady, readsProxy, throughProxy} from './shared/through-proxy.ts';

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
		uses: {proxy: 'proxyFile?'},
		offers: ({engine}) => (engine === 'none' ? {} : {engine: {bridge: 'docker0', ready: 'iface:docker0'}}),
		resources: (answers, {uses: {proxy}}) =>
			answers.engine === 'none'
				? []
				: [
						aptPackages(
							{names: ['docker-engine']},
							{id: 'apt:docker', needs: ['done:requirements', 'done:dpkg-consistent']},
						),
						...throughProxy('docker.service', proxy),
						unit(
							{name: 'docker.service', enabled: true, running: true, ...readsProxy(proxy)},
							{needs: ['package:docker-engine', ...proxyReady('docker.service', proxy)], provides: ['iface:docker0']},
						),
					],
	});
