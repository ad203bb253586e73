import {type AppServer, appServers} from '#host/app-servers/app-servers.ts';
import {type Accounts, accounts} from '#host/system/accounts.ts';
import {unitState} from '#host/units/units.ts';
import {defineCheck, type Finding} from '#model/check.ts';
import type {Reader} from '#model/host.ts';
import type {Unknown} from '#model/unknown.ts';
import {unit} from '#resources/units/unit.ts';
import {clock, seen} from '../shared/seeing.ts';

/** An application as root is a hole in every page it has; one started by hand is gone with the next reboot. */
export const check = defineCheck({
	id: 'appserver.user',
	title: 'The application server runs as its own user, now and after a reboot',
	why: 'The published configuration of ipynbsrv says uid = root: then each flaw in the application is one in the whole host. The coralnet guide starts gunicorn by hand with & behind it: after the next reboot it is not there.',
	reads: [
		'User= of the unit, uid of the ini file, user of the program in supervisor',
		'/proc/PID/status of its processes',
		'systemctl show: enabled, running',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source: 'ipynbsrv: Django/Application (dedicated user); coralnet: Running (gunicorn)',
	verify: 'ps -o user=,args= -C uwsgi,gunicorn; systemctl is-enabled UNIT',
	facts: {servers: appServers, accounts},
	appliesTo: ({facts}) => facts.servers.length > 0 || 'neither uwsgi nor gunicorn is told to run here',
	async inspect({host, facts}) {
		return (await Promise.all(facts.servers.map(server => findingOf(server, facts.accounts, host)))) as unknown as [
			Finding,
			...Finding[],
		];
	},
	remedy: ({says = '', item}) =>
		says.includes('as root')
			? {
					sentence: `Give it a user of its own in what starts it (User= in the unit, uid in the ini file). Where it must change owners of files, AmbientCapabilities=CAP_CHOWN CAP_FOWNER CAP_FSETID CAP_DAC_OVERRIDE does.`,
				}
			: says.includes('by hand')
				? {
						sentence:
							'Write a unit for it (User=, WorkingDirectory=, ExecStart=), enable it, and stop the one that runs.',
					}
				: {sentence: `Enable and start what runs ${item}.`},
	fix: ({item, says = ''}, {facts}) => {
		const server = facts.servers.find(one => one.item === item);
		// Who it should run as is not for us to choose.
		return server?.unit === undefined || says.includes('as root')
			? []
			: [unit({name: server.unit, enabled: true, running: true})];
	},
});

const findingOf = async (server: AppServer, known: Accounts, host: Reader): Promise<Finding> => {
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
			item: server.item,
			state: 'fail',
			says: `it was started by hand${owners.includes('root') ? ', as root,' : ''} and is gone after the next reboot`,
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
	const up = server.running !== undefined;
	const root = written === 'root' || owners.includes('root');
	const other = up && owners.some(owner => owner !== written);
	const down: Unknown = {
		because: host.root === '/' ? 'unreadable' : 'offline-root',
		need: `the processes of ${server.item}`,
	};
	return {
		item: server.item,
		state: root || !up ? 'fail' : !atBoot || other ? 'warn' : 'ok',
		says: root
			? other
				? `changed in the file, not in the process: it runs as ${owners.join(', ')}, and ${written} is written`
				: 'it runs as root'
			: !up
				? `it does not run${state.active === 'failed' ? `: ${server.unit} failed (${state.result})` : ''}`
				: other
					? `changed in the file, not in the process: it runs as ${owners.join(', ')}, and ${written} is written`
					: atBoot
						? `it runs as ${owners.join(', ')} since ${clock(server.running!.main.startedAt)}`
						: 'it runs, and will not start at the next boot',
		expected,
		layers: {
			file: seen(`${written}, ${atBoot ? 'enabled' : 'disabled'}`, server.where),
			runtime: up
				? seen(owners.join(', '), `/proc/${processes[0]?.pid}/status`)
				: host.root === '/'
					? seen(state.active, `systemctl show ${server.unit}`)
					: down,
		},
	};
};
