/** Who has to remember to update does not, and unattended-upgrades that fails every night says so only in its own log. */
import {aptSetting} from '#host/apt/apt-conf.ts';
import {isInstalled, packages} from '#host/apt/packages.ts';
import {see} from '#host/see.ts';
import {unitState} from '#host/units/units.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Resource} from '#model/resource.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {file} from '#resources/files/file.ts';
import {unit} from '#resources/units/unit.ts';

const day = 86_400_000;
const settings = '/etc/apt/apt.conf.d/20auto-upgrades';
const timer = 'apt-daily-upgrade.timer';

const kinds = defineKinds({
	notInstalled: {
		state: 'warn',
		says: 'unattended-upgrades is not installed',
		remedy: {sentence: 'Install unattended-upgrades, switch it on and let its timer run.'},
		fix: () => switchedOn(),
	},
	off: {
		state: 'warn',
		says: 'unattended-upgrades is installed and switched off',
		remedy: {sentence: 'Switch it on: APT::Periodic::Unattended-Upgrade "1"; in /etc/apt/apt.conf.d/20auto-upgrades.'},
		fix: () => switchedOn(),
	},
	noTimer: {
		state: 'warn',
		says: 'apt-daily-upgrade.timer does not run',
		remedy: {
			sentence: 'Let its timer run, now and after a boot.',
			commands: [['systemctl', 'enable', '--now', 'apt-daily-upgrade.timer', 'apt-daily.timer']],
		},
		fix: () => switchedOn(),
	},
	late: {
		state: 'warn',
		example: {age: 5},
		says: ({age}) => `its last success was ${age} days ago`,
		remedy: {
			sentence:
				'See /var/log/unattended-upgrades/unattended-upgrades.log and journalctl -u apt-daily-upgrade for what it met; unattended-upgrade --dry-run -d tries without changing anything.',
		},
	},
});

export const check = defineCheck({
	id: 'host.automatic-updates',
	title: 'Security updates come by themselves',
	why: 'Security updates that wait for somebody come too late. It takes the package, its setting and a timer that runs; and a night that went well not long ago.',
	reads: [
		'/var/lib/dpkg/status: unattended-upgrades',
		'apt-config dump: APT::Periodic::Enable, APT::Periodic::Unattended-Upgrade; /etc/apt/apt.conf, /etc/apt/apt.conf.d: where they stand',
		`systemctl show ${timer}`,
		'/var/lib/apt/periodic/upgrade-stamp: when it last went well',
	],
	severity: 'warn',
	layers: ['file', 'runtime'],
	source: 'Debian wiki, "UnattendedUpgrades"; apt.systemd.daily',
	verify: 'apt-config dump APT::Periodic::Unattended-Upgrade gives "1"; systemctl list-timers apt-daily-upgrade.timer.',
	facts: {packages},
	kinds,
	async inspect({host, facts, now}) {
		const runtime = await see(async () => {
			const {load, active, enabled} = await unitState(timer, host);
			return {
				value: load === 'loaded' ? `${active}, ${enabled === false ? 'not at boot' : 'at boot'}` : load,
				where: `systemctl show ${timer}`,
			};
		});
		const expected = '1, by a timer that runs';
		if (!isInstalled(facts.packages.all.get('unattended-upgrades'))) {
			const file = {value: 'not installed', where: '/var/lib/dpkg/status'};
			return [{expected, layers: {file, runtime}, is: 'notInstalled'}];
		}
		const {value, where} = await periodic(host);
		const sight = {expected, layers: {file: {value, where}, runtime}};
		if (value === '0' || value === '') return [{...sight, is: 'off'}];
		if ('value' in runtime && runtime.value !== 'active, at boot') return [{...sight, is: 'noTimer'}];
		const last = await lastSuccess(host);
		if (last === undefined) return [{...sight, is: 'ok', says: 'on; it has not run yet'}];
		const age = Math.floor((now - last) / day);
		return age > 3
			? [{...sight, is: 'late', data: {age}}]
			: [{...sight, is: 'ok', says: `last success ${age === 0 ? 'today' : `${age} days ago`}`}];
	},
});

const switchedOn = (): readonly Resource[] => [
	aptPackages({names: ['unattended-upgrades'], recommends: false}, {id: 'apt:unattended-upgrades'}),
	file(
		{
			path: settings,
			text: 'APT::Periodic::Enable "1";\nAPT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n',
			mode: 0o644,
			owner: 'root:root',
		},
		{needs: ['package:unattended-upgrades']},
	),
	unit({name: timer, enabled: true, running: true}, {needs: ['package:unattended-upgrades']}),
	unit({name: 'apt-daily.timer', enabled: true, running: true}, {needs: ['package:unattended-upgrades']}),
];

/** `APT::Periodic::Enable "0"` switches all of it off, whatever the other says. */
const periodic = async (host: Reader): Promise<{readonly value: string; readonly where: string}> => {
	const [enable, upgrade] = await Promise.all(
		['APT::Periodic::Enable', 'APT::Periodic::Unattended-Upgrade'].map(name => aptSetting(host, name)),
	);
	return enable?.value === '0' ? enable : (upgrade ?? {value: '', where: '/etc/apt/apt.conf.d'});
};

/** Its own stamp, or that of apt's nightly job, which it also touches when there was nothing to do. */
const lastSuccess = async (host: Reader): Promise<number | undefined> => {
	const stats = await Promise.all(
		['unattended-upgrades-stamp', 'upgrade-stamp'].map(name => host.stat(`/var/lib/apt/periodic/${name}`)),
	);
	const times = stats.flatMap(stat => (stat === undefined ? [] : [stat.mtimeMs]));
	return times.length === 0 ? undefined : Math.max(...times);
};
