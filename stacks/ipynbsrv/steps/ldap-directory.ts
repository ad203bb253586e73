import {z} from 'zod';
import {absolutePath, dn, oneLine, secret, url} from '#answers/questions/questions.ts';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {debconf} from '#resources/apt/debconf.ts';
import {edit} from '#resources/files/edit.ts';
import {hostsNames} from '#resources/files/hosts-names.ts';
import {directoryAccess} from '#resources/ldap/access.ts';
import {ldapConfig} from '#resources/ldap/config.ts';
import {ldapDatabase} from '#resources/ldap/database.ts';
import {passwordModule} from '#resources/ldap/hashing.ts';
import {unit} from '#resources/units/unit.ts';
import {certificatePair} from '#steps/probes/files.ts';
import {ldapBind, ldapEntries} from '#steps/probes/ldap.ts';
import {portFree} from '#steps/probes/port-free.ts';
import {serverAnswers, serverOf} from '#steps/probes/server.ts';
import {localName} from '#steps/shared/local-name.ts';
import {directoryEntries, firstUser} from './directory-entries.ts';

const gid = z.int().min(1000, {error: 'must be 1000 or more: lower numbers belong to the system'}).max(4_000_000_000);

const tls = z.discriminatedUnion('use', [
	z.strictObject({
		use: z.literal('no').meta({title: 'No TLS', help: 'Enough while the directory listens on this host only.'}),
	}),
	z.strictObject({
		use: z.literal('certificate').meta({title: 'With a certificate'}),
		certificate: absolutePath().meta({
			reads: 'path',
			title: 'Certificate (PEM)',
			help: 'For the name under which clients reach the directory.',
			example: '/etc/ssl/certs/ldap.pem',
		}),
		key: absolutePath().meta({
			reads: 'path',
			title: 'Private key (PEM), readable by the group openldap',
			help: 'slapd runs as openldap and has to read it.',
			example: '/etc/ssl/private/ldap.key',
		}),
		ca: absolutePath().optional().meta({
			reads: 'path',
			title: 'Chain (PEM)',
			help: 'The authorities between the certificate and one that clients know.',
			example: '/etc/ssl/certs/ldap-ca.pem',
		}),
	}),
]);

/** The centralized account directory, with a first group and a first user in it. */
export const ldapDirectory = defineStep({
	id: 'ldap-directory',
	title: 'LDAP directory',
	about:
		'A directory for the accounts: base, ou=users, ou=groups, a first group and a first user. On this host (slapd), or a server that runs already.',
	guide: 'ipynbsrv: LDAP Container; User Management',
	questions: z
		.discriminatedUnion('mode', [
			z.strictObject({
				mode: z.literal('local').meta({title: 'slapd on this host'}),
				baseDn: dn().default('dc=ipynbsrv,dc=ldap').meta({
					title: 'Base DN',
					help: 'The application has it in its own code as well; another one needs changes there.',
					from: 'guide',
				}),
				organization: oneLine({max: 128})
					.default('ipynbsrv')
					.meta({title: 'Organization', help: 'The name that the top entry of the directory shows.', from: 'guide'}),
				hostName: localName('ipynbsrv.ldap', 'Name under which the application finds the directory'),
				adminPassword: secret({generate: 'default'}).meta({
					title: 'Password of cn=admin',
					help: 'Changes everything in the directory; the application binds with it.',
					from: 'setup',
				}),
				listen: z
					.enum(['this-host', 'everywhere'])
					.default('this-host')
					.meta({title: 'Where it listens', help: "'everywhere' wants a certificate and a firewall.", from: 'setup'}),
				tls: tls.prefault({use: 'no'}).meta({
					title: 'TLS',
					help: 'Encrypts what clients send; a directory that others reach needs it.',
					from: 'setup',
				}),
				firstUser: firstUser(gid),
			}),
			z.strictObject({
				mode: z.literal('existing').meta({title: 'A directory that runs already'}),
				uri: url({protocols: ['ldap', 'ldaps']}).meta({
					title: 'URI',
					help: 'Where the directory answers: ldap:// or ldaps://, and a port where it is another.',
					example: 'ldaps://ldap.example.org/',
				}),
				startTls: z
					.boolean()
					.default(false)
					.meta({title: 'StartTLS', help: 'Encrypts a connection that begins as ldap://.', from: 'setup'}),
				baseDn: dn().meta({
					title: 'Base DN',
					help: 'The entry that holds everything the application looks at.',
					example: 'dc=example,dc=org',
				}),
				bindDn: dn().meta({
					title: 'Bind DN',
					help: 'Who setup and the application log in as.',
					example: 'cn=admin,dc=example,dc=org',
				}),
				bindPassword: secret({generate: 'never'}).meta({
					title: 'Bind password',
					help: 'Of the entry above; it is tried at once, and changes nothing.',
				}),
				mayChange: z.boolean().default(false).meta({
					title: 'May setup add entries there?',
					help: 'Without it the directory is only read, and the organizational units and the first user must be there.',
					from: 'setup',
				}),
				firstUser: firstUser(gid),
			}),
		])
		.meta({title: 'Directory', help: 'Which directory holds the users? One on this host, or one that runs already.'}),
	probes: answers => {
		if (answers.mode === 'local')
			return [
				portFree(389, {ours: ['slapd'], about: ['mode']}),
				...(answers.tls.use === 'certificate' ? [certificatePair(answers.tls, ['tls.certificate', 'tls.key'])] : []),
			];
		const {uri, startTls, baseDn, bindDn, mayChange} = answers;
		const directory = {uri, startTls, base: baseDn, bindDn, password: [answers.bindPassword], mayChange};
		return [
			serverAnswers({id: 'server', about: ['uri', 'startTls'], ...serverOf(uri, startTls)}),
			ldapBind(directory, ['uri', 'startTls', 'bindDn', 'bindPassword']),
			ldapEntries(directory, ['uri', 'startTls', 'bindDn', 'bindPassword', 'baseDn', 'mayChange']),
		];
	},
	offers: answers => ({
		directory:
			answers.mode === 'local'
				? {
						local: true,
						uri: `ldap://${answers.hostName}/`,
						startTls: false,
						base: answers.baseDn,
						bindDn: `cn=admin,${answers.baseDn}`,
						password: answers.adminPassword,
						hostName: answers.hostName,
					}
				: {
						local: false,
						uri: answers.uri,
						startTls: answers.startTls,
						base: answers.baseDn,
						bindDn: answers.bindDn,
						password: answers.bindPassword,
					},
		'account:first-user': {
			name: answers.firstUser.name,
			password: answers.firstUser.password,
			made: 'done:first-user',
			lowest: Math.min(answers.firstUser.uid, answers.firstUser.gid),
		},
	}),
	expects: answers => {
		const base = answers.baseDn;
		const local = answers.mode === 'local';
		return {
			'ldap.server': {base},
			'ldap.base': {base, units: [`ou=users,${base}`, `ou=groups,${base}`]},
			'ldap.bind': local
				? {uri: 'ldap://127.0.0.1/', startTls: false, dn: `cn=admin,${base}`, password: answers.adminPassword}
				: {uri: answers.uri, startTls: answers.startTls, dn: answers.bindDn, password: answers.bindPassword},
			...(local && {'ldap.listeners': answers.listen}),
		};
	},
	resources: answers => {
		if (answers.mode === 'existing') {
			return directoryEntries(
				{
					kind: 'remote',
					uri: answers.uri,
					bindDn: answers.bindDn,
					password: [answers.bindPassword],
					startTls: answers.startTls,
					base: answers.baseDn,
					mayChange: answers.mayChange,
				},
				answers.baseDn,
				answers.firstUser,
			);
		}
		const {baseDn} = answers;
		const admin = `cn=admin,${baseDn}`;
		const address = answers.listen === 'this-host' ? 'ldap://127.0.0.1/ ldap://[::1]/' : 'ldap:///';
		const services = `${address} ldapi:///${answers.tls.use === 'certificate' && answers.listen === 'everywhere' ? ' ldaps:///' : ''}`;
		const password = [answers.adminPassword];
		return [
			// No password: slapd's scripts would run `slappasswd -s PASSWORD`, which every user can read in /proc. The random one they make is replaced over ldapi.
			debconf(
				{
					package: 'slapd',
					answers: [
						{question: 'slapd/domain', type: 'string', value: [domainOf(baseDn)]},
						{question: 'shared/organization', type: 'string', value: [answers.organization]},
						{question: 'slapd/no_configuration', type: 'boolean', value: ['false']},
						{question: 'slapd/move_old_database', type: 'boolean', value: ['true']},
						{question: 'slapd/purge_database', type: 'boolean', value: ['false']},
					],
				},
				{provides: ['done:slapd-debconf']},
			),
			aptPackages(
				{names: ['slapd', 'ldap-utils']},
				{
					id: 'apt:slapd',
					needs: ['done:requirements', 'done:dpkg-consistent', 'done:slapd-debconf'],
					provides: ['path:/etc/default/slapd'],
				},
			),
			edit(
				{path: '/etc/default/slapd', format: 'shell', settings: [{key: 'SLAPD_SERVICES', value: [services]}]},
				{
					needs: ['package:slapd'],
					provides: ['done:slapd-default'],
					owes: [{unit: 'slapd.service', do: 'restart'}],
					closes: 'package:slapd',
				},
			),
			unit(
				{name: 'slapd.service', enabled: true, running: true, files: ['/etc/default/slapd']},
				{needs: ['package:slapd', 'done:slapd-default']},
			),
			hostsNames({address: '127.0.0.1', names: [answers.hostName]}),
			...passwordModule(),
			ldapDatabase({suffix: baseDn, rootDn: admin}),
			ldapConfig(
				{
					entry: {is: 'database', suffix: baseDn},
					rootPassword: password,
					set: [
						{attribute: 'olcRootDN', values: [admin]},
						{attribute: 'olcAccess', values: directoryAccess({suffix: baseDn, anonymous: 'read'}), how: 'ordered'},
						{
							attribute: 'olcDbIndex',
							values: ['objectClass eq', 'cn,uid eq', 'uidNumber,gidNumber eq', 'member,memberUid eq'],
							how: 'includes',
						},
					],
				},
				{needs: [`done:ldap-database:${baseDn}`], provides: ['done:ldap-admin']},
			),
			...(answers.tls.use === 'certificate'
				? [
						ldapConfig({
							entry: {is: 'global'},
							set: [
								{attribute: 'olcTLSCertificateFile', values: [answers.tls.certificate]},
								{attribute: 'olcTLSCertificateKeyFile', values: [answers.tls.key]},
								...(answers.tls.ca === undefined
									? []
									: [{attribute: 'olcTLSCACertificateFile', values: [answers.tls.ca]}]),
							],
						}),
					]
				: []),
			...directoryEntries({kind: 'local', suffix: baseDn, bindDn: admin, password}, baseDn, answers.firstUser),
		];
	},
});

/** dc=ipynbsrv,dc=ldap -> ipynbsrv.ldap; Debian's slapd makes its first database from a domain. Another base is added by the next resource. */
const domainOf = (baseDn: string): string => {
	const labels = baseDn.split(',').map(part => /^\s*dc\s*=\s*([A-Za-z0-9-]+)\s*$/i.exec(part)?.[1]);
	return labels.every(label => label !== undefined) ? labels.join('.') : 'nodomain';
};
