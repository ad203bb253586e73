/** A backend that was started in a terminal is gone with it; one whose unit holds a password tells it to every account of the host. */

import {noOpenslides, type OpenslidesPlace, openslidesPlace} from '#host/openslides/place.ts';
import {there} from '#host/see.ts';
import {type RunningFinding, runningFindings} from '#host/units/running.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import {serviceKinds} from '../shared/service.ts';

const kinds = defineKinds({
	...serviceKinds('the OpenSlides backend'),
	noUnit: {
		state: 'fail',
		says: 'no unit starts the backend',
		remedy: {
			sentence: 'Write /etc/systemd/system/openslides-backend.service as the guide shows it, then enable and start it.',
		},
	},
	password: {
		state: 'warn',
		says: 'its command line has the password of PostgreSQL, which every account may read',
		remedy: {
			sentence:
				'Keep other accounts off this host and hide their view of processes (mount /proc with hidepid=invisible), take superuser from the role, or waive it: the backend takes its password in no other way.',
		},
	},
});

export const check = defineCheck({
	id: 'openslides.unit',
	title: 'The backend of OpenSlides runs, and starts at boot',
	why: 'The management interface does nothing without it. The guide starts it in the foreground first and gives a unit as an example, which has to be enabled; its --postgres-password stands in /proc for every account to read, and that role is a superuser.',
	reads: ['/etc/systemd/system/*.service: the one that starts the backend, its options', 'systemctl show of that unit'],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source: 'OpenSlides guide, "Systemd service file example"',
	verify: 'systemctl is-active openslides-backend; systemctl is-enabled openslides-backend; ps -o args -C python3',
	facts: {place: openslidesPlace},
	kinds,
	appliesTo: ({facts}) => (facts.place !== 'absent' ? there(facts, ['place']) : noOpenslides),
	async inspect({host, facts}) {
		const {unit} = facts.place;
		if (unit === undefined)
			return [
				{
					item: 'running',
					is: 'noUnit',
					expected: 'a unit that is enabled',
					layers: {file: {value: 'none', where: '/etc/systemd/system'}},
				},
			];
		const running = await runningFindings(unit.name, host);
		return findings([...running, passwordFinding(unit, running[0])]);
	},
});

const passwordFinding = (
	{password, where}: NonNullable<OpenslidesPlace['unit']>,
	running: RunningFinding,
): FoundOf<typeof kinds> => ({
	item: 'password',
	is: password ? 'password' : 'ok',
	expected: 'no password on the command line',
	layers: {
		file: {value: password ? '--postgres-password' : 'no password', where},
		...(running.layers.runtime !== undefined && {runtime: running.layers.runtime}),
	},
});
