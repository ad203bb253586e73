import {defineStack} from '#model/step.ts';
import {fetching} from '#steps/fetching.ts';
import {firewall} from '#steps/firewall.ts';
import {nginx} from '#steps/nginx.ts';
import {tls} from '#steps/tls.ts';
import type {} from './offers.ts';
import {application} from './steps/application.ts';
import {backend} from './steps/backend.ts';
import {database} from './steps/database.ts';
import {instances} from './steps/instances.ts';
import {mail} from './steps/mail.ts';
import {network} from './steps/network.ts';
import {packages} from './steps/packages.ts';
import {redisForContainers} from './steps/redis.ts';
import {sources} from './steps/sources.ts';
import {website} from './steps/website.ts';

/** The multi instance backend of OpenSlides 2, of the guide. */
export const stack = defineStack({
	id: 'openslides',
	title: 'OpenSlides 2: the multi instance backend',
	about:
		'A container network, PostgreSQL, Redis, mail, the backend of the API as a closed unit, nginx with TLS and a password; and, where asked for, instances in containers.',
	guide: 'openslides-multi-instance.md',
	needs: {
		memoryMiB: [768, 2048],
		diskMiB: 2048,
		ports: [
			{port: 80, ours: ['nginx']},
			{port: 443, ours: ['nginx']},
			{port: 5000, ours: ['python', 'python3']},
			{port: 5432, ours: ['postgres']},
			{port: 6379, ours: ['redis-server']},
		],
		installed: '/etc/openslides',
		accept: 'packages.accept',
	},
	preflight: ['host.packages', 'host.failed-units', 'host.time'],
	opens: inputs => {
		const of = (step: string, key: string): unknown =>
			(inputs[step] as Readonly<Record<string, unknown>> | undefined)?.[key];
		const [host, admin] = [of('application', 'site'), of('website', 'user')];
		return {
			...(typeof host === 'string' && {address: `https://${host}/api/instances`}),
			...(typeof admin === 'string' && {admin, adminSecret: 'website.password'}),
		};
	},
	steps: [
		fetching,
		packages,
		sources,
		network,
		database,
		redisForContainers,
		instances,
		application,
		mail,
		backend,
		nginx({guide: 'OpenSlides: Nginx setup'}),
		tls({
			name: 'openslides',
			by: 'self-signed',
			without: ['none', 'proxy'],
			guide: 'OpenSlides: Nginx setup (ssl_certificate)',
		}),
		website,
		firewall({guide: 'OpenSlides: Nginx setup', ports: [80, 443], by: 'none', needs: ['done:container-address']}),
	],
});
