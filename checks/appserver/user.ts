import type {AppServer} from '#host/app-servers/app-server.ts';
import {appServers} from '#host/app-servers/app-servers.ts';
import {type Power, powersOf} from '#host/app-servers/powers.ts';
import {type Accounts, accounts} from '#host/system/accounts.ts';
import {unitState} from '#host/units/units.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Remedy} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Resource} from '#model/resource.ts';
import {unit} from '#resources/units/unit.ts';
import {clock, seen} from '../shared/seeing.ts';

/** What runs and what is written differ. */
type Other = {
	readonly owners: readonly string[];
	readonly written: string;
	readonly unit: string;
	readonly item: string;
};

const example: Other = {owners: ['root'], written: 'coralnet', unit: 'coralnet.service', item: 'coralnet'};

const otherSays = ({owners, written}: Other): string =>
	`changed in the file, not in the process: it runs as ${owners.join(', ')}, and ${written} is written`;

const ownUser: Remedy = {
	sentence:
		'Give it a user of its own in what starts it (User= in the unit, uid in the ini file), and restart it. Capabilities that let it change the owners of files would be root again.',
};

const ofSupervisor = 'supervisor.service';

const restart = ({unit: name, item}: Other): Remedy => ({
	sentence: 'Restart it: it runs as who was written when it started.',
	commands:
		name === ofSupervisor
			? [
					['supervisorctl', 'update'],
					['supervisorctl', 'restart', item],
				]
			: [
					['systemctl', 'daemon-reload'],
					['systemctl', 'restart', name],
				],
});

/** Restarting supervisord would restart all that it runs. */
const restarted = ({unit: name}: Other): readonly Resource[] =>
	name === ofSupervisor ? [] : [unit({name, enabled: true, running: true, notBefore: Date.now()})];

const listed = (powers: readonly Power[]): string =>
	`${powers
		.slice(0, 3)
		.map(({words}) => words)
		.join(', ')}${powers.length > 3 ? `, ${powers.length - 3} more` : ''}`;

const kinds = defineKinds({
	asRoot: {
		state: 'fail',
		says: 'it runs as root',
		remedy: ownUser,
	},
	rootWritten: {
		state: 'fail',
		example: {...example, owners: ['www-data'], written: 'root'},
		says: otherSays,
		remedy: ownUser,
	},
	stillRoot: {state: 'fail', example, says: otherSays, remedy: restart, fix: restarted},
	other: {state: 'warn', example: {...example, owners: ['www-data']}, says: otherSays, remedy: restart, fix: restarted},
	byHand: {
		state: 'fail',
		example: {owners: ['root'], pid: 4711},
		says: ({owners}) =>
			`it was started by hand${owners.includes('root') ? ', as root,' : ''} and is gone after the next reboot`,
		remedy: ({owners, pid}) => ({
			sentence: `Write a unit for it (User=${owners.includes('root') ? ' another than root' : owners[0]}, WorkingDirectory=, ExecStart=), enable and start it, and stop the process ${pid}.`,
		}),
	},
	down: {
		state: 'fail',
		example: {unit: 'coralnet.service', item: 'coralnet', result: 'exit-code' as string | undefined},
		says: ({unit: name, result}) => `it does not run${result === undefined ? '' : `: ${name} failed (${result})`}`,
		remedy: ({unit: name, item}) => ({
			sentence: `Start it, and have it started at boot; if it stops again, journalctl -u ${name} says why.`,
			commands: name === ofSupervisor ? [['supervisorctl', 'start', item]] : [['systemctl', 'enable', '--now', name]],
		}),
		fix: ({unit: name}) => (name === ofSupervisor ? [] : [unit({name, enabled: true, running: true})]),
	},
	powerful: {
		state: 'fail',
		example: {
			user: 'coralnet',
			unit: 'coralnet.service',
			powers: [
				{words: 'CAP_DAC_OVERRIDE (reads and writes every file)', where: '/etc/systemd/system/coralnet.service:12'},
			] as readonly Power[],
		},
		says: ({user, powers}) => `it runs as ${user}, and that is root in all but name: ${listed(powers)}`,
		remedy: ({user, powers, unit: name}) => ({
			sentence: `Take it away and restart ${name}: ${[...new Set(powers.map(({where}) => where))].join(', ')}. What it does with that belongs into a small service of root's that is asked; where it is meant, waive it, and count ${user} as root.`,
		}),
	},
	notAtBoot: {
		state: 'warn',
		example: {unit: 'coralnet.service'},
		says: 'it runs, and will not start at the next boot',
		remedy: ({unit: name}) => ({sentence: 'Have it started at boot.', commands: [['systemctl', 'enable', name]]}),
		fix: ({unit: name}) => [unit({name, enabled: true})],
	},
});

type UserFinding = FoundOf<typeof kinds>;

/** An application as root is a hole in every page it has; one started by hand is gone with the next reboot. */
export const check = defineCheck({
	id: 'appserver.user',
	title: 'The application server runs as its own user, now and after a reboot',
	why: 'The published configuration of ipynbsrv says uid = root: then each flaw in the application is one in the whole host. The coralnet guide starts gunicorn by hand with & behind it: after the next reboot it is not there.',
	reads: [
		'User= of the unit, uid of the ini file, user of the program in supervisor',
		'/proc/PID/status of its processes: user, groups, capabilities',
		'AmbientCapabilities= and SupplementaryGroups= of the unit; /etc/group; sudoers: what makes its user root in all but name',
		'systemctl show: enabled, running',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source: 'ipynbsrv: Django/Application (dedicated user); coralnet: Running (gunicorn)',
	verify: 'ps -o user=,args= -C uwsgi,gunicorn; systemctl is-enabled UNIT',
	facts: {servers: appServers, accounts},
	kinds,
	appliesTo: ({facts}) => facts.servers.length > 0 || 'neither uwsgi nor gunicorn is told to run here',
	async inspect({host, facts}) {
		return findings(await Promise.all(facts.servers.map(server => findingOf(server, facts.accounts, host))));
	},
});

const findingOf = async (server: AppServer, known: Accounts, host: Reader): Promise<UserFinding> => {
	const {item} = server;
	const expected = 'its own user, enabled, running';
	const named = (uid: number): string => [...known.users.values()].find(one => one.uid === uid)?.name ?? String(uid);
	// The main process may begin as root to become another; what answers requests are its children.
	const processes = server.running
		? server.running.children.length > 0
			? server.running.children
			: [server.running.main]
		: [];
	const owners = [...new Set(processes.map(({uid}) => named(uid)))];
	if (server.unit === undefined) {
		return {
			is: 'byHand',
			data: {owners, pid: server.running?.main.pid ?? 0},
			item,
			expected,
			layers: {
				file: seen('no unit and no program of supervisor', server.where),
				runtime: seen(owners.join(', '), server.where),
			},
		};
	}
	const state = await unitState(server.unit, host);
	const written = server.user ?? 'root';
	const atBoot = state.enabled !== false;
	const sight = {
		item,
		expected,
		layers: {
			file: seen(`${written}, ${atBoot ? 'enabled' : 'disabled'}`, server.where),
			runtime: server.running
				? seen(owners.join(', '), `/proc/${processes[0]?.pid}/status`)
				: host.root === '/'
					? seen(state.active, `systemctl show ${server.unit}`)
					: ({because: 'offline-root', need: `the processes of ${item}`} as const),
		},
	};
	const other = {...sight, data: {owners, written, unit: server.unit, item}};
	const differs = owners.some(owner => owner !== written);
	if (written === 'root') return differs ? {...other, is: 'rootWritten'} : {...sight, is: 'asRoot'};
	if (owners.includes('root')) return {...other, is: 'stillRoot'};
	if (server.running === undefined)
		return {
			...sight,
			is: 'down',
			data: {unit: server.unit, item, result: state.active === 'failed' ? state.result : undefined},
		};
	if (differs) return {...other, is: 'other'};
	const powers = await powersOf(server, written, host);
	if (powers.length > 0) return {...sight, is: 'powerful', data: {user: written, unit: server.unit, powers}};
	if (!atBoot) return {...sight, is: 'notAtBoot', data: {unit: server.unit}};
	return {...sight, is: 'ok', says: `it runs as ${owners.join(', ')} since ${clock(server.running.main.startedAt)}`};
};
