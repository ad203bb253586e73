/** What supervisord itself knows: the state of every process, and the configuration it runs with. */
import type {Fact} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {Blocked} from '#model/unknown.ts';
import {askSupervisor} from './client.ts';
import {supervisorFile} from './file.ts';

export type SupervisorProcess = {
	/** As supervisorctl shows it: `worker`, or `group:worker`. */
	readonly shown: string;
	readonly name: string;
	readonly group: string;
	/** RUNNING, FATAL, BACKOFF, EXITED, STOPPED, STARTING, STOPPING, UNKNOWN. */
	readonly state: string;
	readonly exit: number;
	readonly why: string;
	readonly log: string;
	/** Its settings; undefined where this supervisor does not tell them. */
	readonly settings: Readonly<Record<string, Json>> | undefined;
};

/** 'absent' where Debian's supervisor is not installed. Throws Blocked where it cannot be asked. */
export const supervisorNow: Fact<readonly SupervisorProcess[] | 'absent'> = {
	id: 'supervisor-now',
	async read(host) {
		const file = await host.fact(supervisorFile);
		if (file === 'absent') return 'absent';
		if (host.root !== '/')
			throw new Blocked({because: 'offline-root', need: 'supervisor must be asked on the running host'});
		const [processes, configs] = await Promise.all(
			['supervisor.getAllProcessInfo', 'supervisor.getAllConfigInfo'].map(method =>
				askSupervisor(file.place, method, patience),
			),
		);
		return processesOf(processes ?? [], configs ?? []);
	},
};

/** Both answers folded together. */
export const processesOf = (processes: Json, configs: Json): readonly SupervisorProcess[] =>
	records(processes).map(one => {
		const [name, group] = [String(one['name']), String(one['group'])];
		return {
			shown: name === group ? name : `${group}:${name}`,
			name,
			group,
			state: String(one['statename']),
			exit: Number(one['exitstatus'] ?? 0),
			why: String(one['spawnerr'] ?? ''),
			log: String(one['stderr_logfile'] || one['stdout_logfile'] || ''),
			settings: records(configs).find(config => config['name'] === name && config['group'] === group),
		};
	});

const patience = 2500;

const records = (value: Json): readonly Readonly<Record<string, Json>>[] =>
	Array.isArray(value)
		? (value as readonly Json[]).filter(
				(one): one is Readonly<Record<string, Json>> => typeof one === 'object' && one !== null && !Array.isArray(one),
			)
		: [];
