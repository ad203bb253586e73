/** CC-Server passes over a file that it cannot read and takes the next one it finds: one wrong quote, and it runs with another configuration or not at all. */

import {ccConfig} from '#host/cc-server/config.ts';
import {type CcServer, ccServers} from '#host/cc-server/servers.ts';
import {isSeen, see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {type CcRead, forEachServer, noCcServer} from '../shared/cc-findings.ts';

const kinds = defineKinds({
	missing: {
		state: 'fail',
		says: 'there is no config.toml',
		remedy: {sentence: 'Copy one of its samples (sample_local_docker_config.toml) to config.toml and fill it in.'},
	},
	noToml: {
		state: 'fail',
		example: {broken: 'unexpected character', where: '/srv/cc-server/config.toml:3:1'},
		says: ({broken}) => `is no TOML: ${broken}`,
		remedy: ({where}) => ({sentence: `Mend the line (${where}); the guide has each section with its keys.`}),
	},
	incomplete: {
		state: 'fail',
		example: {wrong: ['mongo.host is missing'] as readonly string[], path: '/srv/cc-server/config.toml'},
		says: ({wrong}) => wrong.join('; '),
		remedy: ({path}) => ({
			sentence: `Write what is named here into ${path}; the guide has each section with its keys.`,
		}),
	},
	notTakenUp: {
		state: 'warn',
		says: 'changed in the file, not in the process: CC-Server has not started since',
		remedy: {
			sentence: 'Restart CC-Server when no task is running (with Apache: systemctl restart apache2).',
		},
	},
});

export const check = defineCheck({
	id: 'cc-server.config',
	title: 'config.toml is valid, and has what CC-Server needs',
	why: 'CC-Server reads the first config.toml that it can parse, without a word about those that it cannot. What is missing in it shows as a KeyError in a worker, after a task was taken.',
	reads: [
		'~/.config/curious-containers/config.toml of each account, config.toml beside the code, or the file named on its command line',
		'/proc/PID: when the running process started',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'CC-Server guide, "Configuration" and "Run the Code"',
	verify: "python3 -c \"import tomllib; tomllib.load(open('config.toml', 'rb'))\"",
	facts: {servers: ccServers},
	kinds,
	appliesTo: ({facts}) => facts.servers.length > 0 || noCcServer,
	inspect: ({host, facts}) => forEachServer(facts.servers, server => findingsOf(server, host)),
});

type ConfigFinding = FoundOf<typeof kinds>;

const findingsOf = async (server: CcServer, host: Reader): Promise<readonly ConfigFinding[]> => {
	const expected = 'valid TOML with server, ipc, mongo, docker and defaults';
	if (server.config === undefined)
		return [{is: 'missing', expected, layers: {file: {value: 'none', where: server.item}}}];
	const config = await ccConfig(server, host);
	if ('broken' in config)
		return [
			{
				is: 'noToml',
				data: {broken: config.broken, where: config.where},
				expected,
				layers: {file: {value: config.broken, where: config.where}},
			},
		];
	const wrong = problemsIn(config, server.wsgi);
	const finding: ConfigFinding = {
		...(wrong.length === 0 ? {is: 'ok', says: config.path} : {is: 'incomplete', data: {wrong, path: config.path}}),
		expected,
		layers: {file: {value: wrong.length === 0 ? 'valid' : [...wrong], where: config.path}},
	};
	return [finding, ...(await takenUp(server, config, host))];
};

/** What the guide calls mandatory, with the kind of value. Under Apache the port of its own is not used. */
const problemsIn = (config: CcRead, wsgi: boolean): readonly string[] => {
	const needed: readonly (readonly [string, string])[] = [
		['server.host', 'string'],
		['server.scheduling_interval_seconds', 'number'],
		...(wsgi ? [] : [['server.internal_port', 'number'] as const]),
		['ipc.tee_port', 'number'],
		['ipc.worker_port', 'number'],
		['mongo.username', 'string'],
		['mongo.host', 'string'],
		['mongo.port', 'number'],
		['mongo.db', 'string'],
		['docker.thread_limit', 'number'],
		['defaults.application_container_description.entry_point', 'string'],
		['defaults.data_container_description.image', 'string'],
	];
	const plain = needed.flatMap(([key, kind]) => {
		const value = config.at(key)?.value;
		return value === undefined ? [`${key} is missing`] : typeof value === kind ? [] : [`${key} is no ${kind}`];
	});
	const secrets = ['ipc.secret', 'mongo.password'].flatMap(key => {
		const one = config.secrets.get(key);
		return one === undefined ? [`${key} is missing`] : one.is === 'no text' ? [`${key} is no string`] : [];
	});
	const nodes = config.at('docker.nodes') ?? config.at('docker.machines_dir');
	const host = config.at('server.host')?.value;
	return [
		...plain,
		...secrets,
		...(nodes === undefined ? ['docker has neither nodes nor machines_dir'] : []),
		...(typeof host === 'string' && !URL.canParse(host) ? [`server.host ${host} is no URL`] : []),
	];
};

/** It reads the file once, at its start. */
const takenUp = async ({running}: CcServer, {path}: CcRead, host: Reader): Promise<readonly ConfigFinding[]> => {
	if (running === undefined) return [];
	const file = await see(async () => ({value: (await host.stat(path))?.mtimeMs ?? 0, where: path}));
	const changed = isSeen(file) ? Number(file.value) : 0;
	const late = changed > running.startedAt + 1000;
	return [
		{
			item: 'taken-up',
			is: late ? 'notTakenUp' : 'ok',
			expected: 'started after the last change',
			layers: {
				file: isSeen(file) ? {value: `changed ${clock(changed)}`, where: path} : file,
				runtime: {value: `started ${clock(running.startedAt)}`, where: `/proc/${running.pid}/stat`},
			},
		},
	];
};

const clock = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
