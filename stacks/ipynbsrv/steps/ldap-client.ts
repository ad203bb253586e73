import {z} from 'zod';
import {absolutePath, url} from '#answers/questions/questions.ts';
import {spliced} from '#edit/editor.ts';
import {nsswitch} from '#edit/line-formats/nsswitch.ts';
import {defineStep} from '#model/step.ts';
import {directoryPeople} from '#resources/accounts/directory-people.ts';
import {getentProof} from '#resources/accounts/getent-proof.ts';
import {pamProfile} from '#resources/accounts/pam-profile.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {debconf} from '#resources/apt/debconf.ts';
import {edit} from '#resources/files/edit.ts';
import {unit} from '#resources/units/unit.ts';
import {pathThere} from '#steps/probes/files.ts';
import {ldapAnonymous} from '#steps/probes/ldap.ts';
import {serverAnswers, serverOf} from '#steps/probes/server.ts';
import {nameCaches, nsswitchDebts} from '#steps/shared/nsswitch-holders.ts';

const databases = ['passwd', 'group', 'shadow'] as const;

/** This host knows the directory's accounts: nslcd, nsswitch, PAM. Proven by getent; taken back at once if root is not found any more. */
export const ldapClient = defineStep({
	id: 'ldap-client',
	title: 'LDAP accounts on this host',
	about:
		'passwd, group and shadow in nsswitch.conf end with ldap, nslcd asks the directory, PAM lets its users log in. The packages wait for the directory: slapd would stall behind an nslcd without a server.',
	guide: 'ipynbsrv: LDAP (under Web Interface); Dedicated Node',
	uses: {directory: 'directory', user: 'account:first-user'},
	questions: z
		.strictObject({
			uri: url({protocols: ['ldap', 'ldaps', 'ldapi']}).meta({
				title: 'LDAP server',
				help: 'As nslcd reaches it.',
				example: 'ldap://ipynbsrv.ldap/',
			}),
			caFile: absolutePath().optional().meta({
				reads: 'path',
				title: 'Authority of its certificate (PEM)',
				help: "Only with TLS; without it the host's own certificate store is asked.",
				example: '/etc/ssl/certs/ca-certificates.crt',
			}),
			numbersFrom: z.int().min(1000).max(2_000_000_000).meta({
				title: 'Lowest number of an account of the directory',
				help: 'Accounts and groups with a lower number count for nothing on this host: whoever keeps the directory, the application itself, could make one with the number of an account here, and be that account.',
				example: 2000,
			}),
			pam: z.boolean().default(true).meta({
				title: 'Let LDAP users log in to this host (PAM)',
				help: 'Without it they are known by name and number here, and cannot log in.',
				from: 'guide',
			}),
		})
		.meta({title: 'Client'}),
	defaults: ({uses: {directory, user}}) => ({
		uri: {value: directory.uri, from: directory.local ? 'guide' : 'ldap-directory'},
		// People of this host begin at 1000, those of the guide's directory at 2500; another directory was numbered by somebody else.
		numbersFrom: {value: directory.local ? Math.min(2000, user.lowest ?? 2000) : 1000, from: 'setup'},
	}),
	probes: ({uri, caFile}, {uses: {directory}}) => [
		...(caFile === undefined ? [] : [pathThere('authority', caFile, ['caFile'])]),
		// A directory on this host is not there before the install.
		...(directory.local || uri.startsWith('ldapi:')
			? []
			: [
					serverAnswers({id: 'server', about: ['uri', 'caFile'], ...serverOf(uri, directory.startTls), ca: caFile}),
					ldapAnonymous({uri, startTls: directory.startTls, ca: caFile, base: directory.base}, ['uri', 'caFile']),
				]),
	],
	expects: ({pam}, {uses: {directory, user}}) => ({
		'ldap.pam': pam,
		'ldap.getent': {base: directory.base, user: user.name},
	}),
	resources: (answers, {uses: {directory, user}}) => {
		const {startTls} = directory;
		const hosts = directory.hostName === undefined ? [] : [`name:${directory.hostName}` as const];
		return [
			debconf(
				{
					package: 'nslcd',
					answers: [
						{question: 'nslcd/ldap-uris', type: 'string', value: [answers.uri]},
						{question: 'nslcd/ldap-base', type: 'string', value: [directory.base]},
					],
				},
				{provides: ['done:nslcd-debconf']},
			),
			aptPackages(
				{names: ['libpam-ldap', 'nslcd']},
				{
					id: 'apt:ldap-client',
					needs: ['done:requirements', 'done:dpkg-consistent', 'done:nslcd-debconf', user.made],
					provides: ['path:/etc/nslcd.conf', 'path:/usr/share/pam-configs'],
				},
			),
			edit(
				{
					path: '/etc/nslcd.conf',
					format: 'nslcd.conf',
					settings: [
						{key: 'uri', value: [answers.uri]},
						{key: 'base', value: [directory.base]},
						{key: 'ssl', value: startTls ? ['start_tls'] : null},
						{key: 'filter passwd', value: [accountsFrom(answers.numbersFrom)]},
						{key: 'filter group', value: [groupsFrom(answers.numbersFrom)]},
						...(answers.caFile === undefined
							? []
							: [
									{key: 'tls_reqcert', value: ['demand']},
									{key: 'tls_cacertfile', value: [answers.caFile]},
								]),
					],
				},
				{needs: ['package:nslcd'], provides: ['done:nslcd-conf'], owes: [{unit: 'nslcd.service', do: 'restart'}]},
			),
			unit(
				{name: 'nslcd.service', enabled: true, running: true, files: ['/etc/nslcd.conf']},
				{needs: ['package:nslcd', 'done:nslcd-conf', ...hosts]},
			),
			// Not by the answers of libnss-ldapd: what that package adds it leaves there when it is purged.
			edit(
				{
					path: '/etc/nsswitch.conf',
					format: 'nsswitch',
					settings: databases.map(database => ({database, token: 'ldap', last: true as const})),
				},
				{
					needs: ['package:libpam-ldap', 'unit:nslcd.service'],
					provides: ['done:nsswitch'],
					locks: ['nss'],
					owes: nsswitchDebts,
				},
			),
			...(answers.pam
				? directoryPeople({needs: ['package:libpam-ldap']})
				: [pamProfile({name: 'ldap', enabled: false}, {needs: ['package:libpam-ldap']})]),
			getentProof(
				{
					database: 'passwd',
					key: user.name,
					guards: {path: '/etc/nsswitch.conf', without: withoutLdap},
					holders: nameCaches,
				},
				{needs: ['unit:nslcd.service', 'done:nsswitch', user.made], provides: ['done:ldap-accounts']},
			),
		];
	},
});

/** Root and accounts of this host have lower numbers, and so have the groups by which one is as good as root. */
const accountsFrom = (least: number): string =>
	`(&(objectClass=posixAccount)(uidNumber>=${least})(gidNumber>=${least}))`;

/** sudo, polkit and sshd go by the name of a group, whatever its number. */
const groupsFrom = (least: number): string =>
	`(&(objectClass=posixGroup)(gidNumber>=${least})${powerful.map(name => `(!(cn=${name}))`).join('')})`;

const powerful = [
	'root',
	'sudo',
	'wheel',
	'admin',
	'adm',
	'disk',
	'shadow',
	'docker',
	'lxd',
	'incus-admin',
	'libvirt',
	'kvm',
];

/** The lines of nsswitch.conf without the service, for the moment when root is lost. */
const withoutLdap = (source: string): string =>
	spliced(
		source,
		nsswitch.edit(
			source,
			databases.map(database => ({database, token: 'ldap', present: false as const})),
		),
	);
