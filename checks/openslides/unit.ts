/** A backend that was started in a terminal is gone with it; one whose unit holds a password tells it to every account of the host. */

import {noOpenslides, type OpenslidesPlace, openslidesPlace} from '#host/openslides/backend.ts';
import {there} from '#host/see.ts';
import {type RunningFinding, runningFindings} from '#host/units/service-findings.ts';
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
	apiOnly: {
		state: 'warn',
		says: 'the API answers, and no instance can be made: nothing stands in for rkt and ansible',
		remedy: {
			sentence:
				'rkt is dead and the backend runs with no packaged ansible. Where setup installed it, answer instances.reach: instances and apply; else put something there (--python-ansible of its unit). Or waive it: the API alone was what you wanted.',
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
		return findings([...running, instancesFinding(unit, running[0]), passwordFinding(unit, running[0])]);
	},
});

/** It says 200 to a request for an instance in either case. */
const instancesFinding = (
	{apiOnly, where}: NonNullable<OpenslidesPlace['unit']>,
	running: RunningFinding,
): FoundOf<typeof kinds> => ({
	item: 'instances',
	is: apiOnly ? 'apiOnly' : 'ok',
	expected: 'a program that makes instances',
	layers: {
		file: {value: apiOnly ? '--python-ansible is a program that does nothing' : '--python-ansible', where},
		...(running.layers.runtime !== undefined && {runtime: running.layers.runtime}),
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
