/** How a running cluster keeps what it was given: what holds its log of changes, who holds its connections and its transactions, how far its ids are used up. A part of what is asked in one answer (health.ts). */

export type Upkeep = {
	/** It follows another server, and writes nothing of its own. */
	readonly standby: boolean;
	/** Connections of clients, without the one that asks. */
	readonly clients: number;
	/** Replication slots that nobody is connected to, and the bytes of the log that each keeps; the largest first, as everywhere here the first twenty. */
	readonly slots: readonly {readonly name: string; readonly bytes: number}[];
	/** Milliseconds; null for what never happened. */
	readonly archiver: {
		readonly archivedAt: number | null;
		readonly failedAt: number | null;
		readonly failed: string | null;
	};
	/** Transactions that were begun and left alone; the oldest first. */
	readonly idle: readonly {
		readonly pid: number;
		readonly role: string | null;
		readonly database: string | null;
		readonly seconds: number;
	}[];
	/** Those that wait for the second half of their commit. */
	readonly prepared: readonly {readonly id: string; readonly database: string; readonly seconds: number}[];
	/** How many ids were given since the oldest that the database still needs. */
	readonly ages: readonly {readonly database: string; readonly transactions: number; readonly multixacts: number}[];
};

/** An expression of SQL that gives a json. All of it is there from PostgreSQL 10 on; a slot that was given up (13) has no place in the log. */
export const upkeepQuestion = `json_build_object(
		'standby', pg_is_in_recovery(),
		'clients', (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()),
		'slots', (SELECT json_agg(json_build_array(slot_name, kept)) FROM (SELECT slot_name, pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END, restart_lsn) AS kept FROM pg_replication_slots WHERE NOT active AND restart_lsn IS NOT NULL ORDER BY 2 DESC NULLS LAST LIMIT 20) s),
		'archiver', (SELECT json_build_array(extract(epoch FROM last_archived_time), extract(epoch FROM last_failed_time), last_failed_wal) FROM pg_stat_archiver),
		'idle', (SELECT json_agg(json_build_array(pid, usename, datname, seconds)) FROM (SELECT pid, usename, datname, extract(epoch FROM clock_timestamp() - state_change) AS seconds FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' ORDER BY state_change LIMIT 20) i),
		'prepared', (SELECT json_agg(json_build_array(gid, database, seconds)) FROM (SELECT gid, database, extract(epoch FROM clock_timestamp() - prepared) AS seconds FROM pg_prepared_xacts ORDER BY prepared LIMIT 20) p),
		'ages', (SELECT json_agg(json_build_array(datname, transactions, multixacts)) FROM (SELECT datname, age(datfrozenxid) AS transactions, mxid_age(datminmxid) AS multixacts FROM pg_database ORDER BY greatest(age(datfrozenxid), mxid_age(datminmxid)) DESC LIMIT 20) a)
	)`;

export type RawUpkeep = {
	readonly standby: boolean;
	readonly clients: number;
	readonly slots: readonly (readonly [string, number | null])[] | null;
	readonly archiver: readonly [number | null, number | null, string | null] | null;
	readonly idle: readonly (readonly [number, string | null, string | null, number])[] | null;
	readonly prepared: readonly (readonly [string, string, number])[] | null;
	readonly ages: readonly (readonly [string, number, number])[] | null;
};

/** What the expression gave; answers that were recorded before it was asked have none. */
export const parseUpkeep = (raw: RawUpkeep = nothing): Upkeep => ({
	standby: raw.standby,
	clients: raw.clients,
	slots: (raw.slots ?? []).map(([name, bytes]) => ({name, bytes: bytes ?? 0})),
	archiver: {
		archivedAt: inMs(raw.archiver?.[0]),
		failedAt: inMs(raw.archiver?.[1]),
		failed: raw.archiver?.[2] ?? null,
	},
	idle: (raw.idle ?? []).map(([pid, role, database, seconds]) => ({pid, role, database, seconds})),
	prepared: (raw.prepared ?? []).map(([id, database, seconds]) => ({id, database, seconds})),
	ages: (raw.ages ?? []).map(([database, transactions, multixacts]) => ({database, transactions, multixacts})),
});

const nothing: RawUpkeep = {
	standby: false,
	clients: 0,
	slots: null,
	archiver: null,
	idle: null,
	prepared: null,
	ages: null,
};

const inMs = (seconds: number | null | undefined): number | null =>
	typeof seconds === 'number' ? seconds * 1000 : null;
