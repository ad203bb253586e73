/** The kinds of postgres.safety that are no switch: what holds the log, the rows, the connections and the ids of a cluster. Only an operator knows what may go, so nothing is mended by itself. */

import {defineKinds} from '#model/finding.ts';
import {printable} from '#model/printable.ts';
import {shownBytes} from '../shared/bytes.ts';

/** What a role or a client has named, for a sentence. */
const named = (text: string): string => printable(text, 80);

const sincewhen = (seconds: number): string =>
	seconds < 2 * 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} days`;

export const safetyWords = defineKinds({
	slot: {
		state: 'warn',
		example: {name: 'replica', bytes: 3_000_000_000},
		says: ({name, bytes}) =>
			`nobody reads the replication slot ${named(name)}: it keeps ${shownBytes(bytes)} of the log, and more until the disk is full`,
		remedy: ({name}) => ({
			sentence: `Bring back who reads it; where nobody will, drop the slot as postgres: SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active, with the name ${named(name)}. max_slot_wal_keep_size (from 13 on) bounds what slots may keep.`,
		}),
	},
	archive: {
		state: 'warn',
		example: {failed: '000000010000000000000003', since: '2026-03-01 12:00:00' as string | null},
		says: ({failed, since}) =>
			`archive_command fails, at ${named(failed)}; ${since === null ? 'it has never succeeded' : `its last success was at ${since}`}: the log is kept until the disk is full, and the backup ends there`,
		remedy: {
			sentence:
				'Read in the log of the cluster what archive_command says, and let it do its work again: the server tries once a minute. Where nothing is archived any more, set archive_mode = off and restart.',
		},
	},
	noArchive: {
		state: 'warn',
		example: {},
		says: 'archive_mode is on and there is neither archive_command nor archive_library: the log is kept until the disk is full',
		remedy: {
			sentence: 'Write the archive_command and reload; where nothing is archived, set archive_mode = off and restart.',
		},
	},
	few: {
		state: 'warn',
		example: {most: 7, connections: 10},
		says: ({most, connections}) =>
			`${most} ${most === 1 ? 'connection' : 'connections'} for all applications (max_connections ${connections}, without those that are reserved)`,
		remedy: {
			sentence:
				'Raise max_connections (100 is what it comes with), and restart the cluster when its clients can bear it.',
		},
	},
	busy: {
		state: 'warn',
		example: {used: 95, most: 97},
		says: ({used, most}) => `${used} of ${most} connections are taken: the next clients are turned away`,
		remedy: {
			sentence:
				'Look who holds them (SELECT usename, datname, state, count(*) FROM pg_stat_activity GROUP BY 1, 2, 3), let the applications keep fewer, or put a pool before the cluster; else raise max_connections and restart.',
		},
	},
	idle: {
		state: 'warn',
		example: {pid: 4711, role: 'shop', database: 'shop', seconds: 90_000, others: 0},
		says: ({role, database, seconds, others}) =>
			`a transaction of ${named(role)} in ${named(database)} is left open for ${sincewhen(seconds)}${others > 0 ? `, and ${others} more` : ''}: no row that was deleted since is freed, and its locks stay`,
		remedy: ({pid}) => ({
			sentence: `Let the application end its transactions; end this one with SELECT pg_terminate_backend(${pid}). idle_in_transaction_session_timeout ends such by itself.`,
		}),
	},
	prepared: {
		state: 'warn',
		example: {id: 'transfer-17', database: 'shop', seconds: 200_000, others: 0},
		says: ({id, database, seconds, others}) =>
			`the prepared transaction ${named(id)} in ${named(database)} waits for ${sincewhen(seconds)}${others > 0 ? `, and ${others} more` : ''}: its locks stay, and no row that was deleted since is freed`,
		remedy: ({id}) => ({
			sentence: `Ask its transaction manager how it ended, then COMMIT PREPARED or ROLLBACK PREPARED ${named(id)} in its database.`,
		}),
	},
	wraparound: {
		state: 'fail',
		example: {database: 'shop', age: 1_600_000_000, of: 'transaction' as 'transaction' | 'multixact'},
		says: ({database, age, of}) =>
			`${named(database)} has used ${Math.floor((age / 2 ** 31) * 100)} % of its ${of} ids: at the end of them the cluster takes no more writes`,
		remedy: ({database}) => ({
			sentence: `End what holds old rows (prepared transactions, slots, transactions left open), then run VACUUM (FREEZE) as postgres in ${named(database)}, and see that autovacuum is on.`,
		}),
	},
});
