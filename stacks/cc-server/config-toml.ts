/** config.toml from the answers: every section of the guide, whole, because a key that is missing is a traceback, and one too many is refused. */
import {quoteText, type Secret, type Text} from '#model/secret.ts';
import type {CcNode} from './offers.ts';

export type ConfigToml = {
	readonly host: string;
	readonly schedulingSeconds: number;
	readonly logDirectory: string;
	readonly teePort: number;
	readonly workerPort: number;
	readonly ipcSecret: Secret;
	readonly mongo: {
		readonly user: string;
		readonly password: Secret;
		readonly host: string;
		readonly port: number;
		readonly database: string;
	};
	/** Beside this host's own. */
	readonly nodes: readonly CcNode[];
	readonly network: string | undefined;
	readonly threadLimit: number;
	readonly apiTimeout: number;
	readonly image: string;
	readonly containerRam: number;
	readonly registry: {readonly user: string; readonly password: Secret} | undefined;
	readonly allocation: 'spread' | 'binpack';
	readonly suppressStdout: boolean;
	readonly deadNodeInvalidation: boolean;
	readonly notification:
		| {readonly send: 'no'}
		| {readonly send: 'plain'; readonly url: string}
		| {readonly send: 'login'; readonly url: string; readonly user: string; readonly password: Secret};
	readonly taskTrials: number;
	readonly loginAttempts: number;
	readonly blockSeconds: number;
	readonly tokenSeconds: number;
};

export const configToml = (wanted: ConfigToml): Text => [
	'# Written by setup. CC-Server passes over a file that it cannot read, without a word.\n',
	...section('server', {
		host: wanted.host,
		scheduling_interval_seconds: wanted.schedulingSeconds,
		log_dir: wanted.logDirectory,
		suppress_stdout: wanted.suppressStdout,
	}),
	...section('ipc', {tee_port: wanted.teePort, worker_port: wanted.workerPort, secret: [wanted.ipcSecret]}),
	...section('mongo', {
		username: wanted.mongo.user,
		password: [wanted.mongo.password],
		host: wanted.mongo.host,
		port: wanted.mongo.port,
		db: wanted.mongo.database,
	}),
	...section('docker', {
		thread_limit: wanted.threadLimit,
		api_timeout: wanted.apiTimeout,
		...(wanted.network !== undefined && {net: wanted.network}),
	}),
	...section('docker.nodes.local', {base_url: 'unix://var/run/docker.sock'}),
	...wanted.nodes.flatMap(nodeText),
	...section('defaults.application_container_description', {entry_point: entryPoint}),
	...section('defaults.data_container_description', {
		image: wanted.image,
		entry_point: entryPoint,
		container_ram: wanted.containerRam,
	}),
	...(wanted.registry === undefined
		? []
		: section('defaults.data_container_description.registry_auth', {
				username: wanted.registry.user,
				password: [wanted.registry.password],
			})),
	...section('defaults.scheduling_strategies', {container_allocation: wanted.allocation}),
	...section('defaults.error_handling', {
		max_task_trials: wanted.taskTrials,
		dead_node_invalidation: wanted.deadNodeInvalidation,
	}),
	...(wanted.notification.send === 'no'
		? []
		: section('defaults.error_handling.dead_node_notification', {url: wanted.notification.url})),
	...(wanted.notification.send === 'login'
		? section('defaults.error_handling.dead_node_notification.auth', {
				auth_type: 'basic',
				username: wanted.notification.user,
				password: [wanted.notification.password],
			})
		: []),
	...section('defaults.authorization', {
		num_login_attempts: wanted.loginAttempts,
		block_for_seconds: wanted.blockSeconds,
		tokens_valid_for_seconds: wanted.tokenSeconds,
	}),
];

const entryPoint = 'python3 /opt/container_worker';

/** Its client offers TLS 1.0, which every engine refuses, unless it is told 5, which is 1.2. Without `assert_hostname` it looks at the name. */
const nodeText = ({name, address, port, certificates, checkName}: CcNode): Text => [
	...section(`docker.nodes.${name}`, {base_url: `tcp://${inAddress(address)}:${port}`}),
	...section(`docker.nodes.${name}.tls`, {
		verify: `${certificates}/ca.pem`,
		client_cert: {list: [`${certificates}/cert.pem`, `${certificates}/key.pem`]},
		...(!checkName && {assert_hostname: false}),
		ssl_version: 5,
	}),
];

const inAddress = (host: string): string => (host.includes(':') ? `[${host}]` : host);

type Value = string | number | boolean | Text | {readonly list: readonly string[]};

const section = (name: string, values: Readonly<Record<string, Value>>): Text => [
	`\n[${name}]\n`,
	...Object.entries(values).flatMap(([key, value]) => [
		`${key} = `,
		...(typeof value === 'string'
			? [basic(value)]
			: typeof value !== 'object'
				? [String(value)]
				: 'list' in value
					? [`[${value.list.map(basic).join(', ')}]`]
					: quoteText(value, basic)),
		'\n',
	]),
];

/**
 * A basic string of TOML: JSON's escapes are among its own. Whatever is not ASCII is escaped as well: CC-Server reads the file in the encoding of its
 * locale, which is C under Apache, and passes over one that it cannot decode.
 */
const basic = (text: string): string =>
	JSON.stringify(text).replace(/[^ -~]/gu, one => {
		const code = one.codePointAt(0)!.toString(16);
		return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
	});
