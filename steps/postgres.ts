/** PostgreSQL for an application: on this host, or a server that runs already. */
import {z} from 'zod';
import {absolutePath, hostOrAddress, pgIdentifier, port, secret} from '#answers/questions/questions.ts';
import type {PostgresServer} from '#host/postgres/client.ts';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {hostsNames} from '#resources/files/hosts-names.ts';
import {postgresDatabase} from '#resources/postgres/database.ts';
import {postgresLogin} from '#resources/postgres/login.ts';
import {postgresOwner} from '#resources/postgres/owner.ts';
import {postgresRole} from '#resources/postgres/role.ts';
import {postgresSetting} from '#resources/postgres/setting.ts';
import {unit} from '#resources/units/unit.ts';
import {portFree} from './probes/port-free.ts';
import {postgresLogin as loginProbe, postgresAdministrator} from './probes/postgres.ts';
import {serverAnswers} from './probes/server.ts';
import {localName} from './shared/local-name.ts';

export type PostgresOptions = {
	/** Default of the database, and of the role where that has no other. */
	readonly name: string;
	readonly role?: string;
	/** Default of the name by which the application finds a server on this host. */
	readonly hostName: string;
	readonly guide: string;
};

const common = (name: string, role = name) => ({
	database: pgIdentifier().default(name).meta({title: 'Database', help: 'UTF-8, owned by the role.', from: 'guide'}),
	role: pgIdentifier().default(role).meta({
		title: 'Role of the application',
		help: 'It owns the database and logs in with the password below; it is no superuser.',
		from: 'guide',
	}),
});

const tls = () =>
	z.enum(['off', 'require', 'verify']).default('require').meta({
		title: 'TLS',
		help: "'verify' also asks for a certificate that this host trusts; 'off' sends everything in the clear.",
		from: 'setup',
	});

const authority = () =>
	absolutePath().optional().meta({
		reads: 'path',
		title: 'Certificates that vouch for it',
		help: "PEM; for 'verify'. RDS has a bundle of its own. Without it those that this host trusts.",
		example: '/etc/ssl/rds-global-bundle.pem',
	});

type Tls = 'off' | 'require' | 'verify';

const remote = ({host, port, tls, ca}: {host: string; port: number; tls: Tls; ca?: string | undefined}) => ({
	host,
	port,
	tls,
	...(ca !== undefined && {ca}),
});

/** What Django asks a session for, as defaults of the role, so that it need not ask each time. */
const djangoDefaults = {
	client_encoding: 'UTF8',
	default_transaction_isolation: 'read committed',
	timezone: 'UTC',
} as const;

/** The application's database: a role with a SCRAM password and a database that it owns, proven by logging in over TCP as the application does. */
export const postgres = ({name, role, hostName, guide}: PostgresOptions) =>
	defineStep({
		id: 'postgres',
		title: 'PostgreSQL',
		about:
			'A role with a SCRAM password and a UTF-8 database that it owns, on this host or on a server that runs already; proven by a login over TCP.',
		guide,
		questions: z
			.discriminatedUnion('mode', [
				z.strictObject({
					mode: z.literal('local').meta({title: 'PostgreSQL on this host'}),
					...common(name, role),
					password: secret({generate: 'default'}).meta({
						title: 'Password of the role',
						help: 'Written into the settings of the application.',
						from: 'setup',
					}),
					hostName: localName(hostName, 'Name under which the application finds the database'),
				}),
				z.strictObject({
					mode: z.literal('existing').meta({title: 'A server that runs already'}),
					host: hostOrAddress().meta({
						title: 'Server',
						help: 'Where it answers; a login is tried at once, and changes nothing.',
						example: 'db.example.org',
					}),
					port: port().default(5432).meta({title: 'Port', help: 'On which it answers.', from: 'PostgreSQL'}),
					...common(name, role),
					password: secret({generate: 'never'}).meta({
						title: 'Password of the role',
						help: 'Written into the settings of the application.',
					}),
					tls: tls(),
					ca: authority(),
				}),
				z.strictObject({
					mode: z.literal('administered').meta({
						title: 'A server elsewhere whose administrator you are',
						help: 'Such as RDS: the role is made, and the database becomes its own.',
					}),
					host: hostOrAddress().meta({
						title: 'Server',
						help: 'Where it answers.',
						example: 'db.abc.us-west-2.rds.amazonaws.com',
					}),
					port: port().default(5432).meta({title: 'Port', help: 'On which it answers.', from: 'PostgreSQL'}),
					tls: tls(),
					ca: authority(),
					administrator: pgIdentifier().default('postgres').meta({
						title: 'Administrator',
						help: 'A role that may make roles and databases; it need be no superuser.',
						from: 'PostgreSQL',
					}),
					administratorPassword: secret({generate: 'never', once: true}).meta({
						title: 'Its password',
						help: 'Used to make the role and to hand over the database, and kept nowhere: not in the state, and not by the application.',
					}),
					...common(name, role),
					password: secret({generate: 'default'}).meta({
						title: 'Password of the role',
						help: 'Written into the settings of the application.',
						from: 'setup',
					}),
					createDatabases: z.boolean().default(true).meta({
						title: 'May the role make databases?',
						help: "Django's test runner makes one for itself; serving needs none.",
						from: 'guide',
					}),
				}),
			])
			.meta({title: 'Database server', help: 'Where the accounts and shares of the application are kept.'}),
		probes: answers =>
			answers.mode === 'local'
				? [portFree(5432, {ours: ['postgres'], about: ['mode']})]
				: [
						serverAnswers({id: 'server', about: ['host', 'port'], host: answers.host, port: answers.port}),
						answers.mode === 'administered'
							? postgresAdministrator(
									{
										...remote(answers),
										database: 'postgres',
										user: answers.administrator,
										password: [answers.administratorPassword],
									},
									['host', 'port', 'tls', 'administrator', 'administratorPassword'],
								)
							: loginProbe(
									{...remote(answers), database: answers.database, user: answers.role, password: [answers.password]},
									['host', 'port', 'database', 'role', 'password', 'tls'],
								),
					],
		offers: answers => ({
			database: {
				kind: 'postgres',
				local: answers.mode === 'local',
				...(answers.mode === 'local' ? {host: answers.hostName, port: 5432} : {host: answers.host, port: answers.port}),
				name: answers.database,
				role: answers.role,
				password: answers.password,
				...(answers.mode !== 'local' && {tls: answers.tls}),
				...(answers.mode !== 'local' && answers.ca !== undefined && {ca: answers.ca}),
			},
		}),
		expects: answers => ({
			'postgres.application': {
				...(answers.mode === 'local'
					? {host: '127.0.0.1', port: 5432, tls: 'off'}
					: {
							host: answers.host,
							port: answers.port,
							tls: answers.tls,
							...(answers.ca !== undefined && {ca: answers.ca}),
						}),
				role: answers.role,
				database: answers.database,
				password: answers.password,
			},
		}),
		resources: answers => {
			const {database, role} = answers;
			const password = [answers.password];
			if (answers.mode === 'existing')
				return [
					postgresLogin(
						{...remote(answers), database, user: role, password},
						{provides: ['done:database'], reach: 'remote'},
					),
				];
			if (answers.mode === 'administered') {
				const server = remote(answers);
				return [
					postgresOwner({
						server,
						administrator: {user: answers.administrator, password: [answers.administratorPassword]},
						role,
						password,
						database,
						createDatabases: answers.createDatabases,
						defaults: djangoDefaults,
					}),
					postgresLogin(
						{...server, database, user: role, password},
						{needs: [`database:${database}`], provides: ['done:database'], reach: 'remote'},
					),
				];
			}
			const server: PostgresServer = {kind: 'local'};
			return [
				aptPackages(
					{names: ['postgresql']},
					{id: 'apt:postgresql', needs: ['done:requirements', 'done:dpkg-consistent']},
				),
				unit({name: 'postgresql.service', enabled: true, running: true}, {needs: ['package:postgresql']}),
				hostsNames({address: '127.0.0.1', names: [answers.hostName]}),
				postgresSetting({settings: {password_encryption: 'scram-sha-256'}}),
				postgresRole({server, name: role, password}),
				postgresDatabase({server, name: database, owner: role}),
				postgresLogin(
					{host: '127.0.0.1', port: 5432, database, user: role, password},
					{needs: [`role:${role}`, `database:${database}`], provides: ['done:database']},
				),
			];
		},
	});
