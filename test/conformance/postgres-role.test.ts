// packages: postgresql
// releases: bookworm trixie
import {Secret} from '#model/secret.ts';
import {postgresRole} from '#resources/postgres/role.ts';
import {dropRole, noisy, psql} from './postgres-tools.ts';
import {conformance} from './suite.ts';

const canary = 'Kanarie-7f3a$"quo\'ted\\ \u00a0ü';
const hostile = 'ro"le; DROP ROLE postgres; --\'$$ :x';
const password = (): Secret => new Secret('app', canary);
const rows = async (): Promise<string> =>
	psql("SELECT json_agg(r ORDER BY rolname) FROM pg_authid r WHERE rolname !~ '^pg_'");

conformance('postgres-role', [
	{
		name: 'a new role',
		prepare: async () => void (await dropRole('conform')),
		resource: () => postgresRole({name: 'conform', password: [password()]}),
		breakIt: async () => void (await psql('ALTER ROLE conform SUPERUSER')),
		touches: ['/etc/postgresql'],
		rows,
		noisy,
		canaries: [canary],
	},
	{
		name: 'a hostile name',
		prepare: async () => void (await dropRole(hostile)),
		resource: () => postgresRole({name: hostile, password: [password()]}),
		breakIt: async () => void (await psql(`ALTER ROLE "${hostile.replaceAll('"', '""')}" NOLOGIN`)),
		touches: ['/etc/postgresql'],
		rows,
		noisy,
		canaries: [canary],
	},
	{
		name: 'a role that may too much, with another password',
		prepare: async () =>
			void (await psql(
				"DROP ROLE IF EXISTS conform; CREATE ROLE conform NOLOGIN SUPERUSER CREATEDB PASSWORD 'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU='",
			)),
		resource: () => postgresRole({name: 'conform', password: [password()]}),
		breakIt: async () => void (await psql("ALTER ROLE conform PASSWORD 'changed by somebody'")),
		touches: ['/etc/postgresql'],
		rows,
		noisy,
		canaries: [canary, 'WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY'],
	},
	{
		name: 'the right password, stored as MD5',
		prepare: async () =>
			void (await psql(
				`DROP ROLE IF EXISTS conform; SET password_encryption = md5; CREATE ROLE conform LOGIN PASSWORD '${canary.replaceAll("'", "''")}'`,
			)),
		resource: () => postgresRole({name: 'conform', password: [password()]}),
		touches: ['/etc/postgresql'],
		rows,
		noisy,
		canaries: [canary],
	},
	{
		name: 'a role without a password that is no longer valid',
		prepare: async () =>
			void (await psql("DROP ROLE IF EXISTS conform; CREATE ROLE conform LOGIN VALID UNTIL '2001-01-01'")),
		resource: () => postgresRole({name: 'conform', password: [password()]}),
		touches: ['/etc/postgresql'],
		rows,
		noisy,
		canaries: [canary],
	},
]);
