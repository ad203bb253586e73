/**
 * A database as its owner can write it down and put it back, on this host or another: before an update changes its tables. By the application's own
 * role, so that nothing in a dump, which the application could have put there, is done with more rights than its own.
 */
import {tlsEnvironment} from '#host/postgres/tls-environment.ts';
import {refuseStrangers} from '#host/system/who-answers.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import type {Text} from '#model/secret.ts';
import {clear} from '../shared/clear.ts';
import {dumpPathOf, dumps} from '../shared/dumps.ts';
import {ownDirectories} from '../shared/own-directory.ts';
import {spaceFault} from '../shared/stamp.ts';

/** How the application itself logs in. */
export type OwnDatabase = {
	readonly host: string;
	readonly port: number;
	readonly name: string;
	readonly role: string;
	readonly password: Text;
	readonly tls?: 'off' | 'require' | 'verify';
	/** A PEM file. */
	readonly ca?: string;
};

/** Where the dump of one run lies. */
export const ownDumpPath = (run: string, {name}: Pick<OwnDatabase, 'name'>): string => `${dumpPathOf(run, name)}.dump`;

/** What a journal may hold of it; the password goes to the stash. */
export const ownRecord = ({password: _, ...plain}: OwnDatabase): Json => plain;

/** The database to a file of root's alone; nothing half is left. Throws Fault update.no-dump. */
export const dumpOwn = async (host: Host, database: OwnDatabase, path: string): Promise<void> => {
	await ownDirectories(host, '/var/lib/host-setup', dumps);
	const draft = `${path}.part~`;
	await clear(host, draft);
	host.say(`the database ${database.name} is copied to ${path}`);
	await client(host, database, [
		'/usr/bin/pg_dump',
		'-w',
		'-Fc',
		...where(database),
		'-f',
		draft,
		'--',
		database.name,
	]).catch(async error => {
		await clear(host, draft);
		throw dumpFault(error, database);
	});
	await host.own(draft, {mode: 0o600, owner: 'root:root', was: (await host.stat(draft))?.id});
	await host.rename(draft, path, {was: (await host.stat(draft))?.id});
};

/** All that the role has in its database goes, and what the dump holds comes. Throws Fault update.no-restore: then the dump still has everything. */
export const restoreOwn = async (host: Host, database: OwnDatabase, path: string): Promise<void> => {
	const list = `${path}.list~`;
	const psql = [
		'/usr/bin/psql',
		'-X',
		'-q',
		'-w',
		'-v',
		'ON_ERROR_STOP=1',
		'-1',
		...where(database),
		'-d',
		database.name,
	];
	try {
		const all = await host.query(['/usr/bin/pg_restore', '--list', '--', path], {timeout: 600_000});
		const {lines, ownsSchema} = ownEntries(all, database.role);
		await clear(host, list);
		await host.replace(list, [lines], {was: 'absent', mode: 0o600, owner: 'root:root'});
		await client(host, database, [...psql, '-c', handOver, '-c', 'DROP OWNED BY CURRENT_USER', '-c', schema]);
		await client(host, database, [
			'/usr/bin/pg_restore',
			'-w',
			'--exit-on-error',
			'--single-transaction',
			...where(database),
			'-d',
			database.name,
			'-L',
			list,
			'--',
			path,
		]);
		if (ownsSchema) await client(host, database, [...psql, '-c', 'ALTER SCHEMA public OWNER TO CURRENT_USER']);
	} catch (error) {
		if (!(error instanceof Fault)) throw error;
		throw new Fault(
			'update.no-restore',
			`the database ${database.name} could not be put back as it was: ${error.sentence}`,
			`It is whole in ${path}: mend what the last lines say, then put it back with pg_restore as ${database.role}, or run the same command again.`,
			{details: error.details, cause: error},
		);
	} finally {
		await clear(host, list);
	}
};

/**
 * Of the list of a dump what the role can make again: things of others were not dropped and stay; what is said of an extension is its owner's to say;
 * the schema `public` is there.
 */
export const ownEntries = (list: string, role: string): {readonly lines: string; readonly ownsSchema: boolean} => {
	const lines = list.split('\n').filter(line => {
		if (line.startsWith(';')) return true;
		const owner = line.slice(line.lastIndexOf(' ') + 1);
		return (
			['', role, 'pg_database_owner'].includes(owner) &&
			!/^\d+; \d+ \d+ (COMMENT - EXTENSION|SCHEMA - public|COMMENT - SCHEMA public) /.test(line)
		);
	});
	return {
		lines: lines.join('\n'),
		ownsSchema: list.split('\n').some(line => line.endsWith(`SCHEMA - public ${role}`) && !/ACL|COMMENT/.test(line)),
	};
};

/** What others have in the schema (an extension of the administrator) keeps it from being dropped: meanwhile it is the owner's of the database, who is the same. Before version 14 there is no such role. */
const handOver = `DO $$ BEGIN
IF current_setting('server_version_num')::int >= 140000 AND (SELECT nspowner = current_user::regrole FROM pg_namespace WHERE nspname = 'public')
THEN ALTER SCHEMA public OWNER TO pg_database_owner; END IF; END $$`;

const schema = 'CREATE SCHEMA IF NOT EXISTS public';

const where = ({host, port, role}: OwnDatabase): readonly string[] => ['-h', host, '-p', String(port), '-U', role];

const client = async (host: Host, database: OwnDatabase, argv: readonly string[]): Promise<void> => {
	await refuseStrangers(host, database, ['postgres']);
	await host.exec(argv, {
		env: {
			PGPASSWORD: database.password,
			PGOPTIONS: '-c row_security=off',
			...tlsEnvironment(database),
		},
	});
};

const dumpFault = (error: unknown, {name, host}: OwnDatabase): unknown =>
	error instanceof Fault
		? (spaceFault(error.details.join('\n'), `the dump of ${name}`) ??
			new Fault(
				'update.no-dump',
				`the database ${name} on ${host} could not be copied, so nothing of it was changed: ${error.details.at(-1) ?? error.sentence}`,
				'pg_dump must be here (postgresql-client) and not be older than the server. Then run it again.',
				{details: error.details, cause: error},
			))
		: error;
