/** Redis is down is one fact, not seven findings: the other checks of Redis stand on this one. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {defineCheck} from '#model/check.ts';
import {serviceParts} from '../shared/service.ts';

export const check = defineCheck({
	id: 'redis.running',
	title: 'Redis runs, and starts at boot',
	why: 'An application that keeps its queue or its sessions in Redis fails with it, often only on the pages that need it.',
	reads: ['systemctl show redis-server.service'],
	source: 'WebLab-Deusto guide, "Installing external systems", GNU/Linux (redis-server)',
	verify: 'systemctl is-active redis-server; systemctl is-enabled redis-server',
	facts: {packages},
	appliesTo: ({facts}) => isInstalled(facts.packages.all.get('redis-server')) || 'redis-server is not installed',
	...serviceParts('Redis', 'redis-server.service'),
});
