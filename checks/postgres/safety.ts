/** A cluster that runs, and still loses what it is given at the next power cut, stops writing in a while, or has no place for one more client. */
import type {Cluster} from '#host/postgres/clusters.ts';
import {postgresClusters} from '#host/postgres/clusters.ts';
import {type PostgresHealth, postgresHealth} from '#host/postgres/health.ts';
import {ifTold} from '#host/see.ts';
import {fileSystems} from '#host/system/file-systems.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Resource} from '#model/resource.ts';
import {edit} from '#resources/files/edit.ts';
import {unit} from '#resources/units/unit.ts';
import {seen} from '../shared/seeing.ts';
import {connectionsWrong, heldUp, idsUsedUp} from './safety-found.ts';
import {safetyWords} from './safety-words.ts';

/** `path`: the file that says so; undefined where none of an operator's does. */
type Setting = {readonly name: string; readonly unit: string; readonly path: string | undefined};

const example: Setting = {
	name: 'fsync',
	unit: 'postgresql@15-main.service',
	path: '/etc/postgresql/15/main/postgresql.conf',
};

const switchOn = ({name, unit: of, path}: Setting) => ({
	sentence:
		path === undefined
			? `Switch it on for all: ALTER SYSTEM SET ${name} = on, then systemctl reload ${of}.`
			: `Set ${name} = on in ${path} and reload: systemctl reload ${of}.`,
});

const switchedOn = ({name, unit: of, path}: Setting): readonly Resource[] =>
	path === undefined
		? []
		: [
				edit({path, format: 'postgresql.conf', settings: [{key: name, value: ['on']}]}, {id: `edit:${path}:${name}`}),
				unit({name: of, running: true, notBefore: Date.now(), takesUp: 'reload'}, {needs: [`path:${path}`]}),
			];

const kinds = defineKinds({
	unsynced: {
		state: 'fail',
		example,
		says: 'fsync is off: a power cut or a crash of the kernel leaves a cluster that cannot be read, with all that is in it',
		remedy: switchOn,
		fix: switchedOn,
	},
	torn: {
		state: 'warn',
		example: {...example, name: 'full_page_writes'},
		says: 'full_page_writes is off: a page that was half written when the power went cannot be mended',
		remedy: switchOn,
		fix: switchedOn,
	},
	unvacuumed: {
		state: 'warn',
		example: {...example, name: 'autovacuum'},
		says: ({name}) =>
			`${name} is off: nothing frees what was deleted and counts the rows; tables grow and questions become slow`,
		remedy: switchOn,
		fix: switchedOn,
	},
	...safetyWords,
});

export const check = defineCheck({
	id: 'postgres.safety',
	title: 'PostgreSQL keeps what it is given, and lets its clients in',
	why: 'With fsync off a power cut takes the whole cluster. A slot that nobody reads and an archive that fails keep every file of the log until the disk is full; a transaction left open keeps every deleted row. Without a free connection the application answers with errors, and with its ids used up the cluster stops writing.',
	reads: [
		'pg_settings: fsync, full_page_writes, autovacuum, track_counts, archive_mode, max_connections and what is reserved of them',
		'pg_replication_slots: those that nobody is connected to, and how much of the log each keeps',
		'pg_stat_archiver: the last success and the last failure',
		'pg_stat_activity and pg_prepared_xacts: connections, and since when transactions are left open',
		'pg_database: the age of its oldest transaction id',
	],
	severity: 'fail',
	layers: ['runtime'],
	requires: ['postgres.running'],
	source:
		'PostgreSQL manual, "Write Ahead Log", "Replication Slots", "Continuous Archiving", "Preventing Transaction ID Wraparound Failures"',
	verify:
		'runuser -u postgres -- psql -c "SELECT slot_name, active, restart_lsn FROM pg_replication_slots" -c "SELECT * FROM pg_stat_archiver" -c "SELECT datname, age(datfrozenxid) FROM pg_database"',
	facts: {clusters: postgresClusters},
	kinds,
	appliesTo: ({facts}) => facts.clusters.length > 0 || 'no PostgreSQL cluster is on this host',
	async inspect({host, facts}) {
		return findings((await Promise.all(facts.clusters.map(cluster => ofCluster(host, cluster)))).flat());
	},
});

type Found = FoundOf<typeof kinds>;

const ofCluster = async (host: Reader, cluster: Cluster): Promise<readonly Found[]> => {
	const health = await host.fact(postgresHealth(cluster));
	const found = safetyOf(health, cluster, await isCopyOnWrite(host, health));
	if (found.length > 0) return found;
	return [
		{
			item: `${cluster.version}/${cluster.name}`,
			is: 'ok',
			expected: 'nothing that is lost or held up',
			layers: {runtime: seen(`${health.upkeep.clients} clients`, 'pg_stat_activity')},
		},
	];
};

/** What is wrong by the cluster's own word. `copyOnWrite`: its file system writes no page over another one. */
export const safetyOf = (health: PostgresHealth, cluster: Cluster, copyOnWrite: boolean): readonly Found[] => [
	...(['fsync', 'full_page_writes', 'autovacuum', 'track_counts'] as const).flatMap((name): readonly Found[] => {
		if (health.settings.get(name)?.value !== 'off' || (name === 'full_page_writes' && copyOnWrite)) return [];
		const sight = {
			item: `${cluster.version}/${cluster.name} ${name}`,
			expected: 'on',
			layers: {runtime: seen('off', `current_setting('${name}')`)},
		};
		const path = health.files.find(one => one.name === name)?.path;
		const data = {name, unit: cluster.unit, path: path?.endsWith('.auto.conf') ? undefined : path};
		if (name === 'fsync') return [{...sight, is: 'unsynced', data}];
		return [{...sight, is: name === 'full_page_writes' ? 'torn' : 'unvacuumed', data}];
	}),
	...heldUp(health, cluster),
	...connectionsWrong(health, cluster),
	...idsUsedUp(health, cluster),
];

/** ZFS never leaves half of a page, and its own guides switch full_page_writes off. */
const isCopyOnWrite = async (host: Reader, {settings}: PostgresHealth): Promise<boolean> => {
	const directory = settings.get('data_directory')?.value;
	if (settings.get('full_page_writes')?.value !== 'off' || directory === undefined) return false;
	const around = ((await ifTold(() => host.fact(fileSystems))) ?? []).filter(
		({path}) => path === '/' || directory === path || directory.startsWith(`${path}/`),
	);
	return around.toSorted((a, b) => b.path.length - a.path.length)[0]?.type === 'zfs';
};
