/** CC-Server passes over a file that it cannot read and takes the next one it finds: one wrong quote, and it runs with another configuration or not at all. */

import {ccConfig} from '#host/cc-server/config.ts';
import {type CcServer, ccServers} from '#host/cc-server/servers.ts';
import {changedSince, changeTime} from '#host/files/changed-since.ts';
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
	passedOver: {
		state: 'fail',
		example: {user: 'ccuser', path: '/srv/cc-server/config.toml', takes: undefined as string | undefined},
		says: ({user, path, takes}) =>
			`${user} may not read ${path}, and CC-Server passes over it without a word${takes === undefined ? '' : `: it takes ${takes}`}`,
		remedy: ({user, path}) => ({
			sentence: `Give it to ${user} (where a directory above is closed to ${user}, open that), then restart CC-Server.`,
			commands: [
				['chown', user, path],
				['chmod', 'u+r', path],
			],
		}),
	},
	hidden: {
		state: 'warn',
		example: {hidden: '/srv/cc-server/config.toml', path: '/home/ccuser/.config/curious-containers/config.toml'},
		says: ({hidden, path}) => `${hidden} counts for nothing: ${path} goes before it`,
		remedy: ({hidden, path}) => ({
			sentence: `See which of them is meant. Move ${path} away where it is ${hidden}, then restart CC-Server.`,
		}),
	},
	noToml: {
		state: 'fail',
		example: {broken: 'unexpected character', where: '/srv/cc-server/config.toml:3:1'},
		says: ({broken}) => `is no TOML: ${broken}`,
		remedy: ({where}) => ({sentence: `Mend the line (${where}); the guide has each section with its keys.`}),
	},
	notAscii: {
		state: 'fail',
		example: {where: '/srv/cc-server/config.toml:3', site: '/etc/apache2/sites-enabled/cc-server.conf:14'},
		says: ({where}) =>
			`has a letter that is not ASCII (${where}): under Apache, in the locale C, CC-Server cannot decode it and passes over the file without a word`,
		remedy: ({site}) => ({
			sentence: `Add locale=C.UTF-8 lang=C.UTF-8 to WSGIDaemonProcess (the site of ${site}), or write the letter as \\uXXXX (in a comment: leave it out). Then restart Apache.`,
		}),
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
	const over = orderFindings(server, expected);
	if (server.config === undefined && over.length > 0) return over;
	if (server.config === undefined)
		return [{is: 'missing', expected, layers: {file: {value: 'none', where: server.item}}}];
	const config = await ccConfig(server, host);
	if ('broken' in config)
		return [
			...over,
			{
				is: 'noToml',
				data: {broken: config.broken, where: config.where},
				expected,
				layers: {file: {value: config.broken, where: config.where}},
			},
		];
	// Of one that nothing runs nobody knows whether it would be under Apache.
	const wrong = problemsIn(config, server.wsgi || server.running === undefined);
	const finding: ConfigFinding = {
		...(wrong.length === 0 ? {is: 'ok', says: config.path} : {is: 'incomplete', data: {wrong, path: config.path}}),
		expected,
		layers: {file: {value: wrong.length === 0 ? 'valid' : [...wrong], where: config.path}},
	};
	return [finding, ...decoded(server, config, expected), ...over, ...(await takenUp(server, config, host))];
};

const decoded = ({site}: CcServer, {path, notAscii}: CcRead, expected: string): readonly ConfigFinding[] => {
	if (notAscii === undefined || site === undefined || site.utf8) return [];
	const where = `${path}:${notAscii}`;
	return [
		{
			item: 'letters',
			is: 'notAscii',
			data: {where, site: site.where},
			expected,
			layers: {file: {value: 'not ASCII', where}},
		},
	];
};

/** Of several files one counts. */
const orderFindings = ({config, passedOver, hidden, user}: CcServer, expected: string): readonly ConfigFinding[] => [
	...(passedOver === undefined
		? []
		: [
				{
					item: passedOver,
					is: 'passedOver' as const,
					data: {user: user?.name ?? 'its user', path: passedOver, takes: config},
					expected,
					layers: {file: {value: 'not readable', where: passedOver}},
				},
			]),
	...(hidden === undefined || config === undefined
		? []
		: [
				{
					item: hidden,
					is: 'hidden' as const,
					data: {hidden, path: config},
					expected,
					layers: {file: {value: config, where: config}},
				},
			]),
];

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
	const file = await see(async () => ({value: await changeTime(host, path), where: path}));
	const changed = isSeen(file) ? Number(file.value) : 0;
	const late = isSeen(file) && (await changedSince(host, [path], running.startedAt + 1000)).length > 0;
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
