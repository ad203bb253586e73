/** The door of every host that is looked after from afar, and the one that is tried most often. */

import {isInstalled, packages} from '#host/apt/packages.ts';
import {listeners} from '#host/system/listeners.ts';
import {portsOf, type Sshd, sshd} from '#host/system/sshd.ts';
import {doorName, takesEmpty, takesPassword} from '#host/system/sshd-doors.ts';
import {defineCheck} from '#model/check.ts';
import type {Finding} from '#model/finding.ts';
import {unit} from '#resources/units/unit.ts';

export const check = defineCheck({
	id: 'host.sshd',
	title: 'SSH lets in only who has a key',
	why: 'Passwords of root and of users are guessed day and night on every address. A setting that sshd has not read yet protects nobody, and one that a file in sshd_config.d overrides never will.',
	reads: [
		'sshd -T, and sshd -T -C for root, anybody and whom Match blocks name',
		'/etc/ssh/sshd_config, sshd_config.d: where each one stands',
		'systemctl show ssh.service, and the times of those files',
		'/proc/net/tcp: the ports that sshd holds',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source: 'coralnet guide, "Create a user": a private key login is required; sshd_config(5)',
	verify: "sshd -T | grep -E 'permitrootlogin|passwordauthentication|permitemptypasswords|^port'",
	facts: {packages, sshd, listeners},
	appliesTo: ({facts}) => isInstalled(facts.packages.all.get('openssh-server')) || 'openssh-server is not installed',
	async inspect({facts}) {
		const now = facts.sshd;
		const runtime = runtimeOf(now);
		const layers = (keyword: string): Finding['layers'] => ({
			file: {value: (now.settings.get(keyword) ?? []).join(', '), where: now.placeOf(keyword)},
			runtime,
		});
		const root = now.settings.get('permitrootlogin')?.[0] ?? '';
		const asks =
			now.settings.get('passwordauthentication')?.[0] === 'yes'
				? 'passwordauthentication'
				: 'kbdinteractiveauthentication';
		const rootDoor = now.doors.find(one => one.user === 'root' && takesPassword(one));
		const empty = now.doors.find(takesEmpty);
		const open = empty ?? now.doors.find(one => one.user !== 'root' && takesPassword(one)) ?? rootDoor;
		return [
			{
				item: 'root-login',
				state: rootDoor ? 'fail' : 'ok',
				says: rootDoor
					? `root may log in with a password${doorName(rootDoor).replace(' for root', '')}`
					: root === 'no'
						? 'not at all'
						: 'with a key only',
				expected: 'prohibit-password or no',
				layers: layers('permitrootlogin'),
			},
			{
				item: 'passwords',
				state: empty ? 'fail' : open ? 'warn' : 'ok',
				says: open
					? `${empty ? 'users without a password may log in' : 'passwords are accepted'}${doorName(open)}`
					: 'keys only',
				expected: 'no',
				layers: layers(empty ? 'permitemptypasswords' : asks),
			},
			portFinding(
				now,
				facts.listeners.flatMap(one =>
					one.protocol.startsWith('tcp') &&
					((one.process?.name === 'sshd' && one.uid === 0) || one.process?.unit === 'ssh.socket')
						? [one.port]
						: [],
				),
			),
			...(now.newer !== undefined && now.newer.length > 0
				? [
						{
							item: 'restart',
							state: 'warn' as const,
							says: 'changed in the file, not in the process',
							expected: 'read by the running sshd',
							layers: {file: {value: [...now.newer], where: now.newer.join(', ')}, runtime},
						},
					]
				: []),
		];
	},
	remedy: ({item}) => {
		if (item === 'restart')
			return {
				sentence: 'Let sshd read its files again; sessions stay.',
				commands: [['systemctl', 'reload', 'ssh.service']],
			};
		if (item === 'port')
			return {
				sentence:
					'Restart ssh.service, or where ssh.socket holds the port set ListenStream there; keep this session open until a new one works.',
			};
		if (item === 'root-login')
			return {
				sentence:
					'Be sure that a key, or a user with sudo, lets you in; then set PermitRootLogin prohibit-password in /etc/ssh/sshd_config.d/ and reload ssh.service.',
			};
		return {
			sentence:
				'Be sure that a key lets you in; then set PasswordAuthentication no and KbdInteractiveAuthentication no in /etc/ssh/sshd_config.d/ and reload ssh.service.',
		};
	},
	fix: ({item}, {facts}) =>
		item === 'restart'
			? [unit({name: facts.sshd.unit, running: true, files: facts.sshd.files, takesUp: 'reload'})]
			: [],
});

const runtimeOf = ({newer}: Sshd): NonNullable<Finding['layers']['runtime']> => {
	const where = 'systemctl show ssh.service';
	if (newer === undefined) return {value: 'not running: each connection reads the files', where};
	return {value: newer.length === 0 ? 'started or reloaded after its files' : 'started before its files', where};
};

const portFinding = (now: Sshd, held: readonly number[]): Finding => {
	const wanted = portsOf(now.settings);
	const ports = [...new Set(held)];
	const missing = wanted.filter(port => !ports.includes(port));
	const off = ports.length > 0 && missing.length > 0;
	return {
		item: 'port',
		state: off ? 'warn' : 'ok',
		says: off ? `its files say ${wanted.join(', ')}, and it listens on ${ports.join(', ')}` : wanted.join(', '),
		expected: wanted,
		layers: {
			file: {value: wanted, where: now.placeOf('port')},
			runtime: runtimeOf(now),
			kernel: {value: ports, where: '/proc/net/tcp'},
		},
	};
};
