import {z} from 'zod';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {unit} from '#resources/units/unit.ts';
import {proxyReady, readsProxy, throughProxy} from '#steps/shared/through-proxy.ts';

/** Debian's engine: CC-Server's client speaks a protocol that the newest ones of its maker refuse. */
export const engine = defineStep({
	id: 'engine',
	title: 'Docker engine',
	about:
		"The distribution's docker.io, against the guide's advice: CC-Server speaks version 1.24 of its protocol, which the newest engines refuse. Who may open its socket is as good as root.",
	guide: 'CC-Server: Docker Installation; docker',
	questions: z.strictObject({}),
	uses: {proxy: 'proxyFile?'},
	offers: () => ({engine: {bridge: 'docker0', ready: 'unit:docker.service'}}),
	resources: (_answers, {uses: {proxy}}) => [
		aptPackages(
			{names: ['docker-engine'], recommends: false},
			{id: 'apt:docker', needs: ['done:requirements', 'done:dpkg-consistent'], provides: ['group:docker']},
		),
		...throughProxy('docker.service', proxy),
		unit(
			{name: 'docker.service', enabled: true, running: true, ...readsProxy(proxy)},
			{
				needs: ['package:docker-engine', ...proxyReady('docker.service', proxy)],
				owes: [{unit: 'apache2.service', do: 'restart'}],
			},
		),
	],
});
