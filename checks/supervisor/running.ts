/** supervisord is down is one fact: all that it starts is down with it. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {defineCheck} from '#model/check.ts';
import {serviceParts} from '../shared/service.ts';

export const check = defineCheck({
	id: 'supervisor.running',
	title: 'supervisor runs, and starts at boot',
	why: 'Without supervisord nothing starts its programs, and nothing starts them again. On some releases it is installed and not enabled: all is well until the first reboot.',
	reads: ['systemctl show supervisor.service'],
	source: 'WebLab-Deusto guide, "Deployment" (Step 5, note on reboots)',
	verify: 'systemctl is-active supervisor; systemctl is-enabled supervisor',
	facts: {packages},
	appliesTo: ({facts}) => isInstalled(facts.packages.all.get('supervisor')) || 'supervisor is not installed',
	...serviceParts('supervisor', 'supervisor.service'),
});
