/** What the answer of a cluster tells of its log, its transactions, its connections and its ids, for postgres.safety: by numbers alone, so that each bound can be shown without waiting for it. */
import type {Cluster} from '#host/postgres/clusters.ts';
import type {PostgresHealth} from '#host/postgres/health.ts';
import type {FoundOf} from '#model/finding.ts';
import {printable} from '#model/printable.ts';
import {clock, seen} from '../shared/seeing.ts';
import type {safetyWords} from './safety-words.ts';

type Found = FoundOf<typeof safetyWords>;

const hour = 3600;

/** A reader that is gone for a moment leaves less: a cluster keeps as much of its log by itself. */
const muchLog = 64 * 1024 * 1024;

/** Of the 2^31 ids that there are. The server itself vacuums from 200 million on, and stops at about 2^31. */
const oldIds = 1_500_000_000;

/** What an application server and an administrator need at the least. */
const fewConnections = 10;

const itemOf = ({version, name}: Cluster, of: string): string => `${version}/${name} ${printable(of, 80)}`;

/** The log and the rows: who keeps them from being freed. */
export const heldUp = (health: PostgresHealth, cluster: Cluster): readonly Found[] => {
	const {slots, idle, prepared} = health.upkeep;
	const open = idle.filter(({seconds}) => seconds > hour);
	const waiting = prepared.filter(({seconds}) => seconds > 24 * hour);
	const [left] = open;
	const [half] = waiting;
	return [
		...slots
			.filter(({bytes}) => bytes >= muchLog)
			.map(
				({name, bytes}): Found => ({
					item: itemOf(cluster, `slot ${name}`),
					is: 'slot',
					data: {name, bytes},
					expected: 'read by somebody',
					layers: {runtime: seen(`not active, ${bytes} bytes`, 'pg_replication_slots')},
				}),
			),
		...archiveWrong(health, cluster),
		...(left === undefined
			? []
			: [
					{
						item: itemOf(cluster, 'open transactions'),
						is: 'idle' as const,
						data: {
							pid: left.pid,
							role: left.role ?? 'nobody',
							database: left.database ?? 'no database',
							seconds: left.seconds,
							others: open.length - 1,
						},
						expected: 'none for more than an hour',
						layers: {runtime: seen(open.length, 'pg_stat_activity')},
					},
				]),
		...(half === undefined
			? []
			: [
					{
						item: itemOf(cluster, 'prepared transactions'),
						is: 'prepared' as const,
						data: {...half, others: waiting.length - 1},
						expected: 'none for more than a day',
						layers: {runtime: seen(waiting.length, 'pg_prepared_xacts')},
					},
				]),
	];
};

/** A standby archives nothing but by `always`; the numbers that it shows came with the copy. */
const archiveWrong = ({settings, upkeep}: PostgresHealth, cluster: Cluster): readonly Found[] => {
	const mode = settings.get('archive_mode')?.value;
	if (mode !== 'always' && (mode !== 'on' || upkeep.standby)) return [];
	const sight = (value: string) => ({
		item: itemOf(cluster, 'archive'),
		expected: 'succeeds',
		layers: {runtime: seen(value, 'pg_stat_archiver')},
	});
	const written = ['archive_command', 'archive_library'].some(name => (settings.get(name)?.value ?? '') !== '');
	if (!written) return [{...sight('no command'), is: 'noArchive', data: {}}];
	const {archivedAt, failedAt, failed} = upkeep.archiver;
	if (failedAt === null || (archivedAt !== null && archivedAt >= failedAt)) return [];
	const since = archivedAt === null ? null : clock(archivedAt);
	return [{...sight(`failed at ${clock(failedAt)}`), is: 'archive', data: {failed: failed ?? 'its first file', since}}];
};

/** Those of superusers, and since 16 of who is named for it, are kept from all others. */
export const connectionsWrong = ({settings, upkeep}: PostgresHealth, cluster: Cluster): readonly Found[] => {
	const number = (name: string): number => Number(settings.get(name)?.value ?? 0);
	const connections = number('max_connections');
	const most = connections - number('superuser_reserved_connections') - number('reserved_connections');
	const sight = {
		item: itemOf(cluster, 'connections'),
		expected: 'some are free',
		layers: {runtime: seen(`${upkeep.clients} of ${most}`, 'pg_stat_activity, max_connections')},
	};
	if (upkeep.clients >= 0.9 * most) return [{...sight, is: 'busy', data: {used: upkeep.clients, most}}];
	return most < fewConnections ? [{...sight, is: 'few', data: {most, connections}}] : [];
};

/** Of each database, by the ids of which it has used more. */
export const idsUsedUp = ({upkeep}: PostgresHealth, cluster: Cluster): readonly Found[] =>
	upkeep.ages.flatMap(({database, transactions, multixacts}): readonly Found[] => {
		const age = Math.max(transactions, multixacts);
		if (age <= oldIds) return [];
		return [
			{
				item: itemOf(cluster, `database ${database}`),
				is: 'wraparound',
				data: {database, age, of: transactions >= multixacts ? 'transaction' : 'multixact'},
				expected: `less than ${oldIds}`,
				layers: {runtime: seen(age, 'age(datfrozenxid), mxid_age(datminmxid)')},
			},
		];
	});
