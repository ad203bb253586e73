import {defineStack} from '#model/step.ts';
import {automaticUpdates} from '#steps/automatic-updates.ts';
import {fetching} from '#steps/fetching.ts';
import {firewall} from '#steps/firewall.ts';
import {mariadb} from '#steps/mariadb.ts';
import type {} from './offers.ts';
import {application} from './steps/application.ts';
import {deployment} from './steps/deployment.ts';
import {instance} from './steps/instance.ts';
import {packages} from './steps/packages.ts';
import {python2} from './steps/python2.ts';
import {scheduling} from './steps/scheduling.ts';

import {sources} from './steps/sources.ts';
import {website} from './steps/website.ts';

/** The remote laboratory management system of the guide. */
export const stack = defineStack({
	id: 'weblab-deusto',
	title: 'WebLab-Deusto: remote laboratories',
	about: 'MariaDB, Redis, Python 2.7, one instance under supervisor, Apache with TLS, closed services.',
	guide: 'weblab-deusto.rst',
	needs: {
		memoryMiB: [1024, 2048],
		diskMiB: 3072,
		ports: [
			{port: 80, ours: ['apache2']},
			{port: 443, ours: ['apache2']},
			{port: 3306, ours: ['mariadbd', 'mysqld']},
			{port: 6379, ours: ['redis-server']},
		],
		// Ubuntu 24.04 has no Python 2.7, and its libraries are not those that Debian's was built for.
		releases: ['bullseye', 'bookworm', 'trixie', 'jammy'],
		installed: '/etc/weblab-deusto',
		accept: 'packages.accept',
	},
	preflight: ['host.packages', 'host.failed-units', 'host.time'],
	opens: inputs => {
		const of = (inputs['instance'] ?? {}) as Readonly<Record<string, unknown>>;
		const host = of['host'];
		const base = typeof of['base'] === 'string' ? of['base'] : '';
		const admin = of['admin'];
		return {
			...(typeof host === 'string' && {address: `https://${host}${base}/weblab/`}),
			...(typeof admin === 'string' && {admin}),
		};
	},
	steps: [
		fetching,
		packages,
		sources,
		python2,
		mariadb({
			database: 'WebLab',
			user: 'weblab',
			guide: 'WebLab-Deusto: Database; Close access to local services',
		}),
		application,
		scheduling,
		instance,
		deployment,
		website,
		firewall({guide: 'WebLab-Deusto: Close access to local services', ports: [80, 443], by: 'nftables'}),
		automaticUpdates({guide: 'WebLab-Deusto: Upgrade your software frequently'}),
	],
});
