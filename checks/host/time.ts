/** A wrong clock breaks TLS, one-time passwords, replication and the order of every log. */

import {see} from '#host/see.ts';
import {container} from '#host/system/container.ts';
import {type UnitState, unitState} from '#host/units/units.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {unit} from '#resources/units/unit.ts';

const kinds = defineKinds({
	nobody: {
		state: 'warn',
		example: {there: 'systemd-timesyncd is inactive' as string | undefined},
		says: ({there}) => `nothing keeps the clock: ${there ?? 'no time service is installed'}`,
		remedy: {sentence: 'Install systemd-timesyncd, and let it keep the clock.'},
		fix: () => [
			aptPackages({names: ['systemd-timesyncd'], recommends: false}, {id: 'apt:systemd-timesyncd'}),
			unit({name: 'systemd-timesyncd.service', enabled: true, running: true}, {needs: ['package:systemd-timesyncd']}),
		],
	},
	several: {
		state: 'warn',
		example: {names: ['chrony', 'ntpsec'] as readonly string[]},
		says: ({names}) => `${names.join(' and ')} both set the clock`,
		remedy: {sentence: 'Stop and disable all but one of them.'},
	},
	notInTime: {
		state: 'warn',
		example: {name: 'systemd-timesyncd'},
		says: ({name}) => `${name} runs, and the clock is not synchronised: does it reach its servers (UDP port 123)?`,
		remedy: ({name}) => ({
			sentence: `Open UDP port 123 outward, or name a server that is reachable in the configuration of ${name} (/etc/systemd/timesyncd.conf, /etc/chrony/chrony.conf).`,
		}),
	},
});

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
	kinds,
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
		const sight = {
			expected: 'one service keeps the clock',
			layers: {runtime: {value: running.map(({name}) => name), where: `systemctl show ${keepers.join(' ')}`}, kernel},
		};
		const [first] = running;
		if (first === undefined) {
			const [there] = installed;
			return [{...sight, is: 'nobody', data: {there: there && `${there.name} is ${there.state.active}`}}];
		}
		if (running.length > 1) return [{...sight, is: 'several', data: {names: running.map(({name}) => name)}}];
		// A service that has just started has not asked anybody yet.
		if ('value' in kernel && kernel.value === 'no' && Date.now() - (first.state.activeSince ?? 0) > 600_000)
			return [{...sight, is: 'notInTime', data: {name: first.name}}];
		return [{...sight, is: 'ok', says: first.name}];
	},
});

const keepers = ['systemd-timesyncd', 'chrony', 'ntpsec', 'ntp', 'openntpd'];

const isUp = ({active}: UnitState): boolean => active === 'active' || active === 'reloading';

const synchronised = async (host: Reader) => {
	const argv = ['timedatectl', 'show', '--property=NTPSynchronized'];
	return {value: (await host.query([...argv, '--value'], {timeout: 3000})).trim(), where: argv.join(' ')};
};
