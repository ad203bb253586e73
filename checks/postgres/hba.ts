/** pg_hba.conf decides who is asked for what: one careless line in it undoes every password. */

import {catches} from '#edit/postgres/pg-hba-catch.ts';
import {changedSince} from '#host/files/changed-since.ts';
import {accessFiles, type IdentLine, type PlacedRecord} from '#host/postgres/access-files.ts';
import {type Cluster, postgresClusters} from '#host/postgres/clusters.ts';
import {type PostgresHealth, postgresHealth} from '#host/postgres/health.ts';
import {see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Remedy, type Seen} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Resource} from '#model/resource.ts';
import type {Unknown} from '#model/unknown.ts';
import {edit} from '#resources/files/edit.ts';
import {unit} from '#resources/units/unit.ts';
import {type HbaSetting, type Known, settingFor, shown, subject, wrongWith} from './hba-record.ts';

type Careless = {
	readonly says: string;
	readonly item: string;
	readonly path: string;
	readonly unit: string;
	/** The record as it should be, where that is for us to say. */
	readonly settings: HbaSetting | undefined;
};

const example: Careless = {
	says: 'trust lets everybody in as anybody, without a password',
	item: '15/main local all all',
	path: '/etc/postgresql/15/main/pg_hba.conf',
	unit: 'postgresql@15-main.service',
	settings: {type: 'local', database: ['all'], user: ['all'], method: 'peer'},
};

const narrow: Remedy = {
	sentence:
		'Change the record: peer for local ones, scram-sha-256 for others (a role with an md5 password must set it anew first), and the narrowest address; then reload PostgreSQL.',
};

const narrowed = ({settings, path, item, unit: name}: Careless): readonly Resource[] =>
	settings === undefined
		? []
		: [
				edit(
					{path, format: 'pg_hba.conf', settings: [settings]},
					{id: `edit:${path}:${item}`, owes: [{unit: name, do: 'reload'}]},
				),
			];

const kinds = defineKinds({
	open: {state: 'fail', example, says: ({says}) => says, remedy: narrow, fix: narrowed},
	weak: {state: 'warn', example, says: ({says}) => says, remedy: narrow, fix: narrowed},
	broken: {
		state: 'fail',
		example: {where: '/etc/postgresql/15/main/pg_hba.conf:99', error: 'invalid authentication method "scrm"', more: 0},
		says: ({where, error, more}) =>
			`${where} is broken (${error})${more > 0 ? `, and ${more} further line${more > 1 ? 's' : ''} of it` : ''}: PostgreSQL goes on with the rules it has, takes no reload of them, and will not start again`,
		remedy: ({where}) => ({
			sentence: `Mend ${where} before anything restarts PostgreSQL; SELECT * FROM pg_hba_file_rules WHERE error IS NOT NULL then gives no row, and it can be reloaded.`,
		}),
	},
	notLoaded: {
		state: 'warn',
		example: {unit: 'postgresql@15-main.service'},
		says: 'changed in the file, not in the process: PostgreSQL has not read it since',
		remedy: ({unit: name}) => ({
			sentence: `Let PostgreSQL read the file: systemctl reload ${name}.`,
			commands: [['systemctl', 'reload', name]],
		}),
		fix: ({unit: name}) => [unit({name, running: true, takesUp: 'reload', notBefore: Date.now()})],
	},
});

export const check = defineCheck({
	id: 'postgres.hba',
	title: 'PostgreSQL asks everybody for a good password, and not the whole world',
	why: 'trust lets everybody in as anybody, an entry for every address invites guessing, and md5 passwords can be used by whoever sees their hashes. The server reads the file when it is told to: what was edited since is not in force.',
	reads: [
		'the file that hba_file of the running server names (pg_hba.conf), what it includes, and ident_file',
		'pg_conf_load_time(), pg_authid, pg_hba_file_rules (lines that it refuses)',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	requires: ['postgres.running'],
	source:
		'OpenSlides guide, "Configure PostgreSQL" (pg_hba.conf; SCRAM in place of its md5); PostgreSQL manual, "The pg_hba.conf File"',
	verify: 'runuser -u postgres -- psql -c "SELECT * FROM pg_hba_file_rules"',
	facts: {clusters: postgresClusters},
	kinds,
	appliesTo: ({facts}) => facts.clusters.length > 0 || 'no PostgreSQL cluster is on this host',
	async inspect({host, facts}) {
		const all = await Promise.all(facts.clusters.map(cluster => ofCluster(host, cluster)));
		return findings(all.flat());
	},
});

type HbaFinding = FoundOf<typeof kinds>;

const ofCluster = async (host: Reader, cluster: Cluster): Promise<readonly HbaFinding[]> => {
	const prefix = `${cluster.version}/${cluster.name}`;
	let records: readonly PlacedRecord[] = [];
	let idents: readonly IdentLine[] = [];
	let files: readonly string[] = [];
	const file = await see(async () => {
		const read = await accessFiles(host, cluster);
		({records, idents, files} = read);
		return {value: records.map(shown), where: read.hba};
	});
	let late = false;
	let roles: Known['roles'] = new Map();
	let refused: PostgresHealth['refused'] = [];
	const runtime = await see(async () => {
		const health = await host.fact(postgresHealth(cluster));
		const {loadedAt} = health;
		({roles} = health);
		const hba = health.settings.get('hba_file')?.value ?? 'pg_hba.conf';
		refused = health.refused.map(one => ({...one, path: one.path ?? hba}));
		late = (await changedSince(host, files, loadedAt)).length > 0;
		return {value: `read ${new Date(loadedAt).toISOString()}`, where: 'pg_conf_load_time()'};
	});
	const bad = records.flatMap((record, at) =>
		findingsOf(
			record,
			records.slice(0, at).find(one => catches(one, record)),
			cluster,
			runtime,
			{roles, idents},
		),
	);
	// A file with a broken line is one thing to mend, however many more it has.
	const broken = [...Map.groupBy(refused, ({path}) => path).values()].map(([first, ...more]): HbaFinding => {
		const {path, line, error} = first!;
		const where = `${path}:${line}`;
		return {
			item: `${prefix} line ${line}`,
			is: 'broken',
			data: {where, error, more: more.length},
			expected: 'lines that it can read',
			layers: {file: {value: error, where}, runtime},
		};
	});
	// What it cannot read a reload does not bring.
	const pending: readonly HbaFinding[] =
		late && broken.length === 0
			? [
					{
						item: `${prefix} loaded`,
						is: 'notLoaded',
						data: {unit: cluster.unit},
						expected: 'read since it was changed',
						layers: {file, runtime},
					},
				]
			: [];
	return broken.length + bad.length + pending.length > 0
		? [...broken, ...bad, ...pending]
		: [{item: prefix, is: 'ok', expected: 'no trust, no md5, not every address', layers: {file, runtime}}];
};

/** A record behind one that catches all it would decides nothing: it is told, and weighs less. */
const findingsOf = (
	record: PlacedRecord,
	before: PlacedRecord | undefined,
	cluster: Cluster,
	runtime: Seen | Unknown,
	known: Known,
): readonly HbaFinding[] => {
	const found = wrongWith(record, known);
	if (found === undefined) return [];
	const item = `${cluster.version}/${cluster.name} ${subject(record)}`;
	const settings = found.settled && before === undefined ? settingFor(record) : undefined;
	const says = before === undefined ? found.says : `${found.says}; ${before.where} decides before it`;
	return [
		{
			item,
			is: found.state === 'fail' && before === undefined ? 'open' : 'weak',
			data: {says, item, path: record.path, unit: cluster.unit, settings},
			expected: record.type === 'local' ? 'peer' : 'scram-sha-256',
			layers: {file: {value: shown(record), where: record.where}, runtime},
		},
	];
};
