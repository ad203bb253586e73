import {z} from 'zod';
import {secret} from '#answers/questions/questions.ts';
import {release} from '#host/apt/release.ts';
import {defineStep} from '#model/step.ts';
import {file} from '#resources/files/file.ts';
import {mongodbUser} from '#resources/mongodb/mongodb-user.ts';
import {loopbackOnly} from '#resources/network/loopback-only.ts';
import {unit} from '#resources/units/unit.ts';
import {pathThere} from '#steps/probes/files.ts';
import {portFree} from '#steps/probes/port-free.ts';
import {urlThere} from '#steps/probes/url.ts';
import {installMongodb, mongodbFrom, serverOf} from '../mongodb-from.ts';

/** It goes into an address of MongoDB as it is. */
const plainName = (standard: string) =>
	z
		.string()
		.regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/, {
			error: 'must be letters, digits, - and _: CC-Server puts it into an address as it is',
		})
		.default(standard);

/** MongoDB, which no Debian has since 10, for this host alone; and an account for CC-Server in a database of its own. */
export const mongodb = defineStep({
	id: 'mongodb',
	title: 'MongoDB',
	about:
		'An account in a database of its own. No Debian has MongoDB since 10: it comes from an archive that is named with its key, and pinned so that nothing else does; from packages in a directory of this host; or it runs already. Passwords are asked for, on this host alone.',
	guide: 'CC-Server: MongoDB; mongo',
	facts: {release},
	questions: z.strictObject({
		from: mongodbFrom,
		authentication: z.boolean().default(true).meta({
			title: 'Ask for passwords',
			help: 'Not asked of a server that runs already. No: whoever can start a program on this host reads and writes all of it, as the guide leaves it.',
			from: 'setup',
		}),
		database: plainName('ccdb').meta({title: 'Database', help: 'Of CC-Server alone.', from: 'guide'}),
		user: plainName('ccdbAdmin').meta({
			title: 'Account of CC-Server',
			help: 'It may read and write that database.',
			from: 'guide',
		}),
		password: secret({generate: 'default', plain: true}).meta({
			title: 'Password of the account',
			help: 'Letters, digits and -._~ alone: CC-Server puts it into an address as it is.',
			from: 'setup',
		}),
		administrator: plainName('setupAdmin').meta({
			title: 'Administrator of the accounts',
			help: 'Made first, or later changes would need the passwords switched off again. On an existing server: who may make accounts.',
			from: 'setup',
		}),
		administratorPassword: secret({generate: 'default'}).meta({
			title: 'Password of the administrator',
			help: 'setup alone uses it.',
			from: 'setup',
		}),
	}),
	probes: ({from}) =>
		from.by === 'existing'
			? []
			: [
					portFree(27_017, {ours: ['mongod'], about: ['from']}),
					...(from.by === 'packages'
						? [pathThere('packages', from.directory, ['from.directory'], 'directory')]
						: [
								urlThere('archive', `${from.archive}/dists/${from.suite}/Release`, ['from.archive', 'from.suite']),
								...(from.key.from === 'file' ? [pathThere('keyring', from.key.keyring, ['from.key.keyring'])] : []),
							]),
				],
	offers: ({from, database, user, password}) => ({
		database: {
			kind: 'mongodb',
			local: from.by !== 'existing',
			host: from.by === 'existing' ? from.host : '127.0.0.1',
			port: from.by === 'existing' ? from.port : 27_017,
			name: database,
			role: user,
			password,
			...(from.by !== 'existing' && {unit: serverOf(from).unitName}),
		},
	}),
	resources: ({from, authentication, database, user, password, administrator, administratorPassword}, {facts}) => {
		const place = from.by === 'existing' ? {host: from.host, port: from.port} : {host: '127.0.0.1', port: 27_017};
		const admin = {user: administrator, password: [administratorPassword], database: 'admin'};
		const account = {
			...place,
			database,
			user,
			password: [password],
			roles: [{role: 'readWrite', db: database}],
			administrator: admin,
		};
		if (from.by === 'existing') return [mongodbUser(account, {provides: ['done:database']})];
		const {conf, unitName} = serverOf(from);
		return [
			...installMongodb(from, conf, facts.release.codename),
			file(
				{path: conf, text: confText(authentication), mode: 0o644, owner: 'root:root'},
				{
					id: `file:${conf}`,
					needs: ['done:mongodb-installed'],
					provides: ['done:mongodb-conf'],
					owes: [{unit: unitName, do: 'restart'}],
				},
			),
			unit(
				{name: unitName, enabled: true, running: true, files: [conf], staysUp: 2},
				{needs: ['done:mongodb-installed', 'done:mongodb-conf'], owes: [{unit: 'apache2.service', do: 'restart'}]},
			),
			loopbackOnly({port: 27_017, unit: unitName}),
			mongodbUser(
				{
					...place,
					database: 'admin',
					user: administrator,
					password: [administratorPassword],
					roles: [{role: 'userAdminAnyDatabase', db: 'admin'}],
					administrator: admin,
				},
				{needs: [`unit:${unitName}`, 'done:loopback-only:27017']},
			),
			mongodbUser(account, {needs: [`role:mongodb/admin/${administrator}`], provides: ['done:database']}),
		];
	},
});

const confText = (authentication: boolean): string => `# Written by setup: it answers on this host alone.
storage:
  dbPath: /var/lib/mongodb
systemLog:
  destination: file
  path: /var/log/mongodb/mongodb.log
  logAppend: true
net:
  bindIp: 127.0.0.1
security:
  authorization: ${authentication ? 'enabled' : 'disabled'}
`;
