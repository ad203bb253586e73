/** A small stack with one of everything that questions can be: unions, nested unions, secrets, lists, records, defaults from host, stack and other answers. */
import {z} from 'zod';
import {
	absolutePath,
	dn,
	hostName,
	hostOrAddress,
	oneLine,
	pgIdentifier,
	port,
	secret,
	sha256,
	timeZone,
	unixName,
	url,
} from '#answers/questions/questions.ts';
import type {FactsOf} from '#answers/resolve/resolve-answers.ts';
import type {Fact} from '#model/host.ts';
import {defineStack, defineStep} from '#model/step.ts';

const domain: Fact<string> = {id: 'domain', read: async () => 'example.org'};

export const directory = defineStep({
	id: 'directory',
	title: 'Directory',
	about: 'Users live in LDAP.',
	guide: 'LDAP Container',
	facts: {domain},
	questions: z
		.discriminatedUnion('mode', [
			z.strictObject({
				mode: z.literal('local').meta({title: 'On this host'}),
				baseDn: dn().meta({title: 'Base DN', help: 'Everything stands below it.', example: 'dc=example,dc=org'}),
				adminPassword: secret({generate: 'default'}).meta({title: 'Password of cn=admin'}),
				listen: z
					.enum(['loopback', 'all'])
					.default('loopback')
					.meta({
						title: 'Where it listens',
						from: 'setup',
						choices: {loopback: 'this host only', all: 'every address'},
					}),
			}),
			z.strictObject({
				mode: z.literal('existing').meta({title: 'A server that runs already'}),
				uri: url({protocols: ['ldap', 'ldaps']}).meta({title: 'Server', example: 'ldaps://ldap.example.org'}),
				baseDn: dn().meta({title: 'Base DN'}),
				bindPassword: secret({min: 4, generate: 'never'}).meta({title: 'Password to bind with'}),
			}),
		])
		.meta({title: 'Where the directory is', help: 'An existing one is only read.'}),
	defaults: ({facts}) => ({
		baseDn: {
			value: facts.domain
				.split('.')
				.map(label => `dc=${label}`)
				.join(','),
			from: 'this host',
		},
	}),
	offers: answers => ({
		directory: {
			local: answers.mode === 'local',
			uri: answers.mode === 'local' ? 'ldap://127.0.0.1/' : answers.uri,
			startTls: false,
			base: answers.baseDn,
			bindDn: `cn=admin,${answers.baseDn}`,
			password: answers.mode === 'local' ? answers.adminPassword : answers.bindPassword,
		},
	}),
	resources: () => [],
});

export const database = defineStep({
	id: 'database',
	title: 'Database',
	about: 'What the application keeps.',
	guide: 'Postgres Container',
	questions: z.strictObject({
		name: pgIdentifier().default('app').meta({title: 'Database', from: 'guide'}),
		password: secret({min: 12, generate: 'default'}).meta({title: 'Password of the role'}),
		server: z
			.discriminatedUnion('kind', [
				z.strictObject({kind: z.literal('socket')}),
				z.strictObject({
					kind: z.literal('tcp'),
					host: hostOrAddress().default('127.0.0.1').meta({title: 'Server'}),
					port: port().default(5432).meta({title: 'Port', from: 'guide'}),
				}),
			])
			.prefault({kind: 'tcp'})
			.meta({title: 'How it is reached'}),
		pool: z
			.strictObject({
				size: z.int().min(1).max(100).default(4).meta({title: 'Connections'}),
				wait: z.number().optional().meta({title: 'Seconds to wait'}),
			})
			.meta({title: 'Pool'}),
	}),
	offers: ({name, password}) => ({
		database: {kind: 'postgres', local: true, host: '127.0.0.1', port: 5432, name, role: name, password},
	}),
	resources: () => [],
});

export const application = defineStep({
	id: 'application',
	title: 'Application',
	about: 'The code and its settings.\nSecond line.',
	guide: 'Django',
	uses: {ldap: 'directory', database: 'database'},
	questions: z.strictObject({
		hostName: hostName().meta({title: 'Name of the site', example: 'www.example.org'}),
		user: unixName().default('app').meta({title: 'User', from: 'guide'}),
		home: absolutePath().default('/srv/app').meta({title: 'Home', from: 'guide'}),
		searchBase: dn().meta({title: 'Where users are searched'}),
		timeZone: timeZone().default('UTC').meta({title: 'Time zone'}),
		debug: z.boolean().default(false).meta({title: 'Debug mode'}),
		source: sha256().optional().meta({title: 'Checksum'}),
		aliases: z.array(hostName()).max(3).default([]).meta({title: 'Further names'}),
		settings: z.record(z.string(), z.json()).default({}).meta({title: 'Further settings'}),
		users: z
			.array(z.strictObject({name: unixName(), password: secret()}))
			.default([])
			.meta({title: 'First users'}),
		tls: z
			.strictObject({
				certificate: absolutePath().meta({title: 'Certificate', example: '/etc/ssl/certs/app.pem'}),
				key: secret({multiline: true, min: 20, generate: 'never'}).meta({title: 'Key'}),
			})
			.optional()
			.meta({title: 'TLS'}),
		title: oneLine({max: 80}).nullable().default(null).meta({title: 'Title'}),
	}),
	defaults: ({uses}) => ({searchBase: {value: `ou=users,${uses.ldap.base}`, from: 'directory.baseDn'}}),
	resources: () => [],
});

export const stack = defineStack({
	id: 'small',
	title: 'A small stack',
	about: 'For tests.',
	guide: 'small.md',
	steps: [directory, database, application],
	defaults: {'database.server.port': 5433, 'application.user': 'small'},
});

export const facts: FactsOf = async () => ({domain: 'example.org'});

/** The least that loads. */
export const least = 'version: 1\nstack: small\napplication:\n  hostName: www.example.org\n';
