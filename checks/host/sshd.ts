/** The door of every host that is looked after from afar, and the one that is tried most often. */

import {isInstalled, packages} from '#host/apt/packages.ts';
import {ifTold} from '#host/see.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {otherSshds, portsOf, type Sshd, sshd} from '#host/system/sshd.ts';
import {doorName, takesEmpty, takesPassword} from '#host/system/sshd-doors.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Layers} from '#model/finding.ts';
import {unit} from '#resources/units/unit.ts';

/** `close`: where the setting belongs, and what takes it up. */
type Door = {readonly door: string; readonly close: string};

const example: Door = {door: ' from 192.0.2.7', close: 'in /etc/ssh/sshd_config.d/ and reload ssh.service'};

const keysOnly = ({close}: Door): string =>
	`Be sure that a key lets you in; then set PasswordAuthentication no and KbdInteractiveAuthentication no ${close}.`;

const kinds = defineKinds({
	rootPassword: {
		state: 'fail',
		example,
		says: ({door}) => `root may log in with a password${door}`,
		remedy: ({close}) => ({
			sentence: `Be sure that a key, or a user with sudo, lets you in; then set PermitRootLogin prohibit-password ${close}.`,
		}),
	},
	emptyPasswords: {
		state: 'fail',
		example: {...example, door: ' for guest'},
		says: ({door}) => `users without a password may log in${door}`,
		remedy: of => ({sentence: `Set PermitEmptyPasswords no ${of.close}. ${keysOnly(of)}`}),
	},
	passwords: {
		state: 'warn',
		example: {...example, door: ''},
		says: ({door}) => `passwords are accepted${door}`,
		remedy: of => ({sentence: keysOnly(of)}),
	},
	port: {
		state: 'warn',
		example: {wanted: [2222] as readonly number[], held: [22] as readonly number[]},
		says: ({wanted, held}) => `its files say ${wanted.join(', ')}, and it listens on ${held.join(', ')}`,
		remedy: {
			sentence:
				'Restart ssh.service, or where ssh.socket holds the port set ListenStream there; keep this session open until a new one works.',
		},
	},
	stale: {
		state: 'warn',
		example: {unit: 'ssh.service', files: ['/etc/ssh/sshd_config'] as readonly string[]},
		says: 'changed in the file, not in the process',
		remedy: ({unit: of}) => ({
			sentence: 'Let sshd read its files again; sessions stay.',
			commands: [['systemctl', of === 'ssh.service' ? 'reload' : 'restart', of]],
		}),
		// Another's unit may know no reload, and a restart is its administrator's.
		fix: ({unit: of, files}) =>
			of === 'ssh.service' ? [unit({name: of, running: true, files, takesUp: 'reload'})] : [],
	},
});

type Found = FoundOf<typeof kinds>;

export const check = defineCheck({
	id: 'host.sshd',
	title: 'SSH lets in only who has a key',
	why: 'Passwords of root and of users are guessed day and night on every address. A setting that sshd has not read yet protects nobody, and one that a file in sshd_config.d overrides never will.',
	reads: [
		'sshd -T, and sshd -T -C for root, anybody and whom Match blocks name, with the -f and -o that each running one was started with',
		'/etc/ssh/sshd_config, sshd_config.d: where each one stands',
		'systemctl show ssh.service, and the times of those files',
		'/proc/net/tcp: the ports that sshd holds',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source: 'coralnet guide, "Create a user": a private key login is required; sshd_config(5)',
	verify: "sshd -T | grep -E 'permitrootlogin|passwordauthentication|permitemptypasswords|^port'",
	facts: {packages, sshd, others: otherSshds, listeners},
	kinds,
	appliesTo: ({facts}) => isInstalled(facts.packages.all.get('openssh-server')) || 'openssh-server is not installed',
	async inspect({facts}) {
		const own = findingsOf(
			facts.sshd,
			facts.listeners,
			(await ifTold(() => facts.others))?.map(({unit: of}) => of) ?? [],
		);
		const others = ((await ifTold(() => facts.others)) ?? []).flatMap(one =>
			findingsOf(one, facts.listeners, undefined).map(found => ({...found, item: `${one.unit} ${found.item}`})),
		);
		return findings([...own, ...others]);
	},
});

/** `others`: the units of further ones, whose ports are not its own; undefined for one of those. */
const findingsOf = (
	now: Sshd,
	sockets: readonly Listener[],
	others: readonly string[] | undefined,
): readonly Found[] => {
	const runtime = runtimeOf(now);
	const layers = (keyword: string): Layers => ({
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
	const rootSight = {item: 'root-login', expected: 'prohibit-password or no', layers: layers('permitrootlogin')};
	const sight = {item: 'passwords', expected: 'no', layers: layers(empty ? 'permitemptypasswords' : asks)};
	return [
		rootDoor
			? {
					...rootSight,
					is: 'rootPassword',
					data: {door: doorName(rootDoor).replace(' for root', ''), close: closeOf(now, 'permitrootlogin')},
				}
			: {...rootSight, is: 'ok', says: root === 'no' ? 'not at all' : 'with a key only'},
		open
			? {
					...sight,
					is: empty ? 'emptyPasswords' : 'passwords',
					data: {door: doorName(open), close: closeOf(now, empty ? 'permitemptypasswords' : asks)},
				}
			: {...sight, is: 'ok', says: 'keys only'},
		portFinding(
			now,
			sockets.flatMap(one => (one.protocol.startsWith('tcp') && holds(one, now.unit, others) ? [one.port] : [])),
		),
		...(now.newer !== undefined && now.newer.length > 0
			? [
					{
						item: 'restart',
						is: 'stale' as const,
						data: {unit: now.unit, files: now.files},
						expected: 'read by the running sshd',
						layers: {file: {value: [...now.newer], where: now.newer.join(', ')}, runtime},
					},
				]
			: []),
	];
};

/** A word of the command line counts before every file. */
const closeOf = ({unit: of, files, placeOf}: Sshd, keyword: string): string => {
	if (placeOf(keyword).startsWith('the command line'))
		return `in what starts it, which counts before its files (systemctl cat ${of}, /etc/default/ssh), and restart ${of}`;
	return of === 'ssh.service' && files.includes('/etc/ssh/sshd_config')
		? 'in /etc/ssh/sshd_config.d/ and reload ssh.service'
		: `in ${files.at(-1) ?? 'its file'} and restart ${of}`;
};

const holds = ({process, uid}: Listener, own: string, others: readonly string[] | undefined): boolean =>
	others === undefined
		? process?.unit === own
		: (process?.name === 'sshd' && uid === 0 && !others.includes(process.unit ?? '')) || process?.unit === 'ssh.socket';

const runtimeOf = ({newer, unit: of}: Sshd): NonNullable<Layers['runtime']> => {
	const where = `systemctl show ${of}`;
	if (newer === undefined) return {value: 'not running: each connection reads the files', where};
	return {value: newer.length === 0 ? 'started or reloaded after its files' : 'started before its files', where};
};

const portFinding = (now: Sshd, held: readonly number[]): Found => {
	const wanted = portsOf(now.settings);
	const ports = [...new Set(held)];
	const missing = wanted.filter(port => !ports.includes(port));
	const off = ports.length > 0 && missing.length > 0;
	const sight = {
		item: 'port',
		expected: wanted,
		layers: {
			file: {value: wanted, where: now.placeOf('port')},
			runtime: runtimeOf(now),
			kernel: {value: ports, where: '/proc/net/tcp'},
		},
	};
	return off ? {...sight, is: 'port', data: {wanted, held: ports}} : {...sight, is: 'ok', says: wanted.join(', ')};
};
