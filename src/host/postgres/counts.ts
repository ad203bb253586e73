/**
 * How many rows each table has, asked without running anything that the database's owner may have put there: where a view or a foreign table takes the place of a
 * table meanwhile it is not asked (see filledTables). A server too old to be told so (before August 2024) is not counted.
 */
import {faultData} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {askPostgres, type PostgresServer} from './client.ts';

/** By `schema.table`; undefined where it cannot be told, or takes longer than a question may. */
export const rowCounts = async (
	host: Reader,
	server: PostgresServer,
	database: string,
): Promise<Readonly<Record<string, number>> | undefined> => {
	try {
		const answer = await askPostgres(host, server, [sql], database);
		const lines = (answer ?? '').split('\n').filter(line => line.startsWith('['));
		const rows = lines.map(line => JSON.parse(line) as [string, number | string]);
		const told = new Map(rows.map(([name, count]) => [name, Number(count)]));
		// A name that no table has says that tables could be asked, also where there are none.
		return told.delete('') ? Object.fromEntries(told) : undefined;
	} catch (error) {
		if (error instanceof Blocked && error.why.because === 'timeout') return undefined;
		// A table may have gone between the list and the count.
		if (faultData(error).code === 'postgres.refused') return undefined;
		throw error;
	}
};

const sql = `
SELECT left(set_config(name, 'view, foreign-table', false), 0) FROM pg_settings WHERE name = 'restrict_nonsystem_relation_kind';
SELECT json_build_array('', 0) WHERE current_setting('restrict_nonsystem_relation_kind', true) = 'view, foreign-table';
SELECT json_build_array(n.nspname || '.' || c.relname, (xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM ONLY %I.%I', n.nspname, c.relname), false, true, '')))[1]::text)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
AND current_setting('restrict_nonsystem_relation_kind', true) = 'view, foreign-table';`;
