import {z} from 'zod';
import {oneLine, port, secret, url} from '#answers/questions/questions.ts';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {ccUser} from '#resources/cc-server/cc-user.ts';
import {absent} from '#resources/files/absent.ts';
import {file} from '#resources/files/file.ts';
import {closedPorts, tableOf} from '#resources/firewall/closed-ports.ts';
import {portFree} from '#steps/probes/port-free.ts';
import {configToml} from '../config-toml.ts';

const seconds = (standard: number) => z.int().min(1).max(31_536_000).default(standard);

const notified = () =>
	url({protocols: ['https', 'http']}).meta({
		title: 'Address',
		help: 'It gets the POST.',
		example: 'https://example.org/nodes',
	});

/** config.toml, whole, for CC-Server alone; and the account that enters first. */
export const configuration = defineStep({
	id: 'configuration',
	title: 'Settings and accounts',
	about:
		"config.toml, complete and readable by CC-Server alone, with secrets of its own in place of the samples', and the administrator, made by the program's own script. A file in the home directory would win over it.",
	guide: 'CC-Server: Configuration; Create User Accounts',
	uses: {app: 'ccServer', database: 'database', image: 'ccImage', site: 'ccSite', engines: 'ccNodes'},
	questions: z
		.strictObject({
			admin: z
				.string()
				.regex(/^[\w.-]{1,64}$/, {error: 'must be letters, digits, . - and _'})
				.default('admin')
				.meta({title: 'Administrator', help: 'May see and cancel the tasks of others.', from: 'setup'}),
			password: secret({generate: 'default'}).meta({
				title: 'Password of the administrator',
				help: 'Never empty, which the script would take.',
				from: 'setup',
			}),
			ipcSecret: secret({generate: 'default', min: 16}).meta({
				title: 'Secret between its processes',
				help: 'Whoever has it runs code in them.',
				from: 'setup',
			}),
			teePort: port().min(1024).default(14_736).meta({
				title: 'Port of the log process',
				help: 'It listens on every address.',
				from: 'guide',
			}),
			workerPort: port().min(1024).default(14_737).meta({
				title: 'Port of the worker',
				help: 'It listens on every address.',
				from: 'guide',
			}),
			closePorts: z.boolean().default(true).meta({
				title: 'Close both ports to others',
				help: 'By a table of nftables of their own, which touches no other rule. No: a firewall of yours does it.',
				from: 'guide',
			}),
			suppressStdout: z.boolean().default(true).meta({
				title: "Nothing into Apache's error log",
				help: 'What CC-Server tells is in its own log all the same.',
				from: 'guide',
			}),
			deadNodeInvalidation: z.boolean().default(false).meta({
				title: 'Leave out nodes that do not answer',
				help: 'A broken node gets no tasks. With one node, none does then, until the next start.',
				from: 'setup',
			}),
			notification: z
				.discriminatedUnion('send', [
					z.strictObject({send: z.literal('no').meta({title: 'Nobody'})}),
					z.strictObject({send: z.literal('plain').meta({title: 'An address'}), url: notified()}),
					z.strictObject({
						send: z.literal('login').meta({title: 'An address that asks for a password'}),
						url: notified(),
						user: oneLine({max: 200}).meta({title: 'User there', help: 'By HTTP Basic.', example: 'cc'}),
						password: secret({generate: 'never'}).meta({title: 'Password there', help: 'Written into config.toml.'}),
					}),
				])
				.prefault({send: 'no'})
				.meta({
					title: 'Who is told of a node that is left out',
					help: 'By a POST with its name; only where such nodes are left out.',
					from: 'guide',
				}),
			threadLimit: z.int().min(1).max(256).default(8).meta({
				title: 'Threads that ask the engine at once',
				help: 'More is faster, and met bugs of Docker.',
				from: 'guide',
			}),
			apiTimeout: seconds(30).meta({
				title: 'Seconds for an answer of the engine',
				help: 'Then the node counts as broken.',
				from: 'guide',
			}),
			schedulingSeconds: seconds(60).meta({
				title: 'Seconds between looks at the containers',
				help: 'For those that ended unexpectedly.',
				from: 'guide',
			}),
			containerRam: z
				.int()
				.min(16)
				.max(1_048_576)
				.default(512)
				.meta({title: 'Memory of a data container, in MB', help: 'What the scheduler reckons with.', from: 'guide'}),
			allocation: z.enum(['spread', 'binpack']).default('spread').meta({
				title: 'Where containers go',
				help: 'To the node with the most free memory, or with the least that is enough.',
				from: 'guide',
			}),
			taskTrials: z
				.int()
				.min(1)
				.max(100)
				.default(3)
				.meta({title: 'Trials of a task', help: 'Then it has failed.', from: 'guide'}),
			loginAttempts: z.int().min(1).max(1000).default(3).meta({
				title: 'Wrong passwords before a user is blocked',
				help: 'The right one is refused as well then.',
				from: 'guide',
			}),
			blockSeconds: seconds(120).meta({title: 'Seconds of the block', help: 'Of that user.', from: 'guide'}),
			tokenSeconds: seconds(172_800).meta({
				title: 'Seconds that a token is valid',
				help: 'It stands for the password.',
				from: 'guide',
			}),
		})
		.refine(answers => answers.teePort !== answers.workerPort, {
			path: ['workerPort'],
			error: 'must be another port than that of the log process',
		}),
	probes: ({teePort, workerPort}) => [
		portFree(teePort, {ours: ['apache2'], about: ['teePort']}),
		portFree(workerPort, {ours: ['apache2'], about: ['workerPort']}),
	],
	offers: ({admin, password}, {uses: {app}}) => ({ccConfig: {path: `${app.repository}/config.toml`, admin, password}}),
	expects: ({closePorts, teePort, workerPort}) =>
		closePorts ? {'host.ports': {table: tableOf('cc-server'), ports: [teePort, workerPort]}} : {},
	resources: (answers, {uses: {app, database, image, site, engines}}) => {
		const path = `${app.repository}/config.toml`;
		const {admin, password, ...rest} = answers;
		const login = {user: database.role, password: [database.password], database: database.name};
		return [
			...(answers.closePorts
				? [
						aptPackages(
							{names: ['nftables'], recommends: false},
							{id: 'apt:ports', needs: ['done:requirements', 'done:dpkg-consistent']},
						),
						...closedPorts({name: 'cc-server', ports: [answers.teePort, answers.workerPort]}),
					]
				: []),
			absent({path: `${app.home}/.config/curious-containers/config.toml`}),
			file(
				{
					path,
					text: configToml({
						...rest,
						host: `https://${site.containersHost}/cc`,
						logDirectory: `${app.home}/log`,
						mongo: {
							user: database.role,
							password: database.password,
							host: database.host,
							port: database.port,
							database: database.name,
						},
						image: image.reference,
						registry: image.login,
						nodes: engines.nodes,
						network: engines.network,
					}),
					mode: 0o640,
					owner: `${app.user}:${app.user}`,
					secretFile: true,
				},
				{
					needs: [`path:${app.repository}/wsgi.py`],
					provides: ['done:cc-config'],
					owes: [{unit: 'apache2.service', do: 'restart'}],
				},
			),
			ccUser(
				{
					name: admin,
					password: [password],
					admin: true,
					checkout: app.repository,
					python: app.python,
					as: app.user,
					mongo: {host: database.host, port: database.port, login},
				},
				{
					needs: ['done:cc-config', 'done:python', 'done:database', `path:${app.repository}/scripts/create_user`],
					provides: ['done:cc-admin'],
				},
			),
		];
	},
});
