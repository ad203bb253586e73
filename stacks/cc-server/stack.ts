import {defineStack} from '#model/step.ts';
import {fetching} from '#steps/fetching.ts';
import {firewall} from '#steps/firewall.ts';
import type {} from './offers.ts';
import {application} from './steps/application.ts';
import {configuration} from './steps/configuration.ts';
import {engine} from './steps/engine.ts';
import {image} from './steps/image.ts';
import {mongodb} from './steps/mongodb.ts';
import {nodes} from './steps/nodes.ts';
import {packages} from './steps/packages.ts';
import {registry} from './steps/registry.ts';
import {siteAddress} from './steps/site-address.ts';
import {sources} from './steps/sources.ts';
import {website} from './steps/website.ts';

/** The server of Curious Containers, of the guide. */
export const stack = defineStack({
	id: 'cc-server',
	title: 'CC-Server: tasks in containers',
	about: 'MongoDB, a Docker engine with a registry of its own, CC-Server under Apache with TLS, closed ports.',
	guide: 'cc-server.rst',
	needs: {
		memoryMiB: [1024, 4096],
		diskMiB: 4096,
		ports: [
			{port: 443, ours: ['apache2']},
			{port: 27_017, ours: ['mongod']},
		],
		releases: ['bookworm', 'trixie'],
		installed: '/etc/apache2/sites-enabled/cc-server.conf',
		accept: 'packages.accept',
	},
	preflight: ['host.packages', 'host.failed-units', 'host.time'],
	opens: inputs => {
		const of = (step: string, key: string): unknown =>
			(inputs[step] as Readonly<Record<string, unknown>> | undefined)?.[key];
		const [host, admin] = [of('site-address', 'host'), of('configuration', 'admin')];
		return {
			...(typeof host === 'string' && {address: `https://${host}/cc/`}),
			...(typeof admin === 'string' && {admin}),
		};
	},
	steps: [
		fetching,
		packages,
		sources,
		mongodb,
		engine,
		registry,
		application,
		siteAddress,
		image,
		nodes,
		configuration,
		website,
		firewall({guide: 'CC-Server: Docker engines; Web server', ports: [80, 443], by: 'none'}),
	],
});
