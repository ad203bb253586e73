import {z} from 'zod';
import {secret} from '#answers/questions/questions.ts';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {directory} from '#resources/files/directory.ts';
import {postgresAccess} from '#resources/postgres/hba-records.ts';
import {postgresLogin} from '#resources/postgres/login.ts';
import {postgresRole} from '#resources/postgres/role.ts';
import {postgresSetting} from '#resources/postgres/setting.ts';
import {unit, unitFile} from '#resources/units/unit.ts';
import {portFree} from '#steps/probes/port-free.ts';
import {afterAddress} from './network-files.ts';

/** The backend's code has this name. */
const role = 'openslides_admin';
const dropIn = 'postgresql@.service.d/openslides.conf';

/** PostgreSQL, for the backend on this host and for the instances in their containers. */
export const database = defineStep({
	id: 'postgres',
	title: 'PostgreSQL',
	about:
		'Listens on this host and on the container network, after a boot as well; lets the containers in by password; and has the role with which the backend makes a database and a role for each instance. That role is a superuser, as the guide has it: who has its password is postgres, and so the account postgres of this host. It is proven by a login at the address that the containers use.',
	guide: 'OpenSlides: Configure PostgreSQL',
	uses: {network: 'containerNetwork'},
	questions: z.strictObject({
		password: secret({generate: 'default'}).meta({
			title: 'Password of the superuser openslides_admin',
			help: 'The backend gives it to what makes instances, and shows it nowhere.',
			from: 'setup',
		}),
	}),
	probes: () => [portFree(5432, {ours: ['postgres'], about: ['password']})],
	offers: ({password}, {uses: {network}}) => ({
		database: {
			kind: 'postgres',
			local: true,
			host: network.address,
			port: 5432,
			name: 'postgres',
			role,
			password,
		},
	}),
	expects: (_answers, {uses: {network}}) => ({'postgres.bind': network.address}),
	resources: ({password}, {uses: {network}}) => [
		aptPackages(
			{names: ['postgresql']},
			{id: 'apt:postgresql', needs: ['done:requirements', 'done:dpkg-consistent', 'done:locale:en_US.UTF-8']},
		),
		directory({path: `/etc/systemd/system/${dropIn.replace(/\/.*/, '')}`, mode: 0o755, owner: 'root:root'}),
		unitFile({name: dropIn, text: afterAddress(network.unit)}),
		unit(
			{name: 'postgresql.service', enabled: true, running: true},
			{needs: ['package:postgresql', `path:/etc/systemd/system/${dropIn}`]},
		),
		postgresSetting(
			{
				file: 'openslides',
				settings: {listen_addresses: `localhost,${network.address}`, password_encryption: 'scram-sha-256'},
			},
			{needs: [network.ready], provides: ['done:postgres-listens']},
		),
		postgresAccess({
			name: 'openslides',
			records: [{type: 'host', database: 'all', user: 'all', address: network.subnet, method: 'scram-sha-256'}],
		}),
		postgresRole(
			{name: role, password: [password], superuser: true},
			{title: `the role ${role}, a superuser: whoever has its password is postgres on this host`},
		),
		postgresLogin(
			{host: network.address, port: 5432, user: role, password: [password], database: 'postgres', tls: 'off'},
			{
				needs: [`role:${role}`, 'done:postgres-listens', 'done:postgres-access:openslides'],
				provides: ['done:database'],
			},
		),
	],
});
