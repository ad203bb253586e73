/** nslcd stands between libc and the directory: stopped, or running with an older file, it makes users vanish. */

import {isInstalled, packages} from '#host/apt/packages.ts';
import {changedSince, changeTime} from '#host/files/changed-since.ts';
import {nslcdConf} from '#host/ldap/nslcd.ts';
import {see} from '#host/see.ts';
import {runningFindings} from '#host/units/service-findings.ts';
import {unitState} from '#host/units/units.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds} from '#model/finding.ts';
import {unit} from '#resources/units/unit.ts';
import {serviceKinds} from '../shared/service.ts';

const kinds = defineKinds({
	...serviceKinds('nslcd'),
	pending: {
		state: 'warn',
		says: 'changed in the file, not in the process: nslcd is older than its file',
		remedy: {sentence: 'Restart nslcd.', commands: [['systemctl', 'restart', 'nslcd.service']]},
		fix: () => [unit({name: 'nslcd.service', running: true, files: [nslcdConf]})],
	},
});

export const check = defineCheck({
	id: 'ldap.nslcd',
	title: 'nslcd runs with its file, and starts at boot',
	why: 'Every question about a user of the directory goes through nslcd. It reads its file at the start only.',
	reads: ['systemctl show nslcd.service', `${nslcdConf}: when it was changed`],
	severity: 'fail',
	layers: ['runtime', 'file'],
	source: 'ipynbsrv guide, "LDAP" (libpam-ldap, today nslcd)',
	verify: 'systemctl is-active nslcd; getent passwd NAME',
	facts: {packages},
	kinds,
	appliesTo: ({facts}) => isInstalled(facts.packages.all.get('nslcd')) || 'nslcd is not installed',
	async inspect({host}) {
		const states = await runningFindings('nslcd.service', host);
		let late = false;
		const file = await see(async () => {
			const {activeSince} = await unitState('nslcd.service', host);
			late = activeSince !== undefined && (await changedSince(host, [nslcdConf], activeSince)).length > 0;
			return {value: new Date(await changeTime(host, nslcdConf)).toISOString(), where: `${nslcdConf}: changed`};
		});
		const runtime = await see(async () => ({
			value: new Date((await unitState('nslcd.service', host)).activeSince ?? 0).toISOString(),
			where: 'systemctl show nslcd.service: ActiveEnterTimestampMonotonic',
		}));
		const conf = {
			item: 'restart-pending',
			is: 'pending',
			expected: 'started since',
			layers: {file, runtime},
		} as const;
		return late ? [...states, conf] : states;
	},
});
