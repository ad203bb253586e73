/** PostgreSQL for an application: on this host, or a server that runs already. */
import {z} from 'zod';
import {hostOrAddress, pgIdentifier, port, secret} from '#answers/questions/questions.ts';
import type {PostgresServer} from '#host/postgres/client.ts';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {hostsNames} from '#resources/files/hosts-names.ts';
import {postgresDatabase} from '#resources/postgres/database.ts';
import {postgresLogin} from '#resources/postgres/login.ts';
import {postgresRole} from '#resources/postgres/role.ts';
import {postgresSetting} from '#resources/postgres/setting.ts';
import {unit} from '#resources/units/unit.ts';
import {portFree} from './probes/port-free.ts';
import {postgresLogin as loginProbe} from './probes/postgres.ts';
import {serverAnswers} from './probes/server.ts';
import {localName} from './shared/local-name.ts';

export type PostgresOptions = {
	/** Default of database and role. */
	readonly name: string;
	/** Default of the name by which the application finds a server on this host. */
	readonly hostName: string;
	readonly guide: string;
};

const common = (name: string) => ({
	database: pgIdentifier().default(name).meta({title: 'Database', help: 'UTF-8, owned by the role.', from: 'guide'}),
	role: pgIdentifier().default(name).meta({
		title: 'Role of the application',
		help: 'It owns the database and logs in with the password below; it is no superuser.',
		from: 'guide',
	}),
});

/** The application's database: a role with a SCRAM password and a database that it owns, proven by logging in over TCP as the application does. */
export const postgres = ({name, hostName, guide}: PostgresOptions) =>
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
					...common(name),
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
					...common(name),
					password: secret({generate: 'never'}).meta({
						title: 'Password of the role',
						help: 'Written into the settings of the application.',
					}),
					tls: z.enum(['off', 'require', 'verify']).default('require').meta({
						title: 'TLS',
						help: "'verify' also asks for a certificate that this host trusts; 'off' sends everything in the clear.",
						from: 'setup',
					}),
				}),
			])
			.meta({title: 'Database server', help: 'Where the accounts and shares of the application are kept.'}),
		probes: answers =>
			answers.mode === 'local'
				? [portFree(5432, {ours: ['postgres'], about: ['mode']})]
				: [
						serverAnswers({id: 'server', about: ['host', 'port'], host: answers.host, port: answers.port}),
						loginProbe({...answers, user: answers.role, password: [answers.password]}, [
							'host',
							'port',
							'database',
							'role',
							'password',
							'tls',
						]),
					],
		offers: answers => ({
			database: {
				kind: 'postgres',
				local: answers.mode === 'local',
				...(answers.mode === 'local' ? {host: answers.hostName, port: 5432} : {host: answers.host, port: answers.port}),
				name: answers.database,
				role: answers.role,
				password: answers.password,
			},
		}),
		expects: answers => ({
			'postgres.application': {
				...(answers.mode === 'local'
					? {host: '127.0.0.1', port: 5432, tls: 'off'}
					: {host: answers.host, port: answers.port, tls: answers.tls}),
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
						{host: answers.host, port: answers.port, database, user: role, password, tls: answers.tls},
						{provides: ['done:database'], reach: 'remote'},
					),
				];
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
