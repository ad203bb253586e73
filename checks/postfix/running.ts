/** Mail that nobody sends is missed late: postfix.service says "active" while its instance is down. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {unitState} from '#host/units/units.ts';
import {defineCheck} from '#model/check.ts';
import type {Reader} from '#model/host.ts';
import {serviceParts} from '../shared/service.ts';

/** Until Debian 12 postfix.service is but a name for its instances; then it is the server itself. */
const unitOf = async (host: Reader): Promise<string> => {
	const instance = await unitState('postfix@-.service', host);
	return instance.fileState.startsWith('enabled') || instance.active === 'active'
		? 'postfix@-.service'
		: 'postfix.service';
};

export const check = defineCheck({
	id: 'postfix.running',
	title: 'Postfix runs, and starts at boot',
	why: 'Passwords that were forgotten, notices and invitations go by mail; nobody sees that none goes out.',
	reads: ['systemctl show postfix@-.service, postfix.service'],
	source: 'OpenSlides guide, "Configure Postfix"',
	verify: 'postfix status',
	facts: {packages},
	appliesTo: ({facts}) => isInstalled(facts.packages.all.get('postfix')) || 'postfix is not installed',
	...serviceParts('Postfix', unitOf, 'postfix.service'),
});
