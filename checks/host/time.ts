/** A wrong clock breaks TLS, one-time passwords, replication and the order of every log. */

import {see} from '#host/see.ts';
import {container} from '#host/system/container.ts';
import {type UnitState, unitState} from '#host/units/units.ts';
import {defineCheck} from '#model/check.ts';
import type {Finding} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {unit} from '#resources/units/unit.ts';

export const check = defineCheck({
	id: 'host.time',
	title: 'The clock is kept',
	why: 'Certificates, one-time passwords, Kerberos, database replication and the order of logs need a right clock; machines drift by seconds a week, virtual ones by more.',
	reads: [
		'systemctl show of systemd-timesyncd, chrony, ntpsec, ntp, openntpd',
		'timedatectl show --property=NTPSynchronized (the kernel, through adjtimex)',
	],
	severity: 'warn',
	layers: ['runtime'],
	source: 'systemd-timesyncd.service(8), timedatectl(1)',
	verify: 'timedatectl says "System clock synchronized: yes".',
	facts: {container},
	appliesTo: ({facts}) => facts.container === undefined || `it is ${facts.container}: the clock is its host's`,
	async inspect({host}) {
		const states = await Promise.all(
			keepers.map(async name => ({name, state: await unitState(`${name}.service`, host)})),
		);
		const [running, installed] = [
			states.filter(({state}) => isUp(state)),
			states.filter(({state}) => state.load === 'loaded'),
		];
		const kernel = await see(() => synchronised(host));
		const finding = (state: Finding['state'], says: string): Finding => ({
			state,
			says,
			expected: 'one service keeps the clock',
			layers: {runtime: {value: running.map(({name}) => name), where: `systemctl show ${keepers.join(' ')}`}, kernel},
		});
		if (running.length === 0)
			return [
				finding(
					'warn',
					installed.length === 0
						? 'nothing keeps the clock: no time service is installed'
						: `nothing keeps the clock: ${installed[0]!.name} is ${installed[0]!.state.active}`,
				),
			];
		if (running.length > 1)
			return [finding('warn', `${running.map(({name}) => name).join(' and ')} both set the clock`)];
		// A service that has just started has not asked anybody yet.
		if ('value' in kernel && kernel.value === 'no' && Date.now() - (running[0]!.state.activeSince ?? 0) > 600_000)
			return [
				finding(
					'warn',
					`${running[0]!.name} runs, and the clock is not synchronised: does it reach its servers (UDP port 123)?`,
				),
			];
		return [finding('ok', running[0]!.name)];
	},
	remedy: ({says = ''}) =>
		/both/.test(says)
			? {sentence: 'Stop and disable all but one of them.'}
			: {
					sentence:
						'Let systemd-timesyncd keep it; where UDP port 123 is closed, name a server that is reachable in /etc/systemd/timesyncd.conf.',
				},
	fix: ({says = ''}) =>
		/nothing keeps/.test(says)
			? [
					aptPackages({names: ['systemd-timesyncd'], recommends: false}, {id: 'apt:systemd-timesyncd'}),
					unit(
						{name: 'systemd-timesyncd.service', enabled: true, running: true},
						{needs: ['package:systemd-timesyncd']},
					),
				]
			: [],
});

const keepers = ['systemd-timesyncd', 'chrony', 'ntpsec', 'ntp', 'openntpd'];

const isUp = ({active}: UnitState): boolean => active === 'active' || active === 'reloading';

const synchronised = async (host: Reader) => {
	const where = 'timedatectl show --property=NTPSynchronized';
	return {value: (await host.query([...where.split(' '), '--value'], {timeout: 3000})).trim(), where};
};
