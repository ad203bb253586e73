import {z} from 'zod';
import {email, hostName, oneLine, port, secret} from '#answers/questions/questions.ts';
import type {PyLiteral} from '#edit/python/settings.ts';
import {hostNames} from '#host/system/host-names.ts';
import type {Offers} from '#model/offers.ts';
import type {Resource} from '#model/resource.ts';
import {quoteText, type Secret, type Text} from '#model/secret.ts';
import {defineStep} from '#model/step.ts';
import {directory} from '#resources/files/directory.ts';
import {edit} from '#resources/files/edit.ts';
import {instance as madeOnce} from '#resources/made-once/instance.ts';
import {literalOf} from '#steps/shared/python-value.ts';
import {redisLetsIn} from '#steps/shared/redis-accounts.ts';
import {firstUnfit, inAscii, usable} from './usable-passwords.ts';

/** One deployment: `weblab-admin create` makes it, once, because it empties the database that it is given. */
export const instance = defineStep({
	id: 'instance',
	title: 'Instance',
	about:
		'weblab-admin create, once and never with --force: it empties the database it is given. Then the settings that may change, in core_host_config.py: the address of the site, the passwords, the cores and the laboratory on this host alone.',
	guide:
		'WebLab-Deusto: Scheduling; Database; Step 2: prepare WebLab for being used as a service; Secure the communications (core_server_url)',
	uses: {app: 'weblab', database: 'database', scheduling: 'scheduling'},
	facts: {hostNames},
	questions: z.strictObject({
		name: z
			.string()
			.regex(/^[a-z][a-z0-9_-]{0,30}$/, {error: 'must be a short name of a-z, 0-9, - and _'})
			.default('example')
			.meta({title: 'Name of the instance', help: 'Its folder, and its program in supervisor.', from: 'guide'}),
		host: hostName().meta({
			title: 'Name of the site',
			help: 'As browsers ask for it; the certificate must be for it.',
			example: 'weblab.example.org',
		}),
		base: z
			.string()
			.regex(/^(\/[A-Za-z0-9_-]+)*$/, {error: 'must be empty, or a path such as /deusto'})
			.default('')
			.meta({
				title: 'Path in front of /weblab/',
				help: 'Empty for https://NAME/weblab/. Decided when the instance is made.',
				from: 'program',
			}),
		admin: z
			.string()
			.regex(/^[\w.-]{1,32}$/, {error: 'must be at most 32 letters, digits, . - and _'})
			.default('admin')
			.meta({title: 'Login of the administrator', help: 'It enters /weblab/admin/.', from: 'program'}),
		adminName: oneLine({max: 200})
			.default('Administrator')
			.meta({title: 'Name of the administrator', help: 'As others see it.', from: 'program'}),
		mail: email().meta({
			title: 'E-mail of the administrator',
			help: 'Where WebLab-Deusto writes to.',
			example: 'admin@example.org',
		}),
		password: secret({generate: 'default'}).meta({
			title: 'Password of the administrator',
			help: "Never the program's own default, which is in its documentation. Taken when the instance is made; later it is changed on the site.",
			from: 'setup',
		}),
		cores: z.int().min(1).max(64).default(1).meta({
			title: 'Core servers',
			help: 'Processes that answer; one for each processor where many come at once. Decided when the instance is made.',
			from: 'performance page',
		}),
		firstPort: port().max(65_400).default(10_000).meta({
			title: 'First port',
			help: 'Cores, laboratories and debuggers take it and the ones behind it, on this host alone. Decided when the instance is made.',
			from: 'program',
		}),
		httpPort: port().optional().meta({
			title: "Port of WebLab-Deusto's own web server",
			help: 'For trying it out without Apache, as the guide does; left out there is none. Decided when the instance is made.',
			example: 12_345,
		}),
		identifier: oneLine({max: 200}).default('Generic system; not identified').meta({
			title: 'What this system is called',
			help: 'For other WebLab-Deustos that it shares laboratories with.',
			from: 'program',
		}),
		laboratory: z.boolean().default(true).meta({
			title: 'A laboratory to try it with',
			help: 'The program makes one called dummy; the proof at the end uses it.',
			from: 'program',
		}),
		debug: z.boolean().default(false).meta({
			title: 'Debug mode',
			help: 'The program has it on by default: pages then show code to strangers.',
			from: 'setup',
		}),
	}),
	defaults: ({facts}) => {
		const name = facts.hostNames.find(one => one.includes('.'));
		return name === undefined ? {} : {host: {value: name, from: 'this host'}};
	},
	probes: ({name, password}, {uses: {app, database, scheduling}}) => [
		{
			id: 'passwords',
			about: ['password'],
			title: 'Passwords that WebLab-Deusto can take',
			decides: [`done:instance:${app.home}/deployments/${name}`],
			run: async () => firstUnfit(password, database, scheduling),
		},
		...(scheduling.by === 'redis' && !scheduling.shut
			? [redisLetsIn(app.user, [`done:instance:${app.home}/deployments/${name}`])]
			: []),
	],
	offers: (answers, {uses: {app}}) => ({
		weblabInstance: {
			name: answers.name,
			deployments: `${app.home}/deployments`,
			directory: `${app.home}/deployments/${answers.name}`,
			host: answers.host,
			base: answers.base,
			admin: answers.admin,
			password: answers.password,
			laboratory: answers.laboratory,
			ports: Array.from({length: answers.cores}, (_, at) => answers.firstPort + at),
			// Its process takes the one behind those of the cores.
			laboratories: answers.laboratory ? [answers.firstPort + answers.cores] : [],
		},
	}),
	resources: (answers, {uses: {app, database, scheduling}}) => {
		const deployments = `${app.home}/deployments`;
		const at = `${deployments}/${answers.name}`;
		const config = `${at}/core_host_config.py`;
		const owner = `${app.user}:${app.user}`;
		const fixed = {
			'the path in front': answers.base === '' ? '(none)' : answers.base,
			cores: String(answers.cores),
			'the first port': String(answers.firstPort),
			scheduler: scheduling.by,
			laboratory: answers.laboratory ? 'yes' : 'no',
			"the program's own web server": answers.httpPort === undefined ? '(none)' : String(answers.httpPort),
			// Another database is an empty one: moving what is in it is no setting.
			'the database': database.name,
			...(scheduling.by === 'mysql' && {'the scheduling database': scheduling.database}),
			// The program keeps both in its database; they are changed on the site.
			'the login of the administrator': answers.admin,
			'the name of the administrator': answers.adminName,
		};
		return [
			directory({path: deployments, mode: 0o755, owner}, {holdsData: true}),
			madeOnce(
				{
					directory: at,
					user: app.user,
					python: `${app.environment}/bin/python`,
					program: `${app.environment}/bin/weblab-admin`,
					arguments: createArguments(answers, database, scheduling),
					marks: ['configuration.yml', 'core_host_config.py', 'run.py', 'httpd/apache_weblab_generic.conf'],
					databases: [database.name, ...(scheduling.by === 'mysql' ? [scheduling.database] : [])],
					fixed,
					changeable:
						'The name of the site, its e-mail, what this system is called, debug mode, and accounts and passwords of the databases and of Redis may change; the administrator is changed on the site, at /weblab/admin/.',
				},
				{needs: [app.installed, 'done:database', scheduling.ready], provides: [`path:${config}`]},
			),
			edit(
				{
					path: config,
					format: 'python',
					mode: 0o640,
					settings: Object.entries(settingsOf(answers, database, scheduling)).map(([name, value]) => ({
						path: [name],
						value,
						language: 2 as const,
					})),
				},
				{needs: [`done:instance:${at}`], provides: ['done:instance-settings']},
			),
			...(answers.laboratory ? [laboratoryHere(at)] : []),
		];
	},
});

/** Its process takes commands from whoever reaches its port: without a bind, on every address. */
const laboratoryHere = (at: string): Resource => {
	const [process, component] = ['laboratory1', 'laboratory1'];
	return edit(
		{
			path: `${at}/configuration.yml`,
			format: 'yaml',
			settings: [
				{
					path: ['hosts', 'core_host', 'processes', process, 'components', component, 'protocols', 'bind'],
					value: {text: ['127.0.0.1']},
				},
			],
		},
		{needs: [`done:instance:${at}`], provides: ['done:laboratory-here']},
	);
};

type Answers = {
	readonly name: string;
	readonly host: string;
	readonly base: string;
	readonly admin: string;
	readonly adminName: string;
	readonly mail: string;
	readonly password: Secret;
	readonly cores: number;
	readonly firstPort: number;
	readonly httpPort?: number | undefined;
	readonly identifier: string;
	readonly laboratory: boolean;
	readonly debug: boolean;
};

/** The options of `weblab-admin create`; it prints and takes passwords as arguments, so they go there in another way (see the resource). */
const createArguments = (
	answers: Answers,
	database: Offers['database'],
	scheduling: Offers['scheduling'],
): readonly Text[] => {
	const plain = (option: string, value: string | number): Text => [`--${option}=${value}`];
	const hidden = (option: string, value: Secret, what: string): Text => [`--${option}=`, ...usable(value, what)];
	return [
		['create'],
		[answers.name],
		['--not-interactive'],
		plain('db-engine', 'mysql'),
		plain('db-name', database.name),
		plain('db-host', database.host),
		plain('db-port', database.port),
		plain('db-user', database.role),
		hidden('db-passwd', database.password, 'the database'),
		...(scheduling.by === 'redis'
			? [
					plain('coordination-engine', 'redis'),
					plain('coordination-redis-db', scheduling.number),
					plain('coordination-redis-host', '127.0.0.1'),
					plain('coordination-redis-port', 6379),
					...(scheduling.password === undefined
						? []
						: [hidden('coordination-redis-passwd', scheduling.password, 'Redis')]),
				]
			: [
					plain('coordination-engine', 'sql'),
					plain('coordination-db-engine', 'mysql'),
					plain('coordination-db-name', scheduling.database),
					plain('coordination-db-host', 'localhost'),
					plain('coordination-db-port', 3306),
					plain('coordination-db-user', scheduling.user),
					hidden('coordination-db-passwd', scheduling.password, 'the scheduling database'),
				]),
		plain('cores', answers.cores),
		plain('start-port', answers.firstPort),
		...(answers.httpPort === undefined ? [] : [plain('http-server-port', answers.httpPort)]),
		...(answers.laboratory ? [] : [['--no-lab']]),
		plain('server-host', answers.host),
		['--enable-https'],
		...(answers.base === '' ? [] : [plain('base-url', answers.base)]),
		plain('system-identifier', answers.identifier),
		['--ignore-locations'],
		plain('admin-user', answers.admin),
		plain('admin-name', answers.adminName),
		plain('admin-mail', answers.mail),
		[`--admin-password=`, ...quoteText([answers.password], inAscii)],
	];
};

/** What may change later, by its name in core_host_config.py. */
const settingsOf = (
	answers: Answers,
	database: Offers['database'],
	scheduling: Offers['scheduling'],
): Readonly<Record<string, PyLiteral>> => ({
	db_host: literalOf(database.host),
	db_port: literalOf(database.port),
	db_database: literalOf(database.name),
	weblab_db_username: literalOf(database.role),
	weblab_db_password: {text: usable(database.password, 'the database')},
	debug_mode: literalOf(answers.debug),
	core_universal_identifier_human: literalOf(answers.identifier),
	server_hostaddress: literalOf(answers.host),
	server_admin: literalOf(answers.mail),
	core_server_url: literalOf(`https://${answers.host}${answers.base}/weblab/`),
	// Else the cores listen on every address, in clear.
	core_facade_bind: literalOf('127.0.0.1'),
	...(scheduling.by === 'redis'
		? {
				coordinator_redis_db: literalOf(scheduling.number),
				coordinator_redis_host: literalOf('127.0.0.1'),
				coordinator_redis_port: literalOf(6379),
				coordinator_redis_password:
					scheduling.password === undefined ? {none: true as const} : {text: usable(scheduling.password, 'Redis')},
			}
		: {
				core_coordinator_db_name: literalOf(scheduling.database),
				core_coordinator_db_username: literalOf(scheduling.user),
				core_coordinator_db_password: {text: usable(scheduling.password, 'the scheduling database')},
			}),
});
