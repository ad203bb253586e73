// packages: postgresql
// releases: bookworm bullseye trixie
import {Secret} from '#model/secret.ts';
import {postgresOwner} from '#resources/postgres/owner.ts';
import {dropDatabase, dropRole, noisy, psql} from './postgres-tools.ts';
import {conformance} from './suite.ts';

const canary = 'Kanarie-9c1e$"quo\'ted\\ ü';
const master = 'Meister-44 \'x" \\';
const role = 'ro"le; DROP ROLE postgres; --';
const quoted = `"${role.replaceAll('"', '""')}"`;

/** As RDS has it: an administrator who is no superuser, and an empty database that is his. */
const managed = async (): Promise<void> => {
	await dropDatabase('conform');
	await dropRole(role);
	await dropRole('master');
	await psql(`CREATE ROLE master LOGIN CREATEDB CREATEROLE PASSWORD '${master.replaceAll("'", "''")}'`);
};

const resource = () =>
	postgresOwner({
		server: {host: '127.0.0.1', port: 5432, tls: 'require'},
		administrator: {user: 'master', password: [new Secret('master', master)]},
		role,
		password: [new Secret('app', canary)],
		database: 'conform',
		createDatabases: true,
		defaults: {client_encoding: 'UTF8', default_transaction_isolation: 'read committed', timezone: 'UTC'},
	});

const shared = {resource, touches: ['/etc/postgresql'], noisy, canaries: [canary, master], undoes: false} as const;

conformance('postgres-owner', [
	{
		...shared,
		name: 'a database of the administrator',
		prepare: async () => {
			await managed();
			await psql('CREATE DATABASE conform OWNER master');
		},
		breakIt: async () => void (await psql('ALTER SCHEMA public OWNER TO master', 'conform')),
	},
	{
		...shared,
		name: 'no database yet',
		prepare: managed,
		breakIt: async () => void (await psql(`ALTER ROLE ${quoted} IN DATABASE conform SET timezone TO 'Asia/Tokyo'`)),
	},
	{
		...shared,
		name: 'the role with another password',
		prepare: async () => {
			await managed();
			await psql('CREATE DATABASE conform OWNER master');
			// As the administrator made it, who may therefore change it (PostgreSQL 16).
			await psql(`SET ROLE master; CREATE ROLE ${quoted} LOGIN PASSWORD 'of somebody'`);
		},
		breakIt: async () => void (await psql(`ALTER ROLE ${quoted} NOCREATEDB`)),
	},
]);
